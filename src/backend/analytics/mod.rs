//! Append-only events: what happened, told once, never changed.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::auth::UserId;
use crate::http::RequestId;
use crate::tenancy::TenantId;
use crate::timestamp::Millis;

/// The version of the form of an event.
const VERSION: u8 = 1;

/// What can happen. An enum, so that a misspelt name does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum EventName {
    /// An example was made. Properties: `id`.
    #[serde(rename = "example.created")]
    ExampleCreated,
    /// An example was renamed. Properties: `id`, `version`.
    #[serde(rename = "example.changed")]
    ExampleChanged,
    /// An example was deleted. Properties: `id`.
    #[serde(rename = "example.deleted")]
    ExampleDeleted,
    /// A link was turned into a session. No properties.
    #[serde(rename = "user.signed_in")]
    SignedIn,
    /// A session was ended, or all of the user's. Properties: `everywhere`.
    #[serde(rename = "user.signed_out")]
    SignedOut,
}

/// Something that happened. Made by [`Scope::event`](crate::scope::Scope::event), or by sign-in, which has
/// no scope yet; written by [`Transaction::commit`](crate::table::Transaction::commit); and readable only in exports.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub(crate) id: Uuid,
    name: EventName,
    at: Millis,
    pub(crate) tenant: TenantId,
    actor: UserId,
    request_id: RequestId,
    version: u8,
    props: Value,
}

impl Event {
    pub(crate) fn new(name: EventName, props: Value, tenant: TenantId, actor: UserId, request_id: RequestId) -> Self {
        let id = Uuid::now_v7();
        Self { id, name, at: Millis::of(id), tenant, actor, request_id, version: VERSION, props }
    }
}
