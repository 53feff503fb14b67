use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::{Error, RequestContext};
use crate::logging::{REQUEST, chain};

/// Methods that are told apart: those that something here answers.
const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// Paths that load balancers ask every few seconds; a line for each would bury the rest.
const PROBES: [&str; 2] = ["/api/health", "/api/ready"];

/// Gives every response the request's id, and writes one line when the request ends: the only place that logs a
/// request or its failure.
pub async fn access_log(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let context = RequestContext::new(request.headers(), request.extensions());
    request.extensions_mut().insert(context.clone());
    // A client can make up methods, and each would be a metric.
    let known = METHODS.iter().find(|method| *method == request.method());
    let method = known.map_or("other", Method::as_str);
    let matched = request.extensions().get::<MatchedPath>().cloned();
    // The template, never the path: paths hold ids, and what is not a route may hold anything.
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    let trace_id = trace_id(request.headers());
    // What is logged on the way, such as a panic, carries the id too.
    let span = tracing::info_span!("request", request_id = context.id.as_str());
    let mut response = next.run(request).instrument(span).await;
    // Set here, since CORS preflights are answered outside the envelope.
    if let Ok(id) = HeaderValue::from_str(context.id.as_str()) {
        response.headers_mut().insert("x-request-id", id);
    }

    let status = response.status().as_u16();
    let error = response.extensions().get::<Arc<Error>>().map(|error| chain(error));
    let duration_ms = started.elapsed().as_secs_f64() * 1e3;
    let usage = context.meter.usage();
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                target: REQUEST,
                request_id = context.id.as_str(),
                trace_id,
                tenant = context.tenant.get().map(tracing::field::display),
                user = context.user.get().map(tracing::field::display),
                method,
                route,
                status,
                requests = 1,
                errors = u64::from(response.status().is_server_error()),
                duration_ms,
                round_trips = usage.round_trips,
                read_units = usage.read_units,
                write_units = usage.write_units,
                error,
            )
        };
    }
    if PROBES.contains(&route) {
        line!(debug);
    } else if response.status().is_server_error() {
        line!(error);
    } else {
        line!(info);
    }
    response
}

/// The trace that the caller or AWS runs the request under.
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let header = headers.get("x-amzn-trace-id").or_else(|| headers.get("traceparent"));
    // A client can set these, and a log line must stay short.
    header.and_then(|value| value.to_str().ok()).filter(|id| id.len() <= 256).map(str::to_owned)
}
