#!/usr/bin/env bash
# Goes back to the image of an earlier commit, with the infrastructure as it is checked out. Where that would change the
# foundation, nothing is applied unless FOUNDATION=change says so.

. "$(dirname "$0")/common.sh"

previous=${1:-}
[[ -n $previous ]] || fail "No commit was named: run rollback.sh COMMIT with a commit whose image is in the repository."
need aws docker terraform python3
check_account
found=$(digest "$ENVIRONMENT" "$previous")
[[ -n $found ]] || fail "$ENVIRONMENT has no image of $previous: choose a commit whose tag passed-COMMIT aws ecr list-images shows."
check_validation "$previous"

export FOUNDATION=${FOUNDATION:-keep}
say "Rolling $ENVIRONMENT back to $previous"
"$pipeline/plan.sh" "$previous"
"$pipeline/apply.sh"
"$pipeline/wait.sh"
"$pipeline/validate.sh" "$previous"
record_release "$previous"
