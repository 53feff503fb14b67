//! The command line: what each command does, and its exit code.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Response, header};
use clap::Args as _;
use reference_architecture::config::Settings;
use reference_architecture::dev::Engine;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::faults::events;
use crate::support::parameters::{mail_by_parameter, parameter_store};
use crate::support::process::{Folder, PATIENT_WAITS, Process, command, command_as_process_1, kill, run};
use crate::support::{App, Tenant, within_patience};

#[test]
fn help_is_the_manual_of_every_variable() {
    let (code, help, _) = run(&["--help"], &[("DYNAMODB_TABLE", "planted"), ("PORT", "4711")]);
    assert_eq!(code, 0);
    let command = Settings::augment_args(clap::Command::new("test"));
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        let variable = argument.get_env().unwrap().to_str().unwrap();
        let (before, after) = help.split_once(&format!("[env: {variable}]")).unwrap_or_else(|| panic!("{variable}"));
        // Of this option alone: options are told apart by empty lines.
        let text = before.rsplit("\n\n").next().unwrap();
        let tail = after.split("\n\n").next().unwrap();
        assert!(text.split_whitespace().count() > 4, "{variable} is not explained: {text}");
        let default = argument.get_default_values().first().map(|value| value.to_str().unwrap());
        assert!(default.is_none_or(|default| tail.contains(&format!("[default: {default}]"))), "{variable}: {tail}");
    }
    assert!(!help.contains("planted") && !help.contains("4711"), "values may be secrets");
    let (code, help, _) = run(&["validate", "--help"], &[("VALIDATE_BEARER_TOKEN", "planted")]);
    assert!(code == 0 && help.contains("VALIDATE_BEARER_TOKEN") && !help.contains("planted"), "{help}");
}

#[test]
fn serve_without_configuration_names_all_that_is_missing_and_starts_nothing() {
    for arguments in [&["serve"][..], &[]] {
        let folder = Folder::new();
        let output = command(&folder, arguments, &[]).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        for variable in ["DYNAMODB_TABLE", "AWS_REGION", "TENANT_RESOLUTION_MODE"] {
            assert_eq!(text.matches(variable).count(), 1, "{text}");
        }
        assert!(output.stdout.is_empty());
        assert_eq!(folder.names(), [""; 0], "no data of an embedded engine");
    }
}

#[test]
fn every_setting_that_is_wrong_is_told_at_once_and_no_value_with_it() {
    let wrong = [
        ("PORT", "planted"),
        ("LOG_FORMAT", "planted"),
        ("RUST_LOG", "planted=planted=planted"),
        ("MAX_IN_FLIGHT", "0"),
        ("MAX_CONNECTIONS", "-1"),
        ("CORS_ALLOWED_ORIGINS", "planted"),
        ("DYNAMODB_ENDPOINT", "http://person:planted@127.0.0.1"),
        ("TENANT_RESOLUTION_MODE", "planted"),
        ("TENANT_RATE_LIMIT", "many"),
        ("HANDLER_TIMEOUT", "0s"),
        ("DYNAMODB_OPERATION_TIMEOUT", "planted"),
        ("KEEP_ALIVE_TIMEOUT", ""),
        ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4"),
    ];
    let (code, output, error) = run(&["serve"], &wrong);
    assert_eq!(code, 1, "{error}");
    assert_eq!(output, "");
    let variables = wrong.iter().map(|(variable, _)| *variable).filter(|variable| !variable.starts_with("ECS"));
    for variable in variables.chain(["DYNAMODB_TABLE", "AUTH_PROVIDER"]) {
        assert!(error.contains(&format!("\n  {variable} ")), "{variable} is not in {error}");
    }
    assert!(!error.contains("planted"), "{error}");
}

