use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::Compute;

/// Everything from the own origin, nothing inline, nothing framed.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Two years, the preload list's minimum being one.
const TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// Adds to every response the headers that tell a browser to be careful.
pub async fn security_headers(State(compute): State<Compute>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY"); // for browsers that do not know frame-ancestors
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if compute != Compute::Local {
        // Local runs are plain HTTP, and a browser would remember this for localhost.
        set(header::STRICT_TRANSPORT_SECURITY, TRANSPORT_SECURITY);
    }
    if is_api {
        // Tenants' data belongs in no cache but the client's own, which asks before it uses it.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
        headers.append(header::VARY, HeaderValue::from_static("authorization, cookie"));
    }
    response
}
