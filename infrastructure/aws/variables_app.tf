# The application's settings. Nearly all of its own rules are here too, so that a wrong variable file fails in the plan
# instead of in the first task, and some that only this platform knows.

locals {
  # As patterns. A name of the net, and not a number or what browsers and mail servers would read otherwise.
  label        = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
  last_label   = "[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
  host         = "(${local.label}\\.)*${local.last_label}"
  octet        = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  port         = ":([1-9][0-9]{0,3}|[1-5][0-9]{4}|6([0-4][0-9]{3}|5([0-4][0-9]{2}|5([0-2][0-9]|3[0-5]))))"
  mail_address = "[A-Za-z0-9_+&'=-]+(\\.[A-Za-z0-9_+&'=-]+)*@(${local.label}\\.)+${local.last_label}"
  mail_name    = "[^<>@,;:.\"()\\[\\]\\\\[:cntrl:]][^<>@,;:\"()\\[\\]\\\\[:cntrl:]]*|\"[^\"\\\\[:cntrl:]]+\""
}

variable "tenant_resolution_mode" {
  description = "Where the tenant comes from: fixed (tenant_id) or subdomain (the label before domain_name)."
  type        = string

  validation {
    condition     = contains(["fixed", "subdomain"], var.tenant_resolution_mode)
    error_message = "tenant_resolution_mode must be fixed or subdomain."
  }
}

variable "tenant_id" {
  description = "The one tenant of the deployment; for tenant_resolution_mode fixed."
  type        = string
  default     = null

  validation {
    condition     = var.tenant_resolution_mode == "fixed" ? var.tenant_id != null : var.tenant_id == null
    error_message = "tenant_id is needed with tenant_resolution_mode fixed, and has no meaning with subdomain."
  }

  validation {
    condition     = var.tenant_id == null ? true : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.tenant_id))
    error_message = "tenant_id must be a DNS label: 1 to 63 lower-case letters, digits and inner hyphens."
  }
}

variable "auth_provider" {
  # Deliberately without a default: none opens the tenant's data to everybody, so the deployer has to choose.
  description = "Who vouches for users: none (nobody: the tenant's data is open to everybody on its host), magic_link or oidc."
  type        = string

  validation {
    condition     = contains(["none", "magic_link", "oidc"], var.auth_provider)
    error_message = "auth_provider must be none, magic_link or oidc."
  }
}

variable "email_from" {
  description = "Sender of login links; for auth_provider magic_link."
  type        = string
  default     = null

  validation {
    condition     = var.auth_provider == "magic_link" ? var.email_from != null : var.email_from == null
    error_message = "email_from is needed with auth_provider magic_link, and has no meaning without."
  }

  validation {
    condition     = var.email_from == null ? true : can(regex("^((${local.mail_name}) <${local.mail_address}>|${local.mail_address})$", var.email_from))
    error_message = "email_from must be an e-mail address, or Name <address>, with the name in quotes if it holds a comma or the like."
  }
}

variable "oidc_issuer" {
  description = "Issuer of the tokens; for auth_provider oidc."
  type        = string
  default     = null

  validation {
    condition     = var.auth_provider == "oidc" ? var.oidc_issuer != null : var.oidc_issuer == null
    error_message = "oidc_issuer is needed with auth_provider oidc, and has no meaning without."
  }

  validation {
    condition     = var.oidc_issuer == null ? true : can(regex("^https://${local.host}(${local.port})?(/[!\"$->@-~]*)?$", var.oidc_issuer))
    error_message = "oidc_issuer must be an https address without query or fragment."
  }

  validation {
    condition     = var.oidc_issuer == null || var.compute != "ecs" ? true : !can(regex("^https://[^/]*:", var.oidc_issuer))
    error_message = "oidc_issuer must have no port on ECS, where the network lets tasks out to 443 alone."
  }
}

variable "oidc_audience" {
  description = "Audience that tokens must be meant for; for auth_provider oidc."
  type        = string
  default     = null

  validation {
    condition     = var.auth_provider == "oidc" ? (var.oidc_audience == null ? false : trimspace(var.oidc_audience) != "") : var.oidc_audience == null
    error_message = "oidc_audience is needed with auth_provider oidc, and has no meaning without."
  }
}

