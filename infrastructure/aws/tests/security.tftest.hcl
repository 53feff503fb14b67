# What the deployment promises about tenants, events and secrets, whatever the variable file says.

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

run "the_gateway_says_which_host_was_asked_for" {
  command = plan

  assert {
    condition     = aws_apigatewayv2_integration.ecs[0].request_parameters["overwrite:header.${local.environment.TRUSTED_HOST_HEADER}"] == "$context.domainName"
    error_message = "The header that the application trusts must be overwritten with the host of the request."
  }

  assert {
    condition     = aws_apigatewayv2_integration.ecs[0].request_parameters["overwrite:header.${local.environment.TRUSTED_CLIENT_IP_HEADER}"] == "$context.identity.sourceIp"
    error_message = "The header that the application trusts must be overwritten with the caller's address."
  }

  assert {
    condition     = !contains(["host", "forwarded", "x-forwarded-host", "x-forwarded-for"], local.environment.TRUSTED_HOST_HEADER)
    error_message = "The trusted header must be one of our own: API Gateway does not let the standard ones be overwritten."
  }

  assert {
    condition     = aws_apigatewayv2_integration.ecs[0].request_parameters["overwrite:path"] == "$request.path" && aws_apigatewayv2_stage.default[0].name == "$default"
    error_message = "The path must arrive as the client sent it, without a stage."
  }

  assert {
    condition     = alltrue([for parameter in keys(aws_apigatewayv2_integration.ecs[0].request_parameters) : startswith(parameter, "overwrite:")])
    error_message = "A header that is appended keeps what the client sent."
  }

  assert {
    condition     = aws_apigatewayv2_api.main[0].disable_execute_api_endpoint && aws_apigatewayv2_route.default[0].route_key == "$default"
    error_message = "The custom domain must be the only way in, and everything must go through the one integration."
  }

  assert {
    condition     = aws_apigatewayv2_integration.ecs[0].integration_type == "HTTP_PROXY" && aws_apigatewayv2_integration.ecs[0].connection_type == "VPC_LINK"
    error_message = "The tasks are reached through the VPC link."
  }

  assert {
    condition     = aws_apigatewayv2_integration.ecs[0].timeout_milliseconds == 15000 && local.environment.GATEWAY_TIMEOUT == "15000ms"
    error_message = "The application must know how long the gateway waits."
  }

  assert {
    condition     = aws_apigatewayv2_stage.default[0].default_route_settings[0].throttling_rate_limit == 200 && aws_apigatewayv2_stage.default[0].default_route_settings[0].throttling_burst_limit == 400
    error_message = "The gateway must throttle."
  }

  assert {
    condition     = !strcontains(aws_apigatewayv2_stage.default[0].access_log_settings[0].format, "path") && !strcontains(aws_apigatewayv2_stage.default[0].access_log_settings[0].format, "query")
    error_message = "The access log must not hold what could be a login token."
  }
}

run "tenants_by_subdomain_are_served_below_the_domain" {
  command = plan

  assert {
    condition     = toset(keys(module.gateway_domain)) == toset(["example.com", "*.example.com"])
    error_message = "The domain and the wildcard of its tenants must be served."
  }

  assert {
    condition     = local.environment.BASE_DOMAIN == "example.com" && !contains(keys(local.environment), "APP_TENANT_ID")
    error_message = "Tenants must be found by subdomain."
  }

  assert {
    condition     = tonumber(local.environment.TENANT_RATE_LIMIT) * var.task_count_max <= var.throttling_rate
    error_message = "No tenant may use up what the gateway lets through for all."
  }
}

