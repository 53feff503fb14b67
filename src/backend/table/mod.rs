//! The single table: the only module that speaks to DynamoDB.
//!
//! Every verb carries its condition: create refuses to overwrite, replace demands the version, delete
//! demands existence. Two writes of the table's own need none, since repeating them does no harm: saving the user
//! who signs in, and ending all sessions. There is deliberately no unconditional put, no scan, no batch and no list
//! without pages. Each verb works inside one tenant, which its [`Key`] proves.

mod condition;
mod cursor;
mod error;
mod events;
mod idempotency;
mod item;
mod keys;
mod logins;
mod meter;
mod reads;
mod schema;
mod transaction;
mod users;

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials;
pub use condition::Versions;
pub use cursor::{Cursor, Page};
pub use error::TableError;
pub use events::EventReader;
pub use idempotency::Remembered;
pub use item::{Entity, Kind, NO_VERSION, Version};
pub use keys::Key;
use keys::UserPartition;
pub use logins::Login;
pub use meter::{Meter, Usage};
pub use transaction::{Refusal, Transaction};
pub use users::User;

use crate::auth::UserId;
use crate::config::TableConfig;
use crate::tenancy::TenantId;

/// The first attempt and two retries: enough for a lost connection, too few to pile up in an outage.
const ATTEMPTS: u32 = 3;

/// DynamoDB answers within milliseconds, so the SDK's one second would waste the budget of the operation.
const FIRST_BACKOFF: Duration = Duration::from_millis(50);

/// The table, shared by all requests. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
}

/// The table as one user of one tenant sees it, for the time of one request.
#[derive(Clone, Debug)]
pub struct UserTable {
    table: Table,
    meter: Meter,
    partition: UserPartition,
}

impl Table {
    /// Makes the client. Touches no network but the credential sources that the SDK may ask.
    pub async fn connect(config: &TableConfig) -> Self {
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF);
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(config.region.clone()))
            .timeout_config(config.timeouts.clone())
            .retry_config(retries);
        if let Some(endpoint) = &config.endpoint {
            // An emulator wants credentials but must never get real ones. What the environment says of AWS's other
            // endpoints does not apply to it, nor, on plain HTTP, what it says of proxies.
            loader = loader
                .endpoint_url(endpoint)
                .use_fips(false)
                .use_dual_stack(false)
                .credentials_provider(Credentials::new("local", "local", None, None, "local"));
            if endpoint.starts_with("http:") {
                loader = loader.http_client(aws_smithy_http_client::Builder::new().build_http());
            }
        }
        Self { client: Client::new(&loader.load().await), name: config.name.clone() }
    }

    /// Narrows the table to what one user of one tenant may see. What it consumes is counted by `meter`.
    pub fn of_user(&self, tenant: &TenantId, user: UserId, meter: &Meter) -> UserTable {
        UserTable { table: self.clone(), meter: meter.clone(), partition: UserPartition::new(tenant, user) }
    }
}
