//! The promises of the app, each proved over HTTP. One binary: one link step, one engine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod append_only;
mod bad_input;
mod compile_fail;
mod configuration;
mod contract;
mod cost;
mod errors;
mod faults;
mod headers;
mod idempotency;
mod isolation;
mod lambda;
mod lists;
mod model;
mod oidc;
mod openapi;
mod preconditions;
mod process;
mod races;
mod readme;
mod secrets_in_logs;
mod sessions;
mod sign_in;
mod sockets;
mod sources;
mod static_files;
mod support;
