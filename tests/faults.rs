//! What clients see when DynamoDB or the way to it fails, and what is true of the data afterwards.

use std::time::Duration;

use reference_architecture::table::{EventReader, Table};
use reference_architecture::tenancy::TenantResolver;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::faulty::{Fault, Faulty, PLANTED};
use crate::support::process::Process;
use crate::support::{Answer, App, Send as _, Tenant};

/// Short, so that tests of silence are; each far below the handler's, so that its time-out never answers first.
const SHORT_WAITS: [&str; 6] = [
    "--dynamodb-connect-timeout=400ms",
    "--dynamodb-attempt-timeout=400ms",
    "--dynamodb-operation-timeout=1s",
    "--handler-timeout=14s",
    "--gateway-timeout=15s",
    "--tenant-rate-limit=0",
];

/// So long that a busy machine is never taken for a silent one.
const LONG_WAITS: [&str; 6] = [
    "--dynamodb-connect-timeout=4s",
    "--dynamodb-attempt-timeout=4s",
    "--dynamodb-operation-timeout=12s",
    "--handler-timeout=14s",
    "--gateway-timeout=15s",
    "--tenant-rate-limit=0",
];

/// Silence is noticed soon, and what a busy machine does next is not taken for it.
const NOTICING_WAITS: [&str; 6] = [
    "--dynamodb-connect-timeout=2s",
    "--dynamodb-attempt-timeout=2s",
    "--dynamodb-operation-timeout=12s",
    "--handler-timeout=14s",
    "--gateway-timeout=15s",
    "--tenant-rate-limit=0",
];

/// An app that reaches the engine through a proxy, with an example in its table.
struct Scene {
    app: App,
    proxy: Faulty,
    acme: Tenant,
    example: Value,
}

impl Scene {
    async fn new(arguments: &[&str]) -> Self {
        let proxy = Faulty::start().await;
        let endpoint = format!("--dynamodb-endpoint={}", proxy.endpoint);
        let app = App::with(&[&[endpoint.as_str()], arguments].concat()).await;
        let acme = app.tenant("acme");
        let example = acme.create("first").await;
        proxy.heal();
        Self { app, proxy, acme, example }
    }

    fn path(&self) -> String {
        format!("/api/example/{}", self.example["id"].as_str().unwrap())
    }

    async fn create(&self, name: &str) -> Answer {
        self.acme.post("/api/example", &json!({ "name": name })).await
    }

    async fn read(&self) -> Answer {
        self.acme.get(&self.path()).await
    }

    async fn delete(&self) -> Answer {
        self.acme.delete(&self.path()).await
    }

    async fn rename(&self, name: &str) -> Answer {
        self.acme.patch(&self.path(), &json!({ "name": name })).await
    }

    /// The answers of all endpoints that need the table, all asked at once.
    async fn answers(&self) -> Vec<(&'static str, Answer)> {
        let key = Uuid::now_v7().to_string();
        let create = || self.acme.request(Method::POST, "/api/example").json(&json!({ "name": "more" }));
        let with_key = create().header("idempotency-key", key);
        let (me, list, read, created, repeatable, changed, deleted) = tokio::join!(
            self.acme.get("/api/me"),
            self.acme.get("/api/example"),
            self.read(),
            create().answer(),
            with_key.answer(),
            self.rename("second"),
            self.delete(),
        );
        let answers = [me, list, read, created, repeatable, changed, deleted];
        ["me", "list", "read", "create", "create with a key", "change", "delete"].into_iter().zip(answers).collect()
    }

    /// Names and ids of all events of the tenant, in the order of time.
    async fn events(&self) -> Vec<(String, String)> {
        events(&self.app.table).await
    }
}

pub async fn events(table: &Table) -> Vec<(String, String)> {
    let tenant = TenantResolver::named_by_operator("acme").unwrap();
    let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    let mut found = Vec::new();
    // The test may run over midnight.
    for day in [today.yesterday().unwrap(), today] {
        let mut reader = EventReader::new(table, &tenant, day);
        while let Some(event) = reader.next().await.unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            found.push((text(&event["name"]), text(&event["props"]["id"])));
        }
    }
    found
}

async fn all<T: Send + 'static>(tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    tasks.into_iter().collect::<JoinSet<T>>().join_all().await
}

