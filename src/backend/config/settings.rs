use clap::Args;

use super::Compute;

/// The configuration as text, before any check: the environment, read by clap.
///
/// The doc comments are the manual that `--help` prints.
#[derive(Args, Clone, Debug)]
#[allow(missing_docs, reason = "clap turns doc comments into help; the fields are the variables")]
pub struct Settings {
    /// TCP port of the API and the web page; 0 takes a free one
    #[arg(long, env, hide_env_values = true, default_value = "3000", help_heading = "Server")]
    pub port: String,

    /// How log lines look: json or pretty [default: json; pretty in `dev`]
    #[arg(long, env, hide_env_values = true, help_heading = "Server")]
    pub log_format: Option<String>,

    /// Which log lines are written, as a tracing filter
    #[arg(long, env = "RUST_LOG", hide_env_values = true, default_value = "info", help_heading = "Server")]
    pub rust_log: String,

    /// Requests worked on at once, per instance; one more is answered 503
    #[arg(long, env, hide_env_values = true, default_value = "512", help_heading = "Server")]
    pub max_in_flight: String,

    /// Open connections, per instance; one more waits
    #[arg(long, env, hide_env_values = true, default_value = "2048", help_heading = "Server")]
    pub max_connections: String,

    /// Origins whose pages may call the API, separated by commas [default: none but the own one]
    #[arg(long, env, hide_env_values = true, value_delimiter = ',', help_heading = "Server")]
    pub cors_allowed_origins: Vec<String>,

    /// Name of the table [default in `dev`: reference-architecture]
    #[arg(long, env, hide_env_values = true, help_heading = "Table")]
    pub dynamodb_table: Option<String>,

    /// Endpoint of DynamoDB Local, like http://127.0.0.1:8000; made-up credentials are sent to it
    /// [default: AWS's own endpoint and credentials]
    #[arg(long, env, hide_env_values = true, help_heading = "Table")]
    pub dynamodb_endpoint: Option<String>,

    /// AWS region of the table; ECS and Lambda set it
    #[arg(long, env, hide_env_values = true, help_heading = "Table")]
    pub aws_region: Option<String>,

    /// Where the tenant comes from: fixed (APP_TENANT_ID) or subdomain (of BASE_DOMAIN)
    /// [default in `dev`: subdomain]
    #[arg(long, env, hide_env_values = true, help_heading = "Tenancy")]
    pub tenant_resolution_mode: Option<String>,

    /// The one tenant of this deployment, a DNS label; for fixed
    #[arg(long, env, hide_env_values = true, help_heading = "Tenancy")]
    pub app_tenant_id: Option<String>,

    /// The domain above the tenants' hosts, like example.com for acme.example.com; for subdomain
    /// [default in `dev`: localhost]
    #[arg(long, env, hide_env_values = true, help_heading = "Tenancy")]
    pub base_domain: Option<String>,

    /// The header that carries the public host: one that the gateway overwrites
    #[arg(long, env, hide_env_values = true, default_value = "host", help_heading = "Tenancy")]
    pub trusted_host_header: String,

    /// Requests per second and tenant, per instance; 0 is no limit
    #[arg(long, env, hide_env_values = true, default_value = "1000", help_heading = "Tenancy")]
    pub tenant_rate_limit: String,

    /// Who vouches for users: none (the tenant's data is open to everybody on its host)
    /// [default: none in local runs; to be chosen on ECS and Lambda]
    #[arg(long, env, hide_env_values = true, help_heading = "Authentication")]
    pub auth_provider: Option<String>,

    /// For the head of a request, and between two requests of a connection
    #[arg(long, env, hide_env_values = true, default_value = "75s", help_heading = WAITS)]
    pub keep_alive_timeout: String,

    /// For the body of a request
    #[arg(long, env, hide_env_values = true, default_value = "5s", help_heading = WAITS)]
    pub request_body_timeout: String,

    /// For a connection to DynamoDB
    #[arg(long, env, hide_env_values = true, default_value = "1s", help_heading = WAITS)]
    pub dynamodb_connect_timeout: String,

    /// For one of the at most three attempts of a DynamoDB call
    #[arg(long, env, hide_env_values = true, default_value = "1s", help_heading = WAITS)]
    pub dynamodb_attempt_timeout: String,

    /// For a DynamoDB call with its retries
    #[arg(long, env, hide_env_values = true, default_value = "3s", help_heading = WAITS)]
    pub dynamodb_operation_timeout: String,

    /// For the answer to a request
    #[arg(long, env, hide_env_values = true, default_value = "10s", help_heading = WAITS)]
    pub handler_timeout: String,

    /// How long the gateway in front waits for an answer; only checked against the others
    #[arg(long, env, hide_env_values = true, default_value = "15s", help_heading = WAITS)]
    pub gateway_timeout: String,

    /// How long a stopping instance goes on serving [default: 20s on ECS, else 0s]
    #[arg(long, env, hide_env_values = true, help_heading = WAITS)]
    pub shutdown_grace: Option<String>,

    /// After that, for running requests
    #[arg(long, env, hide_env_values = true, default_value = "15s", help_heading = WAITS)]
    pub shutdown_drain: String,

    /// How long the platform waits before it kills (ECS `stopTimeout`); only checked against the others
    #[arg(long, env, hide_env_values = true, default_value = "60s", help_heading = WAITS)]
    pub stop_timeout: String,

    /// Set by AWS Lambda
    #[arg(long, env, hide = true)]
    pub aws_lambda_runtime_api: Option<String>,

    /// Set by AWS ECS
    #[arg(long, env, hide = true)]
    pub ecs_container_metadata_uri_v4: Option<String>,
}

const WAITS: &str = "Waits, as 500ms or 10s; each shorter than the one that waits for it";

impl Settings {
    pub(super) fn compute(&self) -> Compute {
        if self.aws_lambda_runtime_api.is_some() {
            Compute::Lambda
        } else if self.ecs_container_metadata_uri_v4.is_some() {
            Compute::Ecs
        } else {
            Compute::Local
        }
    }

    /// Fills in what a deployment must choose for itself, and the endpoint of the embedded engine.
    #[must_use]
    pub fn for_dev(mut self, endpoint: &str) -> Self {
        let default = |setting: &mut Option<String>, value: &str| {
            setting.get_or_insert_with(|| value.to_owned());
        };
        default(&mut self.log_format, "pretty");
        default(&mut self.dynamodb_table, "reference-architecture");
        default(&mut self.tenant_resolution_mode, "subdomain");
        default(&mut self.base_domain, "localhost");
        self.dynamodb_endpoint = Some(endpoint.to_owned());
        self
    }
}