run "one_tenant_has_one_host" {
  command = plan

  variables {
    compute                = "lambda"
    availability_zones     = []
    tenant_resolution_mode = "fixed"
    tenant_id              = "acme"
    auth_provider          = "oidc"
    email_from             = null
    oidc_issuer            = "https://login.example.com"
    oidc_audience          = "api"
    oidc_client_id         = "web"
  }

  assert {
    condition     = keys(module.gateway_domain) == ["example.com"]
    error_message = "Only the one host must be served."
  }

  assert {
    condition     = local.environment.APP_TENANT_ID == "acme" && !contains(keys(local.environment), "BASE_DOMAIN")
    error_message = "The tenant must be the fixed one."
  }

  assert {
    condition     = local.environment.TENANT_RATE_LIMIT == "1000"
    error_message = "A tenant that shares with nobody must not be kept below the gateway's rate."
  }

  assert {
    condition     = local.environment.AUTH_PROVIDER == "oidc" && local.environment.OIDC_ISSUER == "https://login.example.com" && local.environment.OIDC_AUDIENCE == "api"
    error_message = "The issuer must be trusted."
  }

  assert {
    condition     = length(aws_ssm_parameter.smtp_url) == 0
    error_message = "Without mail there must be no mail secret."
  }

  assert {
    condition     = length(aws_ecs_service.app) == 0 && length(aws_vpc.main) == 0
    error_message = "Lambda needs no network."
  }
}

run "tasks_are_as_many_as_wanted" {
  command = plan

  variables {
    task_count_min = 2
  }

  assert {
    condition     = aws_appautoscaling_target.tasks[0].min_capacity == 2 && aws_ecs_service.app[0].desired_count == 2 && length(aws_subnet.public) == 2
    error_message = "Two tasks must run, in two zones."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.tasks[0].threshold == 2
    error_message = "The alarm must count the tasks."
  }
}

run "a_zone_keeps_its_addresses_when_others_come_and_go" {
  command = plan

  variables {
    availability_zones = ["eu-central-1c", "eu-central-1b"]
  }

  assert {
    condition     = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { eu-central-1b = "10.0.1.0/24", eu-central-1c = "10.0.2.0/24" }
    error_message = "Addresses must not depend on the order of the zones."
  }
}

run "a_push_to_the_branch_is_a_release" {
  command = plan

  variables {
    deploy_branch = "main"
  }

  assert {
    condition     = aws_codebuild_webhook.push[0].build_type == "BUILD" && aws_codebuild_project.main.source_version == "main"
    error_message = "A push must be built, and a build by hand must take the same branch."
  }
}

run "a_promotion_builds_nothing" {
  command = plan

  variables {
    promote_from = "staging"
  }

  assert {
    condition     = length(aws_codebuild_webhook.push) == 0 && one([for variable in aws_codebuild_project.main.environment[0].environment_variable : variable.value if variable.name == "PROMOTE_FROM"]) == "staging"
    error_message = "The other deployment's images must be taken, at no push."
  }
}

run "a_task_can_change_nothing_but_the_table" {
  command = plan

  assert {
    condition = alltrue([for container in jsondecode(aws_ecs_task_definition.app[0].container_definitions) :
      container.readonlyRootFilesystem && container.user == "65532:65532" && container.linuxParameters.capabilities.drop == ["ALL"]
    ])
    error_message = "The container must have a read-only root file system, a numeric user and no capabilities."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.app[0].container_definitions)[0].healthCheck.command == ["CMD", "reference-architecture", "healthcheck"]
    error_message = "The binary must check its own health: the image has no shell."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.app[0].container_definitions)[0].stopTimeout == 60 && local.environment.STOP_TIMEOUT == "60000ms"
    error_message = "The application must know when it is killed."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.app[0].container_definitions)[0].logConfiguration.options.mode == "non-blocking"
    error_message = "A slow log service must not hold up requests."
  }

  assert {
    condition     = aws_ecs_task_definition.app[0].runtime_platform[0].cpu_architecture == "ARM64"
    error_message = "ARM64 is the default."
  }

  assert {
    condition     = aws_ecs_service.app[0].deployment_minimum_healthy_percent == 100 && aws_ecs_service.app[0].deployment_circuit_breaker[0].enable && aws_ecs_service.app[0].deployment_circuit_breaker[0].rollback
    error_message = "A release must never leave fewer tasks, and one that gets not healthy must be taken back."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.tasks_from_vpc_link[0].from_port == 3000 && aws_vpc_security_group_ingress_rule.tasks_from_vpc_link[0].cidr_ipv4 == null
    error_message = "Only the VPC link may reach the tasks."
  }
}

