//! A client that does what the web page does: creates under a key, changes and deletes a version, and tries again as
//! `src/shared/retry.ts` says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reference_architecture::ops;
use reqwest::Method;
use reqwest::header::{HOST, IF_MATCH, RETRY_AFTER};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ledger::{Item, Tenant};
use crate::operation::{Attempt, Kind, Operation, Outcome};
use crate::plan::Mode;

const ATTEMPT_LIMIT: Duration = Duration::from_secs(20);
const READ_RETRIES: usize = 2;
const WRITE_RETRIES: usize = 5;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(30);
const PASSING: [u16; 5] = [0, 429, 502, 503, 504];

/// Between two operations, in milliseconds.
const THINKING: std::ops::Range<u64> = 0..60;

/// Of each client.
const FAILURES_KEPT: usize = 5;

/// How many writes are given up in the middle, as when a page is closed.
const LEFT: f64 = 0.02;

pub struct Client {
    number: usize,
    mode: Mode,
    tenants: Arc<[Tenant]>,
    /// Whose it is.
    tenant: usize,
    http: reqwest::Client,
    balancer: SocketAddr,
    random: StdRng,
    pub record: Record,
}

/// What one client did, or all of them.
#[derive(Default)]
pub struct Record {
    /// Those that may have written. Of the others only the numbers are kept.
    pub writes: Vec<Operation>,
    pub operations: usize,
    pub requests: usize,
    pub retries: usize,
    /// Requests that a client had to be told to try again.
    pub failed: usize,
    /// The first of them.
    pub failures: Vec<String>,
    /// Operations that still failed after all retries.
    pub given_up: usize,
    /// 404, 409 and 412: somebody else came first.
    pub refused: usize,
    pub left: usize,
    pub slowest: Duration,
    /// How often each kind succeeded.
    pub succeeded: std::collections::BTreeMap<&'static str, usize>,
    pub unexpected: Vec<String>,
}

struct Answer {
    status: u16,
    retry_after: Duration,
    body: Value,
    /// For the report, if it is a failure.
    reason: String,
}

