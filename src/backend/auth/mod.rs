//! Who the user of a request is. Separate from tenancy: a credential never chooses the tenant.

mod principal;

pub use principal::{Principal, UserId};

/// Who vouches for users; one for each deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, utoipa::ToSchema)]
#[value(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AuthProvider {
    /// Nobody: everything of a tenant belongs to its one public user, and is open to all on its host.
    None,
}
