# shellcheck shell=bash
# What every script of the pipeline begins with. ENVIRONMENT names the deployment: aws/environments/$ENVIRONMENT.tfvars.

set -euo pipefail

# shellcheck disable=SC2034 # The scripts that read this one use them.
infrastructure=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034
pipeline=$infrastructure/pipeline
repository=$(cd "$infrastructure/.." && pwd)

say() { printf '== %s\n' "$*"; }

# Stops with a sentence that says what to do.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
trap 'printf "error: %s stopped here: mend what is said above and run it again.\n" "$(basename "$0")" >&2' ERR

need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || fail "$program is not installed: install it, or run install.sh on a CodeBuild machine."
  done
}

[[ -n ${ENVIRONMENT:-} ]] || fail "ENVIRONMENT is not set: set it to the name of a file in infrastructure/aws/environments, without .tfvars."
var_file=$infrastructure/aws/environments/$ENVIRONMENT.tfvars
[[ -f $var_file ]] || fail "$var_file does not exist: write it, or set ENVIRONMENT to the name of one that does."

# The value of a string or null in the variable file.
setting() { sed -nE "s,^$1 *= *\"([^\"]*)\" *((#|//).*)?\$,\\1,p" "$var_file"; }

[[ $(setting name) == "$ENVIRONMENT" ]] ||
  fail "name in $var_file is not $ENVIRONMENT: give the file the deployment's name, so that no two files share a state."

zone_file=$infrastructure/cloudflare/environments/$ENVIRONMENT.tfvars
region=$(setting region)
account=$(setting account_id)
state_region=$(setting state_region)
state_region=${state_region:-$region}
[[ -n $region && -n $account ]] || fail "$var_file does not set region and account_id as plain strings: set them."

export AWS_REGION=$region AWS_DEFAULT_REGION=$region TF_IN_AUTOMATION=1 TF_INPUT=0

# Of the image.
platform() {
  if [[ $(setting cpu_architecture) == X86_64 ]]; then echo linux/amd64; else echo linux/arm64; fi
}

# Credentials found first in a shell, a profile and so on are those of somebody. Terraform looks by itself; what asks AWS
# before it would find another account's things of the same names.
check_account() {
  local seen
  seen=$(aws sts get-caller-identity --query Account --output text) || fail "AWS does not know these credentials: sign in to account $account."
  [[ $seen == "$account" ]] || fail "The credentials are those of account $seen, but $ENVIRONMENT is in $account: sign in there."
}

# What the apply of the Cloudflare root needs. Asked first by whoever applies something else before it.
check_cloudflare() {
  [[ -n ${CLOUDFLARE_API_TOKEN:-} && $CLOUDFLARE_API_TOKEN != placeholder ]] ||
    fail "CLOUDFLARE_API_TOKEN is not set: set it to the zone's token, in CodeBuild through the parameter /$ENVIRONMENT/cloudflare-api-token."
  [[ -f $zone_file ]] || fail "$zone_file does not exist: write it after the example of its neighbours."
}

# What validate.sh needs, asked before anything is changed: a release that only this machine cannot validate is none that failed.
check_validation() { # tag
  log_in_to_registry
  docker run --rm "$account.dkr.ecr.$region.amazonaws.com/$ENVIRONMENT:$1" --version >/dev/null ||
    fail "This machine cannot run the image of $1: start the container engine, or have it run $(platform) (on Linux: docker run --privileged --rm tonistiigi/binfmt --install all)."
}

# Terraform in one of the two roots, with the deployment's own state.
tf_init() { # root
  need terraform
  terraform -chdir="$infrastructure/$1" init -reconfigure \
    -backend-config="bucket=$(setting state_bucket)" \
    -backend-config="key=$ENVIRONMENT/$1.tfstate" \
    -backend-config="region=$state_region" >/dev/null ||
    fail "terraform init failed: check that the credentials are those of account $account, and that infrastructure/bootstrap has made the state bucket in $state_region, else set state_region."
}

# An output of the AWS root; nothing when it is null or not there yet.
output() { # name
  terraform -chdir="$infrastructure/aws" output -json |
    python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1], {}).get("value") or "")' "$1"
}

# The tag that last passed its validation; nothing before the first.
released() {
  local answer
  if answer=$(aws ssm get-parameter --name "/$ENVIRONMENT/released" --query Parameter.Value --output text 2>&1); then
    [[ $answer == none ]] || printf '%s\n' "$answer"
  elif [[ $answer != *ParameterNotFound* ]]; then
    fail "The parameter /$ENVIRONMENT/released cannot be read ($answer): check that the credentials may read it."
  fi
}

# In the registry, which promote.sh of another deployment asks, and as the last one, which is gone back to.
record_release() { # tag
  local found images=$account.dkr.ecr.$region.amazonaws.com/$ENVIRONMENT
  found=$(digest "$ENVIRONMENT" "passed-$1")
  [[ -n $found ]] || docker buildx imagetools create --prefer-index=false --tag "$images:passed-$1" "$images:$1" ||
    fail "$ENVIRONMENT runs $1, but its image is not tagged passed-$1: check that the credentials may push, and deploy $1 again."
  aws ssm put-parameter --overwrite --name "/$ENVIRONMENT/released" --value "$1" >/dev/null ||
    fail "$ENVIRONMENT runs $1, but /$ENVIRONMENT/released does not say so: check that the credentials may write it, and deploy $1 again."
}

# The commit that is released. An image is tagged with it, so it must say what is in the image.
commit() {
  if [[ -n ${CODEBUILD_RESOLVED_SOURCE_VERSION:-} ]]; then
    printf '%s\n' "$CODEBUILD_RESOLVED_SOURCE_VERSION"
    return
  fi
  [[ -z $(git -C "$repository" status --porcelain) ]] ||
    fail "The work tree has changes that no commit holds: commit or stash them, since the image is named after the commit."
  git -C "$repository" rev-parse HEAD
}

# The digest of a tag in a repository of this account; nothing when the tag is not there.
digest() { # repository name, tag
  local answer
  if answer=$(aws ecr describe-images --repository-name "$1" --image-ids "imageTag=$2" \
    --query 'imageDetails[0].imageDigest' --output text 2>&1); then
    printf '%s\n' "$answer"
  elif [[ $answer != *ImageNotFoundException* ]]; then
    fail "The repository $1 cannot be read ($answer): run foundation.sh first, and check that the credentials may read it."
  fi
}

log_in_to_registry() {
  local registry=$account.dkr.ecr.$region.amazonaws.com
  aws ecr get-login-password | docker login --username AWS --password-stdin "$registry" >/dev/null ||
    fail "The login to $registry failed: check the credentials and that the container engine runs."
}
