use std::collections::{HashMap, VecDeque};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;
use serde_json::Value;

use super::{
    Table, TableError,
    keys::{PK, SK, event_partitions},
};
use crate::tenancy::TenantId;

/// Reads a tenant's events of one UTC day in the order of time, by merging the day's shards. Holds at most
/// one page of each shard.
#[derive(Debug)]
pub struct EventReader {
    table: Table,
    shards: Vec<Shard>,
}

type Item = HashMap<String, AttributeValue>;

#[derive(Debug)]
struct Shard {
    partition: String,
    page: VecDeque<Item>,
    /// Where the next page begins; `None` once the last page was read.
    next: Option<Option<Item>>,
}

impl EventReader {
    /// Begins at the start of `day`.
    #[must_use]
    pub fn new(table: &Table, tenant: &TenantId, day: Date) -> Self {
        let shard = |partition| Shard { partition, page: VecDeque::new(), next: Some(None) };
        Self { table: table.clone(), shards: event_partitions(tenant, day).map(shard).collect() }
    }

    /// The next event as JSON; `None` at the end of the day.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn next(&mut self) -> Result<Option<Value>, TableError> {
        for shard in &mut self.shards {
            shard.fill(&self.table).await?;
        }
        let earliest = self.shards.iter_mut().filter(|shard| !shard.page.is_empty()).min_by(|a, b| {
            let id = |shard: &Shard| shard.page.front().and_then(|item| item.get(SK)?.as_s().ok().cloned());
            id(a).cmp(&id(b))
        });
        let Some(mut item) = earliest.and_then(|shard| shard.page.pop_front()) else {
            return Ok(None);
        };
        item.retain(|name, _| name != PK && name != SK);
        Ok(Some(serde_dynamo::from_item(item)?))
    }
}

impl Shard {
    /// Reads pages until there is an item or the shard ends; a page may be empty and not the last.
    async fn fill(&mut self, table: &Table) -> Result<(), TableError> {
        while self.page.is_empty()
            && let Some(start) = self.next.take()
        {
            let output = table
                .client
                .query()
                .table_name(&table.name)
                .key_condition_expression("#pk = :pk")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_values(":pk", AttributeValue::S(self.partition.clone()))
                .set_exclusive_start_key(start)
                .send()
                .await?;
            self.page.extend(output.items.unwrap_or_default());
            self.next = output.last_evaluated_key.map(Some);
        }
        Ok(())
    }
}
