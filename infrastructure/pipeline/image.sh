#!/usr/bin/env bash
# Builds the image and pushes it, tagged with the commit; once: a tag that is there is the same image.

. "$(dirname "$0")/common.sh"
need aws docker git
check_account

tag=$(commit)
found=$(digest "$ENVIRONMENT" "$tag")
if [[ -n $found ]]; then
  say "$ENVIRONMENT:$tag is there already ($found): not built again."
  exit 0
fi

log_in_to_registry
images=$account.dkr.ecr.$region.amazonaws.com/$ENVIRONMENT
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$repository/Cargo.toml" | head -n 1)

# The default builder cannot export its cache to a registry.
docker buildx inspect release >/dev/null 2>&1 || docker buildx create --name release >/dev/null

say "Building $images:$tag"
# Without provenance: Lambda takes an image, not an index of an image and its attestation.
docker buildx build --builder release --platform "$(platform)" --provenance=false \
  --build-arg "VERSION=$version" --build-arg "COMMIT=$tag" \
  --cache-from "type=registry,ref=$images-cache:build" \
  --cache-to "type=registry,ref=$images-cache:build,mode=max,image-manifest=true,oci-mediatypes=true" \
  --tag "$images:$tag" --push "$repository" ||
  fail "The image was not built and pushed: mend what the build says above and run image.sh again."
