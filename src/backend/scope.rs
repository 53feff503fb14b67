//! What a handler can touch: one tenant, one user, one request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::Value;

use crate::analytics::{Event, EventName};
use crate::app::AppState;
use crate::auth::Principal;
use crate::http::{Error, RequestContext};
use crate::table::UserTable;
use crate::tenancy::TenantId;

/// Everything that a request of a user may reach. A handler that takes it cannot be reached without a
/// tenant and a principal, and sees no other's data.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The tenant, found in the host.
    pub tenant: TenantId,
    /// The user, found in the credentials.
    pub principal: Principal,
    /// The table, narrowed to both.
    pub table: UserTable,
    context: RequestContext,
}

impl Scope {
    /// Returns an event with this request's tenant, user and id.
    pub fn event(&self, name: EventName, props: Value) -> Event {
        let (tenant, actor) = (self.tenant.clone(), self.principal.user_id);
        Event::new(name, props, tenant, actor, self.context.id.clone())
    }
}

impl FromRequestParts<AppState> for Scope {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let tenant = TenantId::from_request_parts(parts, state).await?;
        let principal = Principal::from_request_parts(parts, state).await?;
        let Ok(context) = RequestContext::from_request_parts(parts, state).await;
        let table = state.table.of_user(&tenant, principal.user_id, &context.meter);
        Ok(Self { tenant, principal, table, context })
    }
}
