//! There is no unconditional put, no verb without its condition, and no entity without the version of a change.

use reference_architecture::table::{Entity, Kind, UserTable};
use uuid::Uuid;

#[derive(serde::Serialize, serde::Deserialize)]
struct Unversioned(Uuid);

impl Entity for Unversioned {
    const KIND: Kind = Kind::new("UNVERSIONED");

    fn id(&self) -> Uuid {
        self.0
    }
}

fn write<E: Entity>(table: &UserTable, entity: &E, id: Uuid) {
    let _ = table.transaction().put(entity);
    let _ = table.transaction().delete::<E>(id);
    let _ = table.put(entity);
}

fn main() {}
