//! Sign-in by a link in a mail.

use std::time::Instant;

use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use lettre::Address;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::credential::bearer;
use super::mail::Mailer;
use super::{Principal, Token, UserId};
use crate::analytics::{Event, EventName};
use crate::app::AppState;
use crate::http::{ClientAddress, Data, Error, Json, RequestContext};
use crate::scope::Scope;
use crate::table::{Login, Meter, TableError};
use crate::tenancy::{BaseDomain, TenantId};
use crate::timestamp::Millis;

/// The name of this provider, part of every user's id.
const PROVIDER: &str = "magic_link";

/// How long a session lasts, however often it is used.
const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Characters of an address (RFC 5321 §4.5.3.1.3 leaves room for 254 between the angle brackets).
const LONGEST_ADDRESS: usize = 254;

/// Sign-in by mail: who sends, and where the links lead. They are built from configuration; a request adds only its
/// tenant.
#[derive(Debug)]
pub struct MagicLink {
    /// Sends the mails.
    pub mailer: Mailer,
    /// The domain of the deployment, above the tenants' hosts where they have one each.
    pub domain: BaseDomain,
    /// Whether each tenant has a host of its own.
    pub subdomains: bool,
    /// Whether it is a local run, which speaks plain HTTP on its port.
    pub is_local: bool,
}

/// Where to send the link. What is no address is taken as well, and nothing is sent.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinkRequest {
    #[schema(example = "ada@example.com")]
    email: String,
}

/// The same for every address.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkRequested {
    /// Always `requested`.
    status: &'static str,
}

/// What a link brings.
#[derive(Deserialize, ToSchema)]
pub struct VerifyRequest {
    /// The part of the link behind `#token=`.
    token: String,
}

/// A session, for clients that keep it themselves.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// The bearer token; browsers get it as a cookie, too.
    token: String,
    /// Who signed in.
    user: Principal,
}

/// What was ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedOut {
    /// Whether it was all sessions of the user.
    everywhere: bool,
}

impl MagicLink {
    /// The host of a tenant.
    fn host(&self, tenant: &TenantId) -> String {
        let domain = self.domain.as_str();
        if self.subdomains && !tenant.is_default() { format!("{tenant}.{domain}") } else { domain.to_owned() }
    }

    /// The token stands in the fragment: no server, proxy or log sees it before the page sends it.
    fn link(&self, tenant: &TenantId, token: &Token, port: u16) -> String {
        let host = self.host(tenant);
        let origin = if self.is_local { format!("http://{host}:{port}") } else { format!("https://{host}") };
        format!("{origin}/auth/verify#token={}", token.to_text())
    }
}

/// Extracted only where people sign in by link. Comes before the body, which is not read where the route is absent.
struct ByLink;

impl FromRequestParts<AppState> for ByLink {
    type Rejection = Error;

    async fn from_request_parts(_: &mut Parts, state: &AppState) -> Result<Self, Error> {
        state.config.auth.magic_link().map(|_| Self)
    }
}

/// The routes that anybody may call, and may call only so often.
pub fn sign_in_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(request_link)).routes(routes!(verify_link))
}

/// The routes that end sessions.
pub fn sign_out_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(logout)).routes(routes!(logout_everywhere))
}

/// Ask for a sign-in link
///
/// The answer is the same for every address, whether it is known or not, valid or not, or had too many links.
#[utoipa::path(post, path = "/api/auth/request-link", tag = "auth", request_body = LinkRequest, security(()),
    responses((status = 202, description = "Taken", body = Data<LinkRequested>)))]
async fn request_link(
    tenant: TenantId,
    context: RequestContext,
    client: Option<Extension<ClientAddress>>,
    State(state): State<AppState>,
    _: ByLink,
    Json(input): Json<LinkRequest>,
) -> Result<Response, Error> {
    let magic_link = state.config.auth.magic_link()?;
    let text = input.email.trim().to_ascii_lowercase();
    let address = mailable(&text);
    let client = client.map(|Extension(client)| client);
    let is_address = address.is_some();
    let share = address.and_then(|address| state.config.sign_in_rate.mails.take(client, address, Instant::now()));
    // What is mailed to nobody takes the same path, just as slow and costly. Where the client had its share, that must
    // not count against the address, or its owner would get no link: it counts against what no address can be.
    let had_share = is_address && share.is_none();
    let subject = if had_share { format!(" {text}") } else { text };
    let user_id = UserId::derive(&tenant, PROVIDER, &subject);
    let table = state.table.of_user(&tenant, user_id, &context.meter);
    let token = Token::new(user_id);
    let login = Login::new(share.as_ref().map(|share| share.address.to_string()).unwrap_or_default());
    let added = table.add_link(&token.hash(), &login).await?;
    if had_share {
        tracing::warn!("a mail was not sent: its client asked for many to one address");
    } else if let Some(share) = share.filter(|_| added) {
        let link = magic_link.link(&tenant, &token, state.config.settings.port);
        let host = magic_link.host(&tenant);
        magic_link.mailer.send(share.spend(), link, host).await;
    }
    Ok((StatusCode::ACCEPTED, Data::json(LinkRequested { status: "requested" })).into_response())
}

