# The first three are those of the deployment's variable file in ../aws/environments; region is its state_region where it has
# one.

variable "name" {
  description = "Name of the deployment, whose AWS outputs are read."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) >= 3 && length(var.name) <= 32
    error_message = "name must be 3 to 32 lower-case letters, digits and single inner hyphens, beginning with a letter."
  }
}

variable "region" {
  description = "AWS region of the state bucket."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region, like eu-central-1."
  }
}

variable "state_bucket" {
  description = "Bucket of the Terraform state."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket must be the name of an S3 bucket."
  }
}

variable "zone_id" {
  description = "Cloudflare's id of the zone."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{32}$", var.zone_id))
    error_message = "zone_id must be 32 hexadecimal digits."
  }
}

variable "zone_name" {
  description = "Domain name of the zone."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.zone_name))
    error_message = "zone_name must be a lower-case domain name, like example.com."
  }

  validation {
    condition     = local.aws.domain_name == var.zone_name || endswith(local.aws.domain_name, ".${var.zone_name}")
    error_message = "The deployment's domain_name must be zone_name or a name below it."
  }
}

variable "owns_zone" {
  description = "Whether the zone's TLS settings and rate-limit rule are this deployment's to make. Each exists once in a zone, so exactly one of the deployments that share it says true."
  type        = bool
}

variable "auth_rate_limit" {
  description = "Requests per client address and ten seconds that the sign-in routes let through."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.auth_rate_limit >= 1 && floor(var.auth_rate_limit) == var.auth_rate_limit
    error_message = "auth_rate_limit must be a whole number, 1 or more."
  }
}

variable "advanced_certificate" {
  description = "Whether to order an Advanced Certificate (paid) for names that the zone's own does not cover: those two labels below the zone."
  type        = bool
  default     = false
  nullable    = false

  validation {
    # Cloudflare's free certificate covers the zone and one label below it.
    condition = var.advanced_certificate ? true : alltrue([
      for name in local.aws.public_names : name == var.zone_name || trimsuffix(name, ".${var.zone_name}") == replace(trimsuffix(name, ".${var.zone_name}"), ".", "")
    ])
    error_message = "A public name is two labels below the zone, which Cloudflare's free certificate does not cover: serve the tenants directly below the zone, or set advanced_certificate."
  }
}
