resource "aws_ecs_cluster" "main" {
  #checkov:skip=CKV_AWS_65:Container Insights bills per metric; CPU, memory, task count and latency come without it (monitoring.tf).
  count = local.on_ecs ? 1 : 0

  name = var.name
}

resource "aws_ecs_task_definition" "app" {
  count = local.on_ecs ? 1 : 0

  family                   = var.name
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = var.task_cpu
  memory                   = var.task_memory
  execution_role_arn       = aws_iam_role.execution[0].arn
  task_role_arn            = aws_iam_role.runtime.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  container_definitions = jsonencode([{
    name                   = "app"
    image                  = local.image
    essential              = true
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    portMappings           = [{ containerPort = 3000, hostPort = 3000, protocol = "tcp" }]
    environment            = [for name, value in local.environment : { name = name, value = value }]
    secrets                = local.sends_mail ? [{ name = "SMTP_URL", valueFrom = local.smtp_url_arn }] : []

    # Grace and drain of the application end well before this; only a hanging task is killed.
    stopTimeout = var.stop_timeout

    # By the binary itself: the image has neither shell nor curl. Cloud Map's own health is only what ECS reports.
    healthCheck = {
      command     = ["CMD", "reference-architecture", "healthcheck"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 10
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = local.log_group
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = "app"
        # A slow log service must not hold up requests: lines beyond the buffer are lost instead.
        "mode"            = "non-blocking"
        "max-buffer-size" = "4m"
      }
    }
  }])
}

resource "aws_ecs_service" "app" {
  #checkov:skip=CKV_AWS_333:Public addresses instead of a NAT gateway: see network.tf.
  count = local.on_ecs ? 1 : 0

  name            = var.name
  cluster         = aws_ecs_cluster.main[0].id
  task_definition = aws_ecs_task_definition.app[0].arn
  desired_count   = var.task_count_min
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"

  # New tasks are healthy before old ones stop, and a release that never gets healthy is taken back.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = [for subnet in aws_subnet.public : subnet.id]
    security_groups  = [aws_security_group.tasks[0].id]
    assign_public_ip = true
  }

  service_registries {
    registry_arn = module.discovery[0].service_arn
    port         = 3000
  }

  lifecycle {
    ignore_changes = [desired_count] # Autoscaling's, after the first apply.
  }

  # A task that starts before its role may read its secret, or without a group to log to, fails.
  depends_on = [aws_iam_role_policy.execution, aws_iam_role_policy.runtime, module.app_logs]
}

resource "aws_appautoscaling_target" "tasks" {
  count = local.on_ecs ? 1 : 0

  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.main[0].name}/${aws_ecs_service.app[0].name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.task_count_min
  max_capacity       = var.task_count_max
}

resource "aws_appautoscaling_policy" "cpu" {
  count = local.on_ecs ? 1 : 0

  name               = "${var.name}-cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.tasks[0].service_namespace
  resource_id        = aws_appautoscaling_target.tasks[0].resource_id
  scalable_dimension = aws_appautoscaling_target.tasks[0].scalable_dimension

  target_tracking_scaling_policy_configuration {
    # Room for the minutes that a new task needs to take its share.
    target_value       = 60
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
