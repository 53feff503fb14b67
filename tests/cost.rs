//! What each request costs, from what DynamoDB reports to the app and from the requests that reach it.

use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::faulty::Faulty;
use crate::support::process::Process;
use crate::support::{App, Send as _, Tenant};

/// Round trips, read units and write units.
pub type Cost = (usize, f64, f64);

/// The row of the table in the documentation that begins like this; of each cell the first number.
pub fn documented(request: &str) -> Cost {
    let table = include_str!("../docs/data-model.md").split("\n## What a request costs\n").nth(1).unwrap();
    let row = table.lines().find_map(|line| line.strip_prefix("| ")?.strip_prefix(request)).expect(request);
    let cells = row.split(" | ").skip(1).map(|cell| cell.split([' ', ',']).next().unwrap());
    let [trips, reads, writes] = cells.collect::<Vec<_>>()[..] else { panic!("{row}") };
    (trips.parse().unwrap(), reads.parse().unwrap(), writes.parse().unwrap())
}

/// The units of small writes as the engine tells them: DynamoDB Local tells four for any transaction of a few
/// (docs/decisions/engines.md).
fn units(writes: f64) -> f64 {
    if std::env::var_os("TEST_DYNAMODB_ENDPOINT").is_some() { writes.min(4.0) } else { writes }
}

/// A program whose calls to DynamoDB are counted.
pub struct Meter {
    proxy: Faulty,
    program: Process,
    pub tenant: Tenant,
}

impl Meter {
    pub async fn start(app: &App, environment: &[(&str, &str)]) -> Self {
        let proxy = Faulty::start().await;
        let environment = [&[("DYNAMODB_ENDPOINT", proxy.endpoint.as_str())], environment].concat();
        let program = Process::serve(&app.table_name, &environment);
        let tenant = program.tenant("acme");
        Self { proxy, program, tenant }
    }

    /// How many requests have reached the engine since the last question.
    fn count(&self) -> usize {
        let count = self.proxy.calls().len();
        self.proxy.heal();
        count
    }

    /// The log line and the body of the answer, and how many requests reached the engine.
    pub async fn measure(&self, request: reqwest::RequestBuilder) -> (Value, Value, usize) {
        self.count();
        let answer = request.answer().await;
        let line = self.program.log_line(answer.header("x-request-id").unwrap()).await;
        let body = if answer.text.is_empty() { Value::Null } else { serde_json::from_str(&answer.text).unwrap() };
        (line, body, self.count())
    }

    /// The answer, after its cost was compared with what the log line and the proxy say.
    pub async fn costs(&self, what: &str, request: reqwest::RequestBuilder, (trips, reads, writes): Cost) -> Value {
        let (line, body, seen) = self.measure(request).await;
        assert_eq!(seen, trips, "requests at the engine of {what}");
        assert_eq!(line["round_trips"], trips, "{what}: {line}");
        assert_eq!(line["read_units"].as_f64(), Some(reads), "{what}: {line}");
        assert_eq!(line["write_units"].as_f64(), Some(units(writes)), "{what}: {line}");
        assert_eq!(line["tenant"], "acme", "{what}: {line}");
        body
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.tenant.request(method, path)
    }

    /// Every request of the table in the documentation.
    async fn assert_table(&self) {
        let name = json!({ "name": "ü".repeat(200) });
        self.costs("config", self.request(Method::GET, "/api/config"), documented("health, config")).await;
        self.costs("contract", self.request(Method::GET, "/api/openapi.json"), (0, 0.0, 0.0)).await;
        let create = || self.request(Method::POST, "/api/example").json(&name);
        let created = self.costs("create", create(), documented("create")).await;
        let path = format!("/api/example/{}", created["data"]["id"].as_str().unwrap());
        let with_key = create().header("idempotency-key", created["data"]["id"].as_str().unwrap());
        let repeated = with_key.try_clone().unwrap();
        let first = self.costs("create with a key", with_key, (1, 0.0, 6.0)).await;
        self.count();
        assert_eq!(repeated.answer().await.expect(201), first);
        assert_eq!(self.count(), 1, "requests at the engine of a repeated create");
        self.costs("read one", self.request(Method::GET, &path), documented("read one")).await;
        let known = self.request(Method::GET, &path).header(header::IF_NONE_MATCH, "\"1\"");
        self.costs("read a known one", known, (1, 1.0, 0.0)).await;
        let change = || self.request(Method::PATCH, &path).json(&name);
        self.costs("change", change(), documented("change")).await;
        self.costs("change one version", change().header(header::IF_MATCH, "\"2\""), (2, 1.0, 4.0)).await;
        self.costs("change a stale version", change().header(header::IF_MATCH, "\"1\""), (1, 1.0, 0.0)).await;
        self.costs("delete", self.request(Method::DELETE, &path), documented("delete")).await;
        self.costs("read an absent one", self.request(Method::GET, &path), (1, 1.0, 0.0)).await;
        self.costs("me", self.request(Method::GET, "/api/me"), documented("me")).await;
        self.costs("me again", self.request(Method::GET, "/api/me"), (1, 0.0, 1.0)).await;
        self.costs("nothing", self.request(Method::GET, "/api/example/nonsense"), (0, 0.0, 0.0)).await;
    }
}

