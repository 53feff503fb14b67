# Each wrong value is refused in the plan, by the variable that is wrong.

mock_provider "aws" {}

# A deployment on ECS that finds tenants by subdomain and signs users in by mail.
variables {
  name                   = "app"
  account_id             = "111122223333"
  region                 = "eu-central-1"
  state_bucket           = "111122223333-terraform-state"
  compute                = "ecs"
  availability_zones     = ["eu-central-1a", "eu-central-1b"]
  domain_name            = "example.com"
  tenant_resolution_mode = "subdomain"
  auth_provider          = "magic_link"
  email_from             = "no-reply@example.com"
  alarm_email            = "operations@example.com"
  monthly_budget         = 100
  repository_url         = "https://github.com/example/app.git"
  connection_arn         = "arn:aws:codeconnections:eu-central-1:111122223333:connection/00000000-0000-4000-8000-000000000000"
}

run "a_name_with_capitals" {
  command = plan

  variables {
    name = "App"
  }

  expect_failures = [var.name]
}

run "a_name_with_a_dot" {
  command = plan

  variables {
    name = "my.app"
  }

  expect_failures = [var.name]
}

run "a_name_with_two_hyphens_in_a_row" {
  command = plan

  variables {
    name = "my--app"
  }

  expect_failures = [var.name]
}

run "a_name_with_a_hyphen_at_the_end" {
  command = plan

  variables {
    name = "app-"
  }

  expect_failures = [var.name]
}

run "a_name_that_is_too_short" {
  command = plan

  variables {
    name = "ab"
  }

  expect_failures = [var.name]
}

run "a_name_that_is_too_long" {
  command = plan

  variables {
    name = "a23456789012345678901234567890123"
  }

  expect_failures = [var.name]
}

run "a_name_that_parameter_store_reserves" {
  command = plan

  variables {
    name = "aws-app"
  }

  expect_failures = [var.name]
}

run "an_account_that_is_no_account" {
  command = plan

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}

run "a_region_that_is_no_region" {
  command = plan

  variables {
    region             = "Frankfurt"
    availability_zones = ["Frankfurta", "Frankfurtb"]
  }

  expect_failures = [var.region]
}

run "a_region_of_another_partition" {
  command = plan

  variables {
    region             = "cn-north-1"
    availability_zones = ["cn-north-1a", "cn-north-1b"]
  }

  expect_failures = [var.region]
}

run "a_region_of_a_partition_for_agencies" {
  command = plan

  variables {
    region             = "us-iso-east-1"
    availability_zones = ["us-iso-east-1a", "us-iso-east-1b"]
  }

  expect_failures = [var.region]
}

run "a_region_of_agencies_in_europe" {
  command = plan

  variables {
    region             = "eu-isoe-west-1"
    availability_zones = ["eu-isoe-west-1a", "eu-isoe-west-1b"]
  }

  expect_failures = [var.region]
}

run "a_region_of_a_government" {
  command = plan

  variables {
    region             = "us-gov-west-1"
    availability_zones = ["us-gov-west-1a", "us-gov-west-1b"]
  }

  expect_failures = [var.region]
}

run "a_state_bucket_that_is_no_bucket" {
  command = plan

  variables {
    state_bucket = "My_Bucket"
  }

  expect_failures = [var.state_bucket]
}

run "a_state_region_that_is_no_region" {
  command = plan

  variables {
    state_region = "frankfurt"
  }

  expect_failures = [var.state_region]
}

run "a_compute_that_does_not_exist" {
  command = plan

  variables {
    compute            = "ec2"
    availability_zones = []
  }

  expect_failures = [var.compute]
}

run "an_architecture_that_does_not_exist" {
  command = plan

  variables {
    cpu_architecture = "arm64"
  }

  expect_failures = [var.cpu_architecture]
}

run "an_image_with_its_repository" {
  command = plan

  variables {
    image_tag = "example/app:1"
  }

  expect_failures = [var.image_tag]
}

run "an_empty_image_tag" {
  command = plan

  variables {
    image_tag = ""
  }

  expect_failures = [var.image_tag]
}

