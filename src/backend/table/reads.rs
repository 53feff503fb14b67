use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::keys::{PK, SK, UserPartition};
use super::meter::Meter;
use super::{Cursor, Entity, Key, Page, Table, TableError, UserTable};
use crate::timestamp::Millis;

/// Name of the attribute with the epoch second after which an item counts as absent.
pub(super) const TTL: &str = "ttl";

impl UserTable {
    /// The entity with this id, as it is now.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn get<E: Entity>(&self, id: Uuid) -> Result<Option<E>, TableError> {
        self.table.get(&self.meter, &self.partition.entity(E::KIND, id)).await
    }

    /// One page of at most `limit` entities, newest first.
    ///
    /// # Errors
    /// When `after` is not a cursor of this list, or the table cannot be read.
    pub async fn list<E: Entity>(&self, limit: u8, after: Option<Cursor>) -> Result<Page<E>, TableError> {
        let open = |cursor: Cursor| cursor.open(&self.partition, E::KIND).ok_or(TableError::InvalidCursor);
        let start = after.map(open).transpose()?;
        self.meter.round_trip();
        // One more than wanted tells whether there is a next page without a page that turns out empty.
        let output = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :kind)"))
            .expression_attribute_values(":pk", AttributeValue::S(self.partition.as_str().to_owned()))
            .expression_attribute_values(":kind", AttributeValue::S(UserPartition::prefix(E::KIND)))
            .set_exclusive_start_key(start.map(|id| self.partition.entity(E::KIND, id).attributes()))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::from(limit) + 1)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await?;
        self.meter.read(&output.consumed_capacity);
        let mut items: Vec<E> = serde_dynamo::from_items(output.items.unwrap_or_default())?;
        // DynamoDB ends a page at 1 MB, whatever the limit.
        let more = items.len() > usize::from(limit) || output.last_evaluated_key.is_some();
        items.truncate(usize::from(limit));
        let last = items.last().filter(|_| more);
        let next = last.map(|last| Cursor::new(&self.partition, E::KIND, last.id()));
        Ok(Page { items, next })
    }
}

impl Table {
    pub(super) async fn get<T: DeserializeOwned>(&self, meter: &Meter, key: &Key) -> Result<Option<T>, TableError> {
        meter.round_trip();
        let output = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await?;
        meter.read(&output.consumed_capacity);
        let item = output.item.filter(|item| !is_expired(item));
        Ok(item.map(serde_dynamo::from_item).transpose()?)
    }
}

/// DynamoDB deletes an expired item only some time later (developer guide, "Using time to live").
fn is_expired(item: &HashMap<String, AttributeValue>) -> bool {
    let expiry = item.get(TTL).and_then(|ttl| ttl.as_n().ok()).and_then(|ttl| ttl.parse::<i64>().ok());
    expiry.is_some_and(|expiry| expiry <= Millis::now().0.as_second())
}
