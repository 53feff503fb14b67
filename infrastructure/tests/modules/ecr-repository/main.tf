variable "name" {
  type = string
}

variable "image_tag_mutability" {
  type    = string
  default = "MUTABLE"
}

variable "scan_on_push" {
  type    = bool
  default = true
}

variable "force_delete" {
  type    = bool
  default = false
}

variable "lifecycle_policy_json" {
  type    = string
  default = null
}

output "repository_name" {
  value = var.name
}

output "repository_url" {
  value = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/${var.name}"
}