/// Returns the address that `text`, already in lower case, is, if mails can be sent there. Quoting, Unicode and
/// IP-address hosts would let one mailbox be written in many ways, each counted separately.
fn mailable(text: &str) -> Option<Address> {
    let is_plain = text.is_ascii() && !text.contains('"') && text.len() <= LONGEST_ADDRESS;
    let address: Address = if is_plain { text.parse().ok()? } else { return None };
    let url = Url::parse(&format!("http://{}", address.domain())).ok()?;
    (url.domain() == Some(address.domain())).then_some(address)
}

/// Turn a link into a session
///
/// Once: of many at once, one succeeds.
#[utoipa::path(post, path = "/api/auth/verify", tag = "auth", request_body = VerifyRequest, security(()),
    responses((status = 200, description = "Signed in", body = Data<SignedIn>,
        headers(("Set-Cookie" = String, description = "The session, for browsers")))))]
async fn verify_link(
    tenant: TenantId,
    context: RequestContext,
    State(state): State<AppState>,
    _: ByLink,
    Json(input): Json<VerifyRequest>,
) -> Result<Response, Error> {
    let magic_link = state.config.auth.magic_link()?;
    let link = Token::parse(&input.token).ok_or(Error::Unauthenticated)?;
    let table = state.table.of_user(&tenant, link.user_id, &context.meter);
    let login = table.link(&link.hash()).await?.ok_or(Error::Unauthenticated)?;
    let session = Token::new(link.user_id);
    let user = principal(link.user_id, login.email.clone());
    context.user.get_or_init(|| user.user_id);
    let event = Event::new(EventName::SignedIn, json!({}), tenant, user.user_id, context.id);
    let expires = Millis(Millis::now().0 + SESSION_LIFETIME);
    match table.sign_in(&link.hash(), &session.hash(), expires, &user, &Login::new(login.email), &event).await {
        Ok(()) => {}
        Err(TableError::Refused(_)) => return Err(Error::Unauthenticated),
        Err(error) => return Err(error.into()),
    }
    let token = session.to_text();
    let cookie = magic_link.set_cookie(&token, SESSION_LIFETIME)?;
    Ok(([(header::SET_COOKIE, cookie)], Data::json(SignedIn { token, user })).into_response())
}

/// Sign out
///
/// Ends this session.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth",
    responses((status = 200, description = "Signed out", body = Data<SignedOut>)))]
async fn logout(token: Token, scope: Scope, State(state): State<AppState>) -> Result<Response, Error> {
    let event = scope.event(EventName::SignedOut, json!({ "everywhere": false }));
    scope.table.sign_out(&token.hash(), &event).await?;
    signed_out(&state, false)
}

/// Sign out everywhere
///
/// Ends all sessions of the user in this tenant, and all links that were mailed.
#[utoipa::path(post, path = "/api/auth/logout-everywhere", tag = "auth",
    responses((status = 200, description = "Signed out", body = Data<SignedOut>)))]
async fn logout_everywhere(token: Token, scope: Scope, State(state): State<AppState>) -> Result<Response, Error> {
    let event = scope.event(EventName::SignedOut, json!({ "everywhere": true }));
    scope.table.sign_out_everywhere(&token.hash(), &event).await?;
    signed_out(&state, true)
}

fn signed_out(state: &AppState, everywhere: bool) -> Result<Response, Error> {
    let cookie = state.config.auth.magic_link()?.set_cookie("", SignedDuration::ZERO)?;
    Ok(([(header::SET_COOKIE, cookie)], Data::json(SignedOut { everywhere })).into_response())
}

fn principal(user_id: UserId, email: String) -> Principal {
    Principal { provider: PROVIDER, subject: email.clone(), user_id, email: Some(email), name: None, picture: None }
}

/// Who has the session of a request.
///
/// # Errors
/// When there is none in this tenant, or it has ended.
pub(super) async fn principal_of_session(
    parts: &mut Parts,
    state: &AppState,
    tenant: &TenantId,
    meter: &Meter,
) -> Result<Principal, Error> {
    let token = Token::from_request_parts(parts, state).await?;
    // The tenant is the host's and the user the token's: a session of another tenant is not found here.
    let table = state.table.of_user(tenant, token.user_id, meter);
    let login = table.session(&token.hash()).await?.ok_or(Error::Unauthenticated)?;
    Ok(principal(token.user_id, login.email))
}

impl FromRequestParts<AppState> for Token {
    type Rejection = Error;

    /// A bearer token outranks the cookie; if it is malformed, the cookie does not make up for it.
    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let magic_link = state.config.auth.magic_link()?;
        let text = match bearer(&parts.headers)? {
            Some(text) => Some(text),
            None => magic_link.cookie(parts, state.config.tenancy.host_header())?,
        };
        text.and_then(Self::parse).ok_or(Error::Unauthenticated)
    }
}
