#!/usr/bin/env bash
# Deploys the image of a commit (by default the one that is checked out) and validates the deployment from outside.
# A release that fails is rolled back to the one before.

. "$(dirname "$0")/common.sh"
need aws docker terraform python3
check_account

tag=${1:-$(commit)}
found=$(digest "$ENVIRONMENT" "$tag")
[[ -n $found ]] || fail "$ENVIRONMENT has no image of $tag: run image.sh, or promote.sh, first."

check_cloudflare
check_validation "$tag"

tf_init aws
previous=$(released)
before=$(output image_tag)

# Fails before anything is changed: nothing to roll back.
"$pipeline/plan.sh" "$tag"

if "$pipeline/apply.sh" && "$pipeline/wait.sh" && "$pipeline/cloudflare.sh" && "$pipeline/validate.sh" "$tag"; then
  record_release "$tag"
  say "$ENVIRONMENT runs $tag."
  exit 0
fi

# Another release may have been applied over this one meanwhile, or have passed before this one was applied over it.
now=$(output image_tag) || now=$tag
[[ $now == "$tag" || $now == "$before" ]] ||
  fail "$tag failed, and $now was applied to $ENVIRONMENT meanwhile, which is left alone: see what runs, and release again."
if latest=$(released); then previous=$latest; fi
[[ -n $previous ]] || fail "$tag failed, and no release of $ENVIRONMENT has passed before: there is none to go back to. Mend it and release again."
[[ $previous != "$tag" ]] || fail "$tag failed, and is the release that ran before: mend it and release again, or run rollback.sh with an older commit."

# What has changed of the foundation was agreed to with the release: the way back must not stop at it.
FOUNDATION=change "$pipeline/rollback.sh" "$previous" ||
  fail "$tag failed, and so did the way back to $previous: run rollback.sh $previous by hand once what is said above is mended."
fail "$tag failed and was rolled back: $ENVIRONMENT runs $previous. Mend it and release again."
