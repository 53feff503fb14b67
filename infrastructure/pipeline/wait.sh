#!/usr/bin/env bash
# Waits until the release runs, and fails if ECS has taken it back.

. "$(dirname "$0")/common.sh"
need aws terraform python3
check_account

tf_init aws
expected=$(output task_definition_arn)

if [[ $(setting compute) == lambda ]]; then
  aws lambda wait function-updated-v2 --function-name "$ENVIRONMENT" ||
    fail "The function was not updated: look at its last update status in the Lambda console."
  say "The function is updated."
  exit 0
fi

# 15 minutes: old tasks serve until new ones are healthy, and each of them has its grace and drain.
others=0
for _ in {1..90}; do
  # shellcheck disable=SC2016 # The backticks are the query language's.
  read -r running state < <(aws ecs describe-services --cluster "$ENVIRONMENT" --services "$ENVIRONMENT" \
    --query 'services[0].deployments[?status==`PRIMARY`]|[0].[taskDefinition,rolloutState]' --output text) ||
    fail "The service cannot be read: check that the credentials may describe it."
  if [[ $running != "$expected" ]]; then
    # Not at its first word: what ECS tells may lag behind the change a little.
    others=$((others + 1))
    [[ $others -lt 3 ]] ||
      fail "ECS runs $running instead of $expected: the new tasks did not get healthy. Their log is /$ENVIRONMENT/app."
    state=unknown
  fi
  case $state in
    COMPLETED)
      say "The service runs $expected."
      exit 0
      ;;
    FAILED) fail "ECS gave the release up: the new tasks did not get healthy. Their log is /$ENVIRONMENT/app." ;;
  esac
  sleep "${WAIT_SECONDS:-10}"
done
fail "The release was not complete after 15 minutes: look at the service's events in the ECS console."
