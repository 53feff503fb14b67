//! Every route and every layer, in order.

mod openapi;

use std::sync::Arc;
use std::time::Duration;

use axum::error_handling::HandleErrorLayer;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{BoxError, Router};
use rust_embed::Embed;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};
use utoipa_axum::router::OpenApiRouter;

use crate::auth::{self, limit_sign_in, magic_link};
use crate::config::{Config, Settings};
use crate::http::{
    Error, SecurityHeaders, WebPage, access_log, envelope_failures, panicked, security_headers, static_file,
};
use crate::resources::deployment::{self, Readiness};
use crate::resources::{example, me};
use crate::serve::Lifecycle;
use crate::table::Table;
use crate::tenancy::resolve_tenant;

/// Bytes of a request's body. The largest valid one is a name of 200 characters.
const LARGEST_BODY: usize = 16 * 1024;

/// What handlers and layers share. Cheap to clone, and without any state of a request.
#[derive(Clone, Debug)]
pub struct AppState {
    /// What was configured.
    pub config: Arc<Config>,
    /// The table; handlers reach it through their [`Scope`](crate::scope::Scope).
    pub table: Table,
    /// Whether the instance is about to stop.
    pub lifecycle: Lifecycle,
    /// Whether the table can be reached.
    pub readiness: Readiness,
}

impl AppState {
    /// Joins what the configuration says with the table.
    pub fn new(config: Config, table: Table) -> Self {
        Self { config: config.into(), table, lifecycle: Lifecycle::default(), readiness: Readiness::default() }
    }
}

/// The whole app: all routes behind all layers.
pub fn router(state: AppState) -> Router {
    router_with_page::<WebPage>(state)
}

/// The whole app with other files for its web page.
pub fn router_with_page<Files: Embed + 'static>(state: AppState) -> Router {
    let (api, _) = api(&state).split_for_parts();
    let pages = Router::new().route("/", get(static_file::<Files>)).fallback(static_file::<Files>);
    with_outer_layers(api.merge(pages), &state.config).with_state(state)
}

/// The OpenAPI 3.1 document, generated from the handlers.
pub fn openapi() -> utoipa::openapi::OpenApi {
    openapi::document(routes().merge(magic_link::sign_in_routes()).merge(deployment::probes()).into_openapi())
}

/// The product's routes: one line for each resource.
fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(deployment::routes())
        .merge(auth::routes())
        .merge(magic_link::sign_out_routes())
        .merge(me::routes())
        .merge(example::routes())
}

/// All routes of the API, behind the layers that bound them. From the inside out, since a layer that is added later
/// stands further out.
fn api(state: &AppState) -> OpenApiRouter<AppState> {
    let Settings { waits, limits, .. } = &state.config.settings;
    // Anybody may try to sign in, so these are counted more strictly.
    let sign_in = magic_link::sign_in_routes().layer(from_fn_with_state(state.clone(), limit_sign_in));
    // Sheds load at once, before any body is read: a queue would only make every request late.
    let in_flight = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(async |_: BoxError| Error::Overloaded))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(limits.max_in_flight.get().into()));
    routes()
        .merge(sign_in)
        // Rejects unknown hosts, and tenants over their rate limit, before any handler runs.
        .layer(from_fn_with_state(state.clone(), resolve_tenant))
        // Bounds the handler's work, which includes reading the body.
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, waits.handler_timeout))
        // Shorter, so that a slow body is told apart from slow work.
        .layer(RequestBodyDeadlineLayer::new(waits.request_body_timeout))
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        .layer(in_flight)
        // Probes bypass all that: a busy instance is still alive. They do need one of its connections.
        .merge(deployment::probes())
}

/// What every response passes, those of failed layers included. From the inside out.
fn with_outer_layers<S: Clone + Send + Sync + 'static>(router: Router<S>, config: &Config) -> Router<S> {
    let router = router
        // A panic is a failure like others, and the server goes on.
        .layer(CatchPanicLayer::custom(panicked))
        // Around everything that can fail.
        .layer(from_fn(envelope_failures));
    // Around the envelope, so that pages of other origins can read failures too. Not needed without such origins.
    let origins = &config.settings.cors_allowed_origins;
    let router = if origins.is_empty() { router } else { router.layer(cors(origins)) };
    router
        .layer(from_fn_with_state(SecurityHeaders::new(config.compute, &config.auth), security_headers))
        // Outermost: sees what the client gets, and how long it took.
        .layer(from_fn(access_log))
}

/// Allows the named origins to call with a bearer token. Cookies stay same-origin.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(origins.to_vec())
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("x-request-id"),
        ])
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(Duration::from_hours(1))
}

#[cfg(test)]
mod tests;
