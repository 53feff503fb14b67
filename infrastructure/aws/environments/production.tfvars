# Tenants by subdomain, magic links, ECS with two tasks. Never builds: it takes the images that staging has run.

name         = "production"
account_id   = "111122223333"
region       = "eu-central-1"
state_bucket = "111122223333-terraform-state"

compute            = "ecs"
availability_zones = ["eu-central-1a", "eu-central-1b"]
task_count_min     = 2
task_count_max     = 8

domain_name            = "example.com"
tenant_resolution_mode = "subdomain"
auth_provider          = "magic_link"
email_from             = "Reference Architecture <no-reply@example.com>"

throttling_rate    = 1000
throttling_burst   = 2000
tenant_rate_limit  = 100
log_retention_days = 90

alarm_email    = "operations@example.com"
monthly_budget = 100

repository_url = "https://github.com/example/reference-architecture.git"
connection_arn = "arn:aws:codeconnections:eu-central-1:111122223333:connection/00000000-0000-4000-8000-000000000000"
promote_from   = "staging"
