//! The program as a Lambda function: a Runtime API that gives it events, and API Gateway's way to write them.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, mpsc};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

use super::process::{Folder, Lines, command, lines_of, lines_where};
use super::{App, BASE_DOMAIN, ENDPOINT, within_patience};

/// What the gateway calls each request, in the alphabet that it uses.
pub const GATEWAY_REQUEST_ID: &str = "JKJaXmPLvHcESHA=";

/// A running function. Ends with the test.
pub struct Function {
    child: Child,
    api: Arc<RuntimeApi>,
    stdout: Lines,
}

/// The function's answer, or what it reported in its place.
type Outcome = Result<Value, Value>;

/// The part of the Lambda Runtime API that every runtime speaks.
#[derive(Default)]
struct RuntimeApi {
    waiting: Mutex<VecDeque<(String, oneshot::Sender<Outcome>)>>,
    running: Mutex<Option<oneshot::Sender<Outcome>>>,
    invoked: Notify,
}

impl Function {
    /// Starts the program as Lambda does, on the table of `app`. `environment` comes last and wins.
    pub async fn start(app: &App, environment: &[(&str, &str)]) -> Self {
        let api = Arc::new(RuntimeApi::default());
        let address = Arc::clone(&api).listen().await.to_string();
        let usual = [
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "app"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            // The one of the tests: DynamoDB Local keeps the tables of each region apart.
            ("AWS_REGION", "us-east-1"),
            ("DYNAMODB_ENDPOINT", ENDPOINT.as_str()),
            ("DYNAMODB_TABLE", &app.table_name),
            ("TENANT_RESOLUTION_MODE", "subdomain"),
            ("BASE_DOMAIN", BASE_DOMAIN),
            ("AUTH_PROVIDER", "none"),
            // Patient, but with time for a mail before the handler's is over.
            ("DYNAMODB_ATTEMPT_TIMEOUT", "7s"),
            ("DYNAMODB_OPERATION_TIMEOUT", "7s"),
            ("HANDLER_TIMEOUT", "13s"),
        ];
        let folder = Folder::new();
        let mut command = command(&folder, &[], &[&usual[..], environment].concat());
        let mut child = command.stderr(Stdio::inherit()).spawn().unwrap();
        let stdout = lines_of(child.stdout.take().unwrap(), mpsc::channel().0);
        Self { child, api, stdout }
    }

    /// Gives the function an event and waits for what it makes of it.
    pub async fn invoke(&self, event: &Value) -> Outcome {
        let (answer, answered) = oneshot::channel();
        self.api.waiting.lock().unwrap().push_back((event.to_string(), answer));
        self.api.invoked.notify_one();
        within_patience("an answer of the function", answered).await.unwrap()
    }

    /// The answer to a request, once the function gave one.
    pub async fn answer(&self, event: &Value) -> Value {
        self.invoke(event).await.unwrap_or_else(|error| panic!("{error} to {event}"))
    }

    /// The lines on standard output so far.
    pub fn lines(&self) -> Vec<String> {
        self.stdout.lock().unwrap().clone()
    }

    /// The log line of a request, which may come a moment after the answer.
    pub async fn log_line(&self, request_id: &str) -> Value {
        lines_where(&self.stdout, 1, |line| line["request_id"] == request_id).await.remove(0)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl RuntimeApi {
    async fn listen(self: Arc<Self>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(Self::next))
            .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(Self::end))
            .with_state(self);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        address
    }

    async fn next(State(api): State<Arc<Self>>) -> impl IntoResponse {
        loop {
            let invoked = api.invoked.notified();
            let next = api.waiting.lock().unwrap().pop_front();
            if let Some((event, answer)) = next {
                *api.running.lock().unwrap() = Some(answer);
                let headers = [
                    ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
                    ("lambda-runtime-deadline-ms", "32503680000000"),
                    ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:app"),
                    ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"),
                ];
                return (headers, event);
            }
            invoked.await;
        }
    }

    #[allow(clippy::unused_async, reason = "handlers are asynchronous")]
    async fn end(State(api): State<Arc<Self>>, Path((_, outcome)): Path<(String, String)>, body: Bytes) -> StatusCode {
        let told = serde_json::from_slice(&body).unwrap();
        let outcome = if outcome == "response" { Ok(told) } else { Err(told) };
        let answer = api.running.lock().unwrap().take().unwrap();
        answer.send(outcome).unwrap();
        StatusCode::ACCEPTED
    }
}

/// A request as API Gateway writes it into an event of payload format 2.0.
#[derive(Clone)]
pub struct EventRequest {
    pub method: Method,
    pub domain: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub cookies: Vec<String>,
    pub body: Option<Vec<u8>>,
    pub stage: String,
    pub source_ip: String,
}

impl EventRequest {
    pub fn new(method: Method, path: &str) -> Self {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Self {
            method,
            domain: format!("acme.{BASE_DOMAIN}"),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            cookies: Vec::new(),
            body: None,
            stage: "$default".to_owned(),
            source_ip: "203.0.113.7".to_owned(),
        }
    }

    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: &str, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn at(mut self, domain: &str) -> Self {
        domain.clone_into(&mut self.domain);
        self
    }

    /// The event. Names of headers are in lower case, several values of one are joined, and a body that is no text is
    /// in base64.
    pub fn event(&self) -> Value {
        let stage = if self.stage == "$default" { String::new() } else { format!("/{}", self.stage) };
        let raw_path = format!("{stage}{}", self.path);
        let gateway_headers = [
            ("accept", "*/*"),
            ("content-length", &self.body.as_ref().map_or(0, Vec::len).to_string()),
            ("host", &self.domain),
            ("user-agent", "curl/8.5.0"),
            ("x-amzn-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"),
            ("x-forwarded-for", &self.source_ip),
            ("x-forwarded-port", "443"),
            ("x-forwarded-proto", "https"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut headers = serde_json::Map::new();
        for (name, value) in gateway_headers.iter().chain(&self.headers) {
            headers.insert(name.to_lowercase(), json!(value));
        }
        let text = self.body.clone().map(String::from_utf8);
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": raw_path,
            "rawQueryString": self.query,
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "r3pmxmplak",
                "domainName": self.domain,
                "domainPrefix": self.domain.split('.').next(),
                "http": {
                    "method": self.method.as_str(),
                    "path": raw_path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": self.source_ip,
                    "userAgent": "curl/8.5.0",
                },
                "requestId": GATEWAY_REQUEST_ID,
                "routeKey": "$default",
                "stage": self.stage,
                "time": "22/Nov/2026:12:00:00 +0000",
                "timeEpoch": 1_795_348_800_000_u64,
            },
            "isBase64Encoded": matches!(text, Some(Err(_))),
        });
        if !self.cookies.is_empty() {
            event["cookies"] = json!(self.cookies);
        }
        match text {
            Some(Ok(text)) => event["body"] = json!(text),
            Some(Err(bytes)) => event["body"] = json!(BASE64_STANDARD.encode(bytes.as_bytes())),
            None => {}
        }
        event
    }
}
