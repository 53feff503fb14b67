use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::condition::Condition;
use super::keys::hex;
use super::{TableError, Transaction};
use crate::timestamp::Millis;

/// How long a repeated request is recognised.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The record of a request that carried an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Remembered {
    fingerprint: String,
    /// The id that the request's result was given.
    pub result: Uuid,
}

impl Remembered {
    /// `operation` and the whole `input` tell apart requests that reuse a key.
    ///
    /// # Errors
    /// When `input` has no JSON form.
    pub fn new(operation: &str, input: &impl Serialize, result: Uuid) -> Result<Self, TableError> {
        let digest = Sha256::digest(serde_json::to_vec(&(operation, input))?);
        Ok(Self { fingerprint: hex(&digest.into()), result })
    }

    /// Whether both records are of the same request.
    pub fn is_same_request(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Transaction {
    /// Writes the record of this request; refused when the key was used within the last 24 hours.
    pub fn remember(self, idempotency_key: &str, request: &Remembered) -> Self {
        let key = self.table.partition.idempotency(idempotency_key);
        let expires = Millis(Millis::now().0 + REMEMBERED_FOR);
        self.with_record().put(&key, request, Some(expires), Condition::absent_or_expired())
    }
}
