//! Reference Architecture: a minimal multi-tenant backend on one DynamoDB table.
//!
//! A request flows through the crate in this order:
//!
//! 1. [`serve`] accepts connections and speaks HTTP/1, or [`lambda`] takes events from API Gateway;
//! 2. [`app`] lists every route and every layer;
//! 3. [`http`] gives each request an id, bounds it, and turns every failure into one envelope;
//! 4. [`tenancy`] finds the tenant in the host, [`auth`] the user in the credentials;
//! 5. [`scope`] joins the two with the table: it is all that a handler can touch;
//! 6. [`resources`] are the product: one file each;
//! 7. [`table`] is the only place that speaks to DynamoDB, and [`analytics`] the events that every
//!    change carries along.
//!
//! [`config`] is read once at start-up, [`ops`] are the one-off commands, and `dev` runs everything
//! on an embedded engine. What is absent on purpose: queues, background workers, caches of data,
//! and any state that a request needs from the one before.

pub mod analytics;
pub mod app;
pub mod auth;
pub mod config;
#[cfg(feature = "embedded")]
pub mod dev;
pub mod http;
pub mod lambda;
pub mod logging;
pub mod ops;
pub mod resources;
pub mod scope;
pub mod serve;
pub mod table;
pub mod tenancy;
pub mod timestamp;

/// The version of the software; in an image, with the commit that it was built from, like `0.1.0+2fa61c…`.
pub const VERSION: &str = match option_env!("BUILD_VERSION") {
    Some(version) if !version.is_empty() => version,
    _ => env!("CARGO_PKG_VERSION"),
};

/// How the program names itself to other servers. Cloudflare turns away who does not say what they are.
const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
