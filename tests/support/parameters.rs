//! SSM's Parameter Store, as much of it as the program asks for.

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A Parameter Store with one parameter.
pub async fn parameter_store(value: Option<&'static str>, asked: mpsc::UnboundedSender<Value>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |headers: HeaderMap, body: String| async move {
        asked.send(serde_json::from_str(&body).unwrap()).unwrap();
        assert_eq!(headers["x-amz-target"], "AmazonSSM.GetParameter");
        match value {
            Some("silence") => std::future::pending().await,
            Some(value) => (StatusCode::OK, json!({ "Parameter": { "Value": value } }).to_string()),
            None => (StatusCode::BAD_REQUEST, json!({ "__type": "ParameterNotFound" }).to_string()),
        }
    };
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    endpoint
}

/// What makes the program read its mail server's URL there.
pub fn mail_by_parameter(endpoint: &str) -> [(&str, &str); 6] {
    [
        ("AUTH_PROVIDER", "magic_link"),
        ("EMAIL_FROM", "hello@example.com"),
        ("SMTP_URL_PARAMETER", "/app/smtp-url"),
        ("AWS_ENDPOINT_URL_SSM", endpoint),
        ("AWS_ACCESS_KEY_ID", "made-up"),
        ("AWS_SECRET_ACCESS_KEY", "made-up"),
    ]
}
