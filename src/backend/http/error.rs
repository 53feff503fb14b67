use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::ETag;
use crate::table::TableError;

/// What is wrong with which field of the input.
pub type Fields = BTreeMap<String, String>;

/// Every way in which a request can fail. The text is for clients and says what to do; the sources are for
/// the log alone.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the messages say what each one is")]
pub enum Error {
    #[error("the body is not valid JSON: {0}")]
    MalformedJson(String),
    #[error("the input is not valid: see fields")]
    InvalidInput(Fields),
    #[error("sign in first")]
    Unauthenticated,
    #[error("this is not allowed: {0}")]
    Forbidden(&'static str),
    #[error("there is nothing here")]
    NotFound,
    #[error("this method is not allowed here: see the header Allow")]
    MethodNotAllowed,
    #[error("the body did not arrive in time")]
    BodyTimeout,
    #[error("another change came first: read the current state and try again")]
    Conflict,
    #[error("the item has changed: its current version is in the header ETag")]
    PreconditionFailed(ETag),
    #[error("the body is too large")]
    BodyTooLarge,
    #[error("the content type must be application/json")]
    UnsupportedMediaType,
    /// Says no more, so that hosts cannot be probed.
    #[error("this host is not served here")]
    Misdirected,
    #[error("this idempotency key was used for another request: take a new one")]
    IdempotencyKeyReused,
    #[error("too many requests: try again later")]
    RateLimited { retry_after: Duration },
    #[error("the server is busy: try again later")]
    Overloaded,
    #[error("this is not available at the moment: try again later")]
    Unavailable(#[source] Option<TableError>),
    #[error("the answer took too long")]
    HandlerTimeout,
    #[error("something went wrong on the server")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A refusal of the HTTP layer itself that has no name here.
    #[error("the request cannot be answered")]
    Other(StatusCode),
}

impl Error {
    /// One field of the input is not valid; `problem` completes the sentence "field …".
    pub fn invalid(field: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        Self::InvalidInput(Fields::from([(field.into(), problem.to_string())]))
    }

    /// HTTP status and the code of the envelope, which clients may rely on.
    pub fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::MalformedJson(_) => (StatusCode::BAD_REQUEST, "malformed_json"),
            Self::InvalidInput(_) => (StatusCode::BAD_REQUEST, "invalid_input"),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "body_timeout"),
            Self::Conflict => (StatusCode::CONFLICT, "conflict"),
            Self::PreconditionFailed(_) => (StatusCode::PRECONDITION_FAILED, "precondition_failed"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::Misdirected => (StatusCode::MISDIRECTED_REQUEST, "misdirected_request"),
            Self::IdempotencyKeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            Self::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, "rate_limited"),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::HandlerTimeout => (StatusCode::GATEWAY_TIMEOUT, "handler_timeout"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Self::Other(status) => (*status, "refused"),
        }
    }

    /// Returns the error that a layer meant by answering with a bare status.
    pub(super) fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::GATEWAY_TIMEOUT => Self::HandlerTimeout,
            other => Self::Other(other),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } => Some(*retry_after),
            Self::Overloaded | Self::Unavailable(_) => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}

impl IntoResponse for Error {
    /// The error rides in the extensions: the envelope and the log are written from it.
    fn into_response(self) -> Response {
        let mut response = self.status_and_code().0.into_response();
        let headers = response.headers_mut();
        if let Some(wait) = self.retry_after() {
            // Whole seconds (RFC 9110 §10.2.3), rounded up: waiting less would be refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if matches!(self, Self::Unauthenticated) {
            // A 401 must name a scheme (RFC 9110 §15.5.2).
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Self::PreconditionFailed(current) = &self {
            headers.insert(header::ETAG, current.to_value());
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<TableError> for Error {
    fn from(error: TableError) -> Self {
        match error {
            TableError::InvalidCursor => Self::invalid("cursor", error),
            TableError::Throttled(_) | TableError::Unavailable(_) => Self::Unavailable(Some(error)),
            TableError::Conflict => Self::Conflict,
            // A refused condition that gets here is a defect: handlers deal with the ones that they expect.
            TableError::Refused(_)
            | TableError::Rejected(_)
            | TableError::Malformed(_)
            | TableError::Reserved(_)
            | TableError::Unwritable(_) => Self::Internal(error.into()),
        }
    }
}

/// The answer to a request whose handler panicked. The message was logged by the hook that
/// [`logging`](crate::logging) sets, where it happened and with the request's id.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    Error::Internal("the handler panicked".into()).into_response()
}