#[test]
fn a_setting_that_is_not_utf_8_is_told_with_the_others() {
    let folder = Folder::new();
    let mut serve = command(&folder, &["serve"], &[("LOG_FORMAT", "xml")]);
    let output =
        serve.env("PORT", OsStr::from_bytes(b"30\xff0")).env("RUST_LOG", OsStr::from_bytes(b"\xff")).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    let told: Vec<_> = error.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    for problem in ["PORT is not valid: it is not UTF-8", "RUST_LOG is not valid: it is not UTF-8"] {
        assert!(told.contains(&problem), "{problem}: {error}");
    }
    for variable in ["LOG_FORMAT ", "DYNAMODB_TABLE "] {
        assert!(told.iter().any(|problem| problem.starts_with(variable)), "{variable}: {error}");
    }
}

#[test]
fn an_unknown_command_or_flag_is_refused() {
    for arguments in [&["server"][..], &["--prot=1"], &["table"], &["table", "drop"], &["validate"]] {
        let (code, output, error) = run(arguments, &[]);
        assert_eq!((code, output.as_str()), (2, ""), "{arguments:?}: {error}");
    }
}

#[test]
fn a_port_that_is_taken_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, _, error) = run(&["dev", "--memory"], &[("PORT", &port)]);
    assert_eq!(code, 1);
    assert!(error.contains(&port) && error.contains("in use"), "{error}");
}

#[tokio::test]
async fn a_second_dev_on_the_same_data_is_a_clear_error_and_the_first_goes_on() {
    let folder = Folder::new();
    let first = Process::start(&folder, &["dev"], &[]);
    let output = command(&folder, &["dev"], &[("PORT", "0")]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("the other `dev`"), "{error}");
    Tenant::new(first.address, "acme.localhost").create("still here").await;
}

#[tokio::test]
async fn dev_and_its_engine_are_reached_by_this_machines_own_address_alone() {
    let process = Process::start(&Folder::new(), &["dev", "--memory"], &[]);
    let engine = Engine::start(None).await.unwrap();
    let engine: SocketAddr = engine.endpoint().strip_prefix("http://").unwrap().parse().unwrap();
    for listener in [process.address, engine] {
        drop(TcpStream::connect(listener).await.unwrap());
        // All of 127/8 is this machine, but only who listens everywhere is found there.
        let elsewhere = TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), listener.port()));
        let found = tokio::time::timeout(Duration::from_secs(1), elsewhere).await;
        assert!(!matches!(found, Ok(Ok(_))), "{listener} listens everywhere");
    }
}

#[tokio::test]
async fn dev_keeps_its_data_unless_told_otherwise() {
    let folder = Folder::new();
    for (arguments, kept) in [(&["dev"][..], 1), (&["dev"], 2), (&["dev", "--memory"], 1), (&["dev"], 3)] {
        let mut process = Process::start(&folder, arguments, &[]);
        let acme = Tenant::new(process.address, "acme.localhost");
        acme.create("one more").await;
        assert_eq!(acme.names().await.len(), kept, "{arguments:?}");
        let demo = Tenant::new(process.address, "demo.localhost");
        assert_eq!(demo.names().await, [""; 0]);
        process.signal("TERM");
        assert_eq!(process.ended().await.code(), Some(0));
    }
    assert_eq!(folder.names(), [".data"]);
}

#[tokio::test]
async fn what_the_shell_says_of_proxies_and_of_aws_is_nothing_to_dev() {
    // Nothing listens there.
    let proxy = "http://127.0.0.1:9";
    let environment = [
        ("HTTP_PROXY", proxy),
        ("http_proxy", proxy),
        ("ALL_PROXY", proxy),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
        ("AWS_ENDPOINT_URL", proxy),
        ("AWS_PROFILE", "absent"),
    ];
    let process = Process::start(&Folder::new(), &["dev", "--memory"], &environment);
    Tenant::new(process.address, "acme.localhost").create("first").await;
}

#[tokio::test]
async fn dev_reads_the_secret_that_it_is_told_to_use() {
    let (asked, mut questions) = mpsc::unbounded_channel();
    let endpoint = parameter_store(Some("smtps://user:planted@127.0.0.1:9"), asked).await;
    let started = spawn_blocking(move || {
        let mails = [("EMAIL_MODE", "smtp"), ("AWS_REGION", "us-east-1")];
        Process::start(&Folder::new(), &["dev", "--memory"], &[&mail_by_parameter(&endpoint)[..], &mails].concat())
    });
    started.await.unwrap();
    assert_eq!(questions.try_recv().unwrap()["Name"], "/app/smtp-url");
}

