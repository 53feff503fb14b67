locals {
  aws = data.terraform_remote_state.aws.outputs
}

module "certificate_validation" {
  source = "github.com/jch254/terraform-modules//cloudflare-dns-records?ref=1.19.1"

  zone_id = var.zone_id
  # Never proxied: ACM has to see the record itself. ACM writes names with a final dot, Cloudflare without.
  records = {
    for key, record in local.aws.certificate_validation_records : key => {
      name    = trimsuffix(record.name, ".")
      type    = record.type
      content = trimsuffix(record.value, ".")
    }
  }
}

module "public" {
  source = "github.com/jch254/terraform-modules//cloudflare-dns-records?ref=1.19.1"

  zone_id = var.zone_id
  # The app's name and, with subdomains, the wildcard of its tenants; none before the first release.
  records = {
    for name, target in local.aws.gateway_targets : name => {
      name    = name
      type    = "CNAME"
      content = target
      proxied = true
    }
  }
}

resource "cloudflare_certificate_pack" "public" {
  count = var.advanced_certificate ? 1 : 0

  zone_id               = var.zone_id
  type                  = "advanced"
  hosts                 = distinct(concat([var.zone_name], local.aws.public_names))
  certificate_authority = "lets_encrypt"
  validation_method     = "txt"
  validity_days         = 90
}

# Guessing tokens and flooding mailboxes is stopped at the edge, where the client's own address is known. Behind it the
# gateway and the application have limits of their own. By path alone, so that it covers every deployment of the zone
# and fits the free plan: one rule, ten seconds.
resource "cloudflare_ruleset" "rate_limit" {
  count = var.owns_zone ? 1 : 0

  zone_id = var.zone_id
  name    = "Rate limits"
  kind    = "zone"
  phase   = "http_ratelimit"

  rules = [{
    description = "Sign-in routes"
    expression  = "http.request.uri.path in {\"/api/auth/request-link\" \"/api/auth/verify\"}"
    action      = "block"

    ratelimit = {
      characteristics     = ["ip.src", "cf.colo.id"]
      period              = 10
      requests_per_period = var.auth_rate_limit
      mitigation_timeout  = 10
    }
  }]
}

resource "cloudflare_zone_setting" "tls" {
  for_each = var.owns_zone ? {
    ssl              = "strict" # The gateway's certificate is checked too, not only the visitor's connection encrypted.
    min_tls_version  = "1.2"
    tls_1_3          = "on"
    always_use_https = "on"
  } : {}

  zone_id    = var.zone_id
  setting_id = each.key
  value      = each.value
}
