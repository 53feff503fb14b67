module "certificate" {
  source = "github.com/jch254/terraform-modules//acm-dns-validated-certificate?ref=1.19.1"

  domain_name               = var.domain_name
  subject_alternative_names = slice(local.domain_names, 1, length(local.domain_names))
}

# Waits for the DNS records that ../cloudflare makes. The first apply (foundation_only) leaves it out, or it would wait
# for records that can only be made once the request exists.
resource "aws_acm_certificate_validation" "main" {
  count = local.released ? 1 : 0

  certificate_arn = module.certificate.arn

  timeouts {
    create = "15m"
  }
}

module "gateway_domain" {
  source   = "github.com/jch254/terraform-modules//api-gateway-custom-domain?ref=1.19.1"
  for_each = local.released ? toset(local.domain_names) : toset([])

  domain_name     = each.key
  certificate_arn = aws_acm_certificate_validation.main[0].certificate_arn
  api_id          = aws_apigatewayv2_api.main[0].id
  stage           = aws_apigatewayv2_stage.default[0].id
}
