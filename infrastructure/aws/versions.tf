terraform {
  # 1.11 is the first with a stable lock file in S3 and with write-only arguments.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The composed modules ask for a version 5.
      version = "~> 5.99"
    }
  }

  # Bucket, key and region come from the variable file: see ../pipeline/common.sh.
  backend "s3" {
    use_lockfile = true
    encrypt      = true
  }
}

provider "aws" {
  region = var.region

  # A plan with another account's credentials stops before it reads anything.
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = local.tags
  }
}