run "a_domain_with_a_scheme" {
  command = plan

  variables {
    domain_name = "https://example.com"
  }

  expect_failures = [var.domain_name]
}

run "a_domain_with_a_port" {
  command = plan

  variables {
    domain_name = "example.com:443"
  }

  expect_failures = [var.domain_name]
}

run "a_domain_with_a_final_dot" {
  command = plan

  variables {
    domain_name = "example.com."
  }

  expect_failures = [var.domain_name]
}

run "a_domain_with_capitals" {
  command = plan

  variables {
    domain_name = "Example.com"
  }

  expect_failures = [var.domain_name]
}

run "a_domain_of_one_label" {
  command = plan

  variables {
    domain_name = "localhost"
  }

  expect_failures = [var.domain_name]
}

run "a_domain_that_is_an_address" {
  command = plan

  variables {
    domain_name = "192.0.2.1"
  }

  expect_failures = [var.domain_name]
}

run "a_domain_longer_than_certificates_take" {
  command = plan

  variables {
    domain_name = "${join(".", [for _ in range(7) : "aaaaaaaa"])}.de"
  }

  expect_failures = [var.domain_name]
}

run "a_wildcard_as_domain" {
  command = plan

  variables {
    domain_name = "*.example.com"
  }

  expect_failures = [var.domain_name]
}