variable "oidc_client_id" {
  description = "Public client id that the web page and the mobile app sign in with; for auth_provider oidc."
  type        = string
  default     = null

  validation {
    condition     = var.auth_provider == "oidc" ? (var.oidc_client_id == null ? false : trimspace(var.oidc_client_id) != "") : var.oidc_client_id == null
    error_message = "oidc_client_id is needed with auth_provider oidc, and has no meaning without."
  }
}

variable "oidc_jwks_uri" {
  description = "Where the issuer's keys are; the application derives it from the issuer when null."
  type        = string
  default     = null

  validation {
    condition     = var.oidc_jwks_uri == null ? true : var.auth_provider == "oidc" && can(regex("^https://${local.host}(${local.port})?/[!\"$-~]*$", var.oidc_jwks_uri))
    error_message = "oidc_jwks_uri must be an https address, and has no meaning without auth_provider oidc."
  }

  validation {
    condition     = var.oidc_jwks_uri == null || var.compute != "ecs" ? true : !can(regex("^https://[^/]*:", var.oidc_jwks_uri))
    error_message = "oidc_jwks_uri must have no port on ECS, where the network lets tasks out to 443 alone."
  }
}

variable "oidc_tenant_claim" {
  description = "Claim that must equal the tenant of the request; null when the issuer serves one tenant only."
  type        = string
  default     = null

  validation {
    condition     = var.oidc_tenant_claim == null ? true : var.auth_provider == "oidc" && trimspace(var.oidc_tenant_claim) != ""
    error_message = "oidc_tenant_claim must not be empty, and has no meaning without auth_provider oidc."
  }

  validation {
    # One issuer for many tenants: without the claim, a token of one tenant would be good on every tenant's host.
    condition     = var.auth_provider == "oidc" && var.tenant_resolution_mode == "subdomain" ? var.oidc_tenant_claim != null : true
    error_message = "oidc_tenant_claim is needed with auth_provider oidc and tenant_resolution_mode subdomain, or one tenant's token opens every tenant."
  }
}

variable "cors_allowed_origins" {
  description = "Origins, beside the deployment's own, whose pages may call the API."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for origin in var.cors_allowed_origins : can(regex("^https?://(${local.host}|${local.octet}(\\.${local.octet}){3})(${local.port})?$", origin)) &&
      origin == lower(origin) && !can(regex("^(http://.*:80|https://.*:443)$", origin))
    ])
    error_message = "cors_allowed_origins must be origins as browsers send them, like https://app.example.com: in small letters, no path, no final slash, no port that the scheme has anyway, no wildcard in place of an origin."
  }
}

variable "tenant_rate_limit" {
  # Where tenants share a gateway, which bounds all of them together, none may use up what it lets through.
  description = "Requests per second and tenant, per instance; 0 is no limit. By default 1000 with a fixed tenant, else 50, which on ECS must be more than 0 and for all tasks together not more than throttling_rate."
  type        = number
  default     = null

  validation {
    condition = var.compute != "ecs" || var.tenant_resolution_mode == "fixed" || (
      coalesce(var.tenant_rate_limit, 50) > 0 && coalesce(var.tenant_rate_limit, 50) * var.task_count_max <= var.throttling_rate
    )
    error_message = "tenant_rate_limit must be more than 0, and times task_count_max not above throttling_rate, or one tenant can use up what the gateway lets through for all."
  }

  validation {
    condition     = var.tenant_rate_limit == null ? true : var.tenant_rate_limit >= 0 && var.tenant_rate_limit < pow(2, 32) && floor(var.tenant_rate_limit) == var.tenant_rate_limit
    error_message = "tenant_rate_limit must be a whole number from 0 to 4294967295."
  }
}

