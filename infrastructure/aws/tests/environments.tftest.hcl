# Every variable file makes the deployment that it says it makes.

mock_provider "aws" {}

run "read_staging" {
  module {
    source = "./tests/environment"
  }

  variables {
    name = "staging"
  }
}

run "staging" {
  command = plan

  variables {
    name                   = run.read_staging.settings.name
    account_id             = run.read_staging.settings.account_id
    region                 = run.read_staging.settings.region
    state_bucket           = run.read_staging.settings.state_bucket
    compute                = run.read_staging.settings.compute
    domain_name            = run.read_staging.settings.domain_name
    tenant_resolution_mode = run.read_staging.settings.tenant_resolution_mode
    auth_provider          = run.read_staging.settings.auth_provider
    alarm_email            = run.read_staging.settings.alarm_email
    monthly_budget         = run.read_staging.settings.monthly_budget
    repository_url         = run.read_staging.settings.repository_url
    connection_arn         = run.read_staging.settings.connection_arn
    availability_zones     = lookup(run.read_staging.settings, "availability_zones", [])
    task_count_min         = lookup(run.read_staging.settings, "task_count_min", 1)
    task_count_max         = lookup(run.read_staging.settings, "task_count_max", 4)
    throttling_rate        = lookup(run.read_staging.settings, "throttling_rate", 200)
    throttling_burst       = lookup(run.read_staging.settings, "throttling_burst", 400)
    log_retention_days     = lookup(run.read_staging.settings, "log_retention_days", 30)
    deploy_branch          = lookup(run.read_staging.settings, "deploy_branch", null)
    promote_from           = lookup(run.read_staging.settings, "promote_from", null)
    tenant_id              = lookup(run.read_staging.settings, "tenant_id", null)
    email_from             = lookup(run.read_staging.settings, "email_from", null)
    oidc_issuer            = lookup(run.read_staging.settings, "oidc_issuer", null)
    oidc_audience          = lookup(run.read_staging.settings, "oidc_audience", null)
    oidc_client_id         = lookup(run.read_staging.settings, "oidc_client_id", null)
  }

  assert {
    condition     = aws_ecs_service.app[0].name == "staging" && length(aws_lambda_function.app) == 0
    error_message = "staging runs on ECS."
  }

  assert {
    condition     = local.environment.TENANT_RESOLUTION_MODE == "subdomain" && local.environment.BASE_DOMAIN == "staging.example.net" && !contains(keys(local.environment), "APP_TENANT_ID")
    error_message = "staging finds tenants by subdomain."
  }

  assert {
    condition     = local.environment.AUTH_PROVIDER == "magic_link" && local.environment.EMAIL_MODE == "smtp"
    error_message = "staging signs users in by mail."
  }

  assert {
    condition     = toset(keys(module.gateway_domain)) == toset(["staging.example.net", "*.staging.example.net"])
    error_message = "The domain and the wildcard of its tenants are served."
  }

  assert {
    condition     = aws_codebuild_webhook.push[0].build_type == "BUILD" && aws_codebuild_project.main.source_version == var.deploy_branch
    error_message = "A push deploys to staging, and a build by hand takes the same branch."
  }
}

run "read_production" {
  module {
    source = "./tests/environment"
  }

  variables {
    name = "production"
  }
}

