# Who this deployment is. One variable file is one deployment with one state.

variable "name" {
  description = "Name of the deployment; the names of all its resources begin with it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.name)) && length(var.name) >= 3 && length(var.name) <= 32
    error_message = "name must be 3 to 32 lower-case letters, digits and single inner hyphens, beginning with a letter."
  }

  validation {
    condition     = !startswith(var.name, "aws") && !startswith(var.name, "ssm")
    error_message = "name must not begin with aws or ssm: Parameter Store reserves such names."
  }
}

variable "table_name" {
  description = "Name of the table; null for the deployment's own. Another one after a restore: see docs/operations.md."
  type        = string
  default     = null

  validation {
    condition     = var.table_name == null ? true : can(regex("^${var.name}(-[a-z0-9]+)*$", var.table_name))
    error_message = "table_name must be the deployment's name, with or without an ending like -restored."
  }

  validation {
    # The policies that name it have a size that must be within what IAM takes.
    condition     = var.table_name == null ? true : length(var.table_name) <= length(var.name) + 24
    error_message = "table_name may be 24 characters longer than name."
  }
}

variable "account_id" {
  description = "AWS account of the deployment. Another account's credentials are refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits, as a string."
  }
}

variable "region" {
  description = "AWS region of the deployment."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region, like eu-central-1."
  }

  validation {
    condition     = !can(regex("^(cn|us-gov|us-iso|eu-iso)", var.region))
    error_message = "region must be in the partition aws, which the ARNs here are written for."
  }
}

variable "state_bucket" {
  description = "Bucket of the Terraform state, made by ../bootstrap."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket must be the name of an S3 bucket."
  }
}

variable "state_region" {
  description = "AWS region of state_bucket, which is one for all deployments of an account; null for region. Only ../pipeline reads it."
  type        = string
  default     = null

  validation {
    condition     = var.state_region == null ? true : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.state_region))
    error_message = "state_region must be an AWS region, like eu-central-1, or null."
  }
}

# What runs, and where.

variable "compute" {
  description = "Where the image runs: ecs (Fargate) or lambda."
  type        = string

  validation {
    condition     = contains(["ecs", "lambda"], var.compute)
    error_message = "compute must be ecs or lambda."
  }
}

variable "cpu_architecture" {
  description = "CPU architecture that the image is built for: ARM64 or X86_64."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture must be ARM64 or X86_64."
  }
}

variable "image_tag" {
  description = "Tag of the image to run: the commit that it was built from. The pipeline always passes it. The default names no image, so an apply without a tag fails and leaves the running one in place."
  type        = string
  default     = "none"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag))
    error_message = "image_tag must be an image tag, without the repository's name."
  }
}

variable "foundation_only" {
  description = "Make only what an administrator makes once, before there is an image to run: table, repositories, secrets, network, roles, certificate request and pipeline. Only ../pipeline/foundation.sh sets it."
  type        = bool
  default     = false
  nullable    = false
}

variable "domain_name" {
  description = "Public domain name. With tenant_resolution_mode subdomain, tenants are the labels below it."
  type        = string

  validation {
    # 64: the longest first name that AWS Certificate Manager takes (API reference, RequestCertificate).
    condition = length(var.domain_name) <= 64 && can(regex(
      "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.domain_name
    ))
    error_message = "domain_name must be a lower-case domain name without scheme, port or final dot, like app.example.com."
  }
}

variable "availability_zones" {
  description = "Availability zones of the ECS tasks; only for compute ecs. API Gateway has VPC links in most zones, not in all: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html lists their ids, aws ec2 describe-availability-zones the names for these."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = var.compute == "ecs" ? length(var.availability_zones) >= 2 : length(var.availability_zones) == 0
    error_message = "availability_zones needs two or more zones with compute ecs, and none with lambda."
  }

  validation {
    condition = length(distinct(var.availability_zones)) == length(var.availability_zones) && alltrue([
      for zone in var.availability_zones : can(regex("^${var.region}[a-z]$", zone))
    ])
    error_message = "availability_zones must be distinct zones of region, like eu-central-1a."
  }
}

variable "task_cpu" {
  description = "CPU units of an ECS task; 1024 are one CPU."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.task_cpu)
    error_message = "task_cpu must be 256, 512, 1024, 2048 or 4096."
  }
}

