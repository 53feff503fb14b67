//! The label of a tenant is private, and so is the check that makes one.

use reference_architecture::tenancy::TenantId;

fn main() {
    let _ = TenantId("acme".into());
}
