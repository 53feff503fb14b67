//! What the table must be like. Terraform makes it in production; `table create` makes the same elsewhere.

use std::time::Duration;

use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableDescription, TableStatus,
    TimeToLiveSpecification, TimeToLiveStatus,
};
use tokio::time::{sleep, timeout};

use super::keys::{PK, SK};
use super::reads::TTL;
use super::{Table, TableError};

const KEYS: [(&str, KeyType); 2] = [(PK, KeyType::Hash), (SK, KeyType::Range)];

/// For a table to be made; AWS takes seconds.
const BOUND: Duration = Duration::from_mins(2);

/// Between two looks at it.
const POLL_EVERY: Duration = Duration::from_millis(500);

impl Table {
    /// Makes the table unless it exists, and waits until it can be used.
    ///
    /// # Errors
    /// When DynamoDB refuses, cannot be reached, or takes longer than two minutes.
    pub async fn create(&self) -> Result<(), TableError> {
        let mut request = self.client.create_table().table_name(&self.name);
        for (name, key_type) in KEYS {
            let attribute = AttributeDefinition::builder().attribute_name(name);
            let element = KeySchemaElement::builder().attribute_name(name).key_type(key_type);
            request = request
                .attribute_definitions(attribute.attribute_type(ScalarAttributeType::S).build()?)
                .key_schema(element.build()?);
        }
        match request.billing_mode(BillingMode::PayPerRequest).send().await {
            Err(error) if error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception) => {}
            made => drop(made?),
        }
        // The SDK's own waiter looks every 20 seconds, and takes no table that is being updated.
        let usable = timeout(BOUND, async {
            loop {
                if let Some(table) = self.describe().await?.filter(takes_requests) {
                    return Ok::<_, TableError>(table);
                }
                sleep(POLL_EVERY).await;
            }
        });
        let table = usable.await.map_err(|elapsed| TableError::Unavailable(elapsed.into()))??;
        // Never on somebody else's table: DynamoDB would delete items from it. Enabling it twice is an error.
        if key_differences(&table).is_empty() && self.ttl_attribute().await?.is_none() {
            let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(TTL).build()?;
            self.client.update_time_to_live().table_name(&self.name).time_to_live_specification(ttl).send().await?;
        }
        Ok(())
    }

    /// Whether the table answers and takes reads and writes.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn is_usable(&self) -> Result<bool, TableError> {
        Ok(self.describe().await?.as_ref().is_some_and(takes_requests))
    }

    /// How the real table differs from what the code needs, a sentence each.
    ///
    /// # Errors
    /// When DynamoDB refuses or cannot be reached.
    pub async fn differences(&self) -> Result<Vec<String>, TableError> {
        let Some(table) = self.describe().await? else {
            return Ok(vec![format!("the table `{}` does not exist", self.name)]);
        };
        let mut differences = key_differences(&table);
        if !table.global_secondary_indexes().is_empty() || !table.local_secondary_indexes().is_empty() {
            differences.push("there are indexes, which every write pays for and nothing reads".to_owned());
        }
        if self.ttl_attribute().await?.as_deref() != Some(TTL) {
            differences.push(format!("time to live is not enabled on the attribute `{TTL}`"));
        }
        Ok(differences)
    }

    async fn describe(&self) -> Result<Option<TableDescription>, TableError> {
        match self.client.describe_table().table_name(&self.name).send().await {
            Err(error) if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) => {
                Ok(None)
            }
            described => Ok(described?.table),
        }
    }

    async fn ttl_attribute(&self) -> Result<Option<String>, TableError> {
        let output = self.client.describe_time_to_live().table_name(&self.name).send().await?;
        let enabled = output.time_to_live_description.filter(|ttl| {
            matches!(ttl.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
        });
        Ok(enabled.and_then(|ttl| ttl.attribute_name))
    }
}

fn takes_requests(table: &TableDescription) -> bool {
    matches!(table.table_status, Some(TableStatus::Active | TableStatus::Updating))
}

fn key_differences(table: &TableDescription) -> Vec<String> {
    let mut differences = Vec::new();
    let keys: Vec<_> = table.key_schema().iter().map(|key| (key.attribute_name(), key.key_type().clone())).collect();
    if keys != KEYS {
        differences.push(format!("the keys are {keys:?} instead of {KEYS:?}"));
    }
    for attribute in table.attribute_definitions() {
        if attribute.attribute_type != ScalarAttributeType::S {
            differences.push(format!("the attribute `{}` is not a string", attribute.attribute_name));
        }
    }
    differences
}
