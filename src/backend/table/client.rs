use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Credentials;

use super::Table;
use crate::config::TableConfig;

/// The first attempt and two retries: enough for a lost connection, too few to pile up in an outage.
const ATTEMPTS: u32 = 3;

/// DynamoDB answers within milliseconds, so the SDK's one second would waste the budget of the operation.
const FIRST_BACKOFF: Duration = Duration::from_millis(50);

impl Table {
    /// Makes the client. Touches no network but the credential sources that the SDK may ask.
    pub async fn connect(config: &TableConfig) -> Self {
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF);
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(config.region.clone()))
            .timeout_config(config.waits.for_aws())
            .retry_config(retries);
        if let Some(endpoint) = &config.endpoint {
            // An emulator wants credentials but must never get real ones.
            loader = loader
                .endpoint_url(endpoint)
                .credentials_provider(Credentials::new("local", "local", None, None, "local"));
        }
        Self { client: Client::new(&loader.load().await), name: config.name.clone() }
    }
}
