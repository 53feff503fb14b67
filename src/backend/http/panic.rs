use std::any::Any;

use axum::response::{IntoResponse as _, Response};

use super::Error;

/// The answer to a request whose handler panicked. The message was logged by the hook that
/// [`logging`](crate::logging) sets, where it happened and with the request's id.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    Error::Internal("the handler panicked".into()).into_response()
}
