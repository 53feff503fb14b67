//! What it writes to its log, and what it never writes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr};
use std::time::{Duration, Instant};

use reqwest::{Method, header};
use serde_json::{Value, json};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::faulty::{Fault, Faulty};
use crate::support::process::{Folder, Process, command, ended, kill};
use crate::support::sign_in::{LATER, user_id};
use crate::support::{App, BASE_DOMAIN, Send as _, Tenant, within_patience};

#[tokio::test]
async fn every_line_is_one_object_and_a_request_is_told_once_with_its_cost_and_metrics() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[]);
    let acme = process.tenant("acme");
    let create = acme.request(Method::POST, "/api/example").json(&json!({ "name": "first" }));
    let create = create.header("x-request-id", "the-create").header("traceparent", "00-0af7-b7ad-01");
    let example = create.answer().await.expect(201)["data"].clone();
    acme.get(&format!("/api/example/{}", example["id"].as_str().unwrap())).await.expect(200);
    acme.get("/api/nothing").await.fails(404, "not_found");

    let lines = process.log("request", 3).await;
    let line = &lines[0];
    assert_eq!(line["request_id"], "the-create");
    assert_eq!(line["trace_id"], "00-0af7-b7ad-01");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["tenant"], "acme");
    assert_eq!(line["user"].as_str().unwrap().len(), 36);
    assert_eq!(
        (&line["method"], &line["route"], &line["status"]),
        (&json!("POST"), &json!("/api/example"), &json!(201))
    );
    assert_eq!(
        (&line["round_trips"], &line["read_units"], &line["write_units"]),
        (&json!(1), &json!(0.0), &json!(4.0))
    );
    assert!(line["time"].as_str().unwrap().ends_with('Z'));
    assert_eq!(line.get("error"), None);
    // An id in the path would make a metric of each.
    assert_eq!(lines[1]["route"], "/api/example/{id}");
    assert_eq!(lines[1]["read_units"], 1.0);
    assert_eq!((&lines[2]["route"], &lines[2]["status"]), (&json!("unmatched"), &json!(404)));

    for line in &lines {
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert!(line["_aws"]["Timestamp"].as_i64().unwrap() > 1_700_000_000_000);
        assert_eq!(metrics["Namespace"], app.table_name);
        assert_eq!(
            metrics["Dimensions"],
            json!([["method", "route"]]),
            "a dimension of the tenant would cost by tenant"
        );
        let metrics = metrics["Metrics"].as_array().unwrap().iter();
        let named: Vec<_> = metrics.map(|metric| [&metric["Name"], &metric["Unit"]]).collect();
        assert_eq!(
            json!(named),
            json!([
                ["requests", "Count"],
                ["errors", "Count"],
                ["duration_ms", "Milliseconds"],
                ["read_units", "Count"],
                ["write_units", "Count"],
            ])
        );
        for [name, _] in named {
            assert!(line[name.as_str().unwrap()].is_number(), "{name} has no value in {line}");
        }
        assert_eq!(line["requests"], 1);
        assert_eq!(line["errors"], 0);
    }
    let serving = &process.log("reference_architecture", 2).await[1];
    assert_eq!((&serving["message"], serving.get("_aws")), (&json!("serving"), None), "requests alone are measured");
    assert_eq!(process.error_lines(), [""; 0]);
}

#[tokio::test]
async fn a_sign_in_is_told_with_who_signed_in() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[("AUTH_PROVIDER", "magic_link"), ("EMAIL_MODE", "log")]);
    let link = app.plant_link("acme", "ada@example.com", LATER).await;
    let verify = process.tenant("acme").request(Method::POST, "/api/auth/verify").header("x-request-id", "sign-in");
    verify.json(&json!({ "token": link })).answer().await.expect(200);
    let user = user_id("acme", "ada@example.com").to_string();
    assert_eq!(process.log_line("sign-in").await["user"], user);
}

#[tokio::test]
async fn serve_says_when_it_takes_its_platform_for_a_local_run() {
    let app = App::spawn().await;
    let warnings = |environment: &[(&str, &str)]| {
        // By the time that it serves it has said so.
        let lines = Process::serve(&app.table_name, environment).lines();
        lines.iter().filter(|line| line.contains("WARN") && line.contains("counts as a local run")).count()
    };
    assert_eq!(warnings(&[]), 1);
    assert_eq!(warnings(&[("ECS_CONTAINER_METADATA_URI_V4", "http://127.0.0.1:1/v4"), ("AUTH_PROVIDER", "none")]), 0);
}

