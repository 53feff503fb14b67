//! One-off commands for operators and pipelines.

mod events;
mod healthcheck;
mod validate;

pub use events::export_events;
pub use healthcheck::healthcheck;
pub use validate::validate;