run "the_runtime_role_cannot_touch_an_event_or_another_table" {
  command = plan

  assert {
    condition = anytrue([for statement in jsondecode(aws_iam_role_policy.runtime.policy).Statement :
      statement.Effect == "Deny" && toset(statement.Action) == toset(["dynamodb:UpdateItem", "dynamodb:DeleteItem"]) &&
      try(statement.Condition["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"], []) == ["TENANT#*#EVENTS#*"]
    ])
    error_message = "Events must be append-only."
  }

  assert {
    condition = anytrue([for statement in jsondecode(aws_iam_role_policy.runtime.policy).Statement :
      statement.Effect == "Deny" && try(statement.Condition.Null["dynamodb:LeadingKeys"], "") == "true"
    ])
    error_message = "A change without a key must be denied."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.runtime.policy).Statement :
      statement.Resource == "arn:aws:dynamodb:eu-central-1:111122223333:table/app"
    ])
    error_message = "The tasks' role is for this table alone."
  }

  assert {
    condition = length(setintersection(
      flatten([for statement in jsondecode(aws_iam_role_policy.runtime.policy).Statement : statement.Action if statement.Effect == "Allow"]),
      ["dynamodb:*", "dynamodb:Scan", "dynamodb:BatchWriteItem", "dynamodb:BatchGetItem", "dynamodb:UpdateTable", "dynamodb:DeleteTable"],
    )) == 0
    error_message = "No Scan, no batch, no table administration."
  }
}

run "a_restored_table_takes_the_place_of_the_first" {
  command = plan

  variables {
    table_name = "app-restored"
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.runtime.policy).Statement :
      statement.Resource == "arn:aws:dynamodb:eu-central-1:111122223333:table/app-restored"
    ])
    error_message = "The tasks' role must be for the restored table alone."
  }

  assert {
    condition = anytrue([for variable in jsondecode(aws_ecs_task_definition.app[0].container_definitions)[0].environment :
      variable.name == "DYNAMODB_TABLE" && variable.value == "app-restored"
    ])
    error_message = "The tasks must use the restored table."
  }
}

run "secrets_are_in_no_variable_and_no_state" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.smtp_url[0].type == "SecureString" && aws_ssm_parameter.smtp_url[0].value_wo_version == 1
    error_message = "The secret must be written once, without being read back."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.app[0].container_definitions)[0].secrets == [{ name = "SMTP_URL", valueFrom = "arn:aws:ssm:eu-central-1:111122223333:parameter/app/smtp-url" }]
    error_message = "The agent must fetch the mail secret."
  }

  assert {
    condition     = length(setintersection(keys(local.environment), ["SMTP_URL", "SMTP_URL_PARAMETER"])) == 0
    error_message = "On ECS no variable names or holds the secret."
  }
}

run "the_deploy_role_releases_and_cannot_widen_its_rights" {
  command = plan

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
      alltrue([for action in statement.Action : !strcontains(action, "*")])
    ])
    error_message = "No wildcard in an action."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
      alltrue([for action in statement.Action : !startswith(action, "iam:") || contains([
        "iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:PassRole", "iam:CreateServiceLinkedRole",
      ], action)])
    ])
    error_message = "The deploy role must not change a role, its own included."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
      alltrue([for action in statement.Action : !startswith(action, "dynamodb:") || contains([
        "dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource",
      ], action)])
    ])
    error_message = "The deploy role must neither read the data nor take the table's protection off."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
      try(statement.Condition.StringEquals["iam:PassedToService"], "") == "ecs-tasks.amazonaws.com" if contains(statement.Action, "iam:PassRole")
    ])
    error_message = "Roles may be passed to the tasks only."
  }

  assert {
    # Each of these knows no resource; anything else must name one, or be bound by the deployment's tag.
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
      alltrue([for action in statement.Action : anytrue([for allowed in [
        "ecr:GetAuthorizationToken", "ec2:Describe", "application-autoscaling:Describe", "servicediscovery:Get", "servicediscovery:List",
        "ecs:DescribeTaskDefinition", "ecs:DeregisterTaskDefinition", "logs:Describe", "ssm:DescribeParameters",
        "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
      ] : startswith(action, allowed)])]) if statement.Resource == "*" && try(statement.Condition.StringEqualsIfExists["aws:ResourceTag/Deployment"], "") != "app"
    ])
    error_message = "A resource of * is for actions that know no resource, or that the deployment's tag binds."
  }

  assert {
    condition     = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceArn"] == "arn:aws:codebuild:eu-central-1:111122223333:project/app"
    error_message = "Only this deployment's project may use the role."
  }
}

