//! The environment, parsed once into typed settings. Every problem is reported at once.

mod auth;
mod secrets;
mod settings;
mod waits;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use governor::Quota;
pub use settings::{Limits, LogFormat, Settings, read};
use settings::{TenancySettings, TenantResolutionMode};
pub use waits::{LAST_READS, Waits};

use crate::auth::{Auth, SignInRate};
use crate::http::Rate;
use crate::tenancy::{TenantId, TenantResolver};

/// How long API Gateway may go on routing to a stopping ECS task until it has seen the change in Cloud Map.
const DISCOVERY_LAG: Duration = Duration::from_secs(20);

/// Everything that a running app needs to know. Holds no invalid combination.
#[derive(Debug)]
pub struct Config {
    /// As they were set; what the fields below are made of is in them too.
    pub settings: Settings,
    /// Where the process runs.
    pub compute: Compute,
    /// The table.
    pub table: TableConfig,
    /// How a host becomes a tenant.
    pub tenancy: TenantResolver,
    /// Each tenant's share of the instance.
    pub tenant_rate: Option<Rate<TenantId>>,
    /// Who vouches for users.
    pub auth: Auth,
    /// How often sign-in may be tried.
    pub sign_in_rate: SignInRate,
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
    /// Bounds on waiting for it.
    pub timeouts: TimeoutConfig,
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

/// What is wrong with the configuration: for each variable the first problem found.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not usable (`reference-architecture --help` explains every variable):{}", list(.0))]
pub struct ConfigError(BTreeMap<String, String>);

fn list(problems: &BTreeMap<String, String>) -> String {
    problems.iter().fold(String::new(), |text, (variable, problem)| text + "\n  " + variable + " " + problem)
}

impl Config {
    /// Checks the settings against each other.
    ///
    /// # Errors
    /// Lists every problem, each with its variable and none with a secret value.
    pub fn from_settings(mut settings: Settings) -> Result<Self, ConfigError> {
        let mut problems = ConfigError::of(&settings);
        let compute = settings.compute();
        if compute == Compute::Ecs {
            settings.waits.shutdown_grace.get_or_insert(DISCOVERY_LAG);
        }
        for (variable, problem) in settings.waits.problems() {
            problems.add::<()>(&variable, problem);
        }
        let table = TableConfig::parse(&settings, &mut problems);
        let tenancy = tenancy(&settings.tenancy, compute, &mut problems);
        let auth = auth::parse(&settings, compute, &mut problems);
        match (table, tenancy, auth) {
            (Some(table), Some(tenancy), Some(auth)) if problems.0.is_empty() => {
                let tenant_rate = Rate::new(settings.limits.tenant_rate_limit, Quota::per_second);
                let sign_in_rate = settings.auth.sign_in_rate();
                Ok(Self { settings, compute, table, tenancy, tenant_rate, auth, sign_in_rate })
            }
            _ => Err(problems),
        }
    }
}

impl TableConfig {
    /// The part of the configuration that the admin commands need.
    ///
    /// # Errors
    /// Lists every problem of this part.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let mut problems = ConfigError::of(settings);
        let table = Self::parse(settings, &mut problems);
        table.filter(|_| problems.0.is_empty()).ok_or(problems)
    }

    fn parse(Settings { table: settings, waits, .. }: &Settings, problems: &mut ConfigError) -> Option<Self> {
        let name = problems.required("DYNAMODB_TABLE", settings.dynamodb_table.clone(), "the table's name");
        let endpoint = settings.dynamodb_endpoint.clone();
        // DynamoDB Local has no regions, but requests are signed for one.
        let is_local = endpoint.is_some() || problems.0.contains_key("DYNAMODB_ENDPOINT");
        let local_region = || is_local.then(|| "us-east-1".to_owned());
        let region = settings.aws_region.clone().or_else(local_region);
        let region = problems.required("AWS_REGION", region, "the table's region, like eu-central-1");
        Some(Self { name: name?, endpoint, region: region?, timeouts: waits.for_aws() })
    }
}

fn tenancy(settings: &TenancySettings, compute: Compute, problems: &mut ConfigError) -> Option<TenantResolver> {
    let header = settings.trusted_host_header.clone();
    match settings.tenant_resolution_mode {
        Some(TenantResolutionMode::Fixed) => {
            let tenant =
                problems.required("APP_TENANT_ID", settings.app_tenant_id.clone(), "the tenant, in fixed mode")?;
            Some(TenantResolver::fixed(tenant, header))
        }
        Some(TenantResolutionMode::Subdomain) => {
            let needed = "the domain above the tenants' hosts, in subdomain mode";
            let domain = problems.required("BASE_DOMAIN", settings.base_domain.clone(), needed)?;
            Some(TenantResolver::subdomain(domain, compute == Compute::Local, header))
        }
        None => problems.add("TENANT_RESOLUTION_MODE", "is not set: it must be fixed or subdomain"),
    }
}

impl ConfigError {
    /// Starts with the problems found while the settings were read.
    fn of(settings: &Settings) -> Self {
        Self(settings.problems.iter().cloned().collect())
    }

    /// Returns `None`, to stand in for the value. Keeps only a variable's first problem: one that could not be parsed
    /// is not also reported as missing.
    fn add<T>(&mut self, variable: &str, problem: impl Display) -> Option<T> {
        self.0.entry(variable.to_owned()).or_insert_with(|| problem.to_string());
        None
    }

    fn check<T, E: Display>(&mut self, variable: &str, result: Result<T, E>) -> Option<T> {
        result.map_or_else(|error| self.add(variable, format_args!("is not valid: {error}")), Some)
    }

    fn required<T>(&mut self, variable: &str, value: Option<T>, needed: &str) -> Option<T> {
        value.or_else(|| self.add(variable, format_args!("is not set: it must be {needed}")))
    }
}
