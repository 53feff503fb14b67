//! Who the tenant of a request is. The answer comes from the host alone, never from a credential, a
//! path or a body.

mod extractor;
mod resolver;
mod tenant_id;

pub use extractor::resolve_tenant;
pub use resolver::{BaseDomain, TenantResolver};
pub use tenant_id::TenantId;
