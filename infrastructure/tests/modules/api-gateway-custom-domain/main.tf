variable "domain_name" {
  type = string
}

variable "certificate_arn" {
  type = string
}

variable "api_id" {
  type = string
}

variable "stage" {
  type = string
}

output "target_domain_name" {
  value = "d-1.execute-api.eu-central-1.amazonaws.com"
}
