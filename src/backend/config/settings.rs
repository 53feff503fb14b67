use std::env::VarError;
use std::num::NonZeroU16;

use axum::http::{HeaderName, HeaderValue};
use clap::error::ContextKind;
use clap::{Args, CommandFactory, FromArgMatches, ValueEnum};
use reqwest::Url;
use tracing_subscriber::EnvFilter;

use super::auth::AuthSettings;
use super::{Compute, Waits};
use crate::tenancy::{BaseDomain, TenantId, TenantResolver};

const DEFAULT_LOG_FILTER: &str = "info";

/// The environment, each variable parsed but not yet held against the others.
///
/// The doc comments are the manual that `--help` prints.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Server")]
pub struct Settings {
    /// TCP port of the API and the web page; 0 takes a free one
    #[arg(long, env, default_value = "3000")]
    pub port: u16,

    /// How log lines look [default: json; pretty in `dev`]
    #[arg(long, env)]
    pub log_format: Option<LogFormat>,

    /// Which log lines are written, as a tracing filter; metrics come from those of requests, which are at info
    #[arg(long, env, default_value = DEFAULT_LOG_FILTER, value_parser = log_filter)]
    pub rust_log: String,

    /// Origins whose pages may call the API, separated by commas [default: none but the own one]
    #[arg(long, env, value_delimiter = ',', value_parser = origin)]
    pub cors_allowed_origins: Vec<HeaderValue>,

    /// Bounds on load.
    #[command(flatten)]
    pub limits: Limits,

    #[command(flatten)]
    pub(super) table: TableSettings,

    #[command(flatten)]
    pub(super) tenancy: TenancySettings,

    #[command(flatten)]
    pub(super) auth: AuthSettings,

    /// Bounds on waiting.
    #[command(flatten)]
    pub waits: Waits,

    #[command(flatten)]
    platform: Platform,

    /// Variables that could not be parsed, each with what is wrong.
    #[arg(skip)]
    pub(super) problems: Vec<(String, String)>,
}

/// Bounds on load, per instance.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Server")]
pub struct Limits {
    /// Requests worked on at once, per instance; one more is answered 503
    #[arg(long, env, default_value = "512")]
    pub max_in_flight: NonZeroU16,

    /// Open connections, per instance; one more waits
    #[arg(long, env, default_value = "2048")]
    pub max_connections: NonZeroU16,

    /// Requests per second and tenant, per instance; 0 is no limit
    #[arg(long, env, default_value = "1000")]
    pub tenant_rate_limit: u32,
}

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Table")]
pub(super) struct TableSettings {
    /// Name of the table; also the namespace of the metrics [default in `dev`: reference-architecture]
    #[arg(long, env, value_parser = table_name)]
    pub(super) dynamodb_table: Option<String>,

    /// Endpoint of DynamoDB Local, like http://127.0.0.1:8000; made-up credentials are sent to it
    /// [default: AWS's own endpoint and credentials]
    #[arg(long, env, value_parser = endpoint)]
    pub(super) dynamodb_endpoint: Option<String>,

    /// AWS region of the table; ECS and Lambda set it
    #[arg(long, env, value_parser = region)]
    pub(super) aws_region: Option<String>,
}

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Tenancy")]
pub(super) struct TenancySettings {
    /// Where the tenant comes from: APP_TENANT_ID, or the label before BASE_DOMAIN [default in `dev`: subdomain]
    #[arg(long, env)]
    pub(super) tenant_resolution_mode: Option<TenantResolutionMode>,

    /// The one tenant of this deployment, a DNS label; for fixed
    #[arg(long, env, value_parser = TenantResolver::named_by_operator)]
    pub(super) app_tenant_id: Option<TenantId>,

    /// The domain above the tenants' hosts, like example.com for acme.example.com; for subdomain, and in both modes for
    /// links in mails, which are built from it
    /// [default in `dev`: localhost]
    #[arg(long, env, value_parser = BaseDomain::parse)]
    pub(super) base_domain: Option<BaseDomain>,

    /// The header that carries the public host: one that the gateway overwrites
    #[arg(long, env, default_value = "host")]
    pub(super) trusted_host_header: HeaderName,
}

/// Set by the platforms themselves.
#[derive(Args, Clone, Debug)]
struct Platform {
    #[arg(long, env, hide = true)]
    aws_lambda_runtime_api: Option<String>,
    #[arg(long, env, hide = true)]
    ecs_container_metadata_uri_v4: Option<String>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a person at a terminal.
    Pretty,
}

/// Where the tenant comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TenantResolutionMode {
    Fixed,
    Subdomain,
}

impl Settings {
    pub(super) fn compute(&self) -> Compute {
        match &self.platform {
            Platform { aws_lambda_runtime_api: Some(_), .. } => Compute::Lambda,
            Platform { ecs_container_metadata_uri_v4: Some(_), .. } => Compute::Ecs,
            _ => Compute::Local,
        }
    }

