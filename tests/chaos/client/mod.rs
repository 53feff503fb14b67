//! A client that does what the web page does: creates under a key, changes and deletes a version, and tries again.

mod retry;
mod send;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use reqwest::header::IF_MATCH;
use retry::PAGE;
use send::Answer;
use serde_json::json;
use uuid::Uuid;

use crate::ledger::{Item, Tenant};
use crate::operation::{Kind, Operation, Outcome};
use crate::plan::Mode;
use crate::record::Record;

/// Between two operations, in milliseconds.
const THINKING: std::ops::Range<u64> = 0..60;

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

impl Client {
    pub fn new(number: usize, mode: Mode, tenants: &Arc<[Tenant]>, balancer: SocketAddr, seed: u64) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PAGE.attempt_limit).build().unwrap();
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
                _ if self.again(&mut operation, &answer, PAGE.writes).await => continue,
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
                _ if self.again(&mut operation, &answer, PAGE.writes).await => continue,
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
                _ if self.again(&mut operation, &answer, PAGE.writes).await => continue,
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
                _ if self.again(&mut operation, &answer, PAGE.reads).await => continue,
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
                    _ if self.again(&mut operation, &answer, PAGE.reads).await => continue,
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
            status if PAGE.passing.contains(&status) => {}
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
}