run "ecs_in_one_zone" {
  command = plan

  variables {
    availability_zones = ["eu-central-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "the_same_zone_twice" {
  command = plan

  variables {
    availability_zones = ["eu-central-1a", "eu-central-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "a_zone_of_another_region" {
  command = plan

  variables {
    availability_zones = ["eu-central-1a", "eu-west-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "zones_with_lambda" {
  command = plan

  variables {
    compute = "lambda"
  }

  expect_failures = [var.availability_zones]
}

run "a_cpu_that_fargate_lacks" {
  command = plan

  variables {
    task_cpu = 300
  }

  expect_failures = [var.task_cpu]
}

run "a_memory_that_does_not_go_with_the_cpu" {
  command = plan

  variables {
    task_memory = 4096
  }

  expect_failures = [var.task_memory]
}

run "no_task" {
  command = plan

  variables {
    task_count_min = 0
  }

  expect_failures = [var.task_count_min]
}

run "half_a_task" {
  command = plan

  variables {
    task_count_min = 1.5
  }

  expect_failures = [var.task_count_min]
}

run "fewer_tasks_at_most_than_at_least" {
  command = plan

  variables {
    task_count_min = 3
    task_count_max = 2
  }

  expect_failures = [var.task_count_max]
}

run "too_little_lambda_memory" {
  command = plan

  variables {
    lambda_memory = 64
  }

  expect_failures = [var.lambda_memory]
}

run "no_concurrency" {
  command = plan

  variables {
    lambda_concurrency = 0
  }

  expect_failures = [var.lambda_concurrency]
}

run "a_rate_that_lets_nothing_through" {
  command = plan

  variables {
    throttling_rate = 0
  }

  expect_failures = [var.throttling_rate]
}

run "a_burst_that_lets_nothing_through" {
  command = plan

  variables {
    throttling_burst = 0
  }

  expect_failures = [var.throttling_burst]
}

run "a_retention_that_cloudwatch_lacks" {
  command = plan

  variables {
    log_retention_days = 10
  }

  expect_failures = [var.log_retention_days]
}

run "logs_that_are_kept_for_ever" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "an_alarm_address_that_is_none" {
  command = plan

  variables {
    alarm_email = "operations"
  }

  expect_failures = [var.alarm_email]
}

run "a_budget_of_nothing" {
  command = plan

  variables {
    monthly_budget = 0
  }

  expect_failures = [var.monthly_budget]
}

run "a_repository_that_is_not_on_github" {
  command = plan

  variables {
    repository_url = "git@github.com:example/app.git"
  }

  expect_failures = [var.repository_url]
}

run "a_connection_that_is_none" {
  command = plan

  variables {
    connection_arn = "arn:aws:iam::111122223333:role/x"
  }

  expect_failures = [var.connection_arn]
}

run "a_branch_that_is_a_pattern" {
  command = plan

  variables {
    deploy_branch = "release/*"
  }

  expect_failures = [var.deploy_branch]
}

run "a_promotion_from_itself" {
  command = plan

  variables {
    promote_from = "app"
  }

  expect_failures = [var.promote_from]
}

run "a_resolution_mode_that_does_not_exist" {
  command = plan

  variables {
    tenant_resolution_mode = "header"
  }

  expect_failures = [var.tenant_resolution_mode]
}

run "fixed_without_a_tenant" {
  command = plan

  variables {
    tenant_resolution_mode = "fixed"
  }

  expect_failures = [var.tenant_id]
}

run "subdomain_with_a_fixed_tenant" {
  command = plan

  variables {
    tenant_id = "acme"
  }

  expect_failures = [var.tenant_id]
}

run "a_tenant_with_capitals" {
  command = plan

  variables {
    tenant_resolution_mode = "fixed"
    tenant_id              = "Acme"
  }

  expect_failures = [var.tenant_id]
}

run "a_tenant_with_the_separator_of_keys" {
  command = plan

  variables {
    tenant_resolution_mode = "fixed"
    tenant_id              = "acme#1"
  }

  expect_failures = [var.tenant_id]
}

run "a_tenant_with_a_hyphen_at_the_end" {
  command = plan

  variables {
    tenant_resolution_mode = "fixed"
    tenant_id              = "acme-"
  }

  expect_failures = [var.tenant_id]
}

run "an_empty_tenant" {
  command = plan

  variables {
    tenant_resolution_mode = "fixed"
    tenant_id              = ""
  }

  expect_failures = [var.tenant_id]
}

run "a_tenant_longer_than_a_label" {
  command = plan

  variables {
    tenant_resolution_mode = "fixed"
    tenant_id              = "a123456789012345678901234567890123456789012345678901234567890123"
  }

  expect_failures = [var.tenant_id]
}

run "an_auth_provider_that_does_not_exist" {
  command = plan

  variables {
    auth_provider = "password"
    email_from    = null
  }

  expect_failures = [var.auth_provider]
}

run "magic_links_without_a_sender" {
  command = plan

  variables {
    email_from = null
  }

  expect_failures = [var.email_from]
}

run "a_sender_without_magic_links" {
  command = plan

  variables {
    auth_provider = "none"
  }

  expect_failures = [var.email_from]
}

run "a_sender_that_is_no_address" {
  command = plan

  variables {
    email_from = "nobody"
  }

  expect_failures = [var.email_from]
}

run "a_sender_with_half_a_bracket" {
  command = plan

  variables {
    email_from = "Name <no-reply@example.com"
  }

  expect_failures = [var.email_from]
}

run "a_sender_whose_name_is_a_list" {
  command = plan

  variables {
    email_from = "Example, Inc <no-reply@example.com>"
  }

  expect_failures = [var.email_from]
}

run "a_sender_with_two_dots_in_a_row" {
  command = plan

  variables {
    email_from = "no..reply@example.com"
  }

  expect_failures = [var.email_from]
}

run "a_sender_at_a_number" {
  command = plan

  variables {
    email_from = "no-reply@192.0.2.1"
  }

  expect_failures = [var.email_from]
}

run "a_sender_whose_domain_has_no_end" {
  command = plan

  variables {
    email_from = "no-reply@example"
  }

  expect_failures = [var.email_from]
}

run "a_sender_of_two_lines" {
  command = plan

  variables {
    email_from = "A\nB <no-reply@example.com>"
  }

  expect_failures = [var.email_from]
}

run "oidc_without_an_issuer" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_issuer]
}

run "oidc_without_an_audience" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_audience]
}

run "oidc_with_an_empty_audience" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com"
    oidc_audience     = " "
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_audience]
}

run "oidc_without_a_client" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com"
    oidc_audience     = "api"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_client_id]
}

run "an_issuer_without_tls" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "http://login.example.com"
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_issuer]
}

run "an_issuer_with_a_query" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com/?a=b"
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_issuer]
}

