use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::query::QueryError;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_async::future::pagination_stream::PaginationStream;
use jiff::civil::Date;
use serde_json::Value;

use super::keys::{PK, SK, event_partitions};
use super::{Table, TableError};
use crate::tenancy::TenantId;

type Item = HashMap<String, AttributeValue>;
type Stream = PaginationStream<Result<Item, SdkError<QueryError>>>;

/// Reads a tenant's events of one UTC day in the order of time, by merging the day's shards. Holds at most one page
/// of each shard.
#[derive(Debug)]
pub struct EventReader {
    /// Each with its next event, once that is read.
    shards: Vec<(Option<Item>, Stream)>,
}

impl EventReader {
    /// Begins at the start of `day`.
    pub fn new(table: &Table, tenant: &TenantId, day: Date) -> Self {
        let shard = |partition| {
            let query = table.client.query().table_name(&table.name);
            let query = query.key_condition_expression(format!("{PK} = :pk"));
            let query = query.expression_attribute_values(":pk", AttributeValue::S(partition));
            (None, query.into_paginator().items().send())
        };
        Self { shards: event_partitions(tenant, day).map(shard).collect() }
    }

    /// The next event as JSON; `None` at the end of the day.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn next(&mut self) -> Result<Option<Value>, TableError> {
        for (head, rest) in &mut self.shards {
            if head.is_none() {
                *head = rest.next().await.transpose()?;
            }
        }
        // Sort keys are UUIDv7s: their order is that of time.
        let sort_key = |item: &Item| item.get(SK).and_then(|key| key.as_s().ok().cloned());
        let heads = self.shards.iter_mut().map(|(head, _)| head).filter(|head| head.is_some());
        let earliest = heads.min_by_key(|head| head.as_ref().and_then(sort_key));
        let Some(mut item) = earliest.and_then(Option::take) else { return Ok(None) };
        item.retain(|name, _| name != PK && name != SK);
        Ok(Some(serde_dynamo::from_item(item)?))
    }
}
