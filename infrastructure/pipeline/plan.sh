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
    # What AWS will be told of the application's rights is checked before it is told.
    python3 "$infrastructure/tests/runtime_policy.py" - <<<"$json" ||
      fail "The plan would give the application rights that it must not have, or take some that it needs: mend runtime_role.tf."
    if [[ -n ${CODEBUILD_BUILD_ID:-} ]]; then
      python3 "$pipeline/foundation_changes.py" <<<"$json" ||
        fail "The plan changes the foundation (listed above), which CodeBuild may not: an administrator runs deploy.sh $tag once."
    fi
    ;;
  *) fail "The plan failed: mend what Terraform says above." ;;
esac