run "an_issuer_with_a_letter_that_addresses_do_not_have" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com/é"
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_issuer]
}

run "an_issuer_without_a_host" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://:443"
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_issuer]
}

run "an_issuer_at_a_port_that_tasks_cannot_reach" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com:8443"
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_issuer]
}

run "keys_at_a_port_that_tasks_cannot_reach" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com"
    oidc_jwks_uri     = "https://login.example.com:8443/keys"
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_jwks_uri]
}

run "an_issuer_without_oidc" {
  command = plan

  variables {
    oidc_issuer = "https://login.example.com"
  }

  expect_failures = [var.oidc_issuer]
}

run "an_audience_without_oidc" {
  command = plan

  variables {
    oidc_audience = "api"
  }

  expect_failures = [var.oidc_audience]
}

run "a_client_without_oidc" {
  command = plan

  variables {
    oidc_client_id = "web"
  }

  expect_failures = [var.oidc_client_id]
}

run "keys_without_tls" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com"
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = "tenant"
    oidc_jwks_uri     = "http://login.example.com/keys"
  }

  expect_failures = [var.oidc_jwks_uri]
}

run "keys_without_oidc" {
  command = plan

  variables {
    oidc_jwks_uri = "https://login.example.com/keys"
  }

  expect_failures = [var.oidc_jwks_uri]
}

run "one_issuer_for_all_subdomains_without_a_tenant_claim" {
  command = plan

  variables {
    auth_provider  = "oidc"
    email_from     = null
    oidc_issuer    = "https://login.example.com"
    oidc_audience  = "api"
    oidc_client_id = "web"
  }

  expect_failures = [var.oidc_tenant_claim]
}

run "an_empty_tenant_claim" {
  command = plan

  variables {
    auth_provider     = "oidc"
    email_from        = null
    oidc_issuer       = "https://login.example.com"
    oidc_audience     = "api"
    oidc_client_id    = "web"
    oidc_tenant_claim = ""
  }

  expect_failures = [var.oidc_tenant_claim]
}

run "a_tenant_claim_without_oidc" {
  command = plan

  variables {
    oidc_tenant_claim = "tenant"
  }

  expect_failures = [var.oidc_tenant_claim]
}

