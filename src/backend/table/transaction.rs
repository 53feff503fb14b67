use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError as CallError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, ReturnConsumedCapacity, TransactWriteItem, Update};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use uuid::Uuid;

use super::condition::{Condition, Versions};
use super::keys::{PK, SK};
use super::reads::TTL;
use super::{Entity, Key, TableError, UserTable};
use crate::analytics::Event;
use crate::timestamp::Millis;

/// Writes in one transaction (DynamoDB quota).
pub(super) const MOST_WRITES: usize = 100;

/// The most milliseconds of the random wait before each further try, when other transactions touch the same item at the
/// same moment.
const CONFLICT_BACKOFFS: [u64; 3] = [40, 80, 160];

/// Writes that happen all together, with the event that tells of them, or not at all.
#[must_use = "nothing is written before `commit`"]
#[derive(Debug)]
pub struct Transaction {
    pub(super) table: UserTable,
    /// In the order of the calls, the event last. An item that cannot be built is told at the end.
    writes: Result<Vec<TransactWriteItem>, TableError>,
    /// Which of them remembers the request, if one does.
    record: Option<usize>,
}

/// A condition that was not met.
#[derive(Debug)]
pub struct Refusal {
    /// Which write, counted from 0 in the order of the calls.
    pub write: usize,
    /// Whether it is the one that remembers the request, which thus repeats another.
    pub is_repeat: bool,
    found: HashMap<String, AttributeValue>,
}

impl Refusal {
    /// What stood there when the write was refused, if anything.
    ///
    /// # Errors
    /// When it is not a `T`.
    pub fn found<T: DeserializeOwned>(self) -> Result<Option<T>, TableError> {
        let found = Some(self.found).filter(|item| !item.is_empty());
        Ok(found.map(serde_dynamo::from_item).transpose()?)
    }
}

impl UserTable {
    /// Begins a change. It ends with [`Transaction::commit`], which demands the event that tells of it.
    pub fn transaction(&self) -> Transaction {
        Transaction { table: self.clone(), writes: Ok(Vec::new()), record: None }
    }
}

impl Transaction {
    /// Writes a new entity; refused when there is one with its id.
    pub fn create<E: Entity>(self, entity: &E) -> Self {
        let key = self.table.partition.entity(E::KIND, entity.id());
        self.put(&key, entity, None, Condition::absent())
    }

    /// Writes a changed entity over the version before; refused when it is absent or in another version.
    pub fn replace<E: Entity>(self, changed: &E) -> Self {
        let key = self.table.partition.entity(E::KIND, changed.id());
        self.put(&key, changed, None, Condition::version(&[changed.version().saturating_sub(1)]))
    }

    /// Removes an entity; refused when it is absent or in a version that is not `expected`.
    pub fn delete<E: Entity>(self, id: Uuid, expected: &Versions) -> Self {
        let key = self.table.partition.entity(E::KIND, id);
        self.delete_key(&key, Some(Condition::expected(expected)))
    }

    /// Writes everything together with the event that tells of it; refused if that would overwrite another event:
    /// history is append-only.
    ///
    /// # Errors
    /// [`TableError::Refused`] when a condition was not met.
    pub async fn commit(self, event: &Event) -> Result<(), TableError> {
        let key = Key::event(&event.tenant, event.id);
        self.put(&key, event, None, Condition::absent()).send().await
    }

    pub(super) fn delete_key(self, key: &Key, condition: Option<Condition>) -> Self {
        let delete = Delete::builder().table_name(&self.table.table.name).set_key(Some(key.attributes()));
        let delete = match condition {
            Some(condition) => delete
                .condition_expression(condition.expression)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .return_values_on_condition_check_failure(AllOld),
            None => delete,
        };
        let write = delete.build().map(|delete| TransactWriteItem::builder().delete(delete).build());
        self.push(write.map_err(TableError::from))
    }

