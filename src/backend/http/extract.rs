use axum::RequestExt as _;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header;
use axum::http::request::Parts;
use http_body_util::LengthLimitError;
use serde::Deserializer;
use serde::de::DeserializeOwned;
use tower_http::timeout::TimeoutError;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::Error;

/// A JSON body. Refusals are in the envelope and name the field.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// The query string. Refusals are in the envelope and name the parameter.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The id in the path: a UUID with its hyphens. Refusals are in the envelope.
#[derive(Debug)]
pub struct Id(pub Uuid);

/// The most characters of a message that may repeat the input.
const LONGEST_MESSAGE: usize = 200;

const NOT_AN_OBJECT: &str = "must be a JSON object";

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let essence = content_type.and_then(|value| value.to_str().ok()?.split(';').next());
        if !essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json")) {
            return Err(Error::UnsupportedMediaType);
        }
        let body = request.extract::<Bytes, _>().await.map_err(|rejection| unread_body(&rejection))?;
        // The whole body: in fields that it ignores, serde would let invalid UTF-8 pass.
        let text = str::from_utf8(&body).map_err(|error| Error::MalformedJson(error.to_string()))?;
        // serde would take an array for a struct, by position.
        if text.trim_ascii_start().starts_with('[') {
            return Err(Error::invalid("body", NOT_AN_OBJECT));
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let value = deserialize(&mut json, serde_json::Error::is_data)?;
        json.end().map_err(|error| Error::MalformedJson(error.to_string()))?;
        Ok(Self(value))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        deserialize(pairs, |_| true).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<String>::from_request_parts(parts, state).await.ok();
        // `Uuid` parses more forms than the contract allows.
        let id = path.filter(|path| path.len() == Hyphenated::LENGTH).and_then(|path| path.parse().ok());
        id.map(Self).ok_or_else(|| Error::invalid("path", "holds an id that is not a UUID"))
    }
}

fn deserialize<'de, D, T>(input: D, is_data: impl Fn(&D::Error) -> bool) -> Result<T, Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    serde_path_to_error::deserialize(input).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        // What the parser adds of lines and columns helps only where there is no field to name.
        let brief = |text: &str| text.chars().take(LONGEST_MESSAGE).collect();
        if !is_data(error.inner()) {
            return Error::MalformedJson(brief(&message));
        }
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        // serde knows the name of a missing or repeated field, but not as a path.
        let named = |prefix| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
        let (field, problem) = if let Some(field) = named("missing field `") {
            (field.to_owned(), "is missing".to_owned())
        } else if let Some(field) = named("duplicate field `") {
            (field.to_owned(), "is given more than once".to_owned())
        } else if path == "." {
            ("body".to_owned(), NOT_AN_OBJECT.to_owned())
        } else {
            (path, brief(message))
        };
        Error::invalid(field, problem)
    })
}

fn unread_body(rejection: &BytesRejection) -> Error {
    let mut source = std::error::Error::source(rejection);
    while let Some(error) = source {
        if error.is::<TimeoutError>() {
            return Error::BodyTimeout;
        }
        // A body without a Content-Length was too large. The deadline layer hides this error from axum.
        if error.is::<LengthLimitError>() {
            return Error::BodyTooLarge;
        }
        source = error.source();
    }
    // The client went away or broke the framing; nobody is likely to read the answer.
    Error::Other(rejection.status())
}
