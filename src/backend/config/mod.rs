//! The environment, parsed once into typed settings. Every problem is reported at once.

mod problems;
mod settings;
mod waits;

use std::num::NonZeroU32;

use axum::http::HeaderValue;
pub use problems::ConfigError;
use problems::Problems;
pub use settings::Settings;
use tracing_subscriber::EnvFilter;
pub use waits::Waits;

use crate::{auth::AuthProvider, tenancy::TenantResolver};

/// Everything that a running app needs to know. Holds no invalid combination.
#[derive(Clone, Debug)]
pub struct Config {
    /// TCP port of the API and the web page.
    pub port: u16,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written.
    pub log_filter: String,
    /// Where the process runs.
    pub compute: Compute,
    /// The table.
    pub table: TableConfig,
    /// How a host becomes a tenant.
    pub tenancy: TenantResolver,
    /// Who vouches for users.
    pub auth: AuthProvider,
    /// Origins beside the own one whose pages may call the API.
    pub cors_allowed_origins: Vec<HeaderValue>,
    /// Bounds on load.
    pub limits: Limits,
    /// Bounds on waiting.
    pub waits: Waits,
}

/// The DynamoDB table.
#[derive(Clone, Debug)]
pub struct TableConfig {
    /// Its name.
    pub name: String,
    /// Another endpoint than AWS's own: DynamoDB Local or the embedded engine.
    pub endpoint: Option<String>,
    /// The AWS region.
    pub region: String,
    /// Bounds on waiting, of which those for DynamoDB are used.
    pub waits: Waits,
}

/// Bounds on load, per instance.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests per second and tenant; `None` is no limit.
    pub tenant_rate: Option<NonZeroU32>,
    /// Requests that are worked on at once; one more is answered 503.
    pub in_flight: usize,
    /// Open connections; one more waits in the listen queue.
    pub connections: usize,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a person at a terminal.
    Pretty,
}

/// Where the process runs, told by variables that the platforms set themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compute {
    /// A laptop, compose, CI.
    Local,
    /// AWS ECS.
    Ecs,
    /// AWS Lambda.
    Lambda,
}

impl Config {
    /// Checks each setting and how they fit together.
    ///
    /// # Errors
    /// Lists every problem, each with its variable and none with a secret value.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let mut problems = Problems::default();
        let compute = settings.compute();
        let waits = Waits::from_settings(settings, &mut problems);
        let port = problems.parse("PORT", &settings.port, "a port number, 0 to 65535");
        let log_format = problems.one_of("LOG_FORMAT", settings.log_format.as_deref().unwrap_or("json"));
        let log_filter = problems.check("RUST_LOG", EnvFilter::try_new(&settings.rust_log));
        let table = TableConfig::parse(settings, waits, &mut problems);
        let tenancy = tenancy(settings, compute, &mut problems);
        let auth = auth(settings, compute, &mut problems);
        let cors_allowed_origins = origins(&settings.cors_allowed_origins, &mut problems);
        let tenant_rate = problems.parse("TENANT_RATE_LIMIT", &settings.tenant_rate_limit, "a whole number, 0 or more");
        let in_flight = problems.positive("MAX_IN_FLIGHT", &settings.max_in_flight);
        let connections = problems.positive("MAX_CONNECTIONS", &settings.max_connections);
        let config = (|| {
            Some(Self {
                port: port?,
                log_format: log_format?,
                log_filter: log_filter.map(|filter| filter.to_string())?,
                compute,
                table: table?,
                tenancy: tenancy?,
                auth: auth?,
                cors_allowed_origins,
                limits: Limits {
                    tenant_rate: NonZeroU32::new(tenant_rate?),
                    in_flight: in_flight?,
                    connections: connections?,
                },
                waits: waits?,
            })
        })();
        problems.into_result(config)
    }
}

