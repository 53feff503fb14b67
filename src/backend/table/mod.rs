//! The single table: the only module that speaks to DynamoDB.
//!
//! Every verb carries its condition: create refuses to overwrite, replace demands the version, delete
//! demands existence. Two writes of the table's own need none, since doing them twice does no harm: the user who
//! signs in, and the end of all sessions. There is deliberately no unconditional put, no scan, no batch and no list
//! without pages. Each verb works inside one tenant, which its [`Key`] proves.

mod client;
mod condition;
mod cursor;
mod error;
mod events;
mod idempotency;
mod item;
mod keys;
mod logins;
mod meter;
mod reads;
mod schema;
mod transaction;
mod users;

use aws_sdk_dynamodb::Client;
pub use condition::Expected;
pub use cursor::{Cursor, Page};
pub use error::TableError;
pub use events::EventReader;
pub use idempotency::Remembered;
pub use item::{Entity, Kind, Version};
pub use keys::{Key, UserPartition};
pub use logins::Login;
pub use meter::{Meter, Usage};
pub use transaction::{Refusal, Transaction};
pub use users::User;

/// The table, shared by all requests. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
}

/// The table as one user of one tenant sees it, for the time of one request.
#[derive(Clone, Debug)]
pub struct UserTable {
    table: Table,
    meter: Meter,
    partition: UserPartition,
}

impl Table {
    /// Narrows the table to what one user of one tenant may see. What it consumes is counted by `meter`.
    pub fn of_user(&self, partition: UserPartition, meter: Meter) -> UserTable {
        UserTable { table: self.clone(), meter, partition }
    }
}
