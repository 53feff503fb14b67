use std::sync::Arc;

use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Error, Fields, RequestContext};
use crate::table::Page;

/// `{"data": …}`, the form of every success.
#[derive(Debug, Serialize, ToSchema)]
pub struct Data<T> {
    /// What was asked for.
    pub data: T,
}

/// `{"data": […], "page": {…}}`, the form of every list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageEnvelope<T> {
    /// The items of this page.
    pub data: Vec<T>,
    /// How to go on.
    pub page: PageInfo,
}

/// How a list goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageInfo {
    /// The `cursor` of the next page; null on the last.
    pub next: Option<String>,
}

/// `{"error": {…}}`, the form of every failure.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorEnvelope {
    /// What failed.
    pub error: ErrorBody,
}

/// What failed, and what to do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// Names this request in the log.
    pub request_id: String,
    /// Problems by field of the input.
    #[serde(skip_serializing_if = "Fields::is_empty")]
    #[schema(value_type = Option<std::collections::HashMap<String, String>>)]
    pub fields: Fields,
}

impl<T> Data<T> {
    /// As a response's body.
    pub fn json(data: T) -> Json<Self> {
        Json(Self { data })
    }
}

impl<T: Serialize> PageEnvelope<T> {
    /// As a response.
    pub fn json(page: Page<T>) -> Response {
        let next = page.next.map(|cursor| cursor.to_string());
        Json(Self { data: page.items, page: PageInfo { next } }).into_response()
    }
}

/// Gives every failure the envelope, whichever layer it comes from.
pub async fn envelope_failures(context: RequestContext, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (mut head, _) = response.into_parts();
    let error: Arc<Error> = head.extensions.remove().unwrap_or_else(|| Error::from_status(status).into());
    let (code, message, request_id) = (error.status_and_code().1, error.to_string(), context.id.as_str().to_owned());
    let fields = match &*error {
        Error::InvalidInput(fields) => fields.clone(),
        _ => Fields::new(),
    };
    let body = ErrorEnvelope { error: ErrorBody { code, message, request_id, fields } };
    // These described the former body.
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::CONTENT_TYPE);
    (head.status, head.headers, Extension(error), Json(body)).into_response()
}
