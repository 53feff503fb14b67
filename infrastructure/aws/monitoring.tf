# Everything that should wake somebody goes to one topic.

resource "aws_sns_topic" "alarms" {
  #checkov:skip=CKV_AWS_26:CloudWatch and Budgets cannot publish under AWS's own key, and the notices hold no tenant's data.
  name = "${var.name}-alarms"
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AlarmsAndBudget"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
      {
        # EventBridge does not say for whom it publishes: under a condition nothing would arrive.
        # (EventBridge user guide, "Using resource-based policies")
        Sid       = "Builds"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.alarms.arn
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  gateway_dimensions = local.released ? { ApiId = aws_apigatewayv2_api.main[0].id } : {}

  # One metric each, over five minutes: what is measured, how, and from where on it is a problem.
  alarms = merge(
    {
      errors = {
        description = "The application logs errors beside its requests' lines, such as a mail that was not sent."
        namespace   = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].namespace
        metric      = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].name, statistic = "Sum"
        dimensions  = {}, threshold = 0, periods = 1
      }
    },
    local.released ? {
      "5xx" = {
        description = "The API answers with server errors."
        namespace   = "AWS/ApiGateway", metric = "5xx", statistic = "Sum"
        dimensions  = local.gateway_dimensions, threshold = 5, periods = 1
      }
      latency = {
        description = "One answer in a hundred takes longer than two seconds."
        namespace   = "AWS/ApiGateway", metric = "Latency", statistic = "p99"
        dimensions  = local.gateway_dimensions, threshold = 2000, periods = 3
      }
    } : {},
    local.on_lambda ? {
      throttled-invocations = {
        description = "Lambda refuses invocations: lambda_concurrency, or else the account's quota, is used up."
        namespace   = "AWS/Lambda", metric = "Throttles", statistic = "Sum"
        dimensions  = { FunctionName = var.name }, threshold = 0, periods = 1
      }
    } : {},
  )

  # DynamoDB counts these per operation; a sum over all of them is one alarm.
  table_operations = ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"]
  table_alarms = {
    ThrottledRequests = "DynamoDB throttles requests: a partition or the table is over its limit."
    SystemErrors      = "DynamoDB answers with errors of its own."
  }
}

# Requests are left out: those that fail are in the gateway's own metric.
resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "${var.name}-errors"
  log_group_name = module.app_logs.name
  pattern        = "{ $.level = \"ERROR\" && $.target != \"request\" }"

  # Without a default value the metric costs only in the hours that have an error.
  metric_transformation {
    namespace = var.name
    name      = "LoggedErrors"
    value     = "1"
  }
}

# A release that failed, whether it was rolled back or not.
resource "aws_cloudwatch_event_rule" "builds" {
  name        = "${var.name}-builds"
  description = "Builds that did not end well"

  event_pattern = jsonencode({
    source      = ["aws.codebuild"]
    detail-type = ["CodeBuild Build State Change"]
    detail = {
      project-name = [var.name]
      build-status = ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"]
    }
  })
}

resource "aws_cloudwatch_event_target" "builds" {
  rule = aws_cloudwatch_event_rule.builds.name
  arn  = aws_sns_topic.alarms.arn

  input_transformer {
    input_paths = {
      status = "$.detail.build-status"
      log    = "$.detail.additional-information.logs.deep-link"
    }
    input_template = "\"A build of ${var.name} ended as <status>: <log>\""
  }
}

resource "aws_cloudwatch_metric_alarm" "main" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic == "Sum" ? "Sum" : null
  extended_statistic  = each.value.statistic == "Sum" ? null : each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "table" {
  for_each = local.table_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "total"
    expression  = "SUM(METRICS())"
    label       = each.key
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.table_operations

    content {
      id = lower(metric_query.value)

      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = each.key
        dimensions  = { TableName = local.table, Operation = metric_query.value }
        period      = 300
        stat        = "Sum"
      }
    }
  }
}

# Every task reports its CPU once a minute, so the number of samples is the number of tasks; no sample is no task.
resource "aws_cloudwatch_metric_alarm" "tasks" {
  count = local.on_ecs ? 1 : 0

  alarm_name          = "${var.name}-tasks"
  alarm_description   = "Fewer tasks run than task_count_min."
  namespace           = "AWS/ECS"
  metric_name         = "CPUUtilization"
  dimensions          = { ClusterName = var.name, ServiceName = var.name }
  statistic           = "SampleCount"
  comparison_operator = "LessThanThreshold"
  threshold           = var.task_count_min
  period              = 60
  evaluation_periods  = 5
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_budgets_budget" "monthly" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = "USD"

  # Other deployments of the account have budgets of their own. Counts once the tag is activated for cost allocation.
  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:Deployment$%s", var.name)]
  }

  notification {
    notification_type         = "FORECASTED"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }

  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }
}

resource "aws_cloudwatch_dashboard" "main" {
  count = local.released ? 1 : 0

  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [for index, widget in concat(
      [
        {
          title   = "Requests and errors"
          stat    = "Sum"
          metrics = [for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", aws_apigatewayv2_api.main[0].id]]
        },
        {
          title   = "Latency (p99, ms)"
          stat    = "p99"
          metrics = [for metric in ["Latency", "IntegrationLatency"] : ["AWS/ApiGateway", metric, "ApiId", aws_apigatewayv2_api.main[0].id]]
        },
        {
          title   = "Table: consumed units"
          stat    = "Sum"
          metrics = [for metric in ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"] : ["AWS/DynamoDB", metric, "TableName", local.table]]
        },
      ],
      local.on_ecs ? [{
        title   = "Tasks: CPU and memory (%)"
        stat    = "Maximum"
        metrics = [for metric in ["CPUUtilization", "MemoryUtilization"] : ["AWS/ECS", metric, "ClusterName", var.name, "ServiceName", var.name]]
      }] : [],
      local.on_lambda ? [{
        title   = "Lambda: throttles and errors"
        stat    = "Sum"
        metrics = [for metric in ["Throttles", "Errors"] : ["AWS/Lambda", metric, "FunctionName", var.name]]
        }, {
        title   = "Lambda: concurrency"
        stat    = "Maximum"
        metrics = [["AWS/Lambda", "ConcurrentExecutions", "FunctionName", var.name]]
      }] : [],
      ) : {
      type   = "metric"
      width  = 12
      height = 6
      x      = index % 2 * 12
      y      = floor(index / 2) * 6
      properties = {
        title   = widget.title
        region  = var.region
        stat    = widget.stat
        period  = 300
        metrics = widget.metrics
      }
    }]
  })
}
