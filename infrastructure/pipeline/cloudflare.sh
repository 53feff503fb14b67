#!/usr/bin/env bash
# Applies the Cloudflare root, which reads what the AWS root has made.

. "$(dirname "$0")/common.sh"
need terraform

[[ -n ${CLOUDFLARE_API_TOKEN:-} && $CLOUDFLARE_API_TOKEN != placeholder ]] ||
  fail "CLOUDFLARE_API_TOKEN is not set: set it to the zone's token, in CodeBuild through the parameter /$ENVIRONMENT/cloudflare-api-token."

zone_file=$infrastructure/cloudflare/environments/$ENVIRONMENT.tfvars
[[ -f $zone_file ]] || fail "$zone_file does not exist: write it after the example of its neighbours."

tf_init cloudflare
terraform -chdir="$infrastructure/cloudflare" apply -auto-approve -var-file="$zone_file" ||
  fail "Cloudflare was not applied: mend what Terraform says above and run cloudflare.sh again."
