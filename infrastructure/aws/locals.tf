locals {
  tags = {
    Deployment = var.name
    ManagedBy  = "terraform"
  }

  # ARNs are built from names, not read from resources: a plan then shows every policy in full, before anything exists.
  table        = coalesce(var.table_name, var.name)
  table_arn    = "arn:aws:dynamodb:${var.region}:${var.account_id}:table/${local.table}"
  image_arn    = "arn:aws:ecr:${var.region}:${var.account_id}:repository/${var.name}"
  log_group    = "/${var.name}/app"
  log_arn      = "arn:aws:logs:${var.region}:${var.account_id}:log-group:${local.log_group}"
  smtp_url_arn = "arn:aws:ssm:${var.region}:${var.account_id}:parameter/${var.name}/smtp-url"

  image = "${var.account_id}.dkr.ecr.${var.region}.amazonaws.com/${var.name}:${var.image_tag}"

  sends_mail = var.auth_provider == "magic_link"
  on_ecs     = var.compute == "ecs" && !var.foundation_only
  on_lambda  = var.compute == "lambda" && !var.foundation_only
  released   = !var.foundation_only

  # With subdomains the tenants are one label below the domain, and the domain itself stays the default tenant's.
  domain_names = var.tenant_resolution_mode == "subdomain" ? [var.domain_name, "*.${var.domain_name}"] : [var.domain_name]
}
