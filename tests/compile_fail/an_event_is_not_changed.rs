//! An event is what it was when it happened.

use reference_architecture::{analytics::Event, tenancy::TenantId};

fn change(event: &mut Event, tenant: TenantId) {
    event.tenant = tenant;
    event.props = serde_json::json!({});
    event.id = uuid::Uuid::nil();
}

fn main() {}