variable "sign_in_client_rate_limit" {
  # The application's own default is narrower. Here many clients share the addresses of Cloudflare's edge.
  description = "Sign-in requests per minute and client address, per instance; 0 is no limit."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.sign_in_client_rate_limit >= 0 && var.sign_in_client_rate_limit < pow(2, 32) && floor(var.sign_in_client_rate_limit) == var.sign_in_client_rate_limit
    error_message = "sign_in_client_rate_limit must be a whole number from 0 to 4294967295."
  }
}

variable "sign_in_tenant_rate_limit" {
  # Well above that of a client, or one client could keep all others of a tenant from signing in.
  description = "Sign-in requests per minute and tenant, per instance; 0 is no limit. More than sign_in_client_rate_limit, which must be one then."
  type        = number
  default     = 6000
  nullable    = false

  validation {
    condition     = var.sign_in_tenant_rate_limit == 0 || var.sign_in_client_rate_limit > 0 && var.sign_in_tenant_rate_limit > var.sign_in_client_rate_limit
    error_message = "sign_in_tenant_rate_limit must be more than sign_in_client_rate_limit, which must be more than 0; or itself 0."
  }

  validation {
    condition     = var.sign_in_tenant_rate_limit >= 0 && var.sign_in_tenant_rate_limit < pow(2, 32) && floor(var.sign_in_tenant_rate_limit) == var.sign_in_tenant_rate_limit
    error_message = "sign_in_tenant_rate_limit must be a whole number from 0 to 4294967295."
  }
}

variable "max_in_flight" {
  description = "Requests that an instance works on at once."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.max_in_flight >= 1 && var.max_in_flight <= 65535 && floor(var.max_in_flight) == var.max_in_flight
    error_message = "max_in_flight must be a whole number from 1 to 65535."
  }
}

variable "max_connections" {
  description = "Connections that an instance holds at once."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = var.max_connections >= 1 && var.max_connections <= 65535 && floor(var.max_connections) == var.max_connections
    error_message = "max_connections must be a whole number from 1 to 65535."
  }
}

variable "log_filter" {
  description = "Which log lines are written: a level, a module with its level, or several of them with commas between, like info,hyper=warn. Metrics come from the lines of requests, which are at info."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = can(regex("^(([a-z0-9_:]+=)?(off|error|warn|info|debug|trace)(,|$))+$", var.log_filter)) && !endswith(var.log_filter, ",")
    error_message = "log_filter must be a level (off, error, warn, info, debug or trace) or module=level, or several with commas between."
  }
}

# Every wait has a bound, in seconds with up to three decimals, and the bounds nest: each is shorter than the one that
# waits for it.

variable "keep_alive_timeout" {
  description = "Seconds for the head of a request, between two requests of a connection, and for a peer that does not read."
  type        = number
  default     = 75
  nullable    = false

  validation {
    condition     = var.keep_alive_timeout > 60 && var.keep_alive_timeout <= 3600
    error_message = "keep_alive_timeout must be above 60 seconds, since the gateway reuses idle connections that long and would meet a closing one, and at most 3600."
  }

  validation {
    condition     = can(regex("^-?[0-9]+(\\.[0-9]{1,3})?$", tostring(var.keep_alive_timeout)))
    error_message = "keep_alive_timeout must not be finer than milliseconds."
  }
}

variable "request_body_timeout" {
  description = "Seconds for the body of a request."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.request_body_timeout > 0 && var.request_body_timeout < var.handler_timeout
    error_message = "request_body_timeout must be above 0 and below handler_timeout."
  }

  validation {
    condition     = can(regex("^-?[0-9]+(\\.[0-9]{1,3})?$", tostring(var.request_body_timeout)))
    error_message = "request_body_timeout must not be finer than milliseconds."
  }
}

variable "dynamodb_connect_timeout" {
  description = "Seconds for a connection to DynamoDB."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.dynamodb_connect_timeout > 0 && var.dynamodb_connect_timeout <= var.dynamodb_attempt_timeout
    error_message = "dynamodb_connect_timeout must be above 0 and not above dynamodb_attempt_timeout."
  }

  validation {
    condition     = can(regex("^-?[0-9]+(\\.[0-9]{1,3})?$", tostring(var.dynamodb_connect_timeout)))
    error_message = "dynamodb_connect_timeout must not be finer than milliseconds."
  }
}

