name         = "staging"
region       = "eu-central-1"
state_bucket = "111122223333-terraform-state"

zone_id   = "00000000000000000000000000000001"
zone_name = "example.net"
owns_zone = true

# Tenants are two labels below the zone: acme.staging.example.net.
advanced_certificate = true