run "production" {
  command = plan

  variables {
    name                   = run.read_production.settings.name
    account_id             = run.read_production.settings.account_id
    region                 = run.read_production.settings.region
    state_bucket           = run.read_production.settings.state_bucket
    compute                = run.read_production.settings.compute
    domain_name            = run.read_production.settings.domain_name
    tenant_resolution_mode = run.read_production.settings.tenant_resolution_mode
    auth_provider          = run.read_production.settings.auth_provider
    alarm_email            = run.read_production.settings.alarm_email
    monthly_budget         = run.read_production.settings.monthly_budget
    repository_url         = run.read_production.settings.repository_url
    connection_arn         = run.read_production.settings.connection_arn
    availability_zones     = lookup(run.read_production.settings, "availability_zones", [])
    task_count_min         = lookup(run.read_production.settings, "task_count_min", 1)
    task_count_max         = lookup(run.read_production.settings, "task_count_max", 4)
    throttling_rate        = lookup(run.read_production.settings, "throttling_rate", 200)
    throttling_burst       = lookup(run.read_production.settings, "throttling_burst", 400)
    log_retention_days     = lookup(run.read_production.settings, "log_retention_days", 30)
    deploy_branch          = lookup(run.read_production.settings, "deploy_branch", null)
    promote_from           = lookup(run.read_production.settings, "promote_from", null)
    tenant_id              = lookup(run.read_production.settings, "tenant_id", null)
    email_from             = lookup(run.read_production.settings, "email_from", null)
    oidc_issuer            = lookup(run.read_production.settings, "oidc_issuer", null)
    oidc_audience          = lookup(run.read_production.settings, "oidc_audience", null)
    oidc_client_id         = lookup(run.read_production.settings, "oidc_client_id", null)
  }

  assert {
    condition     = aws_appautoscaling_target.tasks[0].min_capacity == 2 && aws_ecs_service.app[0].desired_count == 2 && length(var.availability_zones) >= 2
    error_message = "Production runs two tasks in two zones at least."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.tasks[0].threshold == 2
    error_message = "The alarm counts production's tasks."
  }

  assert {
    condition     = length(aws_codebuild_webhook.push) == 0 && one([for variable in aws_codebuild_project.main.environment[0].environment_variable : variable.value if variable.name == "PROMOTE_FROM"]) == "staging"
    error_message = "Production takes staging's images and builds none."
  }

  assert {
    condition     = toset(keys(module.gateway_domain)) == toset(["example.com", "*.example.com"])
    error_message = "The domain and the wildcard of its tenants are served."
  }
}

run "read_single_tenant" {
  module {
    source = "./tests/environment"
  }

  variables {
    name = "single-tenant"
  }
}

run "single_tenant" {
  command = plan

  variables {
    name                   = run.read_single_tenant.settings.name
    account_id             = run.read_single_tenant.settings.account_id
    region                 = run.read_single_tenant.settings.region
    state_bucket           = run.read_single_tenant.settings.state_bucket
    compute                = run.read_single_tenant.settings.compute
    domain_name            = run.read_single_tenant.settings.domain_name
    tenant_resolution_mode = run.read_single_tenant.settings.tenant_resolution_mode
    auth_provider          = run.read_single_tenant.settings.auth_provider
    alarm_email            = run.read_single_tenant.settings.alarm_email
    monthly_budget         = run.read_single_tenant.settings.monthly_budget
    repository_url         = run.read_single_tenant.settings.repository_url
    connection_arn         = run.read_single_tenant.settings.connection_arn
    availability_zones     = lookup(run.read_single_tenant.settings, "availability_zones", [])
    task_count_min         = lookup(run.read_single_tenant.settings, "task_count_min", 1)
    task_count_max         = lookup(run.read_single_tenant.settings, "task_count_max", 4)
    throttling_rate        = lookup(run.read_single_tenant.settings, "throttling_rate", 200)
    throttling_burst       = lookup(run.read_single_tenant.settings, "throttling_burst", 400)
    log_retention_days     = lookup(run.read_single_tenant.settings, "log_retention_days", 30)
    deploy_branch          = lookup(run.read_single_tenant.settings, "deploy_branch", null)
    promote_from           = lookup(run.read_single_tenant.settings, "promote_from", null)
    tenant_id              = lookup(run.read_single_tenant.settings, "tenant_id", null)
    email_from             = lookup(run.read_single_tenant.settings, "email_from", null)
    oidc_issuer            = lookup(run.read_single_tenant.settings, "oidc_issuer", null)
    oidc_audience          = lookup(run.read_single_tenant.settings, "oidc_audience", null)
    oidc_client_id         = lookup(run.read_single_tenant.settings, "oidc_client_id", null)
  }

  assert {
    condition     = aws_lambda_function.app[0].function_name == "single-tenant" && length(aws_ecs_service.app) == 0 && length(aws_vpc.main) == 0
    error_message = "single-tenant runs on Lambda, without a network."
  }

  assert {
    condition     = local.environment.TENANT_RESOLUTION_MODE == "fixed" && local.environment.APP_TENANT_ID == "acme" && !contains(keys(local.environment), "BASE_DOMAIN")
    error_message = "single-tenant has one tenant."
  }

  assert {
    condition     = local.environment.AUTH_PROVIDER == "oidc" && local.environment.OIDC_ISSUER == "https://login.example.org" && local.environment.OIDC_AUDIENCE == "https://acme.example.org/api"
    error_message = "single-tenant trusts its issuer."
  }

  assert {
    condition     = keys(module.gateway_domain) == ["acme.example.org"]
    error_message = "Only the one host is served."
  }

  assert {
    condition     = length(aws_ssm_parameter.smtp_url) == 0
    error_message = "Without mail there is no mail secret."
  }
}
