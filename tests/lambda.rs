//! On AWS Lambda the app answers the events of API Gateway as it answers requests.

use axum::http::HeaderName;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::support::function::{EventRequest, Function, GATEWAY_REQUEST_ID};
use crate::support::parameters::{mail_by_parameter, parameter_store};
use crate::support::process::{Process, run};
use crate::support::sign_in::LATER;
use crate::support::{Answer, App, Send as _, Tenant};

/// What HTTP is compared with: on ECS, as on Lambda, cookies are for HTTPS alone.
const ECS: (&str, &str) = ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4");

/// Nobody listens there: that a mail cannot be sent is not told.
const MAIL: [(&str, &str); 3] = [
    ("AUTH_PROVIDER", "magic_link"),
    ("SMTP_URL", "smtps://user:password@127.0.0.1:9"),
    ("EMAIL_FROM", "hello@example.com"),
];

/// Of the connection alone.
const NOT_COMPARED: [&str; 3] = ["connection", "date", "transfer-encoding"];

/// Members of a body that are another in every answer.
const MADE: [&str; 5] = ["/data/id", "/data/createdAt", "/data/updatedAt", "/data/token", "/data/compute"];

/// Status, headers and body, byte for byte but for what is another in every answer.
type Comparable = (u64, Vec<(String, String)>, String);

fn comparable(status: u64, headers: &[(String, String)], text: &str) -> Comparable {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    let mut made: Vec<_> = MADE.iter().filter_map(|member| body.pointer(member)?.as_str()).collect();
    made.extend(headers.iter().find(|(name, _)| name == "x-request-id").map(|(_, id)| id.as_str()));
    let masked = |text: &str| made.iter().fold(text.to_owned(), |text, made| text.replace(made, "MADE"));
    let headers = headers.iter().filter(|(name, _)| !NOT_COMPARED.contains(&name.as_str()));
    // Of the length, whether it is told: what is masked has several.
    let told = |name: &str, value: &str| if name == "content-length" { String::new() } else { masked(value) };
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.clone(), told(name, value))).collect();
    headers.sort();
    (status, headers, masked(text))
}

fn of_http(answer: &Answer) -> Comparable {
    let joined = |name: &HeaderName| {
        let values = answer.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        (name.to_string(), values.collect::<Vec<_>>().join(", "))
    };
    let headers: Vec<_> = answer.headers.keys().map(joined).collect();
    comparable(answer.status.as_u16().into(), &headers, &answer.text)
}

fn of_lambda(answer: &Value) -> Comparable {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let headers = answer["headers"].as_object().unwrap().iter();
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.clone(), text(value))).collect();
    headers.extend(answer["cookies"].as_array().unwrap().iter().map(|cookie| ("set-cookie".to_owned(), text(cookie))));
    assert_eq!(answer["isBase64Encoded"], false, "{answer}");
    comparable(answer["statusCode"].as_u64().unwrap(), &headers, answer["body"].as_str().unwrap())
}