#[tokio::test]
async fn a_line_tells_the_method_and_the_milliseconds_that_the_client_waited() {
    let app = App::spawn().await;
    let proxy = Faulty::start().await;
    let process = Process::serve(&app.table_name, &[("DYNAMODB_ENDPOINT", &proxy.endpoint)]);
    let (acme, late) = (process.tenant("acme"), Duration::from_millis(300));
    for method in [Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        let request = acme.request(method.clone(), "/api/example").header("x-request-id", method.as_str());
        drop(request.answer().await);
        assert_eq!(process.log_line(method.as_str()).await["method"], method.as_str());
    }
    proxy.always(Fault::Late(late));
    let started = Instant::now();
    acme.request(Method::GET, "/api/example").header("x-request-id", "late").answer().await.expect(200);
    let waited = started.elapsed();
    let told = Duration::from_secs_f64(process.log_line("late").await["duration_ms"].as_f64().unwrap() / 1e3);
    assert!((late..=waited).contains(&told), "{told:?} of {waited:?}");
}

#[tokio::test]
async fn awss_trace_id_comes_before_a_clients_and_neither_may_be_long() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[]);
    let (aws, long) = ("Root=1-67891233-abcdef012345678912345678", "x".repeat(256));
    let longer = format!("{long}x");
    for (id, headers, told) in [
        ("both", &[("traceparent", "00-0af7-b7ad-01"), ("x-amzn-trace-id", aws)][..], Some(aws)),
        ("long", &[("traceparent", &long)], Some(long.as_str())),
        ("longer", &[("traceparent", &longer)], None),
        ("aws-longer", &[("x-amzn-trace-id", &longer)], None),
    ] {
        let request = process.tenant("acme").request(Method::GET, "/api/config").header("x-request-id", id);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.answer().await.expect(200);
        assert_eq!(process.log_line(id).await["trace_id"].as_str(), told, "{id}");
    }
}

#[tokio::test]
async fn throttling_is_told_from_an_outage_in_the_words_that_the_docs_look_for() {
    let query = include_str!("../../docs/operations.md").split("error like /").nth(1).unwrap();
    let words = query.split('/').next().unwrap();
    let app = App::spawn().await;
    let proxy = Faulty::start().await;
    let process = Process::serve(&app.table_name, &[("DYNAMODB_ENDPOINT", &proxy.endpoint)]);
    for (id, fault, throttled) in [
        ("call", Fault::error(400, "ThrottlingException"), true),
        ("write", Fault::cancelled(&["ThrottlingError", "None"]), true),
        ("outage", Fault::error(500, "InternalServerError"), false),
    ] {
        proxy.always(fault);
        let create = process.tenant("acme").request(Method::POST, "/api/example").header("x-request-id", id);
        create.json(&json!({ "name": "first" })).answer().await.fails(503, "unavailable");
        let line = process.log_line(id).await;
        assert_eq!(line["error"].as_str().unwrap().contains(words), throttled, "{line}");
    }
}

#[tokio::test]
async fn a_preflight_is_told_as_any_request() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[("CORS_ALLOWED_ORIGINS", "https://app.example.org")]);
    let preflight = process.tenant("acme").request(Method::OPTIONS, "/api/example").header("x-request-id", "preflight");
    let preflight = preflight.header(header::ORIGIN, "https://app.example.org");
    preflight.header(header::ACCESS_CONTROL_REQUEST_METHOD, "PATCH").answer().await.expect(200);
    assert_eq!(process.log_line("preflight").await["status"], 200);
}

#[tokio::test]
async fn nothing_of_a_request_that_is_secret_or_personal_is_written() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[]);
    let acme = process.tenant("acme");
    let secretive = |method, path: &str| {
        acme.request(method, path)
            .header(header::AUTHORIZATION, "Bearer planted-token")
            .header(header::COOKIE, "session=planted-cookie")
            .header(header::USER_AGENT, "planted-agent")
            .header(header::REFERER, "https://planted.example/")
            .header("x-request-id", "planted person@example.com")
            .header("idempotency-key", "planted-key")
    };
    let body = json!({ "name": "planted-name person@example.com", "email": "person@example.com" });
    secretive(Method::POST, "/api/example").json(&body).answer().await.expect(201);
    secretive(Method::POST, "/api/example")
        .json(&json!({ "name": "planted-name" }))
        .answer()
        .await
        .fails(422, "idempotency_key_reused");
    secretive(Method::POST, "/api/example")
        .json(&json!({ "planted": "planted" }))
        .answer()
        .await
        .fails(400, "invalid_input");
    secretive(Method::POST, "/api/example")
        .json(&json!({ "name": ["planted"] }))
        .answer()
        .await
        .fails(400, "invalid_input");
    secretive(Method::POST, "/api/example")
        .header("content-type", "application/json")
        .body("{planted")
        .answer()
        .await
        .fails(400, "malformed_json");
    secretive(Method::GET, "/api/example?email=person@example.com&token=planted").answer().await.expect(200);
    secretive(Method::GET, "/api/example?cursor=planted").answer().await.fails(400, "invalid_input");
    secretive(Method::GET, "/api/example/planted-id").answer().await.fails(400, "invalid_input");
    secretive(Method::GET, "/api/planted/person@example.com").answer().await.fails(404, "not_found");
    secretive(Method::GET, "/planted").answer().await.fails(404, "not_found");
    process.tenant("planted.other").get("/api/me").await.fails(421, "misdirected_request");
    process.log("request", 11).await;
    for line in process.lines().into_iter().chain(process.error_lines()) {
        assert!(!line.contains("planted") && !line.contains("person"), "{line}");
    }
}

