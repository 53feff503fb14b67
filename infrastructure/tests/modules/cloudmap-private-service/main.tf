variable "name" {
  type = string
}

variable "environment" {
  type    = string
  default = "prod"
}

variable "vpc_id" {
  type = string
}

output "service_arn" {
  value = "arn:aws:servicediscovery:eu-central-1:111122223333:service/srv-${var.name}"
}
