//! The promises of the app, each proved over HTTP. One binary: one link step, one engine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code, missing_docs)]

mod contract;
mod static_files;
mod support;
