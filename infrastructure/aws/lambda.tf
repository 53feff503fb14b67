resource "aws_lambda_function" "app" {
  #checkov:skip=CKV_AWS_50:Requests are traced by request id and X-Ray header in the logs; no tracing service is part of this design.
  #checkov:skip=CKV_AWS_116:Only API Gateway invokes it, and waits for the answer: a dead-letter queue would stay empty.
  #checkov:skip=CKV_AWS_117:It reaches DynamoDB and Parameter Store through AWS's own endpoints; a VPC would add cold start and a NAT gateway.
  #checkov:skip=CKV_AWS_173:The variables hold no secret (parameters.tf); AWS encrypts them with its own key.
  #checkov:skip=CKV_AWS_272:Code signing does not exist for images; the repository's tags are immutable instead.
  count = local.on_lambda ? 1 : 0

  function_name                  = var.name
  role                           = aws_iam_role.runtime.arn
  package_type                   = "Image"
  image_uri                      = local.image
  architectures                  = [var.cpu_architecture == "ARM64" ? "arm64" : "x86_64"]
  memory_size                    = var.lambda_memory
  timeout                        = var.gateway_timeout
  reserved_concurrent_executions = coalesce(var.lambda_concurrency, -1) # -1 reserves none.

  environment {
    variables = local.environment
  }

  logging_config {
    log_format = "Text" # The application's own JSON lines, as they are.
    log_group  = local.log_group
  }

  depends_on = [aws_iam_role_policy.runtime, aws_ecr_repository_policy.lambda, module.app_logs]
}

resource "aws_lambda_permission" "gateway" {
  count = local.on_lambda ? 1 : 0

  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.app[0].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.main[0].execution_arn}/*/*"
}

# Lambda pulls with its own identity, not with the function's role.
resource "aws_ecr_repository_policy" "lambda" {
  count = var.compute == "lambda" ? 1 : 0

  repository = module.image_repository.repository_name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "LambdaPullsImage"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Condition = {
        ArnEquals = { "aws:SourceArn" = "arn:aws:lambda:${var.region}:${var.account_id}:function:${var.name}" }
      }
    }]
  })
}