#[track_caller]
fn is_unavailable(answer: &Answer) {
    answer.fails(503, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(!answer.text.contains(PLANTED), "{}", answer.text);
}

#[track_caller]
fn is_internal(answer: &Answer) {
    answer.fails(500, "internal");
    assert_eq!(answer.header("retry-after"), None);
    for inner in [PLANTED, "AccessDenied", "DynamoDB", "Exception", "table"] {
        assert!(!answer.text.contains(inner), "{}", answer.text);
    }
}

/// Every endpoint that needs the table answers so, the two that need it not go on, and all is well once the fault is
/// gone, without a restart.
async fn all_answer(fault: Fault, is_right: fn(&Answer)) {
    let scene = Scene::new(if matches!(fault, Fault::Hang) { &NOTICING_WAITS } else { &LONG_WAITS }).await;
    scene.proxy.always(fault.clone());
    for (endpoint, answer) in scene.answers().await {
        eprintln!("{fault:?}: {endpoint}");
        is_right(&answer);
    }
    scene.acme.get("/api/health").await.expect(200);
    scene.acme.get("/api/config").await.expect(200);

    scene.proxy.heal();
    assert_eq!(scene.acme.names().await, ["first"], "after {fault:?}");
    assert_eq!(scene.events().await.len(), 1, "after {fault:?}");
    scene.rename("second").await.expect(200);
    scene.create("more").await.expect(201);
    assert_eq!(scene.acme.names().await, ["more", "second"], "after {fault:?}");
}

#[tokio::test]
async fn throttling_and_failures_of_dynamodb_are_503_until_they_end() {
    let codes = [
        (400, "ThrottlingException"),
        (400, "ProvisionedThroughputExceededException"),
        (400, "RequestLimitExceeded"),
        (500, "InternalServerError"),
        (503, "ServiceUnavailable"),
    ];
    all(codes.into_iter().map(|(status, code)| all_answer(Fault::error(status, code), is_unavailable))).await;
}

#[tokio::test]
async fn answers_that_dynamodb_never_gives_are_503_until_they_end() {
    let garbage = [
        Fault::Answer(200, "\u{1}no JSON at all"),
        Fault::Answer(200, "[[[[[["),
        Fault::Answer(502, "<html>Bad Gateway</html>"),
        Fault::Answer(404, "<html>Not Found</html>"),
        Fault::Answer(500, ""),
    ];
    all(garbage.into_iter().map(|fault| all_answer(fault, is_unavailable))).await;
}

#[tokio::test]
async fn an_engine_that_never_answers_is_503_before_the_handler_is_timed_out() {
    all_answer(Fault::Hang, is_unavailable).await;
}

#[tokio::test]
async fn connections_that_end_before_an_answer_are_503_until_they_do_not() {
    all_answer(Fault::Cut, is_unavailable).await;
}

#[tokio::test]
async fn what_dynamodb_refuses_is_500_without_inner_text() {
    let codes =
        ["AccessDeniedException", "ResourceNotFoundException", "ValidationException", "UnrecognizedClientException"];
    all(codes.into_iter().map(|code| all_answer(Fault::error(400, code), is_internal))).await;
}

#[tokio::test]
async fn a_missing_table_is_500_and_not_ready() {
    let app = App::with(&["--dynamodb-table=test-that-nobody-makes"]).await;
    let acme = app.tenant("acme");
    is_internal(&acme.get("/api/example").await);
    is_internal(&acme.post("/api/example", &json!({ "name": "first" })).await);
    is_internal(&acme.get("/api/me").await);
    is_unavailable(&acme.get("/api/ready").await);
    acme.get("/api/health").await.expect(200);
}

#[tokio::test]
async fn nothing_that_listens_is_503() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let app = App::with(&[&[format!("--dynamodb-endpoint=http://{free}").as_str()], &SHORT_WAITS[..]].concat()).await;
    is_unavailable(&app.tenant("acme").get("/api/example").await);
    is_unavailable(&app.tenant("acme").get("/api/ready").await);
}

#[tokio::test]
async fn an_engine_that_takes_no_connections_is_503_before_the_handler_is_timed_out_and_the_log_tells_why() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(1).unwrap();
    let address = full.local_addr().unwrap();
    // Filled until the kernel drops what more comes.
    let mut waiting = Vec::new();
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    let endpoint = format!("--dynamodb-endpoint=http://{address}");
    let app = App::with(&[&[endpoint.as_str()], &SHORT_WAITS[..]].concat()).await;
    is_unavailable(&app.tenant("acme").get("/api/example").await);
    is_unavailable(&app.tenant("acme").post("/api/example", &json!({ "name": "first" })).await);

    let environment = [("DYNAMODB_ENDPOINT", &*format!("http://{address}")), ("DYNAMODB_CONNECT_TIMEOUT", "100ms")];
    let process = Process::serve("some-table", &environment);
    is_unavailable(&process.tenant("acme").get("/api/example").await);
    let error = process.log("request", 1).await[0]["error"].to_string();
    assert!(error.contains("connect timeout occurred after 100ms"), "{error}");
}

