//! HTTP as this API speaks it: one envelope, ids, bounds, headers.

mod access_log;
mod client_address;
mod context;
mod envelope;
mod error;
mod extract;
mod limits;
mod list_query;
mod preconditions;
mod security_headers;
mod static_files;

pub use access_log::access_log;
pub use client_address::ClientAddress;
pub use context::{RequestContext, RequestId};
pub use envelope::{Data, ErrorBody, ErrorEnvelope, PageEnvelope, PageInfo, envelope_failures};
pub use error::{Error, Fields, panicked};
pub use extract::{Id, Json, Query};
pub use limits::Rate;
pub use list_query::ListQuery;
pub use preconditions::{ETag, IdempotencyKey, IfNoneMatch, Precondition};
pub use security_headers::{SecurityHeaders, security_headers};
pub use static_files::{WebPage, static_file};