run "waits_reach_the_application_in_milliseconds" {
  command = plan

  variables {
    keep_alive_timeout         = 75.009
    request_body_timeout       = 4.04
    dynamodb_connect_timeout   = 1.01
    dynamodb_attempt_timeout   = 2.02
    dynamodb_operation_timeout = 4.04
    handler_timeout            = 8.1
    shutdown_grace             = 8.1
    shutdown_drain             = 16.2
  }

  assert {
    condition = { for name, value in local.environment : name => value if can(regex("_TIMEOUT$|^SHUTDOWN_", name)) } == {
      KEEP_ALIVE_TIMEOUT         = "75009ms"
      REQUEST_BODY_TIMEOUT       = "4040ms"
      DYNAMODB_CONNECT_TIMEOUT   = "1010ms"
      DYNAMODB_ATTEMPT_TIMEOUT   = "2020ms"
      DYNAMODB_OPERATION_TIMEOUT = "4040ms"
      HANDLER_TIMEOUT            = "8100ms"
      GATEWAY_TIMEOUT            = "15000ms"
      SHUTDOWN_GRACE             = "8100ms"
      SHUTDOWN_DRAIN             = "16200ms"
      STOP_TIMEOUT               = "60000ms"
    }
    error_message = "The application must be told the waits that were set."
  }
}

run "null_is_the_default" {
  command = plan

  variables {
    handler_timeout      = null
    log_filter           = null
    cors_allowed_origins = null
  }

  assert {
    condition     = local.environment.HANDLER_TIMEOUT == "10000ms" && local.environment.RUST_LOG == "info" && !contains(keys(local.environment), "CORS_ALLOWED_ORIGINS")
    error_message = "A setting that is null must be as one that is not there."
  }
}

run "a_sender_of_a_company" {
  command = plan

  variables {
    email_from = "Example Inc. <o'neil&co@example.com>"
  }

  assert {
    condition     = local.environment.EMAIL_FROM == "Example Inc. <o'neil&co@example.com>"
    error_message = "The application must be told the sender."
  }
}

run "a_sender_with_quotes" {
  command = plan

  variables {
    email_from = "\"Example, Inc.\" <no-reply@mail.example.com>"
  }

  assert {
    condition     = local.environment.EMAIL_FROM == "\"Example, Inc.\" <no-reply@mail.example.com>"
    error_message = "The application must be told the sender."
  }
}

run "a_page_in_the_own_network" {
  command = plan

  variables {
    cors_allowed_origins = ["http://192.168.1.7:8081", "https://app.example.com:65535"]
  }

  assert {
    condition     = local.environment.CORS_ALLOWED_ORIGINS == "http://192.168.1.7:8081,https://app.example.com:65535"
    error_message = "The application must be told the origins."
  }
}

run "on_lambda_an_issuer_may_have_a_port" {
  command = plan

  variables {
    compute            = "lambda"
    availability_zones = []
    auth_provider      = "oidc"
    email_from         = null
    oidc_issuer        = "https://login.example.com:8443/realms/a"
    oidc_jwks_uri      = "https://login.example.com:8443/keys"
    oidc_audience      = "api"
    oidc_client_id     = "web"
    oidc_tenant_claim  = "tenant"
  }

  assert {
    condition     = local.environment.OIDC_ISSUER == var.oidc_issuer && local.environment.OIDC_JWKS_URI == var.oidc_jwks_uri
    error_message = "The application must be told where the issuer is."
  }
}

