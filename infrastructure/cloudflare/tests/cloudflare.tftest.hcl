mock_provider "cloudflare" {}

override_data {
  target = data.terraform_remote_state.aws

  values = {
    outputs = {
      domain_name  = "example.com"
      public_names = ["example.com", "*.example.com"]
      gateway_targets = {
        "example.com"   = "d-1.execute-api.eu-central-1.amazonaws.com"
        "*.example.com" = "d-2.execute-api.eu-central-1.amazonaws.com"
      }
      certificate_validation_records = {
        "_a.example.com." = {
          name         = "_a.example.com."
          type         = "CNAME"
          value        = "_b.acm-validations.aws."
          domain_names = ["*.example.com", "example.com"]
        }
      }
    }
  }
}

variables {
  name         = "app"
  region       = "eu-central-1"
  state_bucket = "111122223333-terraform-state"
  zone_id      = "00000000000000000000000000000001"
  zone_name    = "example.com"
  owns_zone    = true
}

run "the_zone_is_strict_about_tls_and_limits_sign_in" {
  command = plan

  assert {
    condition     = cloudflare_zone_setting.tls["ssl"].value == "strict" && cloudflare_zone_setting.tls["min_tls_version"].value == "1.2" && cloudflare_zone_setting.tls["always_use_https"].value == "on"
    error_message = "TLS to the visitor and to the gateway, checked at both ends."
  }

  assert {
    condition     = cloudflare_ruleset.rate_limit[0].phase == "http_ratelimit" && cloudflare_ruleset.rate_limit[0].rules[0].action == "block" && cloudflare_ruleset.rate_limit[0].rules[0].ratelimit.requests_per_period == 10
    error_message = "Sign-in must be rate-limited."
  }

  assert {
    condition     = alltrue([for path in ["/api/auth/request-link", "/api/auth/verify"] : strcontains(cloudflare_ruleset.rate_limit[0].rules[0].expression, path)])
    error_message = "Both sign-in routes must be rate-limited."
  }
}

run "null_is_the_default" {
  command = plan

  variables {
    auth_rate_limit      = null
    advanced_certificate = null
  }

  assert {
    condition     = cloudflare_ruleset.rate_limit[0].rules[0].ratelimit.requests_per_period == 10 && length(cloudflare_certificate_pack.public) == 0
    error_message = "A variable without a value must have its default."
  }
}

run "a_deployment_that_shares_a_zone_leaves_its_settings_alone" {
  command = plan

  variables {
    owns_zone = false
  }

  assert {
    condition     = length(cloudflare_ruleset.rate_limit) == 0 && length(cloudflare_zone_setting.tls) == 0
    error_message = "Settings of the zone exist once."
  }
}

run "before_the_first_release_only_the_proof_is_published" {
  command = plan

  override_data {
    target = data.terraform_remote_state.aws

    values = {
      outputs = {
        domain_name                    = "example.com"
        public_names                   = ["example.com", "*.example.com"]
        gateway_targets                = {}
        certificate_validation_records = {}
      }
    }
  }

  assert {
    condition     = local.aws.gateway_targets == {} && length(cloudflare_certificate_pack.public) == 0
    error_message = "There is no gateway to point at yet."
  }
}

run "tenants_two_labels_below_the_zone_need_a_certificate" {
  command = plan

  override_data {
    target = data.terraform_remote_state.aws

    values = {
      outputs = {
        domain_name  = "app.example.com"
        public_names = ["app.example.com", "*.app.example.com"]
        gateway_targets = {
          "app.example.com"   = "d-1.execute-api.eu-central-1.amazonaws.com"
          "*.app.example.com" = "d-2.execute-api.eu-central-1.amazonaws.com"
        }
        certificate_validation_records = {}
      }
    }
  }

  expect_failures = [var.advanced_certificate]
}

run "an_advanced_certificate_covers_them" {
  command = plan

  variables {
    advanced_certificate = true
  }

  override_data {
    target = data.terraform_remote_state.aws

    values = {
      outputs = {
        domain_name  = "app.example.com"
        public_names = ["app.example.com", "*.app.example.com"]
        gateway_targets = {
          "app.example.com"   = "d-1.execute-api.eu-central-1.amazonaws.com"
          "*.app.example.com" = "d-2.execute-api.eu-central-1.amazonaws.com"
        }
        certificate_validation_records = {}
      }
    }
  }

  assert {
    condition     = toset(cloudflare_certificate_pack.public[0].hosts) == toset(["example.com", "app.example.com", "*.app.example.com"])
    error_message = "Every public name must be in the certificate."
  }
}

run "a_deployment_of_another_zone_is_refused" {
  command = plan

  variables {
    zone_name = "example.org"
  }

  expect_failures = [var.zone_name]
}

run "a_zone_that_only_ends_alike_is_refused" {
  command = plan

  variables {
    zone_name = "ample.com"
  }

  expect_failures = [var.zone_name]
}

run "a_zone_id_that_is_none_is_refused" {
  command = plan

  variables {
    zone_id = "example.com"
  }

  expect_failures = [var.zone_id]
}

run "a_name_that_is_none_is_refused" {
  command = plan

  variables {
    name = "My App"
  }

  expect_failures = [var.name]
}

run "a_rate_limit_of_nothing_is_refused" {
  command = plan

  variables {
    auth_rate_limit = 0
  }

  expect_failures = [var.auth_rate_limit]
}

run "a_region_that_is_none_is_refused" {
  command = plan

  variables {
    region = "Frankfurt"
  }

  expect_failures = [var.region]
}

run "a_bucket_that_is_none_is_refused" {
  command = plan

  variables {
    state_bucket = "My_Bucket"
  }

  expect_failures = [var.state_bucket]
}

run "a_zone_name_that_is_an_address_is_refused" {
  command = plan

  variables {
    zone_name = "https://example.com"
  }

  expect_failures = [var.zone_name]
}
