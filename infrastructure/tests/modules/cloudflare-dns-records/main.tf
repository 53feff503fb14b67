variable "zone_id" {
  type = string
}

variable "records" {
  type = map(object({
    name    = string
    type    = string
    content = string
    proxied = optional(bool, false)
  }))
}