run "any_origin" {
  command = plan

  variables {
    cors_allowed_origins = ["*"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "any_origin_of_a_domain" {
  command = plan

  variables {
    cors_allowed_origins = ["https://*.example.com"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_with_a_slash" {
  command = plan

  variables {
    cors_allowed_origins = ["https://app.example.com/"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_with_a_path" {
  command = plan

  variables {
    cors_allowed_origins = ["https://app.example.com/web"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "two_origins_in_one" {
  command = plan

  variables {
    cors_allowed_origins = ["https://a.example.com,https://b.example.com"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_without_a_host" {
  command = plan

  variables {
    cors_allowed_origins = ["https://:3000"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_with_half_an_address" {
  command = plan

  variables {
    cors_allowed_origins = ["https://[::1"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_with_a_port_out_of_range" {
  command = plan

  variables {
    cors_allowed_origins = ["https://app.example.com:65536"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_with_the_port_it_has_anyway" {
  command = plan

  variables {
    cors_allowed_origins = ["https://app.example.com:443"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_with_the_port_it_has_anyway_without_tls" {
  command = plan

  variables {
    cors_allowed_origins = ["http://app.example.com:80"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_at_an_address_that_there_is_not" {
  command = plan

  variables {
    cors_allowed_origins = ["http://192.168.1.256:8081"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "an_origin_with_capitals" {
  command = plan

  variables {
    cors_allowed_origins = ["https://App.example.com"]
  }

  expect_failures = [var.cors_allowed_origins]
}

run "a_negative_rate_limit" {
  command = plan

  variables {
    tenant_rate_limit = -1
  }

  expect_failures = [var.tenant_rate_limit]
}

run "a_rate_limit_that_the_application_cannot_count" {
  command = plan

  variables {
    compute            = "lambda"
    availability_zones = []
    tenant_rate_limit  = 4294967296
  }

  expect_failures = [var.tenant_rate_limit]
}

run "a_tenant_that_may_use_up_the_gateways_rate" {
  command = plan

  variables {
    throttling_rate   = 200
    task_count_max    = 4
    tenant_rate_limit = 51
  }

  expect_failures = [var.tenant_rate_limit]
}

run "tenants_without_a_limit_below_the_gateways" {
  command = plan

  variables {
    tenant_rate_limit = 0
  }

  expect_failures = [var.tenant_rate_limit]
}

run "more_tasks_than_the_default_limit_of_a_tenant_is_for" {
  command = plan

  variables {
    throttling_rate = 200
    task_count_max  = 5
  }

  expect_failures = [var.tenant_rate_limit]
}

run "a_negative_sign_in_limit_for_clients" {
  command = plan

  variables {
    sign_in_client_rate_limit = -1
  }

  expect_failures = [var.sign_in_client_rate_limit]
}

run "a_sign_in_limit_for_clients_that_the_application_cannot_count" {
  command = plan

  variables {
    sign_in_client_rate_limit = 4294967296
    sign_in_tenant_rate_limit = 0
  }

  expect_failures = [var.sign_in_client_rate_limit]
}

run "half_a_sign_in_for_tenants" {
  command = plan

  variables {
    sign_in_tenant_rate_limit = 0.5
  }

  expect_failures = [var.sign_in_tenant_rate_limit]
}

run "a_sign_in_limit_that_the_application_cannot_count" {
  command = plan

  variables {
    sign_in_tenant_rate_limit = 4294967296
  }

  expect_failures = [var.sign_in_tenant_rate_limit]
}

run "a_tenants_share_of_sign_in_that_one_client_can_use_up" {
  command = plan

  variables {
    sign_in_client_rate_limit = 600
    sign_in_tenant_rate_limit = 600
  }

  expect_failures = [var.sign_in_tenant_rate_limit]
}

run "a_tenants_share_of_sign_in_with_no_limit_for_one_client" {
  command = plan

  variables {
    sign_in_client_rate_limit = 0
    sign_in_tenant_rate_limit = 6000
  }

  expect_failures = [var.sign_in_tenant_rate_limit]
}

run "more_connections_than_the_application_counts" {
  command = plan

  variables {
    max_connections = 65536
  }

  expect_failures = [var.max_connections]
}

run "more_requests_than_the_application_counts" {
  command = plan

  variables {
    max_in_flight = 65536
  }

  expect_failures = [var.max_in_flight]
}

run "no_request_at_once" {
  command = plan

  variables {
    max_in_flight = 0
  }

  expect_failures = [var.max_in_flight]
}

run "no_connection" {
  command = plan

  variables {
    max_connections = 0
  }

  expect_failures = [var.max_connections]
}

run "an_empty_log_filter" {
  command = plan

  variables {
    log_filter = " "
  }

  expect_failures = [var.log_filter]
}

run "a_log_filter_of_a_level_that_does_not_exist" {
  command = plan

  variables {
    log_filter = "info,hyper=loud"
  }

  expect_failures = [var.log_filter]
}

run "a_log_filter_with_a_comma_at_the_end" {
  command = plan

  variables {
    log_filter = "info,"
  }

  expect_failures = [var.log_filter]
}

run "a_keep_alive_shorter_than_the_gateways" {
  command = plan

  variables {
    keep_alive_timeout = 60
  }

  expect_failures = [var.keep_alive_timeout]
}

run "a_body_as_slow_as_the_handler" {
  command = plan

  variables {
    request_body_timeout = 10
  }

  expect_failures = [var.request_body_timeout]
}

run "no_time_for_the_body" {
  command = plan

  variables {
    request_body_timeout = 0
  }

  expect_failures = [var.request_body_timeout]
}

run "a_connect_longer_than_an_attempt" {
  command = plan

  variables {
    dynamodb_connect_timeout = 2
  }

  expect_failures = [var.dynamodb_connect_timeout]
}

run "no_time_to_connect" {
  command = plan

  variables {
    dynamodb_connect_timeout = 0
  }

  expect_failures = [var.dynamodb_connect_timeout]
}

run "an_attempt_longer_than_the_operation" {
  command = plan

  variables {
    dynamodb_attempt_timeout = 4
  }

  expect_failures = [var.dynamodb_attempt_timeout]
}

run "an_operation_as_long_as_the_handler" {
  command = plan

  variables {
    dynamodb_operation_timeout = 10
  }

  expect_failures = [var.dynamodb_operation_timeout]
}

run "a_handler_as_long_as_the_gateway" {
  command = plan

  variables {
    handler_timeout = 15
  }

  expect_failures = [var.handler_timeout]
}

run "a_handler_longer_than_the_drain" {
  command = plan

  variables {
    handler_timeout = 12
    shutdown_drain  = 11
  }

  expect_failures = [var.handler_timeout]
}

run "a_handler_without_time_for_a_mail_on_lambda" {
  command = plan

  variables {
    compute            = "lambda"
    availability_zones = []
    handler_timeout    = 8
  }

  expect_failures = [var.dynamodb_operation_timeout]
}

run "a_gateway_longer_than_aws_waits" {
  command = plan

  variables {
    gateway_timeout = 31
  }

  expect_failures = [var.gateway_timeout]
}

run "half_a_second_of_gateway" {
  command = plan

  variables {
    gateway_timeout = 15.5
  }

  expect_failures = [var.gateway_timeout]
}

run "a_negative_grace" {
  command = plan

  variables {
    shutdown_grace = -1
  }

  expect_failures = [var.shutdown_grace]
}

run "no_drain" {
  command = plan

  variables {
    shutdown_drain = 0
  }

  expect_failures = [var.shutdown_drain]
}

run "a_kill_before_the_last_reads_end" {
  command = plan

  variables {
    shutdown_grace = 0
    shutdown_drain = 54.8
  }

  expect_failures = [var.stop_timeout]
}

run "a_kill_before_the_drain_and_a_mail_end" {
  command = plan

  variables {
    stop_timeout = 40
  }

  expect_failures = [var.stop_timeout]
}

run "a_stop_longer_than_fargate_waits" {
  command = plan

  variables {
    stop_timeout = 121
  }

  expect_failures = [var.stop_timeout]
}

run "a_keep_alive_timeout_finer_than_milliseconds" {
  command = plan

  variables {
    keep_alive_timeout = 75.0005
  }

  expect_failures = [var.keep_alive_timeout]
}

run "a_body_timeout_finer_than_milliseconds" {
  command = plan

  variables {
    request_body_timeout = 4.9995
  }

  expect_failures = [var.request_body_timeout]
}

run "a_dynamodb_connect_timeout_finer_than_milliseconds" {
  command = plan

  variables {
    dynamodb_connect_timeout = 0.0005
  }

  expect_failures = [var.dynamodb_connect_timeout]
}

run "a_dynamodb_attempt_timeout_finer_than_milliseconds" {
  command = plan

  variables {
    dynamodb_attempt_timeout = 1.0005
  }

  expect_failures = [var.dynamodb_attempt_timeout]
}

run "a_dynamodb_operation_timeout_finer_than_milliseconds" {
  command = plan

  variables {
    dynamodb_operation_timeout = 2.9995
  }

  expect_failures = [var.dynamodb_operation_timeout]
}

run "a_handler_timeout_finer_than_milliseconds" {
  command = plan

  variables {
    handler_timeout = 9.9995
  }

  expect_failures = [var.handler_timeout]
}

run "a_shutdown_grace_finer_than_milliseconds" {
  command = plan

  variables {
    shutdown_grace = 0.0005
  }

  expect_failures = [var.shutdown_grace]
}

run "a_shutdown_drain_finer_than_milliseconds" {
  command = plan

  variables {
    shutdown_drain = 15.0005
  }

  expect_failures = [var.shutdown_drain]
}

run "a_table_of_another_deployment" {
  command = plan

  variables {
    table_name = "other"
  }

  expect_failures = [var.table_name]
}

run "a_table_name_that_is_too_long_for_the_policies" {
  command = plan

  variables {
    table_name = "app-2345678901234567890123456789"
  }

  expect_failures = [var.table_name]
}