run "the_longest_names_fit_what_iam_allows" {
  command = plan

  variables {
    name               = "a2345678901234567890123456789012"
    table_name         = "a2345678901234567890123456789012-23456789012345678901234"
    promote_from       = "b2345678901234567890123456789012"
    region             = "ap-southeast-1"
    availability_zones = ["ap-southeast-1a", "ap-southeast-1b"]
    state_bucket       = "a23456789012345678901234567890123456789012345678901234567890123"
    domain_name        = "a23456789012345678901234567890123456789012345678901.example.com"
    connection_arn     = "arn:aws:codeconnections:ap-southeast-1:111122223333:connection/00000000-0000-4000-8000-000000000000"
  }

  assert {
    condition     = length(aws_iam_role_policy.deploy.policy) <= 10240
    error_message = "The policies inside a role may have 10240 characters, not ${length(aws_iam_role_policy.deploy.policy)}."
  }
}

run "lambda_has_the_same_front_door_and_rights" {
  command = plan

  variables {
    compute            = "lambda"
    availability_zones = []
  }

  assert {
    condition     = aws_apigatewayv2_integration.lambda[0].integration_type == "AWS_PROXY" && aws_apigatewayv2_integration.lambda[0].payload_format_version == "2.0"
    error_message = "The application expects events of format 2.0."
  }

  assert {
    condition     = length(setintersection(keys(local.environment), ["TRUSTED_HOST_HEADER", "TRUSTED_CLIENT_IP_HEADER", "AWS_REGION", "SMTP_URL"])) == 0
    error_message = "On Lambda no header is to be trusted, and AWS_REGION is Lambda's own."
  }

  assert {
    condition     = local.environment.SMTP_URL_PARAMETER == "/app/smtp-url" && local.environment.BASE_DOMAIN == "example.com"
    error_message = "On Lambda the application fetches the mail secret itself."
  }

  assert {
    condition     = aws_lambda_function.app[0].timeout == 15 && aws_apigatewayv2_integration.lambda[0].timeout_milliseconds == 15000
    error_message = "An invocation must not outlive the gateway's patience."
  }

  assert {
    condition     = aws_lambda_function.app[0].image_uri == "111122223333.dkr.ecr.eu-central-1.amazonaws.com/app:none" && aws_lambda_function.app[0].architectures == tolist(["arm64"])
    error_message = "The same image must run."
  }

  assert {
    condition     = aws_apigatewayv2_stage.default[0].name == "$default" && aws_apigatewayv2_api.main[0].disable_execute_api_endpoint
    error_message = "The front door must be the same."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.runtime.policy).Statement :
      contains([
        "arn:aws:dynamodb:eu-central-1:111122223333:table/app",
        "arn:aws:logs:eu-central-1:111122223333:log-group:/app/app:*",
        "arn:aws:ssm:eu-central-1:111122223333:parameter/app/smtp-url",
      ], statement.Resource)
    ])
    error_message = "The function's role is for the table, the log and the mail secret of this deployment alone."
  }
}

run "the_foundation_has_nothing_that_needs_an_image_or_a_certificate" {
  command = plan

  variables {
    foundation_only = true
  }

  assert {
    condition = alltrue([for resources in [
      aws_ecs_service.app, aws_ecs_task_definition.app, aws_lambda_function.app, aws_apigatewayv2_api.main, aws_acm_certificate_validation.main,
    ] : length(resources) == 0])
    error_message = "The first apply must not wait for an image or for DNS records."
  }

  assert {
    condition     = output.gateway_targets == {}
    error_message = "Before the first release nothing is released."
  }
}

run "magic_links_are_made_from_the_base_domain_with_a_fixed_tenant_too" {
  command = plan

  variables {
    tenant_resolution_mode = "fixed"
    tenant_id              = "acme"
  }

  assert {
    condition     = local.environment.BASE_DOMAIN == "example.com" && local.environment.APP_TENANT_ID == "acme"
    error_message = "Links in mails are never made from a request's header."
  }
}