#[tokio::test]
async fn a_request_whose_client_leaves_is_told_with_its_cost() {
    let app = App::spawn().await;
    let proxy = Faulty::start().await;
    let process = Process::serve(&app.table_name, &[("DYNAMODB_ENDPOINT", &proxy.endpoint)]);
    proxy.always(Fault::Wait);
    let body = r#"{"name":"left"}"#;
    let head = format!("POST /api/example HTTP/1.1\r\nhost: acme.{BASE_DOMAIN}\r\nx-request-id: left\r\n");
    let head = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut client = TcpStream::connect(process.address).await.unwrap();
    client.write_all((head + body).as_bytes()).await.unwrap();
    proxy.called(1).await;
    drop(client);
    proxy.heal();
    let line = process.log_line("left").await;
    assert_eq!((&line["status"], &line["tenant"], &line["write_units"]), (&json!(201), &json!("acme"), &json!(4.0)));
}

#[tokio::test]
async fn a_method_that_a_client_made_up_makes_no_metric_of_its_own() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[]);
    for method in ["EVIL1", "EVIL2", "get"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        process.tenant("acme").request(method, "/api/example").answer().await.expect(405);
    }
    for line in process.log("request", 3).await {
        assert_eq!(line["method"], "other");
    }
}

#[tokio::test]
async fn no_header_can_forge_a_line() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[]);
    let acme = process.tenant("acme");
    let forgeries = [
        r#"x","level":"ERROR","tenant":"other"#,
        r#"x"}{"target":"request","tenant":"other"#,
        "x\\n{\"target\":\"request\"}",
        "x\t{\"target\":\"request\"}",
    ];
    for forgery in forgeries {
        let request = acme.request(Method::GET, "/api/config").header("traceparent", forgery);
        request.header("x-request-id", forgery).answer().await.expect(200);
    }
    // Line ends that are none in HTTP, but may be to who reads the log.
    for bytes in [&b"x\xe2\x80\xa8y"[..], b"x\xc2\x85y", b"x\xff\xfey"] {
        let value = header::HeaderValue::from_bytes(bytes).unwrap();
        let request = acme.request(Method::GET, "/api/config").header("traceparent", value.clone());
        request.header("x-request-id", value).answer().await.expect(200);
    }
    let lines = process.log("request", 7).await;
    assert_eq!(lines.len(), 7);
    for (line, forgery) in lines.iter().zip(forgeries) {
        assert_eq!(line["trace_id"], forgery);
    }
    for line in &lines {
        assert_eq!((&line["level"], &line["tenant"]), (&json!("INFO"), &json!("acme")));
        assert_eq!(line["request_id"].as_str().unwrap().len(), 36, "{line}");
    }
    assert!(process.lines().iter().all(|line| line.is_ascii()));
}

#[tokio::test]
async fn a_failure_is_told_once_with_its_reason_and_the_client_sees_none_of_it() {
    let process = Process::serve("test-that-nobody-makes", &[]);
    let acme = process.tenant("acme");
    acme.get("/api/example").await.fails(500, "internal");
    let lines = process.log("request", 1).await;
    let error = lines[0]["error"].as_str().unwrap();
    assert!(error.contains("ResourceNotFoundException"), "{error}");
    assert_eq!((&lines[0]["level"], &lines[0]["errors"]), (&json!("ERROR"), &json!(1)));
    let told = process.lines().iter().filter(|line| line.contains("ResourceNotFound")).count();
    assert_eq!(told, 1);
}

