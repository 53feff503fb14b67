variable "domain_name" {
  type = string
}

variable "subject_alternative_names" {
  type    = list(string)
  default = []
}

output "arn" {
  value = "arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-4000-8000-000000000000"
}

output "validation_records" {
  value = { "_a.${var.domain_name}." = { name = "_a.${var.domain_name}.", type = "CNAME", value = "_b.acm-validations.aws.", domain_names = [var.domain_name] } }
}
