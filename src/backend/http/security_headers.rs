use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::Auth;
use crate::config::Compute;

/// What differs between deployments.
#[derive(Clone, Debug)]
pub struct SecurityHeaders {
    policy: HeaderValue,
    is_local: bool,
}

impl SecurityHeaders {
    /// Everything from the page's own origin, nothing inline, nothing framed. With OpenID Connect the page may also
    /// call the issuer, submit forms to it, and frame it: some providers need frames, though this page renews by
    /// refresh token.
    pub fn new(compute: Compute, auth: &Auth) -> Self {
        let issuer = match auth {
            Auth::Oidc(oidc) => oidc.origin.as_str(),
            Auth::None | Auth::MagicLink(_) => "",
        };
        let frames = if issuer.is_empty() { "'none'" } else { issuer };
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             manifest-src 'self'; connect-src 'self' {issuer}; form-action 'self' {issuer}; frame-src {frames}; \
             base-uri 'none'; frame-ancestors 'none'"
        );
        // An origin is ASCII, so this cannot fail; if it did, nothing at all would be allowed.
        let policy = HeaderValue::from_str(&policy.replace(" ;", ";"));
        let policy = policy.unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Self { policy, is_local: compute == Compute::Local }
    }
}

/// Two years, as the HSTS preload list recommends.
const TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// Adds to every response the headers that tell a browser to be careful.
pub async fn security_headers(
    State(SecurityHeaders { policy, is_local }): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let is_failure = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY"); // for browsers that do not know frame-ancestors
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if !is_local {
        // Local runs are plain HTTP, and a browser would remember this for localhost.
        set(header::STRICT_TRANSPORT_SECURITY, TRANSPORT_SECURITY);
    }
    if is_api {
        // Tenants' data belongs in no cache but the client's own, which must revalidate it. A gateway that compressed
        // it would weaken its ETag, which If-Match then never matches (RFC 9110 §8.8.1).
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache, no-transform"));
        headers.append(header::VARY, HeaderValue::from_static("authorization, cookie"));
    } else if is_failure {
        // A file that is missing while instances change must not stay missing.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