    pub(super) fn update<const N: usize, const V: usize>(
        self,
        key: &Key,
        expression: &str,
        condition: Option<&str>,
        names: [(&str, &str); N],
        values: [(&str, AttributeValue); V],
    ) -> Self {
        let write = Update::builder()
            .table_name(&self.table.table.name)
            .set_key(Some(key.attributes()))
            .update_expression(expression)
            .set_condition_expression(condition.map(str::to_owned))
            .set_expression_attribute_names(Some(names.map(|(name, text)| (name.to_owned(), text.to_owned())).into()))
            .set_expression_attribute_values(Some(values.map(|(name, value)| (name.to_owned(), value)).into()))
            .build()
            .map(|update| TransactWriteItem::builder().update(update).build());
        self.push(write.map_err(TableError::from))
    }

    /// The next write is the one that remembers the request.
    pub(super) fn with_record(mut self) -> Self {
        self.record = self.writes.as_ref().ok().map(Vec::len);
        self
    }

    pub(super) fn put(self, key: &Key, item: &impl Serialize, expires: Option<Millis>, condition: Condition) -> Self {
        let write = serde_dynamo::to_item(item).map_err(TableError::from).and_then(|mut item: HashMap<_, _>| {
            if let Some(name) = [PK, SK, TTL].into_iter().find(|name| item.contains_key(*name)) {
                return Err(TableError::Reserved(name));
            }
            item.extend(key.attributes());
            if let Some(expires) = expires {
                item.insert(TTL.to_owned(), AttributeValue::N(expires.0.as_second().to_string()));
            }
            let put = Put::builder()
                .table_name(&self.table.table.name)
                .set_item(Some(item))
                .condition_expression(condition.expression)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .return_values_on_condition_check_failure(AllOld)
                .build()?;
            Ok(TransactWriteItem::builder().put(put).build())
        });
        self.push(write)
    }

    fn push(mut self, write: Result<TransactWriteItem, TableError>) -> Self {
        self.writes = self.writes.and_then(|mut writes| {
            writes.push(write?);
            Ok(writes)
        });
        self
    }

    /// Without an event: for what only the table itself knows of.
    pub(super) async fn send(self) -> Result<(), TableError> {
        let (writes, record) = (self.writes?, self.record);
        let UserTable { table, meter, .. } = self.table;
        // One token for all tries, so that one that succeeded, but whose answer was lost, is not repeated.
        let token = Uuid::now_v7().to_string();
        unless_conflicting(|| async {
            meter.round_trip();
            let output = table
                .client
                .transact_write_items()
                .set_transact_items(Some(writes.clone()))
                .client_request_token(&token)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(|error| read_reasons(error, record))?;
            meter.written(output.consumed_capacity());
            Ok(())
        })
        .await
    }
}

/// Tries a write again, after a moment, while transactions of others touch the same item.
pub(super) async fn unless_conflicting<T, F>(write: impl Fn() -> F) -> Result<T, TableError>
where
    F: Future<Output = Result<T, TableError>>,
{
    for backoff in CONFLICT_BACKOFFS {
        match write().await {
            Err(TableError::Conflict) => sleep(Duration::from_millis(rand::random_range(0..backoff))).await,
            done => return done,
        }
    }
    write().await
}

/// Reads a cancelled transaction reason by reason: there is one for each write, in their order.
fn read_reasons<R>(error: SdkError<CallError, R>, record: Option<usize>) -> TableError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let Some(CallError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return error.into();
    };
    let reasons = cancelled.cancellation_reasons();
    // A condition outranks the rest: it will not be met on the next try either.
    let refused = reasons.iter().position(|reason| reason.code() == Some("ConditionalCheckFailed"));
    if let Some((write, reason)) = refused.and_then(|write| Some((write, reasons.get(write)?))) {
        let found = reason.item.clone().unwrap_or_default();
        return TableError::Refused(Refusal { write, is_repeat: record == Some(write), found });
    }
    let code = reasons.iter().filter_map(|reason| reason.code()).find(|code| *code != "None");
    let code = code.unwrap_or("None").to_owned();
    TableError::from_code(&code, error.into())
}

#[cfg(test)]
#[cfg(feature = "embedded")]
mod tests;
