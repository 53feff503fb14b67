# Secrets: made here as placeholders, their values set by hand (README), read only by those that need them.
# Written by write-only arguments, because a plain value would be read back into the state at the next refresh.

resource "aws_ssm_parameter" "smtp_url" {
  #checkov:skip=CKV_AWS_337:The AWS-managed key is per account and free; who may read is decided by the roles' parameter ARNs.
  count = local.sends_mail ? 1 : 0

  name             = "/${var.name}/smtp-url"
  type             = "SecureString"
  value_wo         = "placeholder"
  value_wo_version = 1 # Never to be raised: that would overwrite the secret.
}

resource "aws_ssm_parameter" "cloudflare_api_token" {
  #checkov:skip=CKV_AWS_337:As above.
  name             = "/${var.name}/cloudflare-api-token"
  type             = "SecureString"
  value_wo         = "placeholder"
  value_wo_version = 1
}
