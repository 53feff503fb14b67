//! Sign-in with an OpenID Connect provider: its tokens are checked here, its sessions are its own.

mod jwks;

use axum::http::HeaderMap;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
pub use jwks::Jwks;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::credential::bearer;
use super::{Principal, UserId};
use crate::http::Error;
use crate::tenancy::TenantId;

/// The name of this provider, part of every user's id.
const PROVIDER: &str = "oidc";

/// Signatures of the issuer's private key. No HMAC: its key would have to be shared.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

/// Seconds by which clocks may differ.
const CLOCK_SKEW: u64 = 60;

/// Bytes of a subject (OpenID Connect Core §2), and of other claims that are kept with the user.
const LONGEST_CLAIM: usize = 255;

/// What an access token must be.
#[derive(Debug)]
pub struct Oidc {
    /// What clients need to know.
    pub client: OidcClient,
    /// Scheme, host and port of the issuer.
    pub origin: String,
    /// The claim that must name the tenant, if any.
    pub tenant_claim: Option<String>,
    /// The issuer's keys.
    pub jwks: std::sync::Arc<Jwks>,
}

/// What a client of the OpenID Connect provider needs to know.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OidcClient {
    /// The issuer's URL.
    pub issuer: String,
    /// The id of the web page and the app.
    pub client_id: String,
    /// What tokens must be for.
    pub audience: String,
}

impl Oidc {
    /// Who the bearer token is for.
    ///
    /// # Errors
    /// 401 for whatever is wrong with the token, 403 when it is for another tenant, 503 while the issuer's keys have
    /// never been fetched.
    pub async fn principal(&self, tenant: &TenantId, headers: &HeaderMap) -> Result<Principal, Error> {
        let token = bearer(headers)?.ok_or(Error::Unauthenticated)?;
        let claims = self.claims(token).await?;
        if let Some(name) = &self.tenant_claim
            && claims.get(name).and_then(Value::as_str) != Some(tenant.as_str())
        {
            return Err(Error::Forbidden("the token is for another tenant"));
        }
        let text = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
        // The library also takes a list that holds the issuer, which is no `iss` (RFC 7519 §4.1.1).
        if text("iss").is_none() {
            return Err(Error::Unauthenticated);
        }
        let subject = text("sub").filter(|sub| matches!(sub.len(), 1..=LONGEST_CLAIM)).ok_or(Error::Unauthenticated)?;
        let short = |name: &str| text(name).filter(|claim| claim.len() <= LONGEST_CLAIM);
        // Many issuers omit the claim, and some send it as a string.
        let is_true = |claim: &Value| claim.as_bool() == Some(true) || claim.as_str() == Some("true");
        let unverified = claims.get("email_verified").is_some_and(|claim| !is_true(claim));
        Ok(Principal {
            provider: PROVIDER,
            user_id: UserId::derive(tenant, PROVIDER, &subject),
            subject,
            email: short("email").filter(|_| !unverified),
            name: short("name"),
            picture: short("picture"),
        })
    }

    async fn claims(&self, token: &str) -> Result<Map<String, Value>, Error> {
        let header = decode_header(token).map_err(|_| Error::Unauthenticated)?;
        // Logout and other tokens of the same issuer are signed by the same keys (RFC 8725 §3.11).
        let is_access = header.typ.as_deref().is_none_or(|typ| {
            ["jwt", "at+jwt", "application/at+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known))
        });
        if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() || !is_access {
            return Err(Error::Unauthenticated);
        }
        // The key is chosen by its id among the issuer's own; what else the header says of keys is not looked at.
        let kid = header.kid.ok_or(Error::Unauthenticated)?;
        let key = self.jwks.key(&kid, header.alg).await?.ok_or(Error::Unauthenticated)?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = CLOCK_SKEW;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.client.issuer]);
        validation.set_audience(&[&self.client.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let decoded = decode(token, &key, &validation).map_err(|_| Error::Unauthenticated)?;
        Ok(decoded.claims)
    }
}
