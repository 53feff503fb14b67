//! There is no unconditional put, and no verb without its condition.

use reference_architecture::table::{Entity, UserTable};
use uuid::Uuid;

fn write<E: Entity>(table: &UserTable, entity: &E, id: Uuid) {
    let _ = table.transaction().put(entity);
    let _ = table.transaction().replace(entity);
    let _ = table.transaction().delete::<E>(id);
    let _ = table.put(entity);
}

fn main() {}
