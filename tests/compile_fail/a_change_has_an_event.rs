//! What changes something tells so: a commit demands the event, and nothing else sends.

use reference_architecture::table::{Entity, UserTable};

async fn change<E: Entity>(table: &UserTable, entity: &E) {
    let _ = table.transaction().create(entity).commit().await;
    let _ = table.transaction().create(entity).send().await;
}

fn main() {}