variable "task_memory" {
  description = "Memory of an ECS task, in MiB."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition = contains(lookup({
      256  = [512, 1024, 2048]
      512  = [1024, 2048, 3072, 4096]
      1024 = [2048, 3072, 4096, 5120, 6144, 7168, 8192]
      2048 = [4096, 8192, 12288, 16384]
      4096 = [8192, 16384, 30720]
    }, var.task_cpu, []), var.task_memory)
    error_message = "task_memory must be a size that Fargate offers for task_cpu, like 512 MiB for 256 units."
  }
}

variable "task_count_min" {
  description = "Fewest ECS tasks. Two or more in production, so that losing one is not an outage."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.task_count_min >= 1 && floor(var.task_count_min) == var.task_count_min
    error_message = "task_count_min must be a whole number, 1 or more."
  }
}

variable "task_count_max" {
  description = "Most ECS tasks that autoscaling starts."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.task_count_max >= var.task_count_min && floor(var.task_count_max) == var.task_count_max
    error_message = "task_count_max must be a whole number, not below task_count_min."
  }
}

variable "lambda_memory" {
  description = "Memory of the Lambda function, in MB; CPU grows with it."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.lambda_memory >= 128 && var.lambda_memory <= 10240 && floor(var.lambda_memory) == var.lambda_memory
    error_message = "lambda_memory must be a whole number from 128 to 10240."
  }
}

variable "lambda_concurrency" {
  description = "Most invocations of the Lambda function at once, reserved from the account's quota; null for whatever the quota leaves. A new account's quota is too small to reserve from."
  type        = number
  default     = null

  validation {
    condition     = var.lambda_concurrency == null ? true : var.lambda_concurrency >= 1 && floor(var.lambda_concurrency) == var.lambda_concurrency
    error_message = "lambda_concurrency must be a whole number, 1 or more, or null."
  }
}

variable "throttling_rate" {
  description = "Requests per second that API Gateway lets through."
  type        = number
  default     = 200
  nullable    = false

  validation {
    condition     = var.throttling_rate >= 1
    error_message = "throttling_rate must be 1 or more: 0 refuses every request."
  }
}

variable "throttling_burst" {
  description = "Requests at once that API Gateway lets through."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.throttling_burst >= 1 && floor(var.throttling_burst) == var.throttling_burst
    error_message = "throttling_burst must be a whole number, 1 or more: 0 refuses every request."
  }
}

# What is watched.

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a retention that CloudWatch Logs offers, like 30."
  }
}

variable "alarm_email" {
  description = "Address that alarms and budget notices are sent to, once it has confirmed the subscription."
  type        = string

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", var.alarm_email))
    error_message = "alarm_email must be an e-mail address."
  }
}

variable "monthly_budget" {
  description = "Cost per month, in US dollars; notices are sent when 80 % are spent and when 100 % are forecast."
  type        = number

  validation {
    condition     = var.monthly_budget > 0
    error_message = "monthly_budget must be above 0."
  }
}

# Where the pipeline builds from.

variable "repository_url" {
  description = "HTTPS address of the GitHub repository."
  type        = string

  validation {
    condition     = can(regex("^https://github\\.com/[^/]+/[^/]+\\.git$", var.repository_url))
    error_message = "repository_url must look like https://github.com/OWNER/NAME.git."
  }
}

variable "connection_arn" {
  description = "ARN of the CodeConnections connection to GitHub."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:codeconnections:[a-z0-9-]+:[0-9]{12}:connection/", var.connection_arn))
    error_message = "connection_arn must be the ARN of a CodeConnections connection."
  }
}

variable "deploy_branch" {
  description = "Branch whose pushes are built and deployed; null when this deployment only receives promotions."
  type        = string
  default     = null

  validation {
    condition     = var.deploy_branch == null ? true : can(regex("^[A-Za-z0-9._/-]+$", var.deploy_branch))
    error_message = "deploy_branch must be the name of a branch, without refs/heads/."
  }
}

variable "promote_from" {
  description = "name of the deployment, in the same account and region, whose images may be promoted to this one."
  type        = string
  default     = null

  validation {
    condition     = var.promote_from == null ? true : can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.promote_from)) && var.promote_from != var.name
    error_message = "promote_from must be the name of another deployment."
  }
}
