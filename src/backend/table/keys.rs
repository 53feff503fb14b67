//! All key text of the table is made here, and nowhere else.
//!
//! Keys cannot collide and none is the prefix of another: tenants are DNS labels, users and ids are
//! UUIDs, kinds are capital letters, so the `#` between them never occurs inside one.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::item::Kind;
use super::logins::TokenHash;
use crate::auth::UserId;
use crate::tenancy::TenantId;
use crate::timestamp::Millis;

/// Name of the partition key attribute.
pub(super) const PK: &str = "PK";
/// Name of the sort key attribute.
pub(super) const SK: &str = "SK";

/// How many partitions a tenant's events of one day are spread over. A partition takes 1,000 write units a second, and
/// an event in a transaction costs 2 of them: a tenant can record 2,000 events a second.
const EVENT_SHARDS: u8 = 4;
const _: () = assert!(EVENT_SHARDS <= 10, "with two digits one partition would begin with the name of another");

/// The place of one item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub(super) partition: String,
    pub(super) sort: String,
}

/// All that belongs to one user of one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UserPartition(String);

impl UserPartition {
    /// What the sort keys of all links begin with.
    pub(super) const LINKS: &str = "LOGIN#";
    /// What the sort keys of all sessions begin with.
    pub(super) const SESSIONS: &str = "SESSION#";

    /// The partition of `user` in `tenant`.
    pub fn new(tenant: &TenantId, user: UserId) -> Self {
        Self(format!("TENANT#{tenant}#USER#{user}"))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn entity(&self, kind: Kind, id: Uuid) -> Key {
        self.key(format!("{}{id}", Self::prefix(kind)))
    }

    /// What the sort keys of all entities of this kind begin with.
    pub(super) fn prefix(kind: Kind) -> String {
        format!("{kind}#")
    }

    /// The record of a request that carried this idempotency key. Hashed, since a client chose the text.
    pub(super) fn idempotency(&self, idempotency_key: &str) -> Key {
        self.key(format!("IDEMPOTENCY#{}", hex(&Sha256::digest(idempotency_key).into())))
    }

    /// A link that was mailed.
    pub(super) fn login(&self, token: &TokenHash) -> Key {
        self.key(format!("{}{}", Self::LINKS, hex(token)))
    }

    /// When the last links were mailed.
    pub(super) fn login_rate(&self) -> Key {
        self.key("LOGIN_RATE".to_owned())
    }

    /// A session.
    pub(super) fn session(&self, token: &TokenHash) -> Key {
        self.key(format!("{}{}", Self::SESSIONS, hex(token)))
    }

    pub(super) fn key(&self, sort: String) -> Key {
        Key { partition: self.0.clone(), sort }
    }
}

impl Key {
    /// A user in the directory of the tenant.
    pub(super) fn user(tenant: &TenantId, user: UserId) -> Self {
        Self { partition: format!("TENANT#{tenant}#USERS"), sort: format!("USER#{user}") }
    }

    /// An event; its id, a UUIDv7, tells the day and, by its random end, the shard.
    pub(super) fn event(tenant: &TenantId, id: Uuid) -> Self {
        let [.., last] = *id.as_bytes();
        let partition = event_partition(tenant, Millis::of(id).day(), last % EVENT_SHARDS);
        Self { partition, sort: id.to_string() }
    }

    pub(super) fn attributes(&self) -> HashMap<String, AttributeValue> {
        [(PK, &self.partition), (SK, &self.sort)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.clone())))
            .collect()
    }
}

/// The partitions that together hold a tenant's events of one UTC day.
pub(super) fn event_partitions(tenant: &TenantId, day: Date) -> impl Iterator<Item = String> {
    (0..EVENT_SHARDS).map(move |shard| event_partition(tenant, day, shard))
}

fn event_partition(tenant: &TenantId, day: Date, shard: u8) -> String {
    format!("TENANT#{tenant}#EVENTS#{day}#{shard}")
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn hex(hash: &[u8; 32]) -> String {
    let halves = hash.as_chunks().0.iter().copied().map(u128::from_be_bytes);
    halves.fold(String::new(), |text, half| format!("{text}{half:032x}"))
}

#[cfg(test)]
mod tests;
