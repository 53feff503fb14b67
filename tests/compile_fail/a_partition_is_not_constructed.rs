//! The text of a partition is private.

use reference_architecture::table::UserPartition;

fn main() {
    let _ = UserPartition("TENANT#acme#USERS".to_owned());
}
