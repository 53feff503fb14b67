//! How a request shows who it is from.

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use cookie::{Cookie, SameSite};
use jiff::SignedDuration;

use super::magic_link::MagicLink;
use crate::http::Error;

/// Characters of a credential. API Gateway takes 10,240 bytes of headers in all.
const LONGEST: usize = 8192;

/// The credential of the header `Authorization`; `None` without the header.
///
/// # Errors
/// When there is one that is no bearer token: it is never ignored in favour of another credential.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next(), values.next()) else { return Err(Error::Unauthenticated) };
    let Some(value) = value else { return Ok(None) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Error::Unauthenticated)?;
    // One space or more (RFC 9110 §11.4).
    let token = token.trim_start_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.len() > LONGEST {
        return Err(Error::Unauthenticated);
    }
    Ok(Some(token))
}

// The cookie that holds a browser's session.
impl MagicLink {
    /// The text of the session; `None` without a cookie.
    ///
    /// # Errors
    /// When the request would write and comes from a page of another origin.
    pub fn cookie<'a>(&self, parts: &'a Parts, host_header: &HeaderName) -> Result<Option<&'a str>, Error> {
        let values = parts.headers.get_all(header::COOKIE).iter();
        // Browsers send any bytes that a page has set; those of another cookie must not hide this one. Only ASCII white
        // space is trimmed: a name that begins with any other is not a `__Host-` name to a browser, and sibling domains
        // may set it.
        let pairs = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b';')).map(<[u8]>::trim_ascii);
        let mut pairs = pairs.filter_map(|pair| str::from_utf8(pair).ok()?.split_once('='));
        let Some((_, text)) = pairs.find(|(name, _)| *name == self.cookie_name()) else { return Ok(None) };
        if parts.method.is_safe() || is_same_origin(&parts.headers, host_header) {
            return Ok(Some(text));
        }
        Err(Error::Forbidden("a page of another origin cannot use this session"))
    }

    /// Returns the header that sets the cookie for `lifetime`, or clears it, given an empty text and zero.
    ///
    /// # Errors
    /// Never for a text of base64url.
    pub fn set_cookie(&self, text: &str, lifetime: SignedDuration) -> Result<HeaderValue, Error> {
        let cookie = Cookie::build((self.cookie_name(), text))
            .path("/")
            .http_only(true)
            .secure(!self.is_local)
            .same_site(SameSite::Lax)
            .max_age(cookie::time::Duration::seconds(lifetime.as_secs()));
        HeaderValue::from_str(&cookie.build().to_string()).map_err(|error| Error::Internal(error.into()))
    }

    /// Browsers take the prefix `__Host-` over HTTPS alone (RFC 6265bis §4.1.3.2), and a laptop speaks plain HTTP.
    fn cookie_name(&self) -> &'static str {
        if self.is_local { "session" } else { "__Host-session" }
    }
}

/// Whether the request comes from this host's own page. Another tenant's page is same-site but not
/// same-origin. Clients other than browsers send neither header, and nobody else can make them send a cookie; a browser
/// that sends neither does not say whose page it is.
fn is_same_origin(headers: &HeaderMap, host_header: &HeaderName) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return !is_browser(headers) };
    let host = headers.get(host_header).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let origin = origin.and_then(|(_, authority)| Authority::try_from(authority).ok());
    // Compares without regard to letter case.
    origin.is_some() && origin == host
}

fn is_browser(headers: &HeaderMap) -> bool {
    // Every browser calls itself Mozilla, for reasons of history.
    let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes);
    let only_browsers_send = ["sec-fetch-mode", "sec-fetch-dest", "referer"];
    agent.is_some_and(|agent| agent.starts_with(b"Mozilla/"))
        || only_browsers_send.iter().any(|name| headers.contains_key(*name))
}
