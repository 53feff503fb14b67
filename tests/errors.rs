//! Every way to fail: the right status, a code to rely on, the envelope, and no word of what is inside.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::support::faulty::{Fault, Faulty};
use crate::support::{Answer, App, Send as _, Tenant, engine, raw};

#[tokio::test]
async fn every_failure_of_a_client_has_its_status_and_code() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let one = acme.post("/api/example", &json!({ "name": "first" })).await.header("location").unwrap().to_owned();
    let post = || acme.request(Method::POST, "/api/example");
    let json = "application/json";
    let name = json!({ "name": "second" });
    post().header("idempotency-key", "k").json(&name).answer().await.expect(201);
    let cases = [
        (post().header(header::CONTENT_TYPE, json).body("{"), 400, "malformed_json"),
        (post().json(&json!({})), 400, "invalid_input"),
        (acme.request(Method::GET, "/api/example?limit=0"), 400, "invalid_input"),
        (acme.request(Method::GET, "/api/example/nonsense"), 400, "invalid_input"),
        (acme.request(Method::GET, "/api/nothing"), 404, "not_found"),
        (acme.request(Method::GET, &format!("/api/example/{}", Uuid::now_v7())), 404, "not_found"),
        (acme.request(Method::PUT, &one), 405, "method_not_allowed"),
        (acme.request(Method::DELETE, &one).header("if-match", "\"9\""), 412, "precondition_failed"),
        (post().json(&json!({ "name": "x".repeat(1024 * 1024) })), 413, "body_too_large"),
        (post().body("name=a"), 415, "unsupported_media_type"),
        (acme.request(Method::GET, "/api/me").header(header::HOST, "foreign.org"), 421, "misdirected_request"),
        (post().header("idempotency-key", "k").json(&json!({ "name": "x" })), 422, "idempotency_key_reused"),
    ];
    for (request, status, code) in cases {
        let request = request.header("x-request-id", "chosen-by-the-client");
        let answer = request.answer().await;
        let error = answer.fails(status, code);
        assert_eq!(error["requestId"], "chosen-by-the-client");
        assert_eq!(error.get("fields").is_some(), code == "invalid_input", "{error}");
        assert_eq!((answer.header("retry-after"), answer.header("www-authenticate")), (None, None));
    }
}

#[test]
fn the_codes_in_the_docs_are_all_that_there_are_with_their_status() {
    let arms = include_str!("../src/backend/http/error.rs").lines();
    let pairs = arms.filter_map(|line| line.split_once("=> (StatusCode::")?.1.split_once(", "));
    let exist: BTreeSet<_> =
        pairs.map(|(status, code)| (status.to_owned(), code.trim_matches(['"', ')', ',']).to_owned())).collect();

    let docs = include_str!("../docs/architecture.md").split("\n## Errors\n").nth(1).unwrap();
    let rows = docs.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells: Vec<_> = rows.flat_map(|row| row.split('|').map(str::trim).filter(|cell| !cell.is_empty())).collect();
    let mut told = BTreeSet::new();
    for status_and_codes in cells.chunks(2) {
        let status: StatusCode = status_and_codes[0].parse().unwrap();
        let name = status.canonical_reason().unwrap().to_uppercase().replace(' ', "_");
        // What stands behind the codes explains them.
        let codes = status_and_codes[1].split([':', '(']).next().unwrap().split(", with").next().unwrap();
        told.extend(codes.split(", ").map(|code| (name.clone(), code.trim().trim_matches('`').to_owned())));
    }
    assert_eq!(told, exist);
}

