//! Entity tags and the headers that compare them (RFC 9110 §8.8.3 and §13), and idempotency keys.
//!
//! The tag of an item is its version in quotes. Libraries compare tags but do not give them out, and a
//! condition in the table needs the number.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use utoipa::IntoParams;

use super::Error;
use crate::table::{NO_VERSION, Version, Versions};

/// The entity tag of an item in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ETag(pub Version);

impl ETag {
    /// As a header's value.
    pub fn to_value(self) -> HeaderValue {
        HeaderValue::from_str(&format!("\"{}\"", self.0)).unwrap_or(HeaderValue::from_static("\"\""))
    }
}

/// The versions that may be written: those of `If-Match`, or those that `If-None-Match` leaves; any without
/// either.
#[derive(Clone, Debug, PartialEq, Eq, IntoParams)]
#[into_params(names("If-Match"), parameter_in = Header)]
pub struct Precondition(
    /// Write only this version
    #[param(value_type = String, required = false, pattern = r#"^(\*|"[0-9]{1,15}")$"#)]
    pub Versions,
);

/// The versions that a client has: those of `If-None-Match`; none without the header.
#[derive(Clone, Debug, PartialEq, Eq, IntoParams)]
#[into_params(names("If-None-Match"), parameter_in = Header)]
pub struct IfNoneMatch(
    /// Not this version: a read of it is answered 304, a write 412
    #[param(value_type = String, required = false, pattern = r#"^(\*|"[0-9]{1,15}")$"#)]
    pub Versions,
);

/// `Idempotency-Key`: 1–255 visible ASCII characters, chosen by the client.
#[derive(Clone, Debug, PartialEq, Eq, IntoParams)]
#[into_params(names("Idempotency-Key"), parameter_in = Header)]
pub struct IdempotencyKey(
    /// Names this request when it is repeated
    #[param(value_type = String, required = false, pattern = "^[!-~]{1,255}$")]
    pub String,
);

/// Tags in one header; a condition in the table takes no more than 100.
const MOST_TAGS: usize = 100;

impl<S: Sync> FromRequestParts<S> for Precondition {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let headers = &parts.headers;
        match (entity_tags(headers, &header::IF_MATCH)?, entity_tags(headers, &header::IF_NONE_MATCH)?) {
            (Some(_), Some(_)) => Err(Error::invalid("if-none-match", "does not go with If-Match")),
            (Some(expected), None) => Ok(Self(expected)),
            (None, Some(known)) => Ok(Self(known.others())),
            (None, None) => Ok(Self(Versions::Any)),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self(entity_tags(&parts.headers, &header::IF_NONE_MATCH)?.unwrap_or(Versions::OneOf(Vec::new()))))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Error> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let key = match (values.next(), values.next()) {
            (None, _) => return Ok(None),
            (Some(key), None) => key.to_str().ok(),
            (Some(_), Some(_)) => None,
        };
        key.filter(|key| matches!(key.len(), 1..=255) && key.bytes().all(|byte| byte.is_ascii_graphic()))
            .map(|key| Some(Self(key.to_owned())))
            .ok_or_else(|| Error::invalid("idempotency-key", "must be one value of 1 to 255 visible ASCII characters"))
    }
}

/// The versions in all headers of this name; `None` without any.
fn entity_tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Versions>, Error> {
    // Weak tags can match in If-None-Match, but not in If-Match (RFC 9110 §13.1).
    let weak_counts = name == header::IF_NONE_MATCH;
    // Tags of others may hold commas and any bytes. Elements of a list may be empty (RFC 9110 §5.6.1.2).
    let elements = headers.get_all(name).iter().flat_map(|value| {
        let mut is_quoted = false;
        value.as_bytes().split(move |byte| {
            is_quoted ^= *byte == b'"';
            *byte == b',' && !is_quoted
        })
    });
    let tags: Vec<_> = elements.map(<[u8]>::trim_ascii).filter(|tag| !tag.is_empty()).collect();
    if tags == [b"*"] {
        return Ok(Some(Versions::Any));
    }
    let version = |tag: &&[u8]| {
        let (is_weak, quoted) = tag.strip_prefix(b"W/").map_or((false, *tag), |strong| (true, strong));
        let opaque = quoted.strip_prefix(b"\"")?.strip_suffix(b"\"").filter(|opaque| !opaque.contains(&b'"'))?;
        let is_ours = |version: &Version| version.to_string().as_bytes() == opaque && (!is_weak || weak_counts);
        let version = str::from_utf8(opaque).ok().and_then(|text| text.parse().ok());
        // One that is not ours matches nothing.
        Some(version.filter(is_ours).unwrap_or(NO_VERSION))
    };
    match tags.iter().map(version).collect::<Option<Vec<_>>>() {
        Some(versions) if matches!(versions.len(), 1..=MOST_TAGS) => Ok(Some(Versions::OneOf(versions))),
        Some(versions) if versions.is_empty() && !headers.contains_key(name) => Ok(None),
        _ => {
            let problem = format_args!("must be * or 1 to {MOST_TAGS} entity tags like \"1\"");
            Err(Error::invalid(name.as_str(), problem))
        }
    }
}
