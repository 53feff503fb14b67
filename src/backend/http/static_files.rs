//! The web page, as Vite builds it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rust_embed::Embed;

use super::Error;

/// The built page: inside the binary in release builds, read from the folder in debug builds. What compresses
/// has a `.br` and a `.gz` beside it. Nothing, when the page was not built.
#[derive(Debug, Embed)]
#[folder = "src/frontend/dist"]
#[allow_missing = true]
pub struct WebPage;

const INDEX: &str = "index.html";

/// Files that are named by their content, so that a name never changes its meaning.
const HASHED: &str = "assets/";

/// Says which app opens the page's links. Apple gave it no ending, and reads it as JSON alone.
const APPLE_APP_LINKS: &str = ".well-known/apple-app-site-association";

/// Content codings and the suffixes of the files that are in them, the smallest first.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Answers what no route does: with a file, with the page for addresses that the page itself understands, or
/// with 404. A missing asset is never the page: a browser would take it for a script.
///
/// # Errors
/// When there is no such file, or the method does not read.
pub async fn static_file<Files: Embed>(method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Error> {
    let path = uri.path().strip_prefix('/').unwrap_or_default();
    let of_api = path == "api" || path.starts_with("api/");
    if of_api || !matches!(method, Method::GET | Method::HEAD) {
        return Err(Error::NotFound);
    }
    if let Some(found) = find::<Files>(path, &headers) {
        return Ok(found);
    }
    let is_page = !path.starts_with(HASHED) && accepts(&headers, &header::ACCEPT, "text/html");
    if path.is_empty() || is_page {
        return Ok(find::<Files>(INDEX, &headers).unwrap_or_else(placeholder));
    }
    Err(Error::NotFound)
}

/// What stands at `/` while no web page is built.
fn placeholder() -> Response {
    Html(include_str!("placeholder.html")).into_response()
}

fn find<Files: Embed>(path: &str, headers: &HeaderMap) -> Option<Response> {
    // Debug builds read from the folder, following symlinks: no path may lead out of it.
    let leads_out = |part: &str| matches!(part, "" | "." | "..") || part.contains('\\');
    if path.split('/').any(leads_out) || CODINGS.iter().any(|(_, suffix)| path.ends_with(suffix)) {
        return None;
    }
    let plain = Files::get(path)?;
    let media_type = if path == APPLE_APP_LINKS { "application/json" } else { plain.metadata.mimetype() };
    let charset = if media_type.starts_with("text/") { "; charset=utf-8" } else { "" };
    let media_type = HeaderValue::from_str(&format!("{media_type}{charset}")).ok()?;
    let coded = CODINGS
        .iter()
        .filter(|(coding, _)| accepts(headers, &header::ACCEPT_ENCODING, coding))
        .find_map(|(coding, suffix)| Some((Files::get(&format!("{path}{suffix}"))?, Some(*coding))));
    let (file, coding) = coded.unwrap_or((plain, None));

    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
    let lifetime = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let validators = [
        (header::ETAG, HeaderValue::from_str(&tag).ok()?),
        (header::CACHE_CONTROL, HeaderValue::from_static(lifetime)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if holds(headers, &tag) {
        return Some((StatusCode::NOT_MODIFIED, validators).into_response());
    }
    let mut response = (validators, [(header::CONTENT_TYPE, media_type)], Body::from(file.data)).into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Some(response)
}

/// Whether the client holds the file with this tag already.
fn holds(headers: &HeaderMap, tag: &str) -> bool {
    list(headers, &header::IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Whether a header like `gzip, br;q=0.5` names this choice, and not with the weight 0.
fn accepts(headers: &HeaderMap, name: &HeaderName, choice: &str) -> bool {
    list(headers, name).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next().is_some_and(|named| named.eq_ignore_ascii_case(choice))
            && !parts
                .filter_map(|part| part.strip_prefix(['q', 'Q'])?.strip_prefix('=')?.parse::<f32>().ok())
                .any(|weight| weight <= 0.0)
    })
}

fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}
