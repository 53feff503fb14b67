//! Tenant, actor, request and time of an event come from the request: see `Scope::event`.

use reference_architecture::{
    analytics::{Event, EventName},
    auth::UserId,
    http::RequestId,
    tenancy::TenantId,
};

fn forge(tenant: TenantId, actor: UserId, request_id: RequestId) {
    let _ = Event::new(EventName::ExampleCreated, serde_json::json!({}), tenant, actor, request_id);
}

fn main() {}
