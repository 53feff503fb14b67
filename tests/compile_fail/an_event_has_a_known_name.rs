//! A misspelt name of an event does not compile.

use reference_architecture::{analytics::EventName, scope::Scope};

fn tell(scope: &Scope) {
    let _ = scope.event(EventName::ExampleCraeted, serde_json::json!({}));
    let _ = scope.event("example.created", serde_json::json!({}));
}

fn main() {}
