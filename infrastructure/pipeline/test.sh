#!/usr/bin/env bash
# The project's own checks and tests. Left to the team's machines: what needs a browser (e2e, e2e-mobile, screenshots), a
# compiler that ARM machines lack (export-mobile), Java (test-dynamodb-local) or long runs (chaos, schemathesis, test-copy), and
# what may fail without a change here, when others release something (doctor, advisories).
# A promotion skips them: they have passed on this very commit when its image was built.

. "$(dirname "$0")/common.sh"

if [[ -n ${PROMOTE_FROM:-} ]]; then
  say "Promotion of an image that was tested when it was built: nothing to test."
  exit 0
fi

need make
targets="check deny test check-web test-web test-mobile"
# shellcheck disable=SC2086 # One word for each target.
make -C "$repository" $targets || fail "The checks failed: run make $targets on your machine, mend what it says and push again."
"$infrastructure/check.sh" || fail "The infrastructure's checks failed: run infrastructure/check.sh on your machine, mend what it says and push again."
