#!/usr/bin/env bash
# All that can be checked of the infrastructure without an account. Needs terraform, git, python3, and for all of it what
# tests/requirements.txt lists; what cannot be checked on this machine is reported as skipped, with the reason.
#
#   TERRAFORM_RUNNER          a program that runs `validate ROOT`, `test ROOT` and `plan ROOT --var-file FILE --out PLAN.json`
#                             [--remote-state NAME=FILE] without an account. Without it, terraform itself validates and
#                             tests, for which it downloads the providers, and the policies in the plans are not looked at.
#   TERRAFORM_MODULES_MIRROR  a local Git repository with the source of github.com/jch254/terraform-modules

set -uo pipefail
cd "$(dirname "$0")" || exit 1

modules=github.com/jch254/terraform-modules
tag=$(sed -n 's/.*terraform-modules.*ref=\([^"]*\)".*/\1/p' aws/storage.tf | head -n 1)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0 skipped=0

# Runs a check; its output is shown only when it fails.
check() { # title, command...
  local title=$1
  shift
  if "$@" >"$scratch/output" 2>&1; then
    passed=$((passed + 1))
    printf 'passed   %s\n' "$title"
  else
    failed=$((failed + 1))
    printf 'failed   %s\n' "$title"
    sed 's/^/         /' "$scratch/output"
  fi
}

skip() { # title, reason
  skipped=$((skipped + 1))
  printf 'skipped  %s: %s\n' "$1" "$2"
}

has() { command -v "$1" >/dev/null; }

# ---- What needs neither providers nor modules

check "terraform fmt" terraform fmt -check -recursive -diff
if has shellcheck; then
  check "shellcheck" shellcheck check.sh pipeline/*.sh
  # shellcheck disable=SC2046 # A word for each script.
  check "shellcheck of the other scripts" shellcheck --severity=warning $(grep -rl '^#!/usr/bin/env bash' ../scripts ../.ci)
else
  skip "shellcheck" "not installed (pip install -r infrastructure/tests/requirements.txt)"
fi
if has checkov; then
  check "checkov" checkov --directory . --config-file .checkov.yaml
else
  skip "checkov" "not installed (pip install -r infrastructure/tests/requirements.txt)"
fi

# ---- Modules: a local mirror, else the public repository, else stand-ins with the same inputs and outputs

mirror=${TERRAFORM_MODULES_MIRROR:-}
if [[ -z $mirror ]] && GIT_TERMINAL_PROMPT=0 git -c http.lowSpeedLimit=1000 -c http.lowSpeedTime=30 clone --quiet --bare "https://$modules.git" "$scratch/modules.git" 2>/dev/null; then
  mirror=$scratch/modules.git
fi
if [[ -n $mirror ]] && ! git -C "$mirror" rev-parse --quiet --verify "$tag^{commit}" >/dev/null 2>&1; then
  mirror=
fi
export TERRAFORM_MODULES_MIRROR=$mirror

source=$mirror kind="the modules' own source"
if [[ -z $mirror ]]; then
  kind="stand-ins for the modules"
  source=$scratch/stand-ins
  cp -r tests/modules "$source"
  git -C "$source" init --quiet
  git -C "$source" add .
  git -C "$source" -c user.name=check -c user.email=check@localhost -c commit.gpgsign=false commit --quiet --message "Stand-ins"
  git -C "$source" tag "$tag"
  skip "validate, test and plan with the modules' own source" "$modules $tag can neither be cloned nor is it in TERRAFORM_MODULES_MIRROR; stand-ins are used instead"
fi

# ---- Terraform

run() { # command, root, more arguments
  local command=$1
  shift
  if [[ -n ${TERRAFORM_RUNNER:-} ]]; then
    # Unquoted: the runner may come with arguments of its own.
    $TERRAFORM_RUNNER "$command" "$@" --module-mirror "$modules=$source"
    return
  fi
  local root=$1
  shift
  export TF_DATA_DIR=$scratch/data-$root GIT_CONFIG_COUNT=1 \
    GIT_CONFIG_KEY_0="url.$source.insteadOf" GIT_CONFIG_VALUE_0="https://$modules.git"
  terraform -chdir="$root" init -backend=false -input=false && terraform -chdir="$root" "$command" "$@"
}

refused() { # word in the message, root, more arguments
  local word=$1
  shift
  ! run plan "$@" >"$scratch/refusal" 2>&1 && grep -q "$word" "$scratch/refusal"
}

if [[ -z ${TERRAFORM_RUNNER:-} ]] && ! TF_DATA_DIR=$scratch/probe terraform -chdir=bootstrap init -backend=false -input=false >/dev/null 2>&1; then
  skip "validate and test of all roots" "terraform cannot download the providers here"
else
  for root in bootstrap aws cloudflare; do
    check "validate $root with $kind" run validate "$root"
    check "test $root with $kind" run test "$root"
  done
  # Without a runner this is all that can be asked of the variable files.
  if [[ -z ${TERRAFORM_RUNNER:-} ]]; then
    for file in aws/environments/*.tfvars; do
      check "plan aws $(basename "$file" .tfvars) with a mocked provider" run test aws -test-directory=tests/environments \
        -var-file="${file#aws/}"
    done
  fi
fi

if [[ -n ${TERRAFORM_RUNNER:-} ]]; then
  export PLANS=$scratch/plans
  mkdir "$PLANS"
  for file in aws/environments/*.tfvars; do
    name=$(basename "$file" .tfvars)
    check "plan aws $name with $kind" run plan aws --var-file "$file" --out "$PLANS/$name.json"
    check "plan the foundation of $name with $kind" run plan aws --var-file "$file" --var foundation_only=true \
      --out "$PLANS/foundation-$name.json"
    check "outputs of $name" python3 -B tests/aws_outputs.py "$PLANS/$name.json" "$PLANS/outputs-$name.json"
    check "plan cloudflare $name with $kind" run plan cloudflare --var-file "cloudflare/environments/$name.tfvars" \
      --remote-state "aws=$PLANS/outputs-$name.json" --out "$PLANS/cloudflare-$name.json"
    check "runtime policy of $name" python3 -B tests/runtime_policy.py "$PLANS/$name.json"
  done

  # The deployer has to choose.
  grep -v '^auth_provider' "$file" >"$scratch/no-auth.tfvars"
  check "plan without auth_provider is refused" refused auth_provider aws --var-file "$scratch/no-auth.tfvars"
else
  skip "plans of every environment" "terraform plans only with an account; TERRAFORM_RUNNER names a program that needs none"
fi

# ---- Scripts and policies

check_python() { # module
  local title="tests of ${1#test_}"
  check "$title" env PYTHONPATH=tests python3 -B -m unittest --verbose "$1"
  # What unittest skipped within, with its reasons.
  local reason
  while read -r reason; do skip "$title" "$reason"; done < <(
    sed -n "s/.*skipped ['\"]\(.*\)['\"]\$/\1/p" "$scratch/output" | sort -u)
}
for test in policies modules plans pipeline; do
  check_python "test_$test"
done

printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))
