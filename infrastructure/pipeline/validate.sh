#!/usr/bin/env bash
# Asks the deployment from outside, with the checks that are in the image itself, whether it keeps its promises.

. "$(dirname "$0")/common.sh"
need docker terraform python3

tag=${1:-$(commit)}
tf_init aws
url=$(output base_url)
log_in_to_registry

# A new name needs a minute until DNS and the edge know it; a broken release fails all three times.
for attempt in 1 2 3; do
  say "Validating $url (attempt $attempt)"
  # By name: a value among the arguments would be seen in the list of processes.
  if docker run --rm ${VALIDATE_BEARER_TOKEN:+--env VALIDATE_BEARER_TOKEN} "$account.dkr.ecr.$region.amazonaws.com/$ENVIRONMENT:$tag" validate --base-url "$url"; then
    exit 0
  fi
  sleep "${WAIT_SECONDS:-30}"
done
fail "$url does not pass its validation: the lines above say which check failed; the application's log is /$ENVIRONMENT/app."
