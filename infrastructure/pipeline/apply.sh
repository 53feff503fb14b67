#!/usr/bin/env bash
# Applies what plan.sh has planned.

. "$(dirname "$0")/common.sh"
need terraform

plan=$infrastructure/aws/.terraform/$ENVIRONMENT.tfplan
if [[ ! -f $plan ]]; then
  say "No planned change: nothing to apply."
  exit 0
fi

terraform -chdir="$infrastructure/aws" apply "$plan" ||
  fail "The apply failed: mend what Terraform says above and deploy again."
rm -f "$plan"
