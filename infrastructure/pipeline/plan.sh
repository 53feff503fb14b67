#!/usr/bin/env bash
# Plans the deployment with the image of a commit (by default the one that is checked out) and checks the plan.

. "$(dirname "$0")/common.sh"
need terraform python3

tag=${1:-$(commit)}
plan=$infrastructure/aws/.terraform/$ENVIRONMENT.tfplan

tf_init aws
rm -f "$plan"
status=0
terraform -chdir="$infrastructure/aws" plan -var-file="$var_file" -var="image_tag=$tag" \
  -detailed-exitcode -out="$plan" || status=$?

case $status in
  0)
    rm -f "$plan"
    say "Nothing to change."
    ;;
  2)
    json=$(terraform -chdir="$infrastructure/aws" show -json "$plan")
    # What AWS will be told of the application's rights is checked before it is told, but for the first time, by foundation.sh.
    python3 "$infrastructure/tests/runtime_policy.py" - <<<"$json" ||
      fail "The plan would give the application rights that it must not have, or take some that it needs: mend runtime_role.tf."
    # The old name goes before the new one's certificate is there, which waits for records that only cloudflare.sh makes.
    if [[ ${DOMAIN:-keep} != change ]]; then
      python3 "$pipeline/removed_domains.py" <<<"$json" ||
        fail "The plan takes a domain off the net (listed above): see Another domain in docs/operations.md, and set DOMAIN=change where it says so."
    fi
    if [[ -n ${CODEBUILD_BUILD_ID:-} ]]; then
      python3 "$pipeline/foundation_changes.py" <<<"$json" ||
        fail "The plan changes the foundation (listed above), which CodeBuild may not: an administrator runs deploy.sh $tag once."
    elif [[ ${FOUNDATION:-change} != change ]]; then
      python3 "$pipeline/foundation_changes.py" <<<"$json" ||
        fail "The plan changes the foundation too (listed above): check out the commit that runs, or set FOUNDATION=change if that is what you want."
    fi
    ;;
  *) fail "The plan failed: mend what Terraform says above." ;;
esac
