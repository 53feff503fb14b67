use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use super::TenantId;
use crate::app::AppState;
use crate::http::{Error, RequestContext};

/// Resolves the tenant before any handler of the product runs, and counts the request against the tenant's rate limit.
/// What is outside this layer, probes and the page's files, holds no tenant's data.
///
/// # Errors
/// When the host does not belong to this deployment, or the tenant is over its rate limit.
pub async fn resolve_tenant(
    State(state): State<AppState>,
    context: RequestContext,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let tenant = state.config.tenancy.resolve(request.uri(), request.headers()).ok_or(Error::Misdirected)?;
    let tenant = context.tenant.get_or_init(|| tenant);
    if let Some(rate) = &state.config.tenant_rate {
        rate.check(tenant)?;
    }
    Ok(next.run(request).await)
}

impl FromRequestParts<AppState> for TenantId {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let Ok(context) = RequestContext::from_request_parts(parts, state).await;
        // Only a route outside of `resolve_tenant` has none.
        context.tenant.get().cloned().ok_or_else(|| Error::Internal("the route has no tenant".into()))
    }
}
