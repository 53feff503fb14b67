# Tenants by subdomain, magic links, ECS: production's small twin. Every push to main is built and deployed here.

name         = "staging"
account_id   = "111122223333"
region       = "eu-central-1"
state_bucket = "111122223333-terraform-state"

compute            = "ecs"
availability_zones = ["eu-central-1a", "eu-central-1b"]
task_count_min     = 1
task_count_max     = 2

domain_name            = "staging.example.net"
tenant_resolution_mode = "subdomain"
auth_provider          = "magic_link"
email_from             = "Reference Architecture <no-reply@staging.example.net>"

alarm_email    = "operations@example.com"
monthly_budget = 40

repository_url = "https://github.com/example/reference-architecture.git"
connection_arn = "arn:aws:codeconnections:eu-central-1:111122223333:connection/00000000-0000-4000-8000-000000000000"
deploy_branch  = "main"
