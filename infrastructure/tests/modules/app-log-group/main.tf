variable "name" {
  type = string
}

variable "environment" {
  type    = string
  default = "prod"
}

variable "log_group_name" {
  type    = string
  default = null
}

variable "retention_in_days" {
  type    = number
  default = 7
}

output "name" {
  value = var.log_group_name
}

output "arn" {
  value = "arn:aws:logs:eu-central-1:111122223333:log-group:${var.log_group_name}"
}
