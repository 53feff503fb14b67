terraform {
  required_version = ">= 1.11"

  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "~> 5.14"
    }
  }

  # Bucket, key and region come from the variable file: see ../pipeline/common.sh.
  backend "s3" {
    use_lockfile = true
    encrypt      = true
  }
}

# The token is in CLOUDFLARE_API_TOKEN: it may edit DNS, zone settings, rulesets and certificates of this zone alone.
provider "cloudflare" {}

data "terraform_remote_state" "aws" {
  backend = "s3"

  config = {
    bucket = var.state_bucket
    key    = "${var.name}/aws.tfstate"
    region = var.region
  }
}
