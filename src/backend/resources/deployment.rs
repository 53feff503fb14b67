//! What this deployment is and how it is.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{self, AppState};
use crate::auth::oidc::OidcClient;
use crate::auth::{Auth, AuthProvider};
use crate::config::Compute;
use crate::http::{Data, Error};
use crate::logging::chain;
use crate::table::Table;
use crate::tenancy::TenantId;

/// All is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// Always `ok`.
    status: &'static str,
}

const OK: Status = Status { status: "ok" };

/// Whether the table can be reached, and when that was seen. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<(Instant, bool)>>>);

impl Readiness {
    /// Anybody may ask, so DynamoDB is asked at most once a second and by one request at a time.
    async fn is_ready(&self, table: &Table, bound: Duration) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, ready)) = *last
            && at.elapsed() < Duration::from_secs(1)
        {
            return ready;
        }
        let usable = timeout(bound, table.is_usable()).await;
        let ready = matches!(usable, Ok(Ok(true)));
        if !ready {
            // Probes themselves are logged at debug level only.
            let error = usable.ok().and_then(Result::err).map(|error| chain(&error));
            tracing::warn!(error, "the table is not active, or cannot be reached in time");
        }
        *last = Some((Instant::now(), ready));
        ready
    }
}

/// What clients need to know before they can do anything.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentConfig {
    auth_provider: AuthProvider,
    compute: Compute,
    /// How to sign in with the provider; null unless it is one of OpenID Connect.
    oidc: Option<OidcClient>,
    /// The tenant of this host.
    tenant: String,
    /// The version of the software.
    version: &'static str,
}

/// Routes for load balancers, which know no tenant and must not be turned away under load.
pub fn probes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_health)).routes(routes!(get_ready))
}

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_config)).routes(routes!(get_openapi))
}

/// Whether the process lives
///
/// Touches nothing else.
#[utoipa::path(get, path = "/api/health", tag = "deployment", security(()),
    responses((status = 200, description = "It does", body = Data<Status>)))]
async fn get_health() -> Json<Data<Status>> {
    Data::json(OK)
}

/// Whether the instance can serve
///
/// Not while the table cannot be reached or the instance stops.
#[utoipa::path(get, path = "/api/ready", tag = "deployment", security(()),
    responses((status = 200, description = "It can", body = Data<Status>)))]
async fn get_ready(State(state): State<AppState>) -> Result<Json<Data<Status>>, Error> {
    let bound = state.config.settings.waits.dynamodb_attempt_timeout;
    if state.lifecycle.is_stopping() || !state.readiness.is_ready(&state.table, bound).await {
        return Err(Error::Unavailable(None));
    }
    Ok(Data::json(OK))
}

/// Read the public configuration
#[utoipa::path(get, path = "/api/config", tag = "deployment", security(()),
    responses((status = 200, description = "The configuration", body = Data<DeploymentConfig>)))]
async fn get_config(tenant: TenantId, State(state): State<AppState>) -> Json<Data<DeploymentConfig>> {
    Data::json(DeploymentConfig {
        auth_provider: state.config.auth.provider(),
        compute: state.config.compute,
        oidc: match &state.config.auth {
            Auth::Oidc(oidc) => Some(oidc.client.clone()),
            Auth::None | Auth::MagicLink(_) => None,
        },
        tenant: tenant.to_string(),
        version: crate::VERSION,
    })
}

/// Read this document
#[utoipa::path(get, path = "/api/openapi.json", tag = "deployment", security(()),
    responses((status = 200, description = "An OpenAPI 3.1 document", body = serde_json::Value)))]
async fn get_openapi() -> Json<&'static OpenApi> {
    static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(app::openapi);
    Json(&DOCUMENT)
}
