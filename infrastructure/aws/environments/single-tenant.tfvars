# One fixed tenant, an OIDC issuer, Lambda: costs next to nothing while nobody uses it.

name         = "single-tenant"
account_id   = "111122223333"
region       = "eu-central-1"
state_bucket = "111122223333-terraform-state"

compute = "lambda"

domain_name            = "acme.example.org"
tenant_resolution_mode = "fixed"
tenant_id              = "acme"
auth_provider          = "oidc"
oidc_issuer            = "https://login.example.org"
oidc_audience          = "https://acme.example.org/api"
oidc_client_id         = "reference-architecture-web"

alarm_email    = "operations@example.com"
monthly_budget = 10

repository_url = "https://github.com/example/reference-architecture.git"
connection_arn = "arn:aws:codeconnections:eu-central-1:111122223333:connection/00000000-0000-4000-8000-000000000000"
deploy_branch  = "main"
