//! Nothing outside of the table layer speaks to DynamoDB, or reads and writes by key.

use reference_architecture::table::{Entity, Key, Meter, Table, UserTable};

fn reach<E: Entity>(table: &Table, user_table: &UserTable, key: &Key, meter: &Meter) {
    let _ = &table.client;
    let _ = &user_table.table;
    let _ = table.get::<E>(meter, key);
}

fn main() {}