/// Begins a request whose body never comes.
async fn hold(tenant: &Tenant, app: &App) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST /api/example HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\
         connection: close\r\n\r\n{{",
        tenant.host
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_not_waited_for() {
    let app = App::with(&["--request-body-timeout", "100ms"]).await;
    let acme = app.tenant("acme");
    let mut held = hold(&acme, &app).await;
    raw::read(&mut held).await.fails(408, "body_timeout");
    assert_eq!(acme.names().await, [""; 0]);
}

#[tokio::test]
async fn more_requests_at_once_than_allowed_are_shed_and_probes_are_not() {
    let app = App::with(&["--max-in-flight", "1"]).await;
    let acme = app.tenant("acme");
    let mut held = hold(&acme, &app).await;
    let shed = until(503, async || acme.get("/api/example").await).await;
    shed.fails(503, "overloaded");
    assert_eq!(shed.header("retry-after"), Some("1"));
    app.tenant("demo").get("/api/me").await.fails(503, "overloaded");
    // Not even its host is looked at.
    app.host("foreign.org").get("/api/me").await.fails(503, "overloaded");
    acme.get("/api/health").await.expect(200);
    acme.get("/api/ready").await.expect(200);
    held.write_all(br#""name":"the held"}"#).await.unwrap();
    held.write_all(b"  ").await.unwrap();
    raw::read(&mut held).await.expect(201);
    let free = until(200, async || acme.get("/api/example").await).await;
    assert_eq!(free.expect(200)["data"][0]["name"], "the held");
}

/// Asks until the status is this one.
async fn until(status: u16, ask: impl AsyncFn() -> Answer) -> Answer {
    for _ in 0..500 {
        let answer = ask().await;
        if answer.status == status {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{status} never came")
}

#[tokio::test]
async fn a_tenant_that_had_its_share_waits_and_others_do_not() {
    let app = App::with(&["--tenant-rate-limit", "5"]).await;
    let acme = app.tenant("acme");
    let limited = until(429, async || acme.get("/api/config").await).await;
    limited.fails(429, "rate_limited");
    assert_eq!(limited.header("retry-after"), Some("1"), "a fifth of a second, in whole ones");
    app.tenant("demo").get("/api/config").await.expect(200);
    // Another way to write the host is the same tenant.
    until(429, async || app.host("ACME.example.com.:80").get("/api/config").await).await.fails(429, "rate_limited");
    for _ in 0..20 {
        acme.get("/api/health").await.expect(200);
    }
    until(200, async || acme.get("/api/config").await).await.expect(200);
}

#[tokio::test]
async fn without_a_rate_limit_there_is_none() {
    let acme = App::with(&["--tenant-rate-limit", "0"]).await.tenant("acme");
    for _ in 0..50 {
        acme.get("/api/config").await.expect(200);
    }
}

/// Each call is in time, both together are not; far enough from the bounds for a busy machine.
#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let proxy = Faulty::start().await;
    proxy.always(Fault::Late(Duration::from_secs(2)));
    let slow = App::with(
        &[
            &["--dynamodb-endpoint", proxy.endpoint.as_str()][..],
            &["--dynamodb-attempt-timeout", "3800ms", "--dynamodb-operation-timeout", "3800ms"],
            &["--handler-timeout", "3900ms", "--request-body-timeout", "3s"],
        ]
        .concat(),
    )
    .await;
    let acme = slow.tenant("acme");
    let path = format!("/api/example/{}", acme.create("first").await["id"].as_str().unwrap());
    let answer = acme.patch(&path, &json!({ "name": "second" })).await;
    answer.fails(504, "handler_timeout");
    acme.get(&path).await.expect(200);
}

const SECRETS: [&str; 6] = ["dynamo", "table", "sdk", "exception", "127.0.0.1", "panicked"];

#[track_caller]
fn tells_nothing_internal(answer: &Answer) {
    let text = answer.text.to_lowercase();
    assert!(SECRETS.iter().all(|secret| !text.contains(secret)), "{text}");
}

#[tokio::test]
async fn a_missing_table_is_a_failure_of_the_server_that_tells_nothing() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let path = format!("/api/example/{}", acme.create("first").await["id"].as_str().unwrap());
    engine::client().delete_table().table_name(&app.table_name).send().await.unwrap();
    let answers = [
        acme.get("/api/example").await,
        acme.get("/api/me").await,
        acme.get(&path).await,
        acme.delete(&path).await,
        acme.patch(&path, &json!({ "name": "a" })).await,
        acme.post("/api/example", &json!({ "name": "a" })).await,
    ];
    for answer in answers {
        answer.fails(500, "internal");
        tells_nothing_internal(&answer);
        assert!(!answer.text.contains(&app.table_name));
    }
    let not_ready = until(503, async || acme.get("/api/ready").await).await;
    not_ready.fails(503, "unavailable");
    assert_eq!(not_ready.header("retry-after"), Some("1"));
    acme.get("/api/health").await.expect(200);
    acme.get("/api/config").await.expect(200);
}

#[tokio::test]
async fn an_item_that_is_not_what_the_code_expects_is_a_failure_of_the_server() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let path = format!("/api/example/{}", acme.create("first").await["id"].as_str().unwrap());
    let mut item = app.items_of("EXAMPLE#").await.remove(0);
    item["name"] = json!({ "secret": "dynamo" });
    app.plant(&item).await;
    for answer in [acme.get(&path).await, acme.get("/api/example").await] {
        answer.fails(500, "internal");
        tells_nothing_internal(&answer);
    }
}

#[tokio::test]
async fn an_unreachable_database_is_told_as_such() {
    let nowhere = ["--dynamodb-endpoint", "http://127.0.0.1:1"];
    let app = App::with(&nowhere).await;
    let acme = app.tenant("acme");
    for answer in [acme.get("/api/example").await, acme.post("/api/example", &json!({ "name": "a" })).await] {
        answer.fails(503, "unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert!(!answer.text.contains("127.0.0.1"), "{}", answer.text);
    }
    acme.get("/api/ready").await.fails(503, "unavailable");
    acme.get("/api/health").await.expect(200);
}
