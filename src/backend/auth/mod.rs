//! Who the user of a request is. Separate from tenancy: a credential never chooses the tenant.

mod credential;
mod limit;
pub mod magic_link;
pub mod mail;
mod mail_shares;
pub mod oidc;
mod principal;
mod token;

pub use limit::{SignInRate, limit_sign_in};
pub use mail_shares::MailShares;
pub use principal::{Principal, UserId, routes};
pub use token::Token;

use crate::http::Error;

/// Who vouches for users; one for each deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize, utoipa::ToSchema)]
#[value(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AuthProvider {
    /// Nobody: all of a tenant's data is its one public user's, and open to everybody on its host.
    None,
    /// Whoever can read the mails of an address.
    MagicLink,
    /// An OpenID Connect provider.
    Oidc,
}

/// The provider of this deployment, with all that it needs.
#[derive(Debug)]
pub enum Auth {
    /// See [`AuthProvider::None`].
    None,
    /// See [`AuthProvider::MagicLink`].
    MagicLink(magic_link::MagicLink),
    /// See [`AuthProvider::Oidc`].
    Oidc(oidc::Oidc),
}

impl Auth {
    /// Its name.
    pub fn provider(&self) -> AuthProvider {
        match self {
            Self::None => AuthProvider::None,
            Self::MagicLink(_) => AuthProvider::MagicLink,
            Self::Oidc(_) => AuthProvider::Oidc,
        }
    }

    /// Waits for what goes on after an answer: mails, each of which is bounded.
    pub async fn finish(&self) {
        if let Self::MagicLink(magic_link) = self {
            magic_link.mailer.finish().await;
        }
    }

    /// For routes that exist with links in mails only.
    ///
    /// # Errors
    /// [`Error::NotFound`] with another provider.
    pub fn magic_link(&self) -> Result<&magic_link::MagicLink, Error> {
        if let Self::MagicLink(magic_link) = self { Ok(magic_link) } else { Err(Error::NotFound) }
    }
}
