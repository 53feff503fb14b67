//! Keys are made in the table layer alone.

use reference_architecture::table::Key;

fn main() {
    let _ = Key { partition: "TENANT#acme#USERS".to_owned(), sort: "USER#1".to_owned() };
}
