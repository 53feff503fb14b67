#!/usr/bin/env bash
# Asks the deployment from outside, with the checks that are in the image itself, whether it keeps its promises.

. "$(dirname "$0")/common.sh"
need aws docker terraform python3
check_account

tag=${1:-$(commit)}
tf_init aws
url=$(output base_url)
log_in_to_registry

validate() { # url
  # By name: a value among the arguments would be seen in the list of processes.
  docker run --rm ${VALIDATE_BEARER_TOKEN:+--env VALIDATE_BEARER_TOKEN} \
    "$account.dkr.ecr.$region.amazonaws.com/$ENVIRONMENT:$tag" validate --base-url "$1"
}

# The tenants' hosts have a DNS record, a certificate and a mapping besides those of the apex. A user's token is for the
# tenant of the apex alone.
validate_a_tenant() {
  [[ $(setting tenant_resolution_mode) == subdomain ]] || return 0
  VALIDATE_BEARER_TOKEN='' validate "${url/:\/\//://validate.}"
}

# A new name needs a minute until DNS and the edge know it; a broken release fails all three times.
for attempt in 1 2 3; do
  say "Validating $url (attempt $attempt)"
  if validate "$url" && validate_a_tenant; then
    exit 0
  fi
  sleep "${WAIT_SECONDS:-30}"
done
fail "$url does not pass its validation: the lines above say which check failed; the application's log is /$ENVIRONMENT/app."
