//! Text is no tenant, and without one there is no way into the table.

use reference_architecture::auth::UserId;
use reference_architecture::table::{Meter, Table};

fn narrow(table: &Table, user: UserId, meter: &Meter) {
    let _ = table.of_user("acme", user, meter);
    let _ = table.of_user(user, meter);
}

fn main() {}