variable "dynamodb_attempt_timeout" {
  description = "Seconds for one attempt of a DynamoDB call."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.dynamodb_attempt_timeout > 0 && var.dynamodb_attempt_timeout <= var.dynamodb_operation_timeout
    error_message = "dynamodb_attempt_timeout must be above 0 and not above dynamodb_operation_timeout."
  }

  validation {
    condition     = can(regex("^-?[0-9]+(\\.[0-9]{1,3})?$", tostring(var.dynamodb_attempt_timeout)))
    error_message = "dynamodb_attempt_timeout must not be finer than milliseconds."
  }
}

variable "dynamodb_operation_timeout" {
  description = "Seconds for a DynamoDB call with its retries."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.dynamodb_operation_timeout > 0 && var.dynamodb_operation_timeout < var.handler_timeout
    error_message = "dynamodb_operation_timeout must be above 0 and below handler_timeout."
  }

  validation {
    condition     = var.compute != "lambda" || var.auth_provider != "magic_link" || var.handler_timeout > var.dynamodb_operation_timeout + 5
    error_message = "dynamodb_operation_timeout must be 5 seconds for a mail below handler_timeout on Lambda, where the answer waits for the mail."
  }

  validation {
    condition     = can(regex("^-?[0-9]+(\\.[0-9]{1,3})?$", tostring(var.dynamodb_operation_timeout)))
    error_message = "dynamodb_operation_timeout must not be finer than milliseconds."
  }
}

variable "handler_timeout" {
  description = "Seconds for the answer to a request."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.handler_timeout > 0 && var.handler_timeout < var.gateway_timeout
    error_message = "handler_timeout must be above 0 and below gateway_timeout."
  }

  validation {
    condition     = var.handler_timeout <= var.shutdown_drain
    error_message = "handler_timeout must not be above shutdown_drain, or a stopping instance cuts a running request off."
  }

  validation {
    condition     = can(regex("^-?[0-9]+(\\.[0-9]{1,3})?$", tostring(var.handler_timeout)))
    error_message = "handler_timeout must not be finer than milliseconds."
  }
}

variable "gateway_timeout" {
  description = "Seconds that API Gateway waits for an answer, and that a Lambda invocation may take."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.gateway_timeout <= 30 && var.gateway_timeout >= 1 && floor(var.gateway_timeout) == var.gateway_timeout
    error_message = "gateway_timeout must be whole seconds from 1 to 30: API Gateway HTTP APIs wait no longer."
  }
}

variable "shutdown_grace" {
  description = "Seconds that a stopping ECS task goes on serving, since API Gateway routes to it until Cloud Map's change is seen."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.shutdown_grace >= 0
    error_message = "shutdown_grace must be 0 or more."
  }

  validation {
    condition     = can(regex("^-?[0-9]+(\\.[0-9]{1,3})?$", tostring(var.shutdown_grace)))
    error_message = "shutdown_grace must not be finer than milliseconds."
  }
}

variable "shutdown_drain" {
  description = "Seconds after the grace for running requests."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.shutdown_drain > 0
    error_message = "shutdown_drain must be above 0."
  }

  validation {
    condition     = can(regex("^-?[0-9]+(\\.[0-9]{1,3})?$", tostring(var.shutdown_drain)))
    error_message = "shutdown_drain must not be finer than milliseconds."
  }
}

variable "stop_timeout" {
  description = "Seconds after which ECS kills a stopping task."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = var.stop_timeout > max(var.shutdown_grace, 0.2) + var.shutdown_drain + 5
    error_message = "stop_timeout must be above shutdown_grace plus shutdown_drain plus 5 seconds for a mail, or every deployment ends in SIGKILL."
  }

  validation {
    condition     = var.stop_timeout <= 120 && floor(var.stop_timeout) == var.stop_timeout
    error_message = "stop_timeout must be whole seconds, at most 120: Fargate waits no longer."
  }
}