#[tokio::test]
async fn dev_in_memory_writes_nothing() {
    let folder = Folder::new();
    let process = Process::start(&folder, &["dev", "--memory"], &[]);
    Tenant::new(process.address, "acme.localhost").create("first").await;
    assert_eq!(folder.names(), [""; 0]);
    assert!(process.error_lines().iter().any(|line| line.contains("curl http://acme.localhost:")));
}

#[test]
fn openapi_prints_the_document_that_clients_are_made_from() {
    let (code, output, error) = run(&["openapi"], &[]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(output, include_str!("../../src/shared/openapi.json"));
}

#[test]
fn an_option_stands_before_or_after_the_command() {
    let absent = ["--dynamodb-endpoint", "http://127.0.0.1:1", "--dynamodb-table"];
    for arguments in [
        [&absent[..], &["absent", "table", "check"]].concat(),
        [&["table", "check"], &absent[..], &["absent"]].concat(),
    ] {
        let (code, _, error) = run(&arguments, &[]);
        assert!(code == 1 && error.contains("unavailable"), "{arguments:?}: {error}");
    }
}

#[test]
fn commands_that_need_a_table_say_when_none_answers() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{free}");
    let environment = [("DYNAMODB_ENDPOINT", endpoint.as_str()), ("DYNAMODB_TABLE", "absent")];
    for arguments in [&["table", "check"][..], &["table", "create"], &["events", "export", "--tenant", "acme"]] {
        let (code, output, error) = run(arguments, &environment);
        assert_eq!((code, output.as_str()), (1, ""), "{arguments:?}");
        assert!(error.starts_with("error: ") && error.contains("unavailable"), "{arguments:?}: {error}");
    }
}

#[tokio::test]
async fn healthcheck_tells_by_its_exit_code() {
    let app = App::spawn().await;
    let process = Process::serve(&app.table_name, &[]);
    let healthcheck = |port: u16| {
        let port = port.to_string();
        tokio::task::spawn_blocking(move || run(&["healthcheck"], &[("PORT", &port)]).0)
    };
    assert_eq!(healthcheck(process.address.port()).await.unwrap(), 0);

    let ill = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = ill.local_addr().unwrap().port();
    for answer in ["HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", "garbage", ""] {
        let code = healthcheck(port);
        let (mut stream, _) = ill.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        drop(stream);
        assert_eq!(code.await.unwrap(), 1, "{answer}");
    }
    // One that takes the connection and is silent.
    let code = healthcheck(port);
    let silent = ill.accept().await.unwrap();
    assert_eq!(tokio::time::timeout(Duration::from_secs(30), code).await.unwrap().unwrap(), 1);
    drop((silent, ill));
    assert_eq!(healthcheck(port).await.unwrap(), 1);
}

