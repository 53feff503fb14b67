name         = "production"
region       = "eu-central-1"
state_bucket = "111122223333-terraform-state"

zone_id   = "00000000000000000000000000000002"
zone_name = "example.com"
owns_zone = true
