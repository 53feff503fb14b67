# What the application is told. Secrets are not among it: see parameters.tf.

locals {
  # Headers of our own that API Gateway overwrites on every request, so that no client can choose its tenant or its
  # address by sending them. The application trusts no other.
  host_header      = "x-gateway-host"
  client_ip_header = "x-gateway-client-ip"

  # Only the integration with ECS maps headers. On Lambda the application reads host and address from the event's
  # request context, where a client cannot write, and must not trust a header that nobody overwrites.
  trusted_headers = var.compute == "ecs" ? {
    TRUSTED_HOST_HEADER      = local.host_header
    TRUSTED_CLIENT_IP_HEADER = local.client_ip_header
  } : {}

  # Lambda sets AWS_REGION itself and refuses it among the function's variables.
  platform = var.compute == "ecs" ? {
    AWS_REGION     = var.region
    SHUTDOWN_GRACE = "${floor(var.shutdown_grace * 1000 + 0.5)}ms"
    } : {
    SHUTDOWN_GRACE = "0ms"
  }

  tenancy = var.tenant_resolution_mode == "fixed" ? { APP_TENANT_ID = var.tenant_id } : {}

  # Links in mails are built from the base domain too, never from a request's header.
  base_domain = var.tenant_resolution_mode == "subdomain" || local.sends_mail ? { BASE_DOMAIN = var.domain_name } : {}

  mail = local.sends_mail ? {
    EMAIL_MODE = "smtp"
    EMAIL_FROM = var.email_from
  } : {}

  # On ECS the agent puts the secret itself into the task's environment.
  mail_secret = local.sends_mail && var.compute == "lambda" ? { SMTP_URL_PARAMETER = "/${var.name}/smtp-url" } : {}

  oidc = var.auth_provider == "oidc" ? { for name, value in {
    OIDC_ISSUER       = var.oidc_issuer
    OIDC_AUDIENCE     = var.oidc_audience
    OIDC_CLIENT_ID    = var.oidc_client_id
    OIDC_JWKS_URI     = var.oidc_jwks_uri
    OIDC_TENANT_CLAIM = var.oidc_tenant_claim
  } : name => value if value != null } : {}

  cors = length(var.cors_allowed_origins) > 0 ? { CORS_ALLOWED_ORIGINS = join(",", var.cors_allowed_origins) } : {}

  # Milliseconds are rounded, since 8.1 has no exact binary form.
  environment = merge({
    LOG_FORMAT                 = "json"
    RUST_LOG                   = var.log_filter
    PORT                       = "3000"
    DYNAMODB_TABLE             = local.table
    TENANT_RESOLUTION_MODE     = var.tenant_resolution_mode
    AUTH_PROVIDER              = var.auth_provider
    TENANT_RATE_LIMIT          = tostring(coalesce(var.tenant_rate_limit, var.tenant_resolution_mode == "fixed" ? 1000 : 50))
    SIGN_IN_CLIENT_RATE_LIMIT  = tostring(var.sign_in_client_rate_limit)
    SIGN_IN_TENANT_RATE_LIMIT  = tostring(var.sign_in_tenant_rate_limit)
    MAX_IN_FLIGHT              = tostring(var.max_in_flight)
    MAX_CONNECTIONS            = tostring(var.max_connections)
    KEEP_ALIVE_TIMEOUT         = "${floor(var.keep_alive_timeout * 1000 + 0.5)}ms"
    REQUEST_BODY_TIMEOUT       = "${floor(var.request_body_timeout * 1000 + 0.5)}ms"
    DYNAMODB_CONNECT_TIMEOUT   = "${floor(var.dynamodb_connect_timeout * 1000 + 0.5)}ms"
    DYNAMODB_ATTEMPT_TIMEOUT   = "${floor(var.dynamodb_attempt_timeout * 1000 + 0.5)}ms"
    DYNAMODB_OPERATION_TIMEOUT = "${floor(var.dynamodb_operation_timeout * 1000 + 0.5)}ms"
    HANDLER_TIMEOUT            = "${floor(var.handler_timeout * 1000 + 0.5)}ms"
    GATEWAY_TIMEOUT            = "${var.gateway_timeout * 1000}ms"
    SHUTDOWN_DRAIN             = "${floor(var.shutdown_drain * 1000 + 0.5)}ms"
    STOP_TIMEOUT               = "${var.stop_timeout * 1000}ms"
    },
    local.trusted_headers, local.platform, local.tenancy, local.base_domain,
    local.mail, local.mail_secret, local.oidc, local.cors,
  )
}