run "no_setting_is_guessed" {
  command = plan

  variables {
    auth_provider        = "oidc"
    email_from           = null
    oidc_issuer          = "https://login.example.com"
    oidc_audience        = "api"
    oidc_client_id       = "web"
    oidc_tenant_claim    = "tenant"
    cors_allowed_origins = ["https://a.example.com", "https://b.example.com"]
  }

  assert {
    condition     = local.environment.OIDC_TENANT_CLAIM == "tenant" && !contains(keys(local.environment), "OIDC_JWKS_URI") && !contains(keys(local.environment), "EMAIL_MODE")
    error_message = "What is not set is not told."
  }

  assert {
    condition     = local.environment.CORS_ALLOWED_ORIGINS == "https://a.example.com,https://b.example.com"
    error_message = "Origins are separated by commas."
  }

  assert {
    condition     = local.environment.SHUTDOWN_GRACE == "20000ms" && local.environment.KEEP_ALIVE_TIMEOUT == "75000ms" && local.environment.DYNAMODB_OPERATION_TIMEOUT == "3000ms"
    error_message = "Waits are told in milliseconds."
  }

  assert {
    condition     = toset([for rule in aws_vpc_security_group_egress_rule.tasks : rule.to_port]) == toset([443])
    error_message = "Without mail the tasks reach nothing but HTTPS."
  }
}

run "the_topic_takes_what_is_to_be_told" {
  # The topic's ARN is in its policy.
  override_resource {
    target          = aws_sns_topic.alarms
    override_during = plan
    values          = { arn = "arn:aws:sns:eu-central-1:111122223333:app-alarms" }
  }

  command = plan

  assert {
    condition     = aws_cloudwatch_event_target.builds.arn == aws_sns_topic.alarms.arn && alltrue([for alarm in aws_cloudwatch_metric_alarm.main : alarm.alarm_actions == toset([aws_sns_topic.alarms.arn])])
    error_message = "Builds and alarms go to the topic."
  }

  assert {
    condition     = length([for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement : statement if statement.Principal.Service == "events.amazonaws.com" && statement.Action == "sns:Publish" && !can(statement.Condition)]) == 1
    error_message = "EventBridge publishes only where no condition is set."
  }
}

run "someone_is_told" {
  command = plan

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.main)) == toset(["errors", "5xx", "latency"]) && toset(keys(aws_cloudwatch_metric_alarm.table)) == toset(["ThrottledRequests", "SystemErrors"]) && length(aws_cloudwatch_metric_alarm.tasks) == 1
    error_message = "Errors, latency, throttling, system errors and the number of tasks are watched."
  }

  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.table :
      toset([for query in alarm.metric_query : query.metric[0].dimensions.Operation if length(query.metric) > 0]) == toset(["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"])
    ])
    error_message = "Every operation of the application must be watched."
  }

  assert {
    condition     = aws_cloudwatch_log_metric_filter.errors.log_group_name == "/app/app" && aws_cloudwatch_log_metric_filter.errors.pattern == "{ $.level = \"ERROR\" && $.target != \"request\" }"
    error_message = "Errors beside the requests must be counted."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.main["errors"].namespace == "app" && aws_cloudwatch_metric_alarm.main["errors"].metric_name == one(aws_cloudwatch_log_metric_filter.errors.metric_transformation).name && aws_cloudwatch_metric_alarm.main["errors"].threshold == 0
    error_message = "One such error must be told."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.builds.event_pattern).detail == { project-name = ["app"], build-status = ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"] }
    error_message = "Builds of this project that did not end well must be told."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.tasks[0].treat_missing_data == "breaching"
    error_message = "No task sends no sample: silence is the alarm."
  }

  assert {
    condition     = aws_sns_topic_subscription.email.endpoint == "operations@example.com" && aws_budgets_budget.monthly.limit_amount == "100"
    error_message = "Alarms and the budget go to the address."
  }

  assert {
    condition     = one(aws_budgets_budget.monthly.cost_filter).values == tolist(["user:Deployment$app"])
    error_message = "The budget counts what has the deployment's tag."
  }
}
