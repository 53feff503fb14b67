//! Random operations of several tenants against a plain model in memory: nobody ever sees a foreign item, and
//! lists are complete and in order.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Send as _, Tenant};

const TENANTS: [&str; 3] = ["acme", "acme-2", "demo"];

#[derive(Clone, Debug)]
enum Operation {
    Create { name: String, key: Option<u8> },
    Rename { item: Index, name: String, version: Precondition },
    Delete { item: Index, version: Precondition },
    Get { item: Index },
    List { limit: u8 },
}

#[derive(Clone, Copy, Debug)]
enum Precondition {
    None,
    Current,
    Stale,
}

/// An item of any tenant, also one that is deleted: each tenant tries them all.
#[derive(Clone, Debug)]
struct Known {
    owner: usize,
    item: Value,
    deleted: bool,
}

fn operation() -> impl Strategy<Value = Operation> {
    let name = "[a-z]{1,8}";
    let version = || prop_oneof![Just(Precondition::None), Just(Precondition::Current), Just(Precondition::Stale)];
    prop_oneof![
        3 => (name, proptest::option::of(0_u8..4)).prop_map(|(name, key)| Operation::Create { name, key }),
        2 => (any::<Index>(), name, version()).prop_map(|(item, name, version)| Operation::Rename { item, name, version }),
        1 => (any::<Index>(), version()).prop_map(|(item, version)| Operation::Delete { item, version }),
        1 => any::<Index>().prop_map(|item| Operation::Get { item }),
        2 => (1_u8..5).prop_map(|limit| Operation::List { limit }),
    ]
}

#[test]
fn random_operations_of_several_tenants_never_meet() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Default::default()
    });
    let histories = vec((0..TENANTS.len(), operation()), 1..40);
    runner
        .run(&histories, |history| {
            runtime.block_on(async {
                let app = App::spawn().await;
                let mut model =
                    Model { tenants: TENANTS.map(|tenant| app.tenant(tenant)), known: Vec::new(), keys: Vec::new() };
                for (tenant, operation) in history {
                    model.run(tenant, operation).await;
                }
                for tenant in 0..TENANTS.len() {
                    model.list(tenant, 3).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

struct Model {
    tenants: [Tenant; 3],
    /// In the order of creation.
    known: Vec<Known>,
    /// Tenant, key and name of requests with an idempotency key, with the item that each made.
    keys: Vec<((usize, u8), String, Value)>,
}

impl Model {
    async fn run(&mut self, tenant: usize, operation: Operation) {
        match operation {
            Operation::Create { name, key } => self.create(tenant, &name, key).await,
            Operation::List { limit } => self.list(tenant, limit.into()).await,
            _ if self.known.is_empty() => {}
            Operation::Get { item } => {
                let known = item.get(&self.known).clone();
                let answer = self.send(Method::GET, tenant, &known, Precondition::None, None).await;
                if known.is_visible_to(tenant) {
                    known.is_told_by(&answer);
                } else {
                    answer.fails(404, "not_found");
                }
            }
            Operation::Rename { item, name, version } => {
                let at = item.index(self.known.len());
                let known = self.known[at].clone();
                let answer = self.send(Method::PATCH, tenant, &known, version, Some(&name)).await;
                if known.allows(tenant, version, &answer) {
                    let item = answer.expect(200)["data"].clone();
                    assert_eq!((&item["name"], item["version"].as_u64()), (&json!(name), Some(known.version() + 1)));
                    assert_eq!((&item["id"], &item["createdAt"]), (&known.item["id"], &known.item["createdAt"]));
                    self.known[at].item = item;
                }
            }
            Operation::Delete { item, version } => {
                let at = item.index(self.known.len());
                let known = self.known[at].clone();
                let answer = self.send(Method::DELETE, tenant, &known, version, None).await;
                if known.allows(tenant, version, &answer) {
                    assert_eq!(answer.expect(200)["data"]["id"], known.item["id"]);
                    self.known[at].deleted = true;
                }
            }
        }
    }

    async fn create(&mut self, tenant: usize, name: &str, key: Option<u8>) {
        let mut request = self.tenants[tenant].request(Method::POST, "/api/example").json(&json!({ "name": name }));
        if let Some(key) = key {
            request = request.header("idempotency-key", key.to_string());
        }
        let answer = request.answer().await;
        let used = key.and_then(|key| self.keys.iter().find(|(of, ..)| *of == (tenant, key)));
        match used {
            Some((_, first, item)) if first == name => assert_eq!(answer.expect(201)["data"], *item),
            Some(_) => drop(answer.fails(422, "idempotency_key_reused")),
            None => {
                let item = answer.expect(201)["data"].clone();
                assert_eq!(item["name"], name);
                assert!(self.known.iter().all(|known| known.item["id"] != item["id"]));
                self.keys.extend(key.map(|key| ((tenant, key), name.to_owned(), item.clone())));
                self.known.push(Known { owner: tenant, item, deleted: false });
            }
        }
    }

    async fn list(&self, tenant: usize, limit: usize) {
        let mut seen = Vec::new();
        let mut path = format!("/api/example?limit={limit}");
        loop {
            let page = self.tenants[tenant].get(&path).await.expect(200);
            let items = page["data"].as_array().unwrap();
            seen.extend(items.clone());
            let Some(next) = page["page"]["next"].as_str() else { break };
            assert_eq!(items.len(), limit);
            path = format!("/api/example?limit={limit}&cursor={next}");
        }
        let visible = self.known.iter().rev().filter(|known| known.is_visible_to(tenant));
        assert_eq!(seen, visible.map(|known| known.item.clone()).collect::<Vec<_>>());
    }

    async fn send(
        &self,
        method: Method,
        tenant: usize,
        known: &Known,
        version: Precondition,
        name: Option<&str>,
    ) -> Answer {
        let path = format!("/api/example/{}", known.item["id"].as_str().unwrap());
        let mut request = self.tenants[tenant].request(method, &path);
        request = match version {
            Precondition::None => request,
            Precondition::Current => request.header("if-match", format!("\"{}\"", known.version())),
            Precondition::Stale => request.header("if-match", format!("\"{}\"", known.version() + 1)),
        };
        if let Some(name) = name {
            request = request.json(&json!({ "name": name }));
        }
        request.answer().await
    }
}

impl Known {
    fn is_visible_to(&self, tenant: usize) -> bool {
        self.owner == tenant && !self.deleted
    }

    fn version(&self) -> u64 {
        self.item["version"].as_u64().unwrap()
    }

    #[track_caller]
    fn is_told_by(&self, answer: &Answer) {
        assert_eq!(answer.expect(200)["data"], self.item);
        assert_eq!(answer.header("etag"), Some(format!("\"{}\"", self.version()).as_str()));
    }

    /// Whether a write may happen; asserts the refusal where it may not.
    #[track_caller]
    fn allows(&self, tenant: usize, version: Precondition, answer: &Answer) -> bool {
        match version {
            _ if !self.is_visible_to(tenant) => drop(answer.fails(404, "not_found")),
            Precondition::Stale => drop(answer.fails(412, "precondition_failed")),
            Precondition::None | Precondition::Current => return true,
        }
        false
    }
}
