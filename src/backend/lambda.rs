//! Answers API Gateway HTTP API events (payload 2.0) on AWS Lambda: the same router, without a socket.
//!
//! The runtime and the event types are `lambda_http`'s; the two conversions are not: its own take the URL from the
//! client-controlled Host header, panic on a malformed one, and keep only one value of a repeated header.

use std::net::IpAddr;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, COOKIE, HeaderName, SET_COOKIE};
use axum::http::uri::PathAndQuery;
use axum::http::{Request, Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_http::lambda_runtime::Runtime;
use lambda_http::{Error, LambdaEvent, service_fn};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tower::ServiceExt as _;

use crate::config::Config;
use crate::http::{ClientAddress, RequestId};

/// Escaped in a query (RFC 3986 §3.4). It arrives as the client encoded it, so `%` is not among them.
const NOT_IN_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// Escaped in a path. HTTP APIs decode an event's path, so a `%` in it is literal.
const NOT_IN_PATH: &AsciiSet = &NOT_IN_QUERY.add(b'?').add(b'%').add(b'`').add(b'{').add(b'}');

/// The stage whose name is in no path.
const DEFAULT_STAGE: &str = "$default";

/// Asks the Runtime API for one event after the other and answers it, until the platform ends the process.
///
/// # Errors
/// When the Runtime API cannot be reached.
///
/// # Panics
/// When a variable is missing that Lambda sets in every function, such as `AWS_LAMBDA_FUNCTION_NAME`.
pub async fn serve(router: Router, config: &Config) -> Result<(), Error> {
    let service = service_fn(|event: LambdaEvent<_>| answer(router.clone(), config, event.payload));
    Runtime::new(service).run().await
}

/// The app's answer to one event.
///
/// # Errors
/// When the event is not one that API Gateway writes.
pub async fn answer(
    router: Router,
    config: &Config,
    event: ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let request = request(event, config.tenancy.host_header(), config.sign_in_rate.client_header.as_ref())?;
    let Ok(response) = router.oneshot(request).await;
    event_response(response).await
}

/// Converts an event into a request. The host and the client address that the app trusts come from the event's context,
/// which the gateway fills in, never from a header.
fn request(
    event: ApiGatewayV2httpRequest,
    host_header: &HeaderName,
    client_header: Option<&HeaderName>,
) -> Result<Request<Body>, Error> {
    let context = event.request_context;
    let text = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded { STANDARD.decode(text)? } else { text.into_bytes() };
    let (path, query) = (event.raw_path.unwrap_or_default(), event.raw_query_string.unwrap_or_default());
    let path = without_stage(&path, context.stage.as_deref().unwrap_or(DEFAULT_STAGE));

    let length = body.len();
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = context.http.method;
    *request.uri_mut() = path_and_query(path, &query)?.into();
    *request.headers_mut() = event.headers;
    for header in [host_header].into_iter().chain(client_header) {
        request.headers_mut().remove(header);
    }
    if let Some(told) = request.headers_mut().get_mut(CONTENT_LENGTH) {
        *told = length.into(); // Unlike an HTTP server, nothing has checked it against the body.
    }
    if let Some(domain) = context.domain_name {
        request.headers_mut().insert(host_header, domain.try_into()?);
    }
    if let Some(cookies) = event.cookies {
        request.headers_mut().insert(COOKIE, cookies.join("; ").try_into()?);
    }
    if let Some(address) = context.http.source_ip.and_then(|address| address.parse::<IpAddr>().ok()) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    if let Some(id) = context.request_id.as_deref().and_then(RequestId::of_gateway) {
        request.extensions_mut().insert(id);
    }
    Ok(request)
}

/// HTTP APIs put the stage's name before the path, unless it is [`DEFAULT_STAGE`].
fn without_stage<'a>(raw: &'a str, stage: &str) -> &'a str {
    let rest = raw.strip_prefix('/').and_then(|path| path.strip_prefix(stage));
    let is_prefix = |rest: &&str| stage != DEFAULT_STAGE && (rest.is_empty() || rest.starts_with('/'));
    rest.filter(is_prefix).unwrap_or(raw)
}

fn path_and_query(path: &str, query: &str) -> Result<PathAndQuery, Error> {
    let slash = if path.starts_with('/') { "" } else { "/" };
    let path = utf8_percent_encode(path, NOT_IN_PATH);
    let mark = if query.is_empty() { "" } else { "?" };
    let query = utf8_percent_encode(query, NOT_IN_QUERY);
    Ok(format!("{slash}{path}{mark}{query}").try_into()?)
}

/// As it would go over a socket, where a 304 does not tell the length of the body that it leaves out.
async fn event_response(response: Response<Body>) -> Result<ApiGatewayV2httpResponse, Error> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    let mut event = ApiGatewayV2httpResponse::default();
    event.status_code = parts.status.as_u16().into();
    for (name, value) in &parts.headers {
        let value = value.to_str()?;
        if name == SET_COOKIE {
            event.cookies.push(value.to_owned());
        } else if name != CONTENT_LENGTH || parts.status != StatusCode::NOT_MODIFIED {
            // An event has one value for each header; several are one list (RFC 9110 §5.3).
            let values = event.headers.get(name).map(|before| before.to_str()).transpose()?;
            let list = values.map_or_else(|| value.to_owned(), |before| format!("{before}, {value}"));
            event.headers.insert(name, list.try_into()?);
        }
    }
    // Compressed and other binary bodies are no text, and travel as base64.
    let text = str::from_utf8(&body);
    event.is_base64_encoded = text.is_err();
    event.body = Some(text.map_or_else(|_| body.to_vec().into(), Into::into));
    Ok(event)
}

#[cfg(test)]
mod tests;
