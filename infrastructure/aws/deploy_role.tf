# What CodeBuild may do: release this deployment, and change nothing that bears another deployment's name or tag. AWS checks
# neither for routes, integrations and mappings, for the delivery of access logs and for task definitions that are
# deregistered, and alarms without a tag are anybody's: deployments that do not trust each other need an account each.
#
# It changes what a release changes: tasks or function, gateway, alarms, dashboard, and the record of what has passed. The
# foundation (table, repositories, secrets, network, roles, certificate, this pipeline) it may only read, so that it can
# plan. A plan that would change the foundation fails at that resource, and an administrator applies it. So nobody who
# can push to the branch can give the application more rights, or take the protection off its data.

locals {
  regional  = "${var.region}:${var.account_id}"
  state_arn = "arn:aws:s3:::${var.state_bucket}"
  role_arns = { for role in ["runtime", "execution", "deploy"] : role => "arn:aws:iam::${var.account_id}:role/${var.name}-${role}" }

  deploy_statements = concat(
    [
      {
        # Under env:/ Terraform looks for workspaces at every init, though there are none.
        Sid       = "FindState"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = local.state_arn
        Condition = { StringLike = { "s3:prefix" = ["${var.name}/*", "env:/"] } }
      },
      {
        # No deletion: a version that a mistake overwrites stays in the bucket.
        Sid      = "State"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "${local.state_arn}/${var.name}/*.tfstate"
      },
      {
        Sid      = "StateLock"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        Resource = "${local.state_arn}/${var.name}/*.tfstate.tflock"
      },
      {
        Sid      = "Source"
        Effect   = "Allow"
        Action   = ["codeconnections:GetConnectionToken", "codeconnections:GetConnection"]
        Resource = var.connection_arn
      },
      {
        Sid      = "BuildLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${local.regional}:log-group:/${var.name}/build:*"
      },
      {
        Sid    = "PushImages"
        Effect = "Allow"
        Action = [for action in [
          "BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "DescribeImages",
          "GetDownloadUrlForLayer", "InitiateLayerUpload", "PutImage", "UploadLayerPart",
        ] : "ecr:${action}"]
        Resource = [local.image_arn, "${local.image_arn}-cache"]
      },
      {
        # Knows no resource: the token opens only what the other statements allow.
        Sid      = "LogInToRegistry"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = "*"
      },
      {
        Sid       = "PassRuntimeRoles"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = [local.role_arns.runtime, local.role_arns.execution]
        Condition = { StringEquals = { "iam:PassedToService" = local.runtime_trust[var.compute] } }
      },
      {
        # API Gateway makes the ids: there is no name to ask for before an API exists.
        Sid       = "MakeGateway"
        Effect    = "Allow"
        Action    = ["apigateway:POST", "apigateway:TagResource"]
        Resource  = [for path in ["apis", "vpclinks", "domainnames", "tags/*"] : "arn:aws:apigateway:${var.region}::/${path}"]
        Condition = { StringEquals = { "aws:RequestTag/Deployment" = var.name } }
      },
      {
        # Another deployment's API has another tag, and so has a domain of another that the * of ours takes in. Routes,
        # integrations and mappings have none of their own, hence IfExists.
        Sid    = "ChangeGateway"
        Effect = "Allow"
        Action = [for method in ["POST", "PUT", "PATCH", "DELETE", "TagResource", "UntagResource"] : "apigateway:${method}"]
        Resource = [for path in concat(
          ["apis/*", "vpclinks/*", "tags/*"],
          flatten([for domain in local.domain_names : ["domainnames/${domain}", "domainnames/${domain}/*"]]),
        ) : "arn:aws:apigateway:${var.region}::/${path}"]
        Condition = { StringEqualsIfExists = { "aws:ResourceTag/Deployment" = var.name } }
      },
      {
        Sid      = "ReadGateway"
        Effect   = "Allow"
        Action   = ["apigateway:GET"]
        Resource = [for path in ["apis", "apis/*", "vpclinks/*", "domainnames/*", "tags/*"] : "arn:aws:apigateway:${var.region}::/${path}"]
      },
      {
        # CloudWatch Logs keeps the delivery of access logs without a resource that a policy could name.
        Sid    = "AccessLogDelivery"
        Effect = "Allow"
        Action = [for action in [
          "CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries",
          "PutResourcePolicy", "DescribeResourcePolicies",
        ] : "logs:${action}"]
        Resource = "*"
      },
      {
        # The names take in a deployment whose name begins with this one's; its alarms bear its own tag. IfExists, because
        # an alarm that is still to be made has none.
        Sid       = "Alarms"
        Effect    = "Allow"
        Action    = [for action in ["DescribeAlarms", "PutMetricAlarm", "DeleteAlarms", "ListTagsForResource", "TagResource", "UntagResource"] : "cloudwatch:${action}"]
        Resource  = "arn:aws:cloudwatch:${local.regional}:alarm:${var.name}-*"
        Condition = { StringEqualsIfExists = { "aws:ResourceTag/Deployment" = var.name } }
      },
      {
        Sid      = "Dashboard"
        Effect   = "Allow"
        Action   = [for action in ["GetDashboard", "PutDashboard", "DeleteDashboards"] : "cloudwatch:${action}"]
        Resource = "arn:aws:cloudwatch::${var.account_id}:dashboard/${var.name}"
      },
      {
        Sid      = "RecordRelease"
        Effect   = "Allow"
        Action   = ["ssm:PutParameter"]
        Resource = "arn:aws:ssm:${local.regional}:parameter/${var.name}/released"
      },
      {
        # Made once in an account, at first use: API Gateway's by the first domain or VPC link. Each can only ever be its
        # service's.
        Sid      = "ServiceLinkedRoles"
        Effect   = "Allow"
        Action   = ["iam:CreateServiceLinkedRole"]
        Resource = "arn:aws:iam::${var.account_id}:role/aws-service-role/*"
        Condition = { StringEquals = { "iam:AWSServiceName" = concat(
          ["ops.apigateway.amazonaws.com"],
          var.compute == "ecs" ? ["ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com"] : [],
        ) } }
      },

      # From here on only reading.
      {
        Sid      = "ReadTable"
        Effect   = "Allow"
        Action   = [for action in ["DescribeTable", "DescribeContinuousBackups", "DescribeTimeToLive", "ListTagsOfResource"] : "dynamodb:${action}"]
        Resource = local.table_arn
      },
      {
        Sid      = "ReadRepositories"
        Effect   = "Allow"
        Action   = [for action in ["DescribeRepositories", "GetLifecyclePolicy", "GetRepositoryPolicy", "ListTagsForResource"] : "ecr:${action}"]
        Resource = [local.image_arn, "${local.image_arn}-cache"]
      },
      {
        # Terraform reads a parameter to see that it exists; the build needs the Cloudflare token.
        Sid      = "ReadParameters"
        Effect   = "Allow"
        Action   = [for action in ["GetParameter", "GetParameters", "ListTagsForResource"] : "ssm:${action}"]
        Resource = "arn:aws:ssm:${local.regional}:parameter/${var.name}/*"
      },
      {
        Sid      = "ReadLogGroups"
        Effect   = "Allow"
        Action   = ["logs:ListTagsForResource", "logs:DescribeMetricFilters"]
        Resource = "arn:aws:logs:${local.regional}:log-group:/${var.name}/*"
      },
      {
        Sid      = "ReadRoles"
        Effect   = "Allow"
        Action   = [for action in ["GetRole", "GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies"] : "iam:${action}"]
        Resource = values(local.role_arns)
      },
      {
        Sid      = "ReadPipeline"
        Effect   = "Allow"
        Action   = ["codebuild:BatchGetProjects"]
        Resource = "arn:aws:codebuild:${local.regional}:project/${var.name}"
      },
      {
        Sid      = "ReadTopic"
        Effect   = "Allow"
        Action   = [for action in ["GetTopicAttributes", "GetSubscriptionAttributes", "ListTagsForResource"] : "sns:${action}"]
        Resource = "arn:aws:sns:${local.regional}:${var.name}-alarms*"
      },
      {
        Sid      = "ReadBuildEvents"
        Effect   = "Allow"
        Action   = [for action in ["DescribeRule", "ListTargetsByRule", "ListTagsForResource"] : "events:${action}"]
        Resource = "arn:aws:events:${local.regional}:rule/${var.name}-builds"
      },
      {
        Sid      = "ReadBudget"
        Effect   = "Allow"
        Action   = ["budgets:ViewBudget", "budgets:ListTagsForResource"]
        Resource = "arn:aws:budgets::${var.account_id}:budget/${var.name}"
      },
      {
        Sid       = "ReadCertificate"
        Effect    = "Allow"
        Action    = ["acm:DescribeCertificate", "acm:ListTagsForCertificate"]
        Resource  = "arn:aws:acm:${local.regional}:certificate/*"
        Condition = { StringEquals = { "aws:ResourceTag/Deployment" = var.name } }
      },
      {
        # Lists that know no resource.
        Sid      = "ReadLists"
        Effect   = "Allow"
        Action   = ["logs:DescribeLogGroups", "ssm:DescribeParameters"]
        Resource = "*"
      },
    ],
    [for statement in [
      {
        Sid      = "PromoteImages"
        Effect   = "Allow"
        Action   = [for action in ["BatchCheckLayerAvailability", "BatchGetImage", "DescribeImages", "GetDownloadUrlForLayer"] : "ecr:${action}"]
        Resource = "arn:aws:ecr:${local.regional}:repository/${coalesce(var.promote_from, "none")}"
      },
    ] : statement if var.promote_from != null],
    [for statement in [
      {
        Sid    = "Function"
        Effect = "Allow"
        Action = [for action in [
          "CreateFunction", "GetFunction", "GetFunctionConfiguration", "GetFunctionCodeSigningConfig", "ListVersionsByFunction",
          "UpdateFunctionCode", "UpdateFunctionConfiguration", "PutFunctionConcurrency", "DeleteFunctionConcurrency",
          "GetPolicy", "AddPermission", "RemovePermission", "ListTags", "TagResource", "UntagResource",
        ] : "lambda:${action}"]
        Resource = "arn:aws:lambda:${local.regional}:function:${var.name}"
      },
    ] : statement if var.compute == "lambda"],
    [for statement in [
      {
        Sid      = "Cluster"
        Effect   = "Allow"
        Action   = [for action in ["CreateCluster", "DescribeClusters", "UpdateCluster", "TagResource", "UntagResource"] : "ecs:${action}"]
        Resource = "arn:aws:ecs:${local.regional}:cluster/${var.name}"
      },
      {
        Sid      = "Service"
        Effect   = "Allow"
        Action   = [for action in ["CreateService", "DescribeServices", "UpdateService", "TagResource", "UntagResource"] : "ecs:${action}"]
        Resource = "arn:aws:ecs:${local.regional}:service/${var.name}/${var.name}"
      },
      {
        Sid      = "RegisterTasks"
        Effect   = "Allow"
        Action   = ["ecs:RegisterTaskDefinition", "ecs:TagResource"]
        Resource = "arn:aws:ecs:${local.regional}:task-definition/${var.name}:*"
      },
      {
        # AWS binds neither of these to a task definition.
        Sid      = "ReplaceTasks"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTaskDefinition", "ecs:DeregisterTaskDefinition"]
        Resource = "*"
      },
      {
        Sid    = "Autoscaling"
        Effect = "Allow"
        Action = [for action in [
          "RegisterScalableTarget", "DeregisterScalableTarget", "PutScalingPolicy", "DeleteScalingPolicy",
          "ListTagsForResource", "TagResource", "UntagResource",
        ] : "application-autoscaling:${action}"]
        Resource = "arn:aws:application-autoscaling:${local.regional}:scalable-target/*"
        Condition = { StringEqualsIfExists = {
          "application-autoscaling:service-namespace" = "ecs"
          "aws:RequestTag/Deployment"                 = var.name
          "aws:ResourceTag/Deployment"                = var.name
        } }
      },
      {
        # Application Auto Scaling refuses a caller that may not do these, and finds out by calls that name no alarm. They
        # have no tag either, so IfExists lets them through, and still keeps another deployment's alarms out.
        Sid       = "AutoscalingAlarms"
        Effect    = "Allow"
        Action    = [for action in ["DescribeAlarms", "PutMetricAlarm", "DeleteAlarms"] : "cloudwatch:${action}"]
        Resource  = "*"
        Condition = { StringEqualsIfExists = { "aws:ResourceTag/Deployment" = var.name } }
      },
      {
        # Lists and descriptions that know no resource.
        Sid    = "ReadNetwork"
        Effect = "Allow"
        Action = concat(
          [for what in [
            "AvailabilityZones", "InternetGateways", "NetworkAcls", "NetworkInterfaces", "PrefixLists", "RouteTables",
            "SecurityGroupRules", "SecurityGroups", "Subnets", "VpcAttribute", "VpcEndpoints", "Vpcs",
          ] : "ec2:Describe${what}"],
          [for what in ["ScalableTargets", "ScalingPolicies"] : "application-autoscaling:Describe${what}"],
          [for action in ["GetNamespace", "GetService", "ListTagsForResource"] : "servicediscovery:${action}"],
        )
        Resource = "*"
      },
    ] : statement if var.compute == "ecs"],
  )
}

resource "aws_iam_role" "deploy" {
  name = "${var.name}-deploy"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codebuild.amazonaws.com" }
      # Of this project only: another project of the account cannot borrow the role.
      Condition = { StringEquals = { "aws:SourceArn" = "arn:aws:codebuild:${local.regional}:project/${var.name}" } }
    }]
  })
}

resource "aws_iam_role_policy" "deploy" {
  #checkov:skip=CKV_AWS_355:Each statement with a resource of * is for calls that name no resource, and says so.
  name   = "deploy"
  role   = aws_iam_role.deploy.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.deploy_statements })
}
