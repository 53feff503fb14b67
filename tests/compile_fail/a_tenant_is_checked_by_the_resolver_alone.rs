//! The check that makes a tenant belongs to the resolver.

use reference_architecture::tenancy::TenantId;

fn main() {
    let _ = TenantId::parse("acme");
}
