name         = "single-tenant"
region       = "eu-central-1"
state_bucket = "111122223333-terraform-state"

zone_id   = "00000000000000000000000000000003"
zone_name = "example.org"
owns_zone = true