#[tokio::test]
async fn one_failure_of_any_kind_is_not_seen_by_clients() {
    let faults = [
        Fault::error(400, "ThrottlingException"),
        Fault::error(400, "ProvisionedThroughputExceededException"),
        Fault::error(500, "InternalServerError"),
        Fault::Hang,
        Fault::Cut,
        Fault::LoseReply,
        Fault::HoldReply,
        Fault::CloseAfter,
    ];
    all(faults.into_iter().map(one_failure)).await;
}

async fn one_failure(fault: Fault) {
    eprintln!("{fault:?}");
    let is_silent = matches!(fault, Fault::Hang | Fault::HoldReply);
    let scene = Scene::new(if is_silent { &NOTICING_WAITS } else { &LONG_WAITS }).await;
    let fail = || scene.proxy.next([fault.clone()]);
    fail();
    let created = scene.create("more").await.expect(201)["data"].clone();
    fail();
    assert_eq!(scene.acme.get(&scene.path()).await.expect(200)["data"], scene.example);
    fail();
    assert_eq!(scene.rename("second").await.expect(200)["data"]["version"], 2);
    fail();
    assert_eq!(scene.acme.names().await, ["more", "second"], "{fault:?}");
    fail();
    let me = scene.acme.get("/api/me").await.expect(200);
    fail();
    assert_eq!(scene.acme.get("/api/me").await.expect(200), me);
    fail();
    scene.acme.delete(&scene.path()).await.expect(200);
    scene.acme.get("/api/ready").await.expect(200);

    scene.proxy.heal();
    assert_eq!(scene.acme.names().await, ["more"], "{fault:?}");
    let (first, more) = (scene.example["id"].as_str().unwrap(), created["id"].as_str().unwrap());
    let expected =
        [("example.created", first), ("example.created", more), ("example.changed", first), ("example.deleted", first)];
    assert_eq!(scene.events().await, expected.map(|(name, id)| (name.to_owned(), id.to_owned())), "{fault:?}");
}

#[tokio::test]
async fn a_create_whose_every_answer_is_lost_happens_once() {
    let scene = Scene::new(&[]).await;
    scene.proxy.always(Fault::LoseReply);
    is_unavailable(&scene.create("second").await);
    assert_eq!(scene.proxy.calls(), ["TransactWriteItems"; 3], "the first attempt and two retries");

    scene.proxy.heal();
    assert_eq!(scene.acme.names().await, ["second", "first"]);
    assert_eq!(scene.events().await.len(), 2);
}

#[tokio::test]
async fn a_client_that_repeats_a_lost_create_under_its_key_gets_what_was_made() {
    let scene = Scene::new(&[]).await;
    let create = async || {
        let request = scene.acme.request(Method::POST, "/api/example").header("idempotency-key", "k");
        request.json(&json!({ "name": "second" })).answer().await
    };
    scene.proxy.always(Fault::LoseReply);
    is_unavailable(&create().await);
    scene.proxy.heal();
    let made = create().await.expect(201)["data"].clone();
    assert_eq!(scene.acme.get("/api/example").await.expect(200)["data"], json!([made, scene.example]));
    assert_eq!(scene.events().await.len(), 2);
}

#[tokio::test]
async fn an_answer_lost_and_then_a_conflict_with_itself_happens_once() {
    let scene = Scene::new(&[]).await;
    let conflict = Fault::cancelled(&["TransactionConflict", "None"]);
    scene.proxy.next([Fault::LoseReply, conflict.clone()]);
    scene.create("second").await.expect(201);
    scene.proxy.next([Fault::LoseReply, Fault::error(400, "TransactionInProgressException"), conflict]);
    scene.create("third").await.expect(201);
    assert_eq!(scene.acme.names().await, ["third", "second", "first"]);
    assert_eq!(scene.events().await.len(), 3);
}

#[tokio::test]
async fn a_transaction_that_conflicts_once_is_tried_again() {
    let scene = Scene::new(&[]).await;
    let conflicts = [
        Fault::cancelled(&["TransactionConflict", "None"]),
        Fault::cancelled(&["None", "TransactionConflict"]),
        Fault::error(400, "TransactionConflictException"),
    ];
    for (count, conflict) in conflicts.into_iter().enumerate() {
        scene.proxy.heal();
        scene.proxy.next([conflict]);
        scene.create("more").await.expect(201);
        assert_eq!(scene.proxy.calls(), ["TransactWriteItems"; 2]);
        assert_eq!(scene.acme.names().await.len(), count + 2);
        assert_eq!(scene.events().await.len(), count + 2);
    }
}

