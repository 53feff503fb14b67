mock_provider "aws" {}

variables {
  account_id = "111122223333"
  region     = "eu-central-1"
}

run "the_bucket_keeps_versions_and_is_closed" {
  command = plan

  assert {
    condition     = aws_s3_bucket.state.bucket == "111122223333-terraform-state"
    error_message = "The bucket must be named after the account."
  }

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "Without versions a broken state is lost."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls,
      aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls,
      aws_s3_bucket_public_access_block.state.restrict_public_buckets,
    ])
    error_message = "The bucket must be closed to the public."
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.state.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "The bucket must refuse unencrypted transport."
  }
}

run "an_account_that_is_no_account_is_refused" {
  command = plan

  variables {
    account_id = "my-account"
  }

  expect_failures = [var.account_id]
}

run "a_region_that_is_no_region_is_refused" {
  command = plan

  variables {
    region = "frankfurt"
  }

  expect_failures = [var.region]
}
