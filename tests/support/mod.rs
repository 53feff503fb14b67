//! The app as tests see it: on a free port, with a fresh table, spoken to over HTTP.

pub mod engine;
pub mod faulty;
pub mod function;
pub mod oidc;
pub mod parameters;
pub mod process;
pub mod raw;
pub mod servers;
pub mod sign_in;
pub mod smtp;

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use reference_architecture::app::{self, AppState};
use reference_architecture::config::{Config, Settings};
use reference_architecture::dev::Engine;
use reference_architecture::serve::serve;
use reference_architecture::table::Table;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Far more than a busy machine needs; only a defect lasts longer.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// What a test waits for.
pub async fn within_patience<T>(what: &str, awaited: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, awaited).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}

/// The domain above the tenants' hosts in all tests.
pub const BASE_DOMAIN: &str = "example.com";

/// DynamoDB Local where `TEST_DYNAMODB_ENDPOINT` names one, else one embedded engine for all tests. It runs on a
/// thread of its own, since each test brings and ends its own runtime.
pub static ENDPOINT: LazyLock<String> = LazyLock::new(|| {
    std::env::var("TEST_DYNAMODB_ENDPOINT").unwrap_or_else(|_| {
        let (endpoint, started) = mpsc::channel();
        thread::spawn(move || {
            tokio::runtime::Runtime::new().unwrap().block_on(async {
                let engine = Engine::start(None).await.unwrap();
                endpoint.send(engine.endpoint().to_owned()).unwrap();
                std::future::pending::<()>().await;
            });
        });
        started.recv().unwrap()
    })
});

/// A running app with a table of its own. Stops when it and its tenants are dropped.
pub struct App {
    pub address: SocketAddr,
    pub table: Table,
    pub table_name: String,
    client: Client,
    served: JoinHandle<()>,
    stop: Arc<oneshot::Sender<()>>,
}

/// The client of one tenant.
#[derive(Clone)]
pub struct Tenant {
    base_url: String,
    pub host: String,
    /// The session or token of its user, if users sign in.
    pub bearer: Option<String>,
    client: Client,
    /// Keeps the app alive, unless that is a program of its own.
    _stop: Option<Arc<oneshot::Sender<()>>>,
}

/// An answer, read whole.
#[derive(Debug)]
#[must_use = "look at the status at least"]
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub text: String,
}

/// A busy machine is no fault of the app's: only what a test shortens itself may run out.
const PATIENT_WAITS: [&str; 3] =
    ["--dynamodb-attempt-timeout=10s", "--dynamodb-operation-timeout=12s", "--handler-timeout=13s"];

#[derive(Parser)]
#[command(args_override_self = true)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
}

/// Settings as the command line gives them; `arguments` come last and win. What the shell holds that runs the tests
/// plays no part.
pub fn settings(arguments: &[&str]) -> Settings {
    let base = ["test", "--tenant-resolution-mode", "subdomain", "--base-domain", BASE_DOMAIN];
    let base = [&base[..], &PATIENT_WAITS].concat();
    let command = Arguments::command().mut_args(|argument| argument.env(None));
    let matches = command.try_get_matches_from(base.iter().chain(arguments)).unwrap();
    Arguments::from_arg_matches(&matches).unwrap().settings
}

/// What start-up says with these variables. Not by a process, which would go on if it took them.
pub fn refusal(environment: &[(&str, &str)]) -> String {
    let usual = [("DYNAMODB_TABLE", "test"), ("AWS_REGION", "eu-central-1")];
    let option = |(name, value): &(&str, &str)| format!("--{}={value}", name.to_lowercase().replace('_', "-"));
    let options: Vec<_> = usual.iter().chain(environment).map(option).collect();
    let options: Vec<_> = options.iter().map(String::as_str).collect();
    Config::from_settings(settings(&options)).unwrap_err().to_string()
}

impl App {
    /// With the settings of most tests.
    pub async fn spawn() -> Self {
        Self::with(&[]).await
    }