#[tokio::test]
async fn probes_are_told_only_to_who_debugs() {
    let app = App::spawn().await;
    for (filter, probes) in [("info", 0), ("info,request=debug", 2)] {
        let process = Process::serve(&app.table_name, &[("RUST_LOG", filter)]);
        let acme = process.tenant("acme");
        acme.get("/api/health").await.expect(200);
        acme.get("/api/ready").await.expect(200);
        acme.get("/api/config").await.expect(200);
        let lines = process.log("request", probes + 1).await;
        let levels: Vec<_> = lines.iter().map(|line| line["level"].as_str().unwrap()).collect();
        assert_eq!(levels, [vec!["DEBUG"; probes], vec!["INFO"]].concat());
        assert!(process.lines().iter().all(|line| !line.contains("the table is not active")), "{:?}", process.lines());
    }
}

/// The lines of its log, once there are so many.
async fn lines(process: &Process, count: usize) -> Vec<String> {
    let told = async {
        while process.lines().len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within_patience("lines of the log", told).await;
    process.lines()
}

#[tokio::test]
async fn pretty_lines_are_for_people() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[("LOG_FORMAT", "pretty")]);
    process.tenant("acme").get("/api/config").await.expect(200);
    for (line, level) in lines(&process, 3).await.iter().zip(["WARN", "INFO", "INFO"]) {
        assert!(serde_json::from_str::<Value>(line).is_err(), "{line}");
        assert!(line.contains(level), "{line}");
        assert!(!line.contains('\u{1b}'), "colours, though this is no terminal: {line:?}");
    }
}

#[tokio::test]
async fn dev_logs_for_people_and_as_json_where_that_is_asked_for() {
    let folder = Folder::new();
    let process = Process::start(&folder, &["dev", "--memory"], &[]);
    process.tenant("acme").get("/api/config").await.fails(421, "misdirected_request");
    let told = lines(&process, 1).await;
    assert!(told.iter().all(|line| line.contains("INFO") && !line.starts_with('{')), "{told:?}");
    let process = Process::start(&folder, &["dev", "--memory"], &[("LOG_FORMAT", "json")]);
    process.tenant("acme").get("/api/config").await.fails(421, "misdirected_request");
    assert_eq!(process.log("request", 1).await[0]["status"], 421);
    // The engine refuses the second write, which is how it is known for a repetition.
    let acme = Tenant::new(process.address, "acme.localhost");
    for _ in 0..2 {
        let create = acme.request(Method::POST, "/api/example").header("idempotency-key", "k");
        create.json(&json!({ "name": "first" })).answer().await.expect(201);
    }
    process.log("request", 3).await;
    assert!(process.lines().iter().all(|line| line.contains(r#""level":"INFO""#)), "{:?}", process.lines());
}

/// `dev` with this filter, whose greeting tells the port on standard error, with what it writes to either output.
fn dev(filter: &str) -> (Child, BufReader<ChildStderr>, Tenant, SocketAddr) {
    let environment = [("PORT", "0"), ("LOG_FORMAT", "json"), ("TENANT_RATE_LIMIT", "0"), ("RUST_LOG", filter)];
    let mut child = command(&Folder::new(), &["dev", "--memory"], &environment).spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    let port = loop {
        assert_ne!(errors.read_line(&mut line).unwrap(), 0, "{line}");
        if let Some((_, rest)) = line.split_once("http://localhost:") {
            break rest.split(' ').next().unwrap().parse().unwrap();
        }
    };
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    (child, errors, Tenant::new(address, "acme.localhost"), address)
}

async fn ends_well(mut child: Child) {
    kill("TERM", child.id());
    assert_eq!(ended(&mut child).await.code(), Some(0));
}

#[tokio::test]
async fn a_reader_that_stops_reading_the_log_stops_nothing_else() {
    // Some hundred lines for each request: more in all than a pipe holds and the program keeps.
    let (child, _errors, acme, _) = dev("trace");
    for _ in 0..400 {
        within_patience("an answer", acme.get("/api/example")).await.expect(200);
    }
    ends_well(child).await;
}

#[tokio::test]
async fn the_lines_of_all_requests_are_written_before_the_end() {
    let (mut child, _errors, acme, address) = dev("info");
    // More than a pipe holds: the rest waits until somebody reads.
    for _ in 0..300 {
        acme.get("/api/config").await.expect(200);
    }
    let mut output = BufReader::new(child.stdout.take().unwrap());
    kill("TERM", child.id());
    let closed = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    within_patience("the end of the server", closed).await;
    // From now on the lines are all that it waits for, a second at most.
    let read = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        text
    });
    let text = within_patience("the end of the log", read).await.unwrap();
    assert_eq!(text.lines().filter(|line| line.contains(r#""target":"request""#)).count(), 300);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_log_that_cannot_be_written_costs_lines_and_no_answers() {
    let (mut child, errors, acme, _) = dev("info");
    drop((child.stdout.take(), errors));
    for _ in 0..20 {
        acme.get("/api/config").await.expect(200);
    }
    ends_well(child).await;
}
