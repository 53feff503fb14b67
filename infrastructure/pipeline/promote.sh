#!/usr/bin/env bash
# Copies the image of the commit from the deployment PROMOTE_FROM, byte for byte: what was validated there runs here.

. "$(dirname "$0")/common.sh"
need aws docker git
check_account

[[ -n ${PROMOTE_FROM:-} ]] || fail "PROMOTE_FROM is not set: set it to the name of the deployment whose image is to be promoted."
tag=$(commit)

# The tag that record_release has given it there.
wanted=$(digest "$PROMOTE_FROM" "passed-$tag")
[[ -n $wanted ]] || fail "$tag has not passed its validation in $PROMOTE_FROM: release that commit there first, or check out one that did."

found=$(digest "$ENVIRONMENT" "$tag")
if [[ -z $found ]]; then
  log_in_to_registry
  registry=$account.dkr.ecr.$region.amazonaws.com
  say "Copying $PROMOTE_FROM:$tag to $ENVIRONMENT"
  # The manifest as it is: an index around it would be another digest.
  docker buildx imagetools create --prefer-index=false \
    --tag "$registry/$ENVIRONMENT:$tag" "$registry/$PROMOTE_FROM@$wanted" ||
    fail "The image was not copied: check that the credentials may read $PROMOTE_FROM and write $ENVIRONMENT, and run promote.sh again."
  found=$(digest "$ENVIRONMENT" "$tag")
fi

[[ $found == "$wanted" ]] ||
  fail "$ENVIRONMENT:$tag is $found, but $PROMOTE_FROM:$tag is $wanted: not the same image. Promote a newer commit; a tag cannot be replaced."
say "$ENVIRONMENT:$tag is $found, the same as in $PROMOTE_FROM."