/// A few at a time: more would wait for each other longer than the app waits.
async fn create_many(tenant: &Tenant, count: usize) {
    for _ in 0..count / 3 {
        tokio::join!(tenant.create("n"), tenant.create("n"), tenant.create("n"));
    }
}

#[tokio::test]
async fn every_request_costs_the_same_with_few_and_with_many_items() {
    let app = App::spawn().await;
    let meter = Meter::start(&app, &[]).await;
    // Once: what it has seen it says for a second.
    meter.count();
    meter.request(Method::GET, "/api/ready").answer().await.expect(200);
    assert_eq!(meter.count(), documented("ready").0, "requests at the engine of ready");
    meter.assert_table().await;
    // An item of a short name is small: a page of one, up to 4 KB, is one unit.
    meter.costs("a short list", meter.request(Method::GET, "/api/example"), documented("list")).await;
    for tenant in ["acme", "demo"] {
        let tenant = app.tenant(tenant);
        create_many(&tenant, 105).await;
    }
    meter.assert_table().await;
}

#[tokio::test]
async fn a_page_costs_what_it_holds_whatever_the_list_is() {
    let app = App::spawn().await;
    let meter = Meter::start(&app, &[]).await;
    let acme = app.tenant("acme");
    for count in [3, 105] {
        create_many(&acme, count).await;
        let page =
            meter.costs("one item of many", meter.request(Method::GET, "/api/example?limit=1"), (1, 1.0, 0.0)).await;
        let next = format!("/api/example?limit=1&cursor={}", page["page"]["next"].as_str().unwrap());
        meter.costs("the next page", meter.request(Method::GET, &next), (1, 1.0, 0.0)).await;
    }
    let (line, _, _) = meter.measure(meter.request(Method::GET, "/api/example?limit=100")).await;
    assert_eq!(line["round_trips"], 1, "{line}");
    // 101 items of about 250 bytes are read, each 4 KB one unit.
    let reads = line["read_units"].as_f64().unwrap();
    assert!((5.0..=9.0).contains(&reads), "{line}");
}

#[tokio::test]
async fn pages_of_no_tenant_cost_nothing() {
    let app = App::spawn().await;
    let meter = Meter::start(&app, &[]).await;
    for path in ["/", "/api/health", "/api/nothing", "/nothing"] {
        drop(meter.request(Method::GET, path).answer().await);
    }
    let foreign = meter.request(Method::GET, "/api/example").header(header::HOST, "foreign.org");
    foreign.answer().await.fails(421, "misdirected_request");
    assert_eq!(meter.count(), 0);
}

#[tokio::test]
async fn readiness_asks_the_table_at_most_once_a_second_however_many_ask() {
    let app = App::spawn().await;
    let meter = Meter::start(&app, &[]).await;
    let started = std::time::Instant::now();
    // All at once, before anything is known, and one after the other.
    let asking: JoinSet<_> = (0..50).map(|_| meter.request(Method::GET, "/api/ready").answer()).collect();
    for answer in asking.join_all().await {
        answer.expect(200);
    }
    for _ in 0..20 {
        meter.request(Method::GET, "/api/ready").answer().await.expect(200);
    }
    let seconds = usize::try_from(started.elapsed().as_secs()).unwrap();
    let asked = meter.count();
    assert!((1..=seconds + 1).contains(&asked), "{asked} in {seconds} s");
}
