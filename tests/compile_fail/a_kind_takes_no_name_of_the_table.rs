//! The kinds of a product's entities cannot collide with what the table itself keeps.

use reference_architecture::table::Kind;

const OF_SESSIONS: Kind = Kind::new("SESSION");
const WITH_A_SEPARATOR: Kind = Kind::new("EXAMPLE#OTHER");
const EMPTY: Kind = Kind::new("");

fn main() {
    let _ = (OF_SESSIONS, WITH_A_SEPARATOR, EMPTY);
}
