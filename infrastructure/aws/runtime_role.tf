# What the running application may do: the same on ECS and on Lambda.

locals {
  runtime_trust = { ecs = "ecs-tasks.amazonaws.com", lambda = "lambda.amazonaws.com" }

  # A transaction is authorised by the actions of its parts. No Scan, no batch, no PartiQL, no table administration.
  table_statements = [
    {
      Sid      = "UseTheTable"
      Effect   = "Allow"
      Action   = [for action in ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "DescribeTable"] : "dynamodb:${action}"]
      Resource = local.table_arn
    },
    {
      # An event, once written, is never changed or removed. Any: one such key among several is enough to deny.
      Sid      = "EventsAreAppendOnly"
      Effect   = "Deny"
      Action   = ["dynamodb:UpdateItem", "dynamodb:DeleteItem"]
      Resource = local.table_arn
      Condition = {
        "ForAnyValue:StringLike" = { "dynamodb:LeadingKeys" = ["TENANT#*#EVENTS#*"] }
      }
    },
    {
      # The statement above says nothing of a request without keys, so such a request is denied too.
      Sid      = "NoChangeWithoutKey"
      Effect   = "Deny"
      Action   = ["dynamodb:UpdateItem", "dynamodb:DeleteItem"]
      Resource = local.table_arn
      Condition = {
        Null = { "dynamodb:LeadingKeys" = "true" }
      }
    },
  ]

  log_statements = [{
    Sid      = "WriteLogs"
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = "${local.log_arn}:*"
  }]

  # Lambda has no agent that fetches secrets, so there the application does, by a call of its own.
  secret_statements = local.sends_mail ? [{
    Sid      = "ReadMailSecret"
    Effect   = "Allow"
    Action   = [var.compute == "lambda" ? "ssm:GetParameter" : "ssm:GetParameters"]
    Resource = local.smtp_url_arn
  }] : []

  pull_statements = [
    {
      Sid      = "PullImage"
      Effect   = "Allow"
      Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Resource = local.image_arn
    },
    {
      # The one action here that knows no resource: the token opens only what the statement above allows.
      Sid      = "LogInToRegistry"
      Effect   = "Allow"
      Action   = ["ecr:GetAuthorizationToken"]
      Resource = "*"
    },
  ]
}

resource "aws_iam_role" "runtime" {
  name = "${var.name}-runtime"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = local.runtime_trust[var.compute] }
    }]
  })
}

resource "aws_iam_role_policy" "runtime" {
  name = "runtime"
  role = aws_iam_role.runtime.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.table_statements,
      # On ECS the agent writes the logs and reads the secret, under the execution role.
      var.compute == "lambda" ? concat(local.log_statements, local.secret_statements) : [],
    )
  })
}

# What the ECS agent may do to start a task. The application never has these credentials.
resource "aws_iam_role" "execution" {
  count = var.compute == "ecs" ? 1 : 0

  name = "${var.name}-execution"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "execution" {
  count = var.compute == "ecs" ? 1 : 0

  name = "execution"
  role = aws_iam_role.execution[0].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.pull_statements, local.log_statements, local.secret_statements)
  })
}