async fn validate(base_url: String) -> (i32, String) {
    let (code, _, error) =
        tokio::task::spawn_blocking(move || run(&["validate", "--base-url", &base_url], &[])).await.unwrap();
    let facts = error.lines().filter(|line| !line.starts_with("error: "));
    assert_eq!(facts.clone().count() < error.lines().count(), code != 0, "the sum is told after the facts: {error}");
    (code, facts.collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn validate_finds_a_good_deployment_good_and_leaves_only_events() {
    let app = App::spawn().await;
    let local = app.host("localhost");
    local.create("of somebody else").await;
    for base_url in [format!("http://{}", app.address), format!("http://{}/", app.address)] {
        let (code, report) = validate(base_url).await;
        assert_eq!(code, 0, "{report}");
        assert!(report.lines().count() >= 7 && report.lines().all(|line| line.starts_with("ok ")), "{report}");
    }
    assert_eq!(local.names().await, ["of somebody else"]);
    assert_eq!(events(&app.table).await, [], "another tenant's");
}

#[tokio::test]
async fn validate_finds_a_deployment_without_its_table_broken() {
    let app = App::with(&["--dynamodb-table=test-that-nobody-makes"]).await;
    let (code, report) = validate(format!("http://{}", app.address)).await;
    assert_eq!(code, 1, "{report}");
    let failed = |fact: &str| report.lines().any(|line| line.starts_with("FAILED") && line.contains(fact));
    assert!(failed("the table can be reached") && failed("an item can be made"), "{report}");
    assert!(!failed("the process lives"), "{report}");
}

/// What a gateway, or a defect, makes of a good deployment.
#[derive(Clone, Copy, Debug)]
enum Spoiled {
    /// This path answers this.
    Path(&'static str, u16, &'static str),
    /// This header does not get through.
    Header(&'static str),
    /// The tenant is another one where this header is sent.
    Tenant(&'static str),
    /// Users sign in, and whatever credential is sent is good.
    Credulous,
}

/// A configuration with which users sign in.
const USERS: &str = r#"{"data":{"authProvider":"oidc","tenant":"default"}}"#;

async fn spoil(State((address, spoiled)): State<(SocketAddr, Spoiled)>, request: Request) -> Response<Body> {
    let (mut head, body) = request.into_parts();
    let answered = |status: u16, body: &'static str| {
        Response::builder().status(status).header("x-request-id", "spoiled").body(body.into()).unwrap()
    };
    let tenant = match spoiled {
        Spoiled::Path(path, status, body) if head.uri.path() == path => return answered(status, body),
        Spoiled::Credulous if head.uri.path() == "/api/config" => return answered(200, USERS),
        Spoiled::Credulous if head.uri.path() == "/api/me" && !head.headers.contains_key("authorization") => {
            return answered(401, r#"{"error":{"code":"unauthenticated"}}"#);
        }
        Spoiled::Header(name) => {
            head.headers.remove(HeaderName::from_static(name));
            "localhost"
        }
        Spoiled::Tenant(header) if head.headers.contains_key(header) => "forged.example.com",
        Spoiled::Path(..) | Spoiled::Tenant(_) | Spoiled::Credulous => "localhost",
    };
    head.headers.insert("host", tenant.parse().unwrap());
    let url = format!("http://{address}{}", head.uri);
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let answer =
        reqwest::Client::new().request(head.method, url).headers(head.headers).body(body).send().await.unwrap();
    Response::from(answer).map(Body::new)
}

#[tokio::test]
async fn validate_finds_each_thing_that_is_wrong_and_leaves_no_item() {
    let item = "an item can be made";
    let no_tenant = r#"{"data":{"authProvider":"none"}}"#;
    for (spoiled, fact, left) in [
        (Spoiled::Path("/api/health", 503, "{}"), "the process lives", 0),
        (Spoiled::Path("/api/ready", 503, "{}"), "the table can be reached", 0),
        (Spoiled::Path("/api/openapi.json", 200, "{}"), "the contract is served", 0),
        (Spoiled::Path("/", 404, "{}"), "the page is served", 0),
        (Spoiled::Path("/api/no-such-path", 404, r#"{"error":{"code":"other"}}"#), "unknown paths get the envelope", 0),
        (Spoiled::Tenant("x-gateway-host"), "a forged host header", 0),
        (Spoiled::Tenant("x-forwarded-host"), "a forged host header", 0),
        (Spoiled::Tenant("forwarded"), "a forged host header", 0),
        (Spoiled::Path("/api/config", 200, no_tenant), "a forged host header", 0),
        // Every user of such deployments would get in without a credential, or with a made-up one.
        (Spoiled::Path("/api/config", 200, USERS), "nobody gets in", 0),
        (Spoiled::Credulous, "nobody gets in", 0),
        // A second item instead of the first again.
        (Spoiled::Header("idempotency-key"), item, 1),
        (Spoiled::Header("if-none-match"), item, 0),
        (Spoiled::Header("if-match"), item, 0),
    ] {
        let app = App::spawn().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(spoil).with_state((app.address, spoiled));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (code, report) = validate(base_url).await;
        let failed: Vec<_> = report.lines().filter(|line| line.starts_with("FAILED")).collect();
        assert!(code == 1 && failed.len() == 1 && failed[0].contains(fact), "{spoiled:?}: {report}");
        assert_eq!(app.host("localhost").names().await.len(), left, "{spoiled:?}");
    }
}

/// How a signal ends this command, which waits for a server that says nothing.
async fn end_of(signal: &str, as_process_1: bool, arguments: &[&str], environment: &[(&str, &str)]) -> ExitStatus {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let endpoints = [("DYNAMODB_ENDPOINT", endpoint.as_str()), ("AWS_ENDPOINT_URL_SSM", &endpoint)];
    let environment = [&endpoints, &PATIENT_WAITS[..], environment].concat();
    let folder = Folder::new();
    let start = if as_process_1 { command_as_process_1 } else { command };
    let mut child = start(&folder, arguments, &environment).spawn().unwrap();
    let _asked = within_patience("a request", silent.accept()).await.unwrap();
    // Process 1 is the child of the one that made it so.
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", child.id())).unwrap_or_default();
    kill(signal, if as_process_1 { children.trim().parse().unwrap() } else { child.id() });
    within_patience("the end", spawn_blocking(move || child.wait().unwrap())).await.unwrap()
}

/// What it has to fetch is at the server that says nothing.
const STARTING: [(&str, &str); 10] = [
    ("DYNAMODB_TABLE", "test"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("TENANT_RESOLUTION_MODE", "subdomain"),
    ("BASE_DOMAIN", "example.com"),
    ("AUTH_PROVIDER", "magic_link"),
    ("EMAIL_MODE", "smtp"),
    ("EMAIL_FROM", "hello@example.com"),
    ("SMTP_URL_PARAMETER", "/app/smtp-url"),
];

#[tokio::test]
async fn a_signal_ends_what_does_not_serve_yet_as_shells_expect_it() {
    // Killed rather than exited: a shell's loop of commands ends with it. Not SIGINT, which whoever runs the tests in
    // the background of a shell has them ignore.
    let once = end_of("TERM", false, &["table", "check"], &[("DYNAMODB_TABLE", "test")]).await;
    assert_eq!(once.signal(), Some(15), "{once}");
    let starting = end_of("TERM", false, &["serve"], &STARTING).await;
    assert_eq!(starting.signal(), Some(15), "{starting}");
}

#[tokio::test]
async fn a_signal_ends_what_does_not_serve_yet_as_process_1_too() {
    // To process 1, as a container's is, the system sends no signal that it does not listen for.
    let folder = Folder::new();
    match command_as_process_1(&folder, &["--version"], &[]).status() {
        Ok(status) if status.success() => {}
        refused => return eprintln!("skipped: nothing can be made process 1 here: {refused:?}"),
    }
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let once = end_of(signal, true, &["table", "check"], &[("DYNAMODB_TABLE", "test")]).await;
        assert_eq!(once.code(), Some(code), "{once}");
        let starting = end_of(signal, true, &["serve"], &STARTING).await;
        assert_eq!(starting.code(), Some(code), "{starting}");
    }
}

#[tokio::test]
async fn validate_finds_another_server_broken() {
    // One that answers everything with a page.
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr().unwrap();
    let named = Arc::new(AtomicBool::new(true));
    let all_named = Arc::clone(&named);
    let answer = move |headers: HeaderMap| async move {
        let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        all_named.fetch_and(agent.starts_with(concat!(env!("CARGO_PKG_NAME"), "/")), Ordering::SeqCst);
        axum::response::Html("<h1>It works!</h1>")
    };
    tokio::spawn(async move { axum::serve(server, axum::Router::new().fallback(answer)).await });
    let (code, report) = validate(format!("http://{address}")).await;
    assert_eq!(code, 1);
    assert!(named.load(Ordering::SeqCst), "every request says whose it is");
    let ok: Vec<_> = report.lines().filter(|line| !line.starts_with("FAILED")).collect();
    assert!(ok.len() <= 1 && ok.iter().all(|line| line.contains("page")), "{report}");

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (code, report) = validate(format!("http://{free}")).await;
    assert_eq!(code, 1);
    assert!(report.lines().all(|line| line.starts_with("FAILED")), "{report}");
}
