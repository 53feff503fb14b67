#!/usr/bin/env bash
# Applies the Cloudflare root, which reads what the AWS root has made.

. "$(dirname "$0")/common.sh"
need terraform

check_cloudflare

tf_init cloudflare
terraform -chdir="$infrastructure/cloudflare" apply -auto-approve -var-file="$zone_file" ||
  fail "Cloudflare was not applied: mend what Terraform says above and run cloudflare.sh again."