impl Client {
    pub fn new(number: usize, mode: Mode, tenants: &Arc<[Tenant]>, balancer: SocketAddr, seed: u64) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(ATTEMPT_LIMIT).build().unwrap();
        // Each has a sequence of its own, whatever the others do.
        let random = StdRng::seed_from_u64(seed ^ ((number as u64 + 1) << 32));
        let (tenants, tenant) = (Arc::clone(tenants), number % tenants.len());
        Self { number, mode, tenants, tenant, http, balancer, random, record: Record::default() }
    }

    /// Does one thing after the other until all is over, or for so many.
    pub async fn work(mut self, over: Arc<AtomicBool>, most: usize) -> Record {
        while !over.load(Ordering::Relaxed) && self.record.operations < most {
            let thinking = self.random.random_range(THINKING);
            tokio::time::sleep(Duration::from_millis(thinking)).await;
            let choice = self.random.random_range(0..100);
            let item = self.tenants[self.tenant].ledger.lock().unwrap().choose(&mut self.random);
            match (choice, item) {
                (25..50, Some((id, from))) => self.change(id, from).await,
                (50..60, Some((id, from))) => self.delete(id, from).await,
                (60..80, Some((id, _))) => self.read(id).await,
                (80..95, _) => self.list().await,
                (95.., _) => self.trespass().await,
                _ => self.create().await,
            }
        }
        self.record
    }

    fn own(&self) -> &Tenant {
        &self.tenants[self.tenant]
    }

    fn begin(&mut self, kind: Kind) -> Operation {
        self.record.operations += 1;
        Operation {
            client: self.number,
            number: self.record.operations,
            tenant: self.own().name,
            kind,
            began: Instant::now(),
            took: Duration::ZERO,
            attempts: Vec::new(),
            outcome: Outcome::Unknown,
        }
    }

    fn end(&mut self, mut operation: Operation) {
        operation.took = operation.began.elapsed();
        let record = &mut self.record;
        record.slowest = record.slowest.max(operation.took);
        match operation.outcome {
            Outcome::Unknown => record.given_up += 1,
            Outcome::Left => record.left += 1,
            Outcome::Refused(_) => record.refused += 1,
            _ => *record.succeeded.entry(operation.describe()).or_default() += 1,
        }
        if operation.is_write() {
            record.writes.push(operation);
        }
    }

    /// A name that tells who gave it, and when.
    fn new_name(&self) -> String {
        format!("{}{}.{}", self.own().prefix(), self.number, self.record.operations + 1)
    }

    async fn create(&mut self) {
        let name = self.new_name();
        let mut operation = self.begin(Kind::Create { name: name.clone() });
        let key = format!("{}.{}", self.number, operation.number);
        loop {
            let (body, header) = (json!({ "name": name }), ("idempotency-key", key.clone()));
            let answer = self.send(&mut operation, Method::POST, "/api/example", Some(body), Some(header)).await;
            match self.read_item(&answer, &operation) {
                Some(item) if answer.status == 201 => {
                    self.own().ledger.lock().unwrap().acknowledge(item.id, item.version);
                    operation.outcome = Outcome::Written { id: item.id, version: item.version };
                }
                _ if self.again(&mut operation, &answer, WRITE_RETRIES).await => continue,
                _ => {}
            }
            return self.end(operation);
        }
    }

    async fn change(&mut self, id: Uuid, from: u64) {
        let name = self.new_name();
        let mut operation = self.begin(Kind::Change { id, from, name: name.clone() });
        let path = format!("/api/example/{id}");
        loop {
            let (body, header) = (json!({ "name": name }), (IF_MATCH.as_str(), format!("\"{from}\"")));
            let mut answer = self.send(&mut operation, Method::PATCH, &path, Some(body), Some(header)).await;
            let is_stale = answer.status == 412;
            if is_stale {
                // The page asks what came first: it may be its own change, whose answer was lost.
                answer = self.reread(&operation, &path).await;
            }
            match (answer.status, self.read_item(&answer, &operation)) {
                (200, Some(item)) if !is_stale || item.name == name => {
                    self.own().ledger.lock().unwrap().acknowledge(id, item.version);
                    operation.outcome = Outcome::Written { id, version: item.version };
                }
                (200, Some(_)) => operation.outcome = Outcome::Refused(412),
                (404, _) => {
                    self.own().ledger.lock().unwrap().miss(id);
                    // The write was refused for its version; that the item is gone was seen later.
                    operation.outcome = Outcome::Refused(if is_stale { 412 } else { 404 });
                }
                (409, _) => operation.outcome = Outcome::Refused(409),
                _ if self.again(&mut operation, &answer, WRITE_RETRIES).await => continue,
                _ => {}
            }
            return self.end(operation);
        }
    }

    async fn delete(&mut self, id: Uuid, from: u64) {
        let mut operation = self.begin(Kind::Delete { id, from });
        self.own().ledger.lock().unwrap().deletion_begins(id);
        let path = format!("/api/example/{id}");
        loop {
            let header = (IF_MATCH.as_str(), format!("\"{from}\""));
            let mut answer = self.send(&mut operation, Method::DELETE, &path, None, Some(header)).await;
            let is_stale = answer.status == 412;
            if is_stale {
                answer = self.reread(&operation, &path).await;
            }
            match answer.status {
                200 if is_stale => operation.outcome = Outcome::Refused(412),
                200 => operation.outcome = Outcome::Deleted,
                404 => operation.outcome = Outcome::Gone,
                409 => operation.outcome = Outcome::Refused(409),
                _ if self.again(&mut operation, &answer, WRITE_RETRIES).await => continue,
                _ => {}
            }
            if matches!(operation.outcome, Outcome::Deleted | Outcome::Gone) {
                self.own().ledger.lock().unwrap().deletion_acknowledged(id);
            }
            return self.end(operation);
        }
    }

    async fn read(&mut self, id: Uuid) {
        let mut operation = self.begin(Kind::Read);
        loop {
            let answer = self.send(&mut operation, Method::GET, &format!("/api/example/{id}"), None, None).await;
            match (answer.status, self.read_item(&answer, &operation)) {
                (200, Some(_)) => operation.outcome = Outcome::Answered,
                (404, _) => {
                    self.own().ledger.lock().unwrap().miss(id);
                    operation.outcome = Outcome::Answered;
                }
                _ if self.again(&mut operation, &answer, READ_RETRIES).await => continue,
                _ => {}
            }
            return self.end(operation);
        }
    }

    /// Reads the first page, and sometimes the next one.
    async fn list(&mut self) {
        let limit = [1, 5, 20, 100][self.random.random_range(0..4)];
        let mut pages = self.random.random_range(1..=2);
        let (mut path, mut upper) = (format!("/api/example?limit={limit}"), None);
        while pages > 0 {
            pages -= 1;
            let mut operation = self.begin(Kind::List);
            let mut next = None;
            loop {
                let began = Instant::now();
                let answer = self.send(&mut operation, Method::GET, &path, None, None).await;
                let items: Option<Vec<Item>> = serde_json::from_value(answer.body["data"].clone()).ok();
                match (answer.status, items) {
                    (200, Some(items)) => {
                        operation.outcome = Outcome::Answered;
                        let cursor = answer.body["page"]["next"].as_str().map(str::to_owned);
                        let own = self.own();
                        own.ledger.lock().unwrap().list(own, &items, upper, cursor.is_none(), began);
                        next = cursor.zip(items.last().map(|last| last.id));
                    }
                    _ if self.again(&mut operation, &answer, READ_RETRIES).await => continue,
                    _ => {}
                }
                break;
            }
            self.end(operation);
            let Some((cursor, last)) = next else { return };
            (path, upper) = (format!("/api/example?limit={limit}&cursor={cursor}"), Some(last));
        }
    }

    /// What belongs to another tenant looks absent, whatever is tried.
    async fn trespass(&mut self) {
        let other = (self.tenant + self.random.random_range(1..self.tenants.len())) % self.tenants.len();
        let item = self.tenants[other].ledger.lock().unwrap().choose(&mut self.random);
        let method = [Method::GET, Method::PATCH, Method::DELETE][self.random.random_range(0..3)].clone();
        let Some((id, _)) = item else { return };
        let mut operation = self.begin(Kind::Trespass);
        let body = (method == Method::PATCH).then(|| json!({ "name": "trespass" }));
        let answer = self.send(&mut operation, method.clone(), &format!("/api/example/{id}"), body, None).await;
        match answer.status {
            404 => operation.outcome = Outcome::Answered,
            status if PASSING.contains(&status) => {}
            status => {
                let (own, other) = (self.own(), self.tenants[other].name);
                let text = format!("{}: {method} of {id}, which is {other}'s, was answered {status}", own.name);
                own.ledger.lock().unwrap().foreign.push(text);
            }
        }
        self.end(operation);
    }

    /// The item in an answer, noted as seen.
    fn read_item(&self, answer: &Answer, operation: &Operation) -> Option<Item> {
        let item: Item = serde_json::from_value(answer.body["data"].clone()).ok()?;
        let own = self.own();
        own.ledger.lock().unwrap().see(own, &item, operation.began);
        Some(item)
    }

    /// Makes one attempt.
    async fn send(
        &mut self,
        operation: &mut Operation,
        method: Method,
        path: &str,
        body: Option<Value>,
        header: Option<(&str, String)>,
    ) -> Answer {
        let id = operation.request_id(operation.attempts.len());
        let leaves = self.mode == Mode::Faults && operation.is_write() && self.random.random_bool(LEFT);
        let limit = if leaves { Duration::from_millis(self.random.random_range(1..40)) } else { ATTEMPT_LIMIT };
        let began = Instant::now();
        let answer = tokio::time::timeout(limit, self.request(&id, method, path, body, header)).await;
        let has_left = leaves && answer.is_err();
        let answer = answer.unwrap_or_else(|_| Answer::none("no answer in time"));
        operation.attempts.push(Attempt { status: answer.status, took: began.elapsed() });
        if has_left {
            operation.outcome = Outcome::Left;
        }
        self.record.retries += usize::from(operation.attempts.len() > 1);
        self.count(&id, &answer, has_left);
        answer
    }

    /// Asks for the item as it is now.
    async fn reread(&mut self, operation: &Operation, path: &str) -> Answer {
        let id = operation.request_id(operation.attempts.len()) + ".read";
        let answer = self.request(&id, Method::GET, path, None, None).await;
        self.count(&id, &answer, false);
        answer
    }

    async fn request(
        &self,
        id: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
        header: Option<(&str, String)>,
    ) -> Answer {
        let host = format!("{}.{}", self.own().name, crate::BASE_DOMAIN);
        let mut request = self.http.request(method, format!("http://{}{path}", self.balancer));
        request = request.header(HOST, host).header("x-request-id", id);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Answer::none(&ops::chain(&error)),
        };
        let status = answer.status().as_u16();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let retry_after = Duration::from_secs(retry_after.unwrap_or(0));
        match answer.text().await {
            Ok(reason) => {
                let body = serde_json::from_str(&reason).unwrap_or_default();
                Answer { status, retry_after, body, reason }
            }
            // Cut off behind its head: no acknowledgement yet.
            Err(error) => Answer::none(&ops::chain(&error)),
        }
    }

    fn count(&mut self, id: &str, answer: &Answer, has_left: bool) {
        self.record.requests += 1;
        if !has_left && PASSING.contains(&answer.status) {
            self.record.failed += 1;
            if self.record.failures.len() < FAILURES_KEPT {
                self.record.failures.push(format!("request {id}: {} {}", answer.status, answer.reason));
            }
        }
    }

    /// Whether it is to be tried again, after a wait.
    async fn again(&mut self, operation: &mut Operation, answer: &Answer, retries: usize) -> bool {
        if operation.outcome == Outcome::Left {
            return false;
        }
        if !PASSING.contains(&answer.status) {
            self.record.unexpected.push(format!("{operation}: {} {}", answer.status, answer.reason));
            return false;
        }
        let failures = operation.attempts.len() - 1;
        if failures >= retries || answer.retry_after > PATIENCE {
            return false;
        }
        let wait = LONGEST_WAIT.min(FIRST_WAIT * (1 << failures));
        let jittered = wait.mul_f64(0.5 + self.random.random_range(0.0..0.5));
        tokio::time::sleep(answer.retry_after + jittered).await;
        true
    }
}

impl Answer {
    fn none(reason: &str) -> Self {
        Self { status: 0, retry_after: Duration::ZERO, body: Value::Null, reason: reason.to_owned() }
    }
}

impl FromIterator<Self> for Record {
    fn from_iter<I: IntoIterator<Item = Self>>(records: I) -> Self {
        let mut all = Self::default();
        for record in records {
            all.writes.extend(record.writes);
            all.operations += record.operations;
            all.requests += record.requests;
            all.retries += record.retries;
            all.failed += record.failed;
            all.failures.extend(record.failures);
            all.given_up += record.given_up;
            all.refused += record.refused;
            all.left += record.left;
            all.slowest = all.slowest.max(record.slowest);
            for (kind, count) in record.succeeded {
                *all.succeeded.entry(kind).or_default() += count;
            }
            all.unexpected.extend(record.unexpected);
        }
        all
    }
}
