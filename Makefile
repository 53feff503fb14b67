.DEFAULT_GOAL := help
.PHONY: help run test test-dynamodb-local check deny fmt openapi

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start the app on an embedded database
	cargo run --locked -- dev

test: ## Run all tests; needs no account, Docker, Java or Node.js
	cargo test --locked

test-dynamodb-local: ## Run the end-to-end tests against AWS's DynamoDB Local; needs Java 17
	scripts/test-dynamodb-local

check: ## Check formatting, lints and docs, with warnings as errors
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --no-default-features -- -D warnings # as in the production image
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

deny: ## Check licences, sources and versions of the dependencies; needs Python
	PATH="$$(scripts/python-tools):$$PATH" cargo deny --locked check licenses bans sources

fmt: ## Format the code
	cargo fmt

openapi: ## Write src/shared/openapi.json anew from the handlers
	document=$$(cargo run --locked --quiet -- openapi) && echo "$$document" > src/shared/openapi.json