#[tokio::test]
async fn a_user_whose_entry_a_sign_in_holds_at_that_moment_is_told_all_the_same() {
    let scene = Scene::new(&[]).await;
    scene.proxy.next([Fault::error(400, "TransactionConflictException")]);
    scene.acme.get("/api/me").await.expect(200);
    assert_eq!(scene.proxy.calls(), ["UpdateItem"; 2]);
}

#[tokio::test]
async fn a_transaction_that_conflicts_for_ever_is_409_and_changes_nothing() {
    let scene = Scene::new(&[]).await;
    scene.proxy.always_at("TransactWriteItems", Fault::cancelled(&["None", "TransactionConflict"]));
    scene.create("second").await.fails(409, "conflict");
    assert_eq!(scene.proxy.calls(), ["TransactWriteItems"; 4], "a few tries, not one and not endless ones");
    scene.rename("second").await.fails(409, "conflict");
    scene.acme.delete(&scene.path()).await.fails(409, "conflict");

    scene.proxy.heal();
    assert_eq!(scene.acme.names().await, ["first"]);
    assert_eq!(scene.events().await.len(), 1);
}

#[tokio::test]
async fn cancelled_transactions_are_read_reason_by_reason() {
    let scene = Scene::new(&[]).await;
    for reason in ["ThrottlingError", "ProvisionedThroughputExceeded"] {
        scene.proxy.always_at("TransactWriteItems", Fault::cancelled(&["None", reason]));
        is_unavailable(&scene.create("second").await);
        is_unavailable(&scene.rename("second").await);
        scene.proxy.heal();
    }
    for reason in ["ItemCollectionSizeLimitExceeded", "ValidationError", "SomethingNew"] {
        scene.proxy.always_at("TransactWriteItems", Fault::cancelled(&["None", reason]));
        is_internal(&scene.create("second").await);
        scene.proxy.heal();
    }
    // The event refuses to overwrite another: a defect, never the client's fault.
    scene.proxy.always_at("TransactWriteItems", Fault::cancelled(&["None", "ConditionalCheckFailed"]));
    is_internal(&scene.create("second").await);
    // With both, the condition counts: it will not be met on the next try either.
    scene.proxy.always_at("TransactWriteItems", Fault::cancelled(&["ConditionalCheckFailed", "TransactionConflict"]));
    scene.acme.delete(&scene.path()).await.fails(404, "not_found");
    scene.proxy.heal();
    assert_eq!(scene.acme.names().await, ["first"]);
}

#[tokio::test]
async fn readiness_waits_for_one_attempt_alone_and_warns_of_its_failure() {
    let app = App::spawn().await;
    let proxy = Faulty::start().await;
    let waits = [("DYNAMODB_CONNECT_TIMEOUT", "500ms"), ("DYNAMODB_ATTEMPT_TIMEOUT", "500ms")];
    let environment = [&[("DYNAMODB_ENDPOINT", proxy.endpoint.as_str())], &waits[..]].concat();
    let process = Process::serve(&app.table_name, &environment);
    proxy.always(Fault::Hang);
    is_unavailable(&process.tenant("acme").get("/api/ready").await);
    // The SDK's time-out of the attempt ends at the same moment, and it may have begun the next one.
    assert!((1..=2).contains(&proxy.calls().len()), "{:?}", proxy.calls());
    let told = process.log("reference_architecture::resources::deployment", 1).await;
    assert_eq!(told[0]["level"], "WARN");
}

#[tokio::test]
async fn readiness_follows_the_table_and_liveness_does_not() {
    let scene = Scene::new(&[]).await;
    let ready = async |status: u16| {
        // What was found is believed for a second.
        for _ in 0..200 {
            let answer = scene.acme.get("/api/ready").await;
            scene.acme.get("/api/health").await.expect(200);
            if answer.status == status {
                if status == 503 {
                    is_unavailable(&answer);
                }
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("readiness never became {status}");
    };
    ready(200).await;
    for fault in [Fault::Hang, Fault::Cut, Fault::error(400, "AccessDeniedException"), Fault::error(500, "Any")] {
        scene.proxy.always(fault);
        ready(503).await;
        scene.proxy.heal();
        ready(200).await;
    }
}

#[tokio::test]
async fn a_table_that_is_still_being_made_is_not_ready() {
    let proxy = Faulty::start().await;
    let app = App::with(&["--dynamodb-endpoint", &proxy.endpoint]).await;
    proxy.always_at("DescribeTable", Fault::Answer(200, r#"{"Table":{"TableStatus":"CREATING"}}"#));
    app.tenant("acme").get("/api/ready").await.fails(503, "unavailable");
}