    /// With settings of its own, like `["--max-in-flight", "1"]`.
    pub async fn with(arguments: &[&str]) -> Self {
        let table_name = format!("test-{}", Uuid::now_v7());
        let table = ["--dynamodb-table", &table_name];
        let endpoint = ["--dynamodb-endpoint", ENDPOINT.as_str()];
        let direct = Config::from_settings(settings(&[table, endpoint].concat())).unwrap();
        let own = Table::connect(&direct.table).await;
        own.create().await.unwrap();
        assert_eq!(own.differences().await.unwrap(), [""; 0], "the table is not what the code needs");

        // `arguments` may name another endpoint, such as a proxy that fails, to the app alone.
        let arguments = [&table[..], &endpoint, arguments].concat();
        let config = Config::from_settings(settings(&arguments)).unwrap();
        let table = Table::connect(&config.table).await;
        let state = AppState::new(config, table.clone());
        let (config, lifecycle) = (Arc::clone(&state.config), state.lifecycle.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            let router = app::router(state);
            let stopped = async { drop(stopped.await) };
            serve(listener, router, config.settings.waits, config.settings.limits.max_connections, lifecycle, stopped)
                .await;
        });
        Self { address, table, table_name, client: Client::new(), served, stop: Arc::new(stop) }
    }

    /// Tells it to stop; what is given ends when it has.
    pub fn stop(self) -> JoinHandle<()> {
        self.served
    }

    /// The client of a tenant, which the host alone names.
    pub fn tenant(&self, tenant: &str) -> Tenant {
        self.host(&format!("{tenant}.{BASE_DOMAIN}"))
    }

    /// The client of whatever this host is.
    pub fn host(&self, host: &str) -> Tenant {
        let base_url = format!("http://{}", self.address);
        let stop = Some(Arc::clone(&self.stop));
        Tenant { base_url, host: host.to_owned(), bearer: None, client: self.client.clone(), _stop: stop }
    }
}

impl Tenant {
    /// Speaks to whatever listens at `address`.
    pub fn new(address: SocketAddr, host: &str) -> Self {
        let (base_url, host) = (format!("http://{address}"), host.to_owned());
        Self { base_url, host, bearer: None, client: Client::new(), _stop: None }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base_url)).header(header::HOST, &self.host);
        if let Some(bearer) = &self.bearer { request.bearer_auth(bearer) } else { request }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).answer().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::POST, path).json(body).answer().await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::PATCH, path).json(body).answer().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).answer().await
    }

    /// Creates an example and gives it as the API tells it.
    pub async fn create(&self, name: &str) -> Value {
        self.post("/api/example", &json!({ "name": name })).await.expect(201)["data"].clone()
    }

    /// The names of all examples, in the order of the list, read page by page.
    pub async fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut path = "/api/example?limit=100".to_owned();
        loop {
            let page = self.get(&path).await.expect(200);
            names.extend(page["data"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            match page["page"]["next"].as_str() {
                Some(next) => path = format!("/api/example?limit=100&cursor={next}"),
                None => return names,
            }
        }
    }
}

/// Sends a request and reads its answer.
pub trait Send {
    async fn answer(self) -> Answer;
}

impl Send for RequestBuilder {
    async fn answer(self) -> Answer {
        let response: Response = self.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }
}

impl Answer {
    /// The body, once the status is the one that was expected.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { serde_json::from_str(&self.text).unwrap() }
    }

    /// Asserts the whole envelope of a failure, and gives its `error`.
    #[track_caller]
    pub fn fails(&self, status: u16, code: &str) -> Value {
        let body = self.expect(status);
        let error = &body["error"];
        assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
        assert_eq!(error["code"], code, "{body}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        assert_eq!(error["requestId"], self.header("x-request-id").unwrap(), "{body}");
        assert_eq!(self.header("content-type"), Some("application/json"));
        error.clone()
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}
