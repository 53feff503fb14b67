//! Single requests.

use std::time::{Duration, Instant};

use rand::RngExt as _;
use reference_architecture::logging::chain;
use reqwest::Method;
use reqwest::header::{HOST, RETRY_AFTER};
use serde_json::Value;

use super::Client;
use super::retry::PAGE;
use crate::operation::{Attempt, Operation, Outcome};
use crate::plan::Mode;

/// Of each client.
const FAILURES_KEPT: usize = 5;

/// How many writes are given up in the middle, as when a page is closed.
const LEFT: f64 = 0.02;

pub(super) struct Answer {
    pub(super) status: u16,
    retry_after: Duration,
    pub(super) body: Value,
    /// For the report, if it is a failure.
    reason: String,
}

impl Client {
    /// Makes one attempt.
    pub(super) async fn send(
        &mut self,
        operation: &mut Operation,
        method: Method,
        path: &str,
        body: Option<Value>,
        header: Option<(&str, String)>,
    ) -> Answer {
        let id = operation.request_id(operation.attempts.len());
        let leaves = self.mode == Mode::Faults && operation.is_write() && self.random.random_bool(LEFT);
        let limit = if leaves { Duration::from_millis(self.random.random_range(1..40)) } else { PAGE.attempt_limit };
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
    pub(super) async fn reread(&mut self, operation: &Operation, path: &str) -> Answer {
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
            Err(error) => return Answer::none(&chain(&error)),
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
            Err(error) => Answer::none(&chain(&error)),
        }
    }

    fn count(&mut self, id: &str, answer: &Answer, has_left: bool) {
        self.record.requests += 1;
        if !has_left && PAGE.passing.contains(&answer.status) {
            self.record.failed += 1;
            if self.record.failures.len() < FAILURES_KEPT {
                self.record.failures.push(format!("request {id}: {} {}", answer.status, answer.reason));
            }
        }
    }

    /// Whether it is to be tried again, after a wait.
    pub(super) async fn again(&mut self, operation: &mut Operation, answer: &Answer, retries: u64) -> bool {
        if operation.outcome == Outcome::Left {
            return false;
        }
        if !PAGE.passing.contains(&answer.status) {
            self.record.unexpected.push(format!("{operation}: {} {}", answer.status, answer.reason));
            return false;
        }
        let failures = operation.attempts.len() as u64 - 1;
        if failures >= retries || answer.retry_after > PAGE.patience {
            return false;
        }
        tokio::time::sleep(answer.retry_after + PAGE.wait(failures, &mut self.random)).await;
        true
    }
}

impl Answer {
    fn none(reason: &str) -> Self {
        Self { status: 0, retry_after: Duration::ZERO, body: Value::Null, reason: reason.to_owned() }
    }
}