impl TableConfig {
    /// The part of the configuration that the admin commands need.
    ///
    /// # Errors
    /// Lists every problem of this part.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let mut problems = Problems::default();
        let waits = Waits::from_settings(settings, &mut problems);
        let table = Self::parse(settings, waits, &mut problems);
        problems.into_result(table)
    }

    fn parse(settings: &Settings, waits: Option<Waits>, problems: &mut Problems) -> Option<Self> {
        let name = problems.required("DYNAMODB_TABLE", settings.dynamodb_table.as_deref(), "the table's name");
        // DynamoDB Local has no regions, but requests are signed for one.
        let default_region = settings.dynamodb_endpoint.as_ref().map(|_| "us-east-1");
        let region = settings.aws_region.as_deref().or(default_region);
        let region = problems.required("AWS_REGION", region, "the table's region, like eu-central-1");
        let endpoint = settings.dynamodb_endpoint.clone();
        if let Some(endpoint) = &endpoint
            && !is_http_origin(endpoint)
        {
            problems.add::<()>("DYNAMODB_ENDPOINT", "must be a URL like http://127.0.0.1:8000");
        }
        Some(Self { name: name?.to_owned(), endpoint, region: region?.to_owned(), waits: waits? })
    }
}

fn tenancy(settings: &Settings, compute: Compute, problems: &mut Problems) -> Option<TenantResolver> {
    let host_header = problems.parse("TRUSTED_HOST_HEADER", &settings.trusted_host_header, "a header name");
    match settings.tenant_resolution_mode.as_deref() {
        Some("fixed") => {
            let needs = "the tenant, since TENANT_RESOLUTION_MODE is fixed";
            let tenant = problems.required("APP_TENANT_ID", settings.app_tenant_id.as_deref(), needs)?;
            problems.check("APP_TENANT_ID", TenantResolver::fixed(tenant))
        }
        Some("subdomain") => {
            let needs = "the domain above the tenants' hosts, since TENANT_RESOLUTION_MODE is subdomain";
            let domain = problems.required("BASE_DOMAIN", settings.base_domain.as_deref(), needs)?;
            let local = compute == Compute::Local;
            problems.check("BASE_DOMAIN", TenantResolver::subdomain(domain, local, host_header?))
        }
        Some(other) => problems.add("TENANT_RESOLUTION_MODE", format_args!("`{other}` is neither fixed nor subdomain")),
        None => problems.add("TENANT_RESOLUTION_MODE", "is not set: choose fixed or subdomain"),
    }
}

fn auth(settings: &Settings, compute: Compute, problems: &mut Problems) -> Option<AuthProvider> {
    match settings.auth_provider.as_deref() {
        Some("none") => Some(AuthProvider::None),
        Some(known @ ("magic_link" | "oidc")) => {
            problems.add("AUTH_PROVIDER", format_args!("`{known}` is not available in this version: use none"))
        }
        Some(other) => problems.add("AUTH_PROVIDER", format_args!("`{other}` is not one of none, magic_link, oidc")),
        None if compute == Compute::Local => Some(AuthProvider::None),
        None => problems
            .add("AUTH_PROVIDER", "is not set: outside local runs choose none (open to everybody), magic_link or oidc"),
    }
}

fn origins(list: &[String], problems: &mut Problems) -> Vec<HeaderValue> {
    let mut parse = |origin: &String| match HeaderValue::from_str(origin) {
        Ok(value) if is_http_origin(origin) && !origin.ends_with('/') => Some(value),
        _ => problems
            .add("CORS_ALLOWED_ORIGINS", format_args!("`{origin}` is not an origin like https://app.example.com")),
    };
    list.iter().filter_map(&mut parse).collect()
}

/// Scheme and authority, at most a lone slash behind them.
fn is_http_origin(text: &str) -> bool {
    text.parse::<axum::http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.path_and_query().is_none_or(|path| path.as_str() == "/")
    })
}

#[cfg(test)]
mod tests;
