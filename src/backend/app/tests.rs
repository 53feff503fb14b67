//! Tests that need a route that no product has.

use std::process::Command;

use axum::routing::get;
use clap::{Args as _, FromArgMatches as _};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::*;
use crate::config::{LogFormat, Settings};
use crate::logging;
use crate::serve::serve;

const TEST: &str = "app::tests::a_panic_is_answered_with_the_envelope_and_logged_once_with_the_request_id";
const IN_CHILD: &str = "PANIC_TEST_CHILD";
const SECRET: &str = "planted-in-the-panic";

fn config() -> Config {
    let arguments = ["test", "--dynamodb-table", "test", "--aws-region", "r", "--tenant-resolution-mode", "fixed"];
    // Ignores the environment of the shell that runs the tests.
    let command = Settings::augment_args(clap::Command::new("test")).mut_args(|argument| argument.env(None));
    let matches = command.get_matches_from(arguments.iter().chain(&["--app-tenant-id", "acme"]));
    Config::from_settings(Settings::from_arg_matches(&matches).unwrap()).unwrap()
}

/// The hook that logs panics is one for the whole process, so the server runs in a process of its own: this very
/// test, started once more.
#[test]
fn a_panic_is_answered_with_the_envelope_and_logged_once_with_the_request_id() {
    if std::env::var_os(IN_CHILD).is_some() {
        return tokio::runtime::Runtime::new().unwrap().block_on(panic_and_go_on());
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child.args(["--exact", TEST, "--nocapture"]).env(IN_CHILD, "1").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for (request_id, message) in [("first", SECRET), ("second", SECRET), ("third", "(not a text)")] {
        let of_request: Vec<_> = lines.iter().filter(|line| line["request_id"] == request_id).collect();
        let of_panic: Vec<_> = of_request.iter().filter(|line| line["panic"].is_string()).collect();
        assert_eq!((of_request.len(), of_panic.len()), (2, 1), "{of_request:#?}");
        assert!(of_panic[0]["panic"].as_str().unwrap().contains(message), "{}", of_panic[0]);
        assert!(of_panic[0]["location"].as_str().unwrap().contains("app/tests.rs"), "{}", of_panic[0]);
        let line = of_request.iter().find(|line| line["status"] == 500).unwrap();
        assert_eq!((&line["level"], &line["errors"]), (&"ERROR".into(), &1.into()), "{line}");
    }
    assert_eq!(text.matches(SECRET).count(), 2, "{text}");
}

async fn panic_and_go_on() {
    let _unwritten = logging::init(LogFormat::Json, "info", "test", true).unwrap();
    let config = config();
    let routes = Router::new()
        .route("/api/literal", get(async || -> () { panic!("planted-in-the-panic") }))
        .route(
            "/api/late",
            get(async || -> () {
                tokio::task::yield_now().await;
                panic!("{SECRET}: {}", 1)
            }),
        )
        .route("/api/any", get(async || -> () { std::panic::panic_any(1) }))
        .route("/api/well", get(async || "well"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let app = with_outer_layers(routes, &config);
    let server = tokio::spawn(async move {
        serve(
            listener,
            app,
            config.settings.waits,
            config.settings.limits.max_connections,
            Lifecycle::default(),
            async {
                drop(stopped.await);
            },
        )
        .await;
    });
    let client = reqwest::Client::new();
    for (path, request_id) in [("literal", "first"), ("late", "second"), ("any", "third")] {
        let request = client.get(format!("{base_url}/api/{path}")).header("x-request-id", request_id);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 500);
        for header in ["x-request-id", "x-content-type-options", "content-security-policy"] {
            assert!(answer.headers().contains_key(header), "{header}");
        }
        let expected =
            r#"{"error":{"code":"internal","message":"something went wrong on the server","requestId":"ID"}}"#;
        assert_eq!(answer.text().await.unwrap(), expected.replace("ID", request_id));
        assert_eq!(client.get(format!("{base_url}/api/well")).send().await.unwrap().text().await.unwrap(), "well");
    }
    drop(stop);
    server.await.unwrap();
}
