# The pipeline: one CodeBuild project that runs ../../buildspec.yml.

resource "aws_codebuild_project" "main" {
  #checkov:skip=CKV_AWS_316:Building an image needs the container engine, and that needs the privilege.
  #checkov:skip=CKV_AWS_147:The project has no artifacts to encrypt: its results are an image and a deployment.
  name                   = var.name
  service_role           = aws_iam_role.deploy.arn
  build_timeout          = 90
  source_version         = var.deploy_branch # Else a build by hand takes the default branch.
  concurrent_build_limit = 1                 # Two at once would undo each other's work.

  source {
    type      = "GITHUB"
    location  = var.repository_url
    buildspec = "buildspec.yml"

    auth {
      type     = "CODECONNECTIONS"
      resource = var.connection_arn
    }
  }

  artifacts {
    type = "NO_ARTIFACTS"
  }

  # Of the same architecture as the image: compiling Rust under emulation takes hours.
  environment {
    type            = var.cpu_architecture == "ARM64" ? "ARM_CONTAINER" : "LINUX_CONTAINER"
    image           = var.cpu_architecture == "ARM64" ? "aws/codebuild/amazonlinux-aarch64-standard:3.0" : "aws/codebuild/amazonlinux-x86_64-standard:5.0"
    compute_type    = "BUILD_GENERAL1_LARGE"
    privileged_mode = true

    environment_variable {
      name  = "ENVIRONMENT"
      value = var.name
    }

    dynamic "environment_variable" {
      for_each = var.promote_from == null ? [] : [var.promote_from]

      content {
        name  = "PROMOTE_FROM"
        value = environment_variable.value
      }
    }

    environment_variable {
      name  = "CLOUDFLARE_API_TOKEN"
      type  = "PARAMETER_STORE"
      value = aws_ssm_parameter.cloudflare_api_token.name
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name = module.build_logs.name
    }
  }

  # CodeBuild tries the connection, with the role, before it makes the project.
  depends_on = [aws_iam_role_policy.deploy]
}

resource "aws_codebuild_webhook" "push" {
  count = var.deploy_branch == null ? 0 : 1

  project_name = aws_codebuild_project.main.name
  build_type   = "BUILD"

  filter_group {
    filter {
      type    = "EVENT"
      pattern = "PUSH"
    }

    filter {
      type    = "HEAD_REF"
      pattern = "^refs/heads/${replace(var.deploy_branch, ".", "\\.")}$"
    }
  }
}

# The tag that last passed its validation, written by ../pipeline: the state has the last that was tried, failed or not.
resource "aws_ssm_parameter" "released" {
  #checkov:skip=CKV2_AWS_34:The name of a commit is no secret.
  name             = "/${var.name}/released"
  type             = "String"
  value_wo         = "none"
  value_wo_version = 1 # Never to be raised: that would forget the release.
}

module "build_logs" {
  source = "github.com/jch254/terraform-modules//app-log-group?ref=1.19.1"

  name              = var.name
  environment       = var.name
  log_group_name    = "/${var.name}/build"
  retention_in_days = var.log_retention_days
}
