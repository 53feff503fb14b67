variable "name" {
  type = string
}

variable "point_in_time_recovery_enabled" {
  type    = bool
  default = true
}

variable "deletion_protection_enabled" {
  type    = bool
  default = true
}