    /// Fills in what a deployment must choose for itself, and the endpoint of the embedded engine.
    pub fn for_dev(mut self, endpoint: &str) -> Self {
        self.log_format.get_or_insert(LogFormat::Pretty);
        if self.rust_log == DEFAULT_LOG_FILTER {
            // The engine warns of every condition that is not met, which is no fault.
            self.rust_log.push_str(",dynoxide=error");
        }
        self.table.dynamodb_table.get_or_insert_with(|| "reference-architecture".to_owned());
        self.table.dynamodb_endpoint = Some(endpoint.to_owned());
        self.tenancy.tenant_resolution_mode.get_or_insert(TenantResolutionMode::Subdomain);
        self.tenancy.base_domain = self.tenancy.base_domain.or_else(|| BaseDomain::parse("localhost").ok());
        self
    }
}

/// Parses the command line and the environment. clap stops at the first variable that it cannot parse; here each
/// one is noted in the settings, to be reported with all other problems.
///
/// Ends the process, as clap does, when the command line itself is wrong or asks for help.
pub fn read<C: CommandFactory + FromArgMatches>(settings_of: impl FnOnce(&mut C) -> &mut Settings) -> C {
    // Values stay out of the help text: some are secrets.
    let mut command = C::command().mut_args(|arg| arg.hide_env_values(true).global(true));
    let mut problems = Vec::new();
    // For a value that is not UTF-8, clap does not name the variable.
    let variables: Vec<_> =
        command.get_arguments().filter_map(|arg| Some((arg.get_id().clone(), name_of(arg)?))).collect();
    for (id, variable) in variables {
        if let Err(VarError::NotUnicode(_)) = std::env::var(&variable) {
            problems.push((variable, "is not valid: it is not UTF-8".to_owned()));
            command = command.mut_arg(id, |arg| arg.env(None));
        }
    }
    loop {
        let error = match command.clone().try_get_matches().and_then(|matches| C::from_arg_matches(&matches)) {
            Ok(mut parsed) => {
                settings_of(&mut parsed).problems = problems;
                return parsed;
            }
            Err(error) => error,
        };
        let blamed = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
        let option = blamed.split(' ').next().and_then(|word| word.strip_prefix("--"));
        let found = command.get_arguments().find(|arg| arg.get_long() == option);
        let Some((id, variable)) = found.and_then(|arg| Some((arg.get_id().clone(), name_of(arg)?))) else {
            error.exit();
        };
        let valid = error.get(ContextKind::ValidValue).map(|values| format!("use one of {values}"));
        let reason = std::error::Error::source(&error).map(ToString::to_string).or(valid).unwrap_or_default();
        problems.push((variable, format!("is not valid: {reason}")));
        // Treats the variable as unset from now on. If it was the flag that is wrong, the next error ends the process.
        command = command.mut_arg(id, |arg| arg.env(None));
    }
}

/// The variable of an option.
fn name_of(arg: &clap::Arg) -> Option<String> {
    Some(arg.get_env()?.to_str()?.to_owned())
}

fn log_filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(not_empty(text)?).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

/// Amazon DynamoDB developer guide, "Naming rules".
fn table_name(text: &str) -> Result<String, &'static str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let name = Some(text).filter(|text| matches!(text.len(), 3..=255) && text.bytes().all(allowed));
    name.map(str::to_owned).ok_or("a table's name has 3 to 255 letters, digits, _, . and -")
}

/// A part of the host names of AWS's endpoints.
fn region(text: &str) -> Result<String, &'static str> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let name = Some(text).filter(|text| matches!(text.len(), 1..=63) && text.bytes().all(allowed));
    name.map(str::to_owned).ok_or("a region looks like eu-central-1")
}

/// Rejects an empty value with a reason, which clap's own error lacks.
pub(super) fn not_empty(text: &str) -> Result<String, &'static str> {
    Some(text).filter(|text| !text.is_empty()).map(str::to_owned).ok_or("it is empty")
}

fn origin(text: &str) -> Result<HeaderValue, &'static str> {
    let value =
        HeaderValue::from_str(text).ok().filter(|_| origin_of(text).as_deref() == Some(text) && !text.contains('*'));
    value.ok_or("an origin looks like https://app.example.com: as browsers send it, without a path")
}

fn endpoint(text: &str) -> Result<String, &'static str> {
    let origin = origin_of(text).filter(|origin| Url::parse(origin) == Url::parse(text));
    origin.ok_or("an endpoint looks like http://127.0.0.1:8000")
}

/// Scheme, host and port, as browsers write them.
fn origin_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(url.origin().ascii_serialization())
}
