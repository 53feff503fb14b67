#!/usr/bin/env bash
# A release from end to end: the image is built, or with PROMOTE_FROM copied, and deployed.

. "$(dirname "$0")/common.sh"

if [[ -n ${PROMOTE_FROM:-} ]]; then
  "$pipeline/promote.sh"
else
  "$pipeline/image.sh"
fi
"$pipeline/deploy.sh"
