use std::{
    convert::Infallible,
    sync::{Arc, OnceLock},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{auth::UserId, table::Meter, tenancy::TenantId};

/// Names one request in the response and in every log line: 1–64 characters of `[A-Za-z0-9._-]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The caller's own id when it is one, else a new one. What is no id is not repeated anywhere.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all("x-request-id").iter();
        let given = values.next().and_then(|value| value.to_str().ok());
        let is_id = |text: &&str| {
            matches!(text.len(), 1..=64)
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        Self(given.filter(is_id).map_or_else(|| Uuid::now_v7().to_string().into(), Into::into))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of a request while it runs, for its log line and its events. Clones share it.
#[derive(Clone, Debug)]
pub struct RequestContext(Arc<Known>);

#[derive(Debug)]
struct Known {
    id: RequestId,
    meter: Meter,
    tenant: OnceLock<TenantId>,
    user: OnceLock<UserId>,
}

impl RequestContext {
    pub(super) fn new(headers: &HeaderMap) -> Self {
        Self(Arc::new(Known {
            id: RequestId::of(headers),
            meter: Meter::default(),
            tenant: OnceLock::new(),
            user: OnceLock::new(),
        }))
    }

    /// The id of the request.
    #[must_use]
    pub fn id(&self) -> &RequestId {
        &self.0.id
    }

    /// Counts what the request costs.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.0.meter
    }

    /// The tenant, once resolved.
    #[must_use]
    pub fn tenant(&self) -> Option<&TenantId> {
        self.0.tenant.get()
    }

    /// The user, once authenticated.
    #[must_use]
    pub fn user(&self) -> Option<&UserId> {
        self.0.user.get()
    }

    /// Notes the tenant. Only the first note counts.
    pub fn resolved(&self, tenant: &TenantId) {
        self.0.tenant.get_or_init(|| tenant.clone());
    }

    /// Notes the user. Only the first note counts.
    pub fn authenticated(&self, user: UserId) {
        self.0.user.get_or_init(|| user);
    }
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let context = parts.extensions.get().cloned();
        Ok(context.unwrap_or_else(|| Self::new(&parts.headers)))
    }
}
