use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::{Uuid, uuid};

use super::Auth;
use super::magic_link::principal_of_session;
use crate::app::AppState;
use crate::http::{Data, Error, RequestContext};
use crate::tenancy::TenantId;

/// The namespace of user ids (RFC 9562 §6.6): a random UUID, made once for this project. With
/// another value, every user would become a different one.
const NAMESPACE: Uuid = uuid!("8a1f6c0e-5d0b-4d52-9f1c-2b7a94c3e6d1");

/// A tenant's local user: a UUIDv5 of tenant, provider and subject, so that finding one costs no read and
/// making one cannot race.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct UserId(pub(super) Uuid);

impl UserId {
    /// The same subject in two tenants is two users.
    pub fn derive(tenant: &TenantId, provider: &str, subject: &str) -> Self {
        // No tenant and no provider holds a `/`, so the parts cannot run into each other.
        Self(Uuid::new_v5(&NAMESPACE, format!("{tenant}/{provider}/{subject}").as_bytes()))
    }
}

impl std::fmt::Display for UserId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Who makes a request, as the authentication provider says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    /// The provider's name.
    pub provider: &'static str,
    /// Who the user is to the provider.
    pub subject: String,
    /// Who the user is in this tenant.
    pub user_id: UserId,
    /// E-mail address, if the provider tells one.
    pub email: Option<String>,
    /// Name to show, if the provider tells one.
    pub name: Option<String>,
    /// URL of a picture, if the provider tells one.
    pub picture: Option<String>,
}

impl Principal {
    /// Returns the one user that everybody shares where nobody signs in.
    fn public(tenant: &TenantId) -> Self {
        let (provider, subject) = ("none", "public");
        Self {
            provider,
            subject: subject.to_owned(),
            user_id: UserId::derive(tenant, provider, subject),
            email: None,
            name: None,
            picture: None,
        }
    }
}

impl FromRequestParts<AppState> for Principal {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let tenant = TenantId::from_request_parts(parts, state).await?;
        let Ok(context) = RequestContext::from_request_parts(parts, state).await;
        let principal = match &state.config.auth {
            Auth::None => Self::public(&tenant),
            Auth::MagicLink(_) => principal_of_session(parts, state, &tenant, &context.meter).await?,
            Auth::Oidc(oidc) => oidc.principal(&tenant, &parts.headers).await?,
        };
        context.user.get_or_init(|| principal.user_id);
        Ok(principal)
    }
}

/// The routes of every provider.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(check))
}

/// Read the principal
///
/// Who the credential is of, as the provider says. Writes nothing.
#[utoipa::path(get, path = "/api/auth/check", tag = "auth",
    responses((status = 200, description = "Signed in", body = Data<Principal>)))]
async fn check(principal: Principal) -> Json<Data<Principal>> {
    Data::json(principal)
}
