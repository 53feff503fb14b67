//! One-off commands for operators and pipelines.

mod events;
mod healthcheck;
mod validate;

pub use events::export_events;
pub use healthcheck::healthcheck;
pub use validate::validate;

/// An error with its sources, which hold the reasons.
pub fn chain(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}
