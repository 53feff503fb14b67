//! Login links and sessions: what a user holds a token for. Found by the token's hash, under the user that the token
//! names.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::keys::{Key, PK, SK, UserPartition};
use super::reads::TTL;
use super::transaction::MOST_WRITES;
use super::{TableError, Transaction, UserTable};
use crate::analytics::Event;
use crate::auth::Principal;
use crate::timestamp::Millis;

/// How long a link can be used.
const LINK_LIFETIME: SignedDuration = SignedDuration::from_mins(15);

/// Remembers when the last ten links were made for an address, the latest as `t0`. Each value moves up by one, since
/// right-hand sides see the item as it was before the update (developer guide, "Update expressions").
const ANOTHER_LINK: &str = "SET t0 = :now, t1 = if_not_exists(t0, :never), t2 = if_not_exists(t1, :never), \
                            t3 = if_not_exists(t2, :never), t4 = if_not_exists(t3, :never), \
                            t5 = if_not_exists(t4, :never), t6 = if_not_exists(t5, :never), \
                            t7 = if_not_exists(t6, :never), t8 = if_not_exists(t7, :never), \
                            t9 = if_not_exists(t8, :never), #ttl = :expiry";

/// At most one link in any minute, and ten in any hour.
const FEW_LINKS: &str = "attribute_not_exists(#pk) OR (t0 <= :minute_ago AND t9 <= :hour_ago)";

/// What is stored for a link or a session, beside its key and expiry.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The address that the user signed in with, or asked for a link for.
    pub email: String,
    /// When it was made.
    pub created_at: Millis,
}

impl Login {
    /// Made now.
    pub fn new(email: String) -> Self {
        Self { email, created_at: Millis::now() }
    }
}

/// SHA-256 of a token's secret.
pub type TokenHash = [u8; 32];

impl UserTable {
    /// Stores a link, unless there were too many. Links that were stored before stay valid, so that nobody locks
    /// somebody else out by asking in their name. `false`: too many, and nothing was stored.
    ///
    /// # Errors
    /// When the table cannot be written.
    pub async fn add_link(&self, link: &TokenHash, login: &Login) -> Result<bool, TableError> {
        let now = login.created_at;
        let text = |time: Timestamp| AttributeValue::S(Millis(time).to_string());
        let values = [
            (":now", text(now.0)),
            (":minute_ago", text(now.0 - 1.minute())),
            (":hour_ago", text(now.0 - 1.hour())),
            (":never", text(Timestamp::UNIX_EPOCH)),
            (":expiry", AttributeValue::N((now.0 + 1.hour()).as_second().to_string())),
        ];
        let names = [("#pk", PK), ("#ttl", TTL)];
        let change = self
            .transaction()
            .update(&self.partition.login_rate(), ANOTHER_LINK, Some(FEW_LINKS), names, values)
            .put(&self.partition.login(link), login, Some(Millis(now.0 + LINK_LIFETIME)), Condition::absent());
        match change.send().await {
            Ok(()) => Ok(true),
            // A conflict that outlasts all tries also means that links are requested too often.
            Err(TableError::Refused(_) | TableError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The link with this hash, unless it was used or has expired.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn link(&self, link: &TokenHash) -> Result<Option<Login>, TableError> {
        self.table.get(&self.meter, &self.partition.login(link)).await
    }

    /// The session with this hash, unless it was ended or has expired.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn session(&self, session: &TokenHash) -> Result<Option<Login>, TableError> {
        self.table.get(&self.meter, &self.partition.session(session)).await
    }

    /// Turns a link into a session. Refused when the link is gone: of many at once, one succeeds.
    ///
    /// # Errors
    /// [`TableError::Refused`] when the link is gone.
    pub async fn sign_in(
        &self,
        link: &TokenHash,
        session: &TokenHash,
        expires: Millis,
        principal: &Principal,
        login: &Login,
        event: &Event,
    ) -> Result<(), TableError> {
        self.transaction()
            .delete_key(&self.partition.login(link), Some(Condition::present()))
            .put(&self.partition.session(session), login, Some(expires), Condition::absent())
            .upsert_user(&event.tenant, principal)
            .commit(event)
            .await
    }

    /// Ends a session, unless it had ended already.
    ///
    /// # Errors
    /// When the table cannot be written.
    pub async fn sign_out(&self, session: &TokenHash, event: &Event) -> Result<(), TableError> {
        let delete = self.transaction().delete_key(&self.partition.session(session), Some(Condition::present()));
        match delete.commit(event).await {
            Err(TableError::Refused(_)) => Ok(()),
            ended => ended,
        }
    }

    /// Ends all of the user's links, which could make new sessions, then all sessions. The last write takes `own` and
    /// the event: a user who is interrupted is still signed in and can try again.
    ///
    /// # Errors
    /// When the table cannot be read or written.
    pub async fn sign_out_everywhere(&self, own: &TokenHash, event: &Event) -> Result<(), TableError> {
        for part in self.login_keys(UserPartition::LINKS).await?.chunks(MOST_WRITES) {
            self.end(part).send().await?;
        }
        // Read only now, to include sessions from links that were used in the meantime.
        let mut sessions = self.login_keys(UserPartition::SESSIONS).await?;
        let own = self.partition.session(own);
        sessions.sort_by_key(|session| *session == own);
        // One write is for the event.
        let mut parts = sessions.chunks(MOST_WRITES - 1).peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_some() {
                self.end(part).send().await?;
            } else {
                self.end(part).commit(event).await?;
            }
        }
        Ok(())
    }

    /// No condition: what has ended at the same moment is as good as ended here.
    fn end(&self, logins: &[Key]) -> Transaction {
        logins.iter().fold(self.transaction(), |delete, key| delete.delete_key(key, None))
    }

    async fn login_keys(&self, prefix: &str) -> Result<Vec<Key>, TableError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let mut pages = query
            .key_condition_expression(format!("{PK} = :pk AND begins_with({SK}, :prefix)"))
            .projection_expression(SK)
            .expression_attribute_values(":pk", AttributeValue::S(self.partition.as_str().to_owned()))
            .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .into_paginator()
            .send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await.transpose()? {
            self.meter.round_trip();
            self.meter.read(&page.consumed_capacity);
            let sort_keys =
                page.items.into_iter().flatten().filter_map(|mut item| item.remove(SK)?.as_s().ok().cloned());
            keys.extend(sort_keys.map(|sort| self.partition.key(sort)));
        }
        Ok(keys)
    }
}
