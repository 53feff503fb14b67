module "table" {
  source = "github.com/jch254/terraform-modules//dynamodb-single-table?ref=1.19.1"

  # Keys PK and SK, attribute ttl and on-demand capacity are the module's defaults and the application's schema.
  name                           = local.table
  point_in_time_recovery_enabled = true
  deletion_protection_enabled    = true
}

module "image_repository" {
  source = "github.com/jch254/terraform-modules//ecr-repository?ref=1.19.1"

  name = var.name
  # A tag is a commit: it can never come to mean another image.
  image_tag_mutability = "IMMUTABLE"
  scan_on_push         = true

  # Counts pushes, and does not know which image runs: far more than can fail in a row, or wait for an administrator, before
  # somebody looks. Two images differ in one layer, so they cost little.
  lifecycle_policy_json = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Enough releases to roll back to."
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 500 }
      action       = { type = "expire" }
    }]
  })
}

# Layers of builder stages, so that a build compiles only what changed. A repository of its own, since its one tag is
# overwritten by each build, which the immutable tags of the releases must not allow.
module "cache_repository" {
  source = "github.com/jch254/terraform-modules//ecr-repository?ref=1.19.1"

  name                 = "${var.name}-cache"
  image_tag_mutability = "MUTABLE"
  scan_on_push         = false
  force_delete         = true

  lifecycle_policy_json = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "What the last build replaced."
      selection    = { tagStatus = "untagged", countType = "imageCountMoreThan", countNumber = 1 }
      action       = { type = "expire" }
    }]
  })
}

module "app_logs" {
  source = "github.com/jch254/terraform-modules//app-log-group?ref=1.19.1"

  name              = var.name
  environment       = var.name
  log_group_name    = local.log_group
  retention_in_days = var.log_retention_days
}
