//! Text is no tenant, and without one there is no partition.

use reference_architecture::{auth::UserId, table::UserPartition};

fn partition(user: UserId) {
    let _ = UserPartition::new("acme", user);
    let _ = UserPartition::new(user);
}

fn main() {}