/// The body of an answer of this status.
#[track_caller]
fn body(answer: &Value, status: u16) -> Value {
    assert_eq!(answer["statusCode"], status, "{answer}");
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// The same request over HTTP.
async fn over_http(tenant: &Tenant, request: &EventRequest) -> Answer {
    let mark = if request.query.is_empty() { "" } else { "?" };
    let mut http = tenant.request(request.method.clone(), &format!("{}{mark}{}", request.path, request.query));
    for (name, value) in &request.headers {
        http = http.header(name, value);
    }
    http.body(request.body.clone().unwrap_or_default()).answer().await
}

/// What a writing request ends or changes, so that each side of a comparison has its own.
struct Side {
    item: String,
    link: String,
    session: String,
}

impl Side {
    async fn new(app: &App) -> Self {
        let mut acme = app.tenant("acme");
        let session = app.sign_in("acme", "person@example.com").await;
        acme.bearer = Some(session.clone());
        let item = acme.create("one").await["id"].as_str().unwrap().to_owned();
        Self { item, link: app.plant_link("acme", "person@example.com", LATER).await, session }
    }

    /// A request that succeeds, for each operation of the document.
    fn request(&self, method: &str, path: &str) -> EventRequest {
        let named = json!({ "name": "naïve “name” 漢字" });
        let request = EventRequest::new(method.parse().unwrap(), &path.replace("{id}", &self.item))
            .header("authorization", &format!("Bearer {}", self.session));
        match (method, path) {
            ("GET" | "DELETE", _) | ("POST", "/api/auth/logout" | "/api/auth/logout-everywhere") => request,
            ("POST", "/api/example") => request.json(&named),
            ("PATCH", "/api/example/{id}") => request.header("if-match", "\"1\"").json(&named),
            ("POST", "/api/auth/request-link") => request.json(&json!({ "email": "person@example.com" })),
            ("POST", "/api/auth/verify") => request.json(&json!({ "token": self.link })),
            _ => panic!("{method} {path} has no event here"),
        }
    }
}

#[tokio::test]
async fn every_operation_is_answered_as_over_http() {
    let app = App::with_links().await;
    let function = Function::start(&app, &MAIL).await;
    let ecs = Process::serve(&app.table_name, &[&MAIL[..], &[ECS]].concat());
    let document = serde_json::to_value(reference_architecture::app::openapi()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let mut side = Side::new(&app).await;
            let http = over_http(&ecs.tenant("acme"), &side.request(&method, path)).await;
            if method != "GET" {
                side = Side::new(&app).await;
            }
            let answer = function.answer(&side.request(&method, path).event()).await;
            assert!(http.status.is_success(), "{method} {path}: {http:?}");
            assert_eq!(of_lambda(&answer), of_http(&http), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_refusal_is_answered_as_over_http() {
    let app = App::spawn().await;
    let origins = ("CORS_ALLOWED_ORIGINS", "https://app.example.com,https://other.example.com");
    let function = Function::start(&app, &[origins]).await;
    let ecs = [ECS, ("AUTH_PROVIDER", "none"), origins];
    let ecs = Process::serve(&app.table_name, &ecs);
    let item = app.tenant("acme").create("one").await["id"].as_str().unwrap().to_owned();
    let item = format!("/api/example/{item}");
    let create = |body: &[u8]| EventRequest::new(Method::POST, "/api/example").body(body);
    let of_type = |body: &[u8], media_type: &str| create(body).header("content-type", media_type);
    let json_text = "application/json";
    let requests = [
        EventRequest::get("/api/nothing"),
        EventRequest::new(Method::PUT, "/api/example"),
        EventRequest::new(Method::OPTIONS, "/api/example"),
        EventRequest::get("/api/example?limit=0"),
        EventRequest::get("/api/example?limit=1&limit=2"),
        EventRequest::get("/api/example?cursor=%F0%9F%A6%80+%zz"),
        EventRequest::get("/api/example/nonsense"),
        EventRequest::get("/api/example/0198a5b0-0000-7000-8000-000000000000"),
        EventRequest::get(&item).header("if-none-match", "\"1\""),
        EventRequest::new(Method::PATCH, &item).header("if-match", "\"7\"").json(&json!({ "name": "x" })),
        EventRequest::new(Method::DELETE, &item).header("if-match", "\"7\""),
        create(b"{}"),
        of_type(b"", json_text),
        of_type(b"{", json_text),
        of_type(b"\xff\xfe", json_text),
        of_type(&b" ".repeat(20_000), json_text),
        of_type(b"{\"name\":\"\\u0007\"}", json_text),
        EventRequest::get("/"),
        EventRequest::get("/assets/missing.js"),
        EventRequest::get("/api/config").header("origin", "https://app.example.com"),
        EventRequest::new(Method::OPTIONS, "/api/example")
            .header("origin", "https://other.example.com")
            .header("access-control-request-method", "POST"),
    ];
    for request in requests {
        let answer = function.answer(&request.event()).await;
        let expected = of_http(&over_http(&ecs.tenant("acme"), &request).await);
        assert_eq!(of_lambda(&answer), expected, "{} {}?{}", request.method, request.path, request.query);
    }
}

#[tokio::test]
async fn the_tenant_is_the_domain_of_the_event_and_no_header() {
    let app = App::spawn().await;
    let function = Function::start(&app, &[("TRUSTED_HOST_HEADER", "x-gateway-host")]).await;
    app.tenant("demo").create("of demo").await;
    for header in ["host", "x-gateway-host", "x-forwarded-host", "forwarded"] {
        let request = EventRequest::get("/api/example").header(header, "demo.example.com");
        let list = body(&function.answer(&request.event()).await, 200);
        assert_eq!(list["data"], json!([]), "{header}");
    }
    let list = function.answer(&EventRequest::get("/api/example").at("DEMO.example.com").event()).await;
    assert_eq!(body(&list, 200)["data"][0]["name"], "of demo");
    for domain in ["example.org", "a.b.example.com", "r3pmxmplak.execute-api.eu-central-1.amazonaws.com"] {
        let request = EventRequest::get("/api/example").at(domain).header("host", "acme.example.com");
        assert_eq!(body(&function.answer(&request.event()).await, 421)["error"]["code"], "misdirected_request");
    }
    let mut event = EventRequest::get("/api/example").event();
    event["requestContext"].as_object_mut().unwrap().remove("domainName");
    body(&function.answer(&event).await, 421);
}

#[tokio::test]
async fn a_request_has_the_id_of_the_gateway_unless_it_brings_one() {
    let app = App::spawn().await;
    let function = Function::start(&app, &[]).await;
    let request = EventRequest::get("/api/example/nonsense");
    let answer = function.answer(&request.event()).await;
    assert_eq!(answer["headers"]["x-request-id"], GATEWAY_REQUEST_ID);
    assert_eq!(body(&answer, 400)["error"]["requestId"], GATEWAY_REQUEST_ID);
    let own = function.answer(&request.clone().header("x-request-id", "my-own.id").event()).await;
    assert_eq!(own["headers"]["x-request-id"], "my-own.id");
    let mut event = request.header("x-request-id", "no\tid").event();
    for of_gateway in ["neither\nis this", "", &"x".repeat(65)] {
        event["requestContext"]["requestId"] = json!(of_gateway);
        let made = function.answer(&event).await;
        assert!(made["headers"]["x-request-id"].as_str().unwrap().parse::<Uuid>().is_ok(), "{made}");
    }
    assert_eq!(function.log_line("my-own.id").await["status"], 400);
    assert_eq!(function.log_line(GATEWAY_REQUEST_ID).await["route"], "/api/example/{id}");
}

#[tokio::test]
async fn the_name_of_the_stage_never_reaches_the_path() {
    let app = App::spawn().await;
    let function = Function::start(&app, &[]).await;
    for stage in ["$default", "production", "api", "v1"] {
        let mut request = EventRequest::get("/api/health");
        stage.clone_into(&mut request.stage);
        assert_eq!(body(&function.answer(&request.event()).await, 200)["data"]["status"], "ok", "{stage}");
    }
    let of_client = EventRequest::get("/$default/api/health").event();
    assert_eq!(function.answer(&of_client).await["statusCode"], 404, "a client wrote this one");
    let mut event = EventRequest::get("/").event();
    event["requestContext"]["stage"] = json!("v1");
    event["rawPath"] = json!("/v1");
    assert_eq!(function.answer(&event).await["statusCode"], 200);
    event["rawPath"] = json!("/v1api/health");
    assert_eq!(function.answer(&event).await["statusCode"], 404);
}

#[tokio::test]
async fn a_path_that_the_gateway_decoded_is_the_path_that_the_client_sent() {
    let app = App::spawn().await;
    let function = Function::start(&app, &[]).await;
    let acme = app.tenant("acme");
    for (sent, decoded) in [
        ("/api/example/a%3Flimit=1%23", "/api/example/a?limit=1#"),
        ("/api/example/%2541", "/api/example/%41"),
        ("/api/example/%E6%BC%A2%20%22%3C%60%7B%5C%7C%5E%7F", "/api/example/漢 \"<`{\\|^\u{7f}"),
        ("//api/health", "//api/health"),
        ("/api/%2e%2e/health", "/api/../health"),
        ("/", ""),
    ] {
        let mut event = EventRequest::get("/").event();
        event["rawPath"] = json!(decoded);
        let (answer, http) = (function.answer(&event).await, acme.raw(&format!("GET {sent}"), &[], "").await);
        assert_eq!(answer["statusCode"], http.status.as_u16(), "{sent}: {answer}");
    }
}

#[tokio::test]
async fn cookies_travel_in_lists_of_their_own() {
    let app = App::with_links().await;
    let function = Function::start(&app, &MAIL).await;
    let link = app.plant_link("acme", "person@example.com", LATER).await;
    let verified = function.answer(&EventRequest::post("/api/auth/verify", &json!({ "token": link })).event()).await;
    body(&verified, 200);
    let [cookie] = verified["cookies"].as_array().unwrap().as_slice() else { panic!("{verified}") };
    let (pair, attributes) = cookie.as_str().unwrap().split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-session=") && attributes.contains("Secure"), "{cookie}");
    assert!(verified["headers"].get("set-cookie").is_none());

    let mut check = EventRequest::get("/api/auth/check");
    check.cookies = vec!["theme=dark".to_owned(), pair.to_owned()];
    assert_eq!(body(&function.answer(&check.event()).await, 200)["data"]["email"], "person@example.com");
    let mut foreign = EventRequest::new(Method::POST, "/api/auth/logout").header("origin", "https://demo.example.com");
    foreign.cookies = check.cookies;
    assert_eq!(body(&function.answer(&foreign.event()).await, 403)["error"]["code"], "forbidden");
}

#[tokio::test]
async fn a_body_in_base64_is_the_body() {
    let app = App::spawn().await;
    let function = Function::start(&app, &[]).await;
    let mut event = EventRequest::post("/api/example", &json!({})).event();
    event["body"] = json!(BASE64_STANDARD.encode(json!({ "name": "naïve 漢字" }).to_string()));
    event["isBase64Encoded"] = json!(true);
    assert_eq!(body(&function.answer(&event).await, 201)["data"]["name"], "naïve 漢字");
    assert_eq!(app.tenant("acme").names().await, ["naïve 漢字"]);
}

#[tokio::test]
async fn an_event_that_is_no_request_is_an_error_and_the_next_is_answered() {
    let app = App::spawn().await;
    let function = Function::start(&app, &[]).await;
    let mut no_base64 = EventRequest::post("/api/example", &json!({})).event();
    no_base64["isBase64Encoded"] = json!(true);
    let mut no_header = EventRequest::get("/api/health").event();
    no_header["headers"]["x"] = json!("line\nbreak");
    for event in [json!({}), json!("hello"), json!({ "httpMethod": "GET", "path": "/" }), no_base64, no_header] {
        let error = function.invoke(&event).await.expect_err("it is no request");
        assert!(error["errorMessage"].is_string(), "{error}");
        body(&function.answer(&EventRequest::get("/api/health").event()).await, 200);
    }
    assert_eq!(app.tenant("acme").names().await, [""; 0]);
}

#[tokio::test]
async fn sign_in_is_counted_by_the_address_in_the_event() {
    let app = App::with_links().await;
    let limits = [("SIGN_IN_CLIENT_RATE_LIMIT", "1"), ("TRUSTED_CLIENT_IP_HEADER", "x-client")];
    let function = Function::start(&app, &[&MAIL[..], &limits].concat()).await;
    let verify = |address: &str| {
        let mut request = EventRequest::post("/api/auth/verify", &json!({ "token": "none" }));
        address.clone_into(&mut request.source_ip);
        request.header("x-client", "198.51.100.1").header("x-forwarded-for", "198.51.100.1").event()
    };
    for (address, status) in [("203.0.113.1", 401), ("203.0.113.1", 429), ("203.0.113.2", 401), ("2001:db8::1", 401)] {
        body(&function.answer(&verify(address)).await, status);
    }
}

#[tokio::test]
async fn a_secret_that_a_parameter_names_is_read_once_at_the_start() {
    let app = App::with_links().await;
    let (asked, mut questions) = mpsc::unbounded_channel();
    let endpoint = parameter_store(Some("smtps://user:planted@127.0.0.1:9"), asked).await;
    let function = Function::start(&app, &mail_by_parameter(&endpoint)).await;
    for _ in 0..2 {
        let link = EventRequest::post("/api/auth/request-link", &json!({ "email": "person@example.com" }));
        body(&function.answer(&link.event()).await, 202);
    }
    assert_eq!(questions.try_recv().unwrap(), json!({ "Name": "/app/smtp-url", "WithDecryption": true }));
    assert!(questions.try_recv().is_err());
    assert!(function.lines().iter().all(|line| !line.contains("planted")));
}

#[tokio::test]
async fn a_secret_that_nobody_needs_is_not_read() {
    let app = App::spawn().await;
    let (asked, mut questions) = mpsc::unbounded_channel();
    let endpoint = parameter_store(Some("smtps://user:planted@127.0.0.1:9"), asked).await;
    let settings = [&mail_by_parameter(&endpoint)[..], &[("AUTH_PROVIDER", "none")]].concat();
    let function = Function::start(&app, &settings).await;
    body(&function.answer(&EventRequest::new(Method::GET, "/api/health").event()).await, 200);
    // A laptop shows links, unless it is told to mail them.
    let laptop = Process::serve(&app.table_name, &mail_by_parameter(&endpoint));
    laptop.tenant("acme").get("/api/config").await.expect(200);
    assert!(questions.try_recv().is_err());
}

#[test]
fn a_secret_comes_from_one_place() {
    let twice = [("SMTP_URL", "smtps://user:planted@127.0.0.1:9"), ("SMTP_URL_PARAMETER", "/app/smtp-url")];
    let (code, _, error) = run(&["serve"], &twice);
    assert_eq!(code, 1);
    assert!(error.contains("\n  SMTP_URL_PARAMETER is set beside SMTP_URL") && !error.contains("planted"), "{error}");
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_in_time_is_told_with_the_other_problems() {
    for value in [None, Some("silence"), Some("no url")] {
        let (asked, _questions) = mpsc::unbounded_channel();
        let endpoint = parameter_store(value, asked).await;
        let ended = tokio::task::spawn_blocking(move || {
            let others = [("AWS_REGION", "eu-central-1"), ("EMAIL_MODE", "smtp")];
            run(&["serve"], &[&mail_by_parameter(&endpoint)[..], &others].concat())
        });
        let (code, _, error) = ended.await.unwrap();
        assert_eq!(code, 1);
        for variable in ["SMTP_URL", "DYNAMODB_TABLE", "TENANT_RESOLUTION_MODE", "BASE_DOMAIN"] {
            assert_eq!(error.matches(&format!("\n  {variable} ")).count(), 1, "{variable}: {error}");
        }
        assert!(value.is_none_or(|value| !error.contains(value)), "{error}");
    }
}
