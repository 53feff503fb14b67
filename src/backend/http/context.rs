use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use serde::Serialize;
use uuid::Uuid;

use crate::auth::UserId;
use crate::table::Meter;
use crate::tenancy::TenantId;

/// Names one request in the response and in every log line: 1–64 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Returns the caller's id if it is 1–64 characters of `[A-Za-z0-9._-]`, else the gateway's, else a new one. Any
    /// other text is dropped: no response or log line contains it.
    fn of(headers: &HeaderMap, extensions: &Extensions) -> Self {
        let is_id = |text: &&str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            matches!(text.len(), 1..=64) && text.bytes().all(allowed)
        };
        let given = headers.get("x-request-id").and_then(|value| value.to_str().ok()).filter(is_id);
        let given = given.map(|id| Self(id.into())).or_else(|| extensions.get().cloned());
        given.unwrap_or_else(|| Self(Uuid::now_v7().to_string().into()))
    }

    /// The id that API Gateway gave the request and writes into its own log, as it is.
    pub fn of_gateway(id: &str) -> Option<Self> {
        let printable = id.bytes().all(|byte| byte.is_ascii_graphic());
        (printable && matches!(id.len(), 1..=64)).then(|| Self(id.into()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of a request while it runs, for its log line and its events. Clones share it.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The id of the request.
    pub id: RequestId,
    /// Counts what the request costs.
    pub meter: Meter,
    /// The tenant, once resolved.
    pub tenant: Arc<OnceLock<TenantId>>,
    /// The user, once authenticated.
    pub user: Arc<OnceLock<UserId>>,
}

impl RequestContext {
    pub(super) fn new(headers: &HeaderMap, extensions: &Extensions) -> Self {
        let id = RequestId::of(headers, extensions);
        Self { id, meter: Meter::default(), tenant: Arc::default(), user: Arc::default() }
    }
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self::new(&parts.headers, &parts.extensions)))
    }
}
