# Reads a variable file, so that the tests run on the very files that are deployed.

terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}

variable "name" {
  description = "Name of the file in environments, without .tfvars."
  type        = string
}

output "settings" {
  description = "What the file sets."
  value       = provider::terraform::decode_tfvars(file("environments/${var.name}.tfvars"))
}
