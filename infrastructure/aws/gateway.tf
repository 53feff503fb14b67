# The front door, the same for both computes.

resource "aws_apigatewayv2_api" "main" {
  count = local.released ? 1 : 0

  name          = var.name
  protocol_type = "HTTP"

  # The only way in is the custom domain: no other host can reach the application.
  disable_execute_api_endpoint = true
}

resource "aws_apigatewayv2_vpc_link" "main" {
  count = local.on_ecs ? 1 : 0

  name               = var.name
  security_group_ids = [aws_security_group.vpc_link[0].id]
  subnet_ids         = [for subnet in aws_subnet.public : subnet.id]

  lifecycle {
    create_before_destroy = true # Another zone is another link, and one that is in use cannot be deleted.
  }
}

resource "aws_apigatewayv2_integration" "ecs" {
  count = local.on_ecs ? 1 : 0

  api_id               = aws_apigatewayv2_api.main[0].id
  integration_type     = "HTTP_PROXY"
  integration_method   = "ANY"
  integration_uri      = module.discovery[0].service_arn
  connection_type      = "VPC_LINK"
  connection_id        = aws_apigatewayv2_vpc_link.main[0].id
  timeout_milliseconds = var.gateway_timeout * 1000

  request_parameters = {
    # Overwritten, not appended: what a client sends under these names never arrives.
    "overwrite:header.${local.host_header}"      = "$context.domainName"
    "overwrite:header.${local.client_ip_header}" = "$context.identity.sourceIp"
    # Private integrations would put the stage's name before the path.
    "overwrite:path" = "$request.path"
  }
}

resource "aws_apigatewayv2_integration" "lambda" {
  count = local.on_lambda ? 1 : 0

  api_id                 = aws_apigatewayv2_api.main[0].id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.app[0].invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = var.gateway_timeout * 1000
}

resource "aws_apigatewayv2_route" "default" {
  #checkov:skip=CKV_AWS_309:The application authenticates: it serves the web page and the sign-in routes to everybody.
  count = local.released ? 1 : 0

  api_id    = aws_apigatewayv2_api.main[0].id
  route_key = "$default"
  target    = "integrations/${local.on_ecs ? aws_apigatewayv2_integration.ecs[0].id : aws_apigatewayv2_integration.lambda[0].id}"
}

resource "aws_apigatewayv2_stage" "default" {
  count = local.released ? 1 : 0

  api_id      = aws_apigatewayv2_api.main[0].id
  name        = "$default" # Any other name would become part of every path.
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit    = var.throttling_rate
    throttling_burst_limit   = var.throttling_burst
    detailed_metrics_enabled = false
  }

  access_log_settings {
    destination_arn = module.access_logs.arn

    # No path and no query: they could carry a login token. The application's own log has the route.
    format = jsonencode({
      requestId          = "$context.requestId"
      time               = "$context.requestTime"
      host               = "$context.domainName"
      sourceIp           = "$context.identity.sourceIp"
      method             = "$context.httpMethod"
      status             = "$context.status"
      responseLength     = "$context.responseLength"
      latency            = "$context.responseLatency"
      integrationStatus  = "$context.integrationStatus"
      integrationLatency = "$context.integrationLatency"
      error              = "$context.error.message"
      integrationError   = "$context.integrationErrorMessage"
    })
  }
}

module "access_logs" {
  source = "github.com/jch254/terraform-modules//app-log-group?ref=1.19.1"

  name              = var.name
  environment       = var.name
  log_group_name    = "/${var.name}/access"
  retention_in_days = var.log_retention_days
}
