use axum::extract::{Request, State};
use axum::http::HeaderName;
use axum::middleware::Next;
use axum::response::Response;

use super::MailShares;
use crate::app::AppState;
use crate::http::{ClientAddress, Error, Rate};
use crate::tenancy::TenantId;

/// How often sign-in may be tried on this instance.
#[derive(Debug)]
pub struct SignInRate {
    /// The header with the client's address, if there is a gateway in front.
    pub client_header: Option<HeaderName>,
    /// By client.
    pub by_client: Option<Rate<ClientAddress>>,
    /// By tenant.
    pub by_tenant: Option<Rate<TenantId>>,
    /// By client and mailbox.
    pub mails: MailShares,
}

/// Counts a request against the shares of its client and its tenant.
///
/// # Errors
/// When either has had its share.
pub async fn limit_sign_in(
    State(state): State<AppState>,
    tenant: TenantId,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    let SignInRate { client_header, by_client, by_tenant, .. } = &state.config.sign_in_rate;
    let client = ClientAddress::of(client_header.as_ref(), request.headers(), request.extensions());
    if let Some(client) = client {
        if let Some(rate) = by_client {
            rate.check(&client)?;
        }
        request.extensions_mut().insert(client);
    }
    if let Some(rate) = by_tenant {
        rate.check(&tenant)?;
    }
    Ok(next.run(request).await)
}
