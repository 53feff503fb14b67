#!/usr/bin/env bash
# The first apply of a deployment, by an administrator: all that must exist before there is an image to run.
# Can be repeated until a release has passed its validation. From then on deploy.sh applies everything.

. "$(dirname "$0")/common.sh"
need aws terraform
check_account
check_cloudflare

tf_init aws
running=$(released)
[[ -z $running ]] ||
  fail "$ENVIRONMENT runs $running: foundation.sh would remove it. Check that commit out and run deploy.sh instead."

terraform -chdir="$infrastructure/aws" apply -auto-approve -var-file="$var_file" -var=foundation_only=true ||
  fail "The foundation was not applied: mend what Terraform says above and run foundation.sh again."

# ACM sees the domain only through these records, and the first release waits for the certificate.
"$pipeline/cloudflare.sh"

say "The foundation of $ENVIRONMENT is there. Set the secrets as the README says, then start the first release."
