.DEFAULT_GOAL := help
.PHONY: help run dev-web dev-mobile test test-web test-mobile e2e e2e-mobile export-mobile screenshots test-dynamodb-local chaos schemathesis bench test-copy check check-web doctor check-infrastructure image deny advisories fmt openapi

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The page is built where Node.js is, and anew only when something that it is made of has changed.
page := src/frontend/dist/index.html
page_sources := package.json package-lock.json tsconfig.base.json \
	$(shell find src/frontend src/shared -type f -not -path '*/dist/*' -not -path '*/node_modules/*')

run: $(if $(shell command -v npm),$(page)) ## Start the app, and the page where Node.js is, on an embedded database
	cargo run --locked -- dev

$(page): $(page_sources) node_modules/.page
	npm run build
	@touch $@

# Expo asks nobody and tells nobody.
export EXPO_NO_TELEMETRY := 1
app := src/mobile/dist/web/index.html

$(app): package.json package-lock.json tsconfig.base.json node_modules/.all \
	$(shell find src/mobile src/shared -type f -not -path '*/dist/*' -not -path '*/node_modules/*')
	EXPO_OFFLINE=1 CI=1 npm run export -w src/mobile

# The page alone needs a small part of all that the checks and tests need.
node_modules/.page: package-lock.json
	npm ci --no-audit --no-fund -w src/frontend -w src/shared
	@touch $@

node_modules/.all: package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules/.page $@

dev-web: node_modules/.all ## Serve the page with reloading on port 5173; needs `make run` beside it
	npm run dev

dev-mobile: node_modules/.all ## Serve the app with reloading, for simulators and phones; needs `make run` beside it
	npm run dev -w src/mobile

test: ## Run all tests; needs no account, Docker or Java; without Python or Node.js some are ignored
	scripts/test

test-web: node_modules/.all ## Run the unit tests of the page and the shared client
	npm test

test-mobile: node_modules/.all ## Run the tests of the app's screens
	npm test -w src/mobile

e2e: node_modules/.all $(page) ## Drive the page in Chromium against the real program; needs Python
	cargo build --locked
	npm run e2e

e2e-mobile: node_modules/.all $(app) ## Drive the app's build for browsers in Chromium against the real program; needs Python
	cargo build --locked
	npm run e2e -w src/mobile

export-mobile: node_modules/.all ## Bundle the app for Android and iOS
	EXPO_OFFLINE=1 CI=1 npm run export:native -w src/mobile

screenshots: node_modules/.all $(page) $(app) ## Draw docs/images/ anew
	cargo build --locked
	npm run screenshots
	npm run screenshots -w src/mobile

test-dynamodb-local: ## Run the end-to-end tests against AWS's DynamoDB Local; needs Java 17
	scripts/test-dynamodb-local

chaos: ## Kill, stop, pause and cut off instances under load, and check the data; CHAOS_SECONDS, CHAOS_SEED, CHAOS_MODE
	cargo test --locked --test chaos

schemathesis: ## Try the running app with what its OpenAPI document allows and forbids; needs Python
	scripts/schemathesis

bench: ## Measure cold starts on Lambda, with a release build
	cargo bench --locked --bench cold_start

test-copy: ## Rename a copy, add a resource to it, and check and test it; needs Node.js
	scripts/test-copy

check: ## Check formatting, lints and docs, with warnings as errors
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --test chaos -- -D warnings
	cargo clippy --locked --no-default-features -- -D warnings # as in the production image
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

check-web: node_modules/.all ## Check formatting, lints and types of the page, the app and what they share
	npm run lint
	npm run typecheck

doctor: node_modules/.all ## Check the app's packages against what Expo wants today; without a network in part
	npm run doctor -w src/mobile

check-infrastructure: ## Check and test Terraform, policies and pipeline scripts
	infrastructure/check.sh

image: ## Build the image with docker, podman or buildah
	scripts/image

deny: ## Check licences, sources and versions of the dependencies; needs Python
	PATH="$$(scripts/python-tools):$$PATH" cargo deny --locked check licenses bans sources

advisories: ## Look for known vulnerabilities of the crates; needs Python and a network
	PATH="$$(scripts/python-tools):$$PATH" cargo deny --locked check advisories

fmt: ## Format the code, and that of page and app where Node.js is
	cargo fmt
	if command -v npm >/dev/null; then $(MAKE) node_modules/.all && npm run format; fi

openapi: ## Write src/shared/openapi.json and the types made from it anew
	document=$$(cargo run --locked --quiet -- openapi) && printf '%s\n' "$$document" > src/shared/openapi.json
	if command -v npm >/dev/null; then $(MAKE) node_modules/.all && npm run generate; fi
