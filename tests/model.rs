//! Random operations of several tenants and users against a plain model in memory: nobody ever sees a foreign item,
//! lists are complete and in order, and who is signed out reaches nothing.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::sign_in::MAGIC_LINK;
use crate::support::{Answer, App, Send as _, Tenant};

/// Where nobody signs in: each tenant is one user.
const TENANTS: [Party; 3] = [("acme", None), ("acme-2", None), ("demo", None)];

/// Where users sign in: two of one tenant, and one of them in another as well.
const USERS: [Party; 3] =
    [("acme", Some("ada@example.org")), ("acme", Some("bob@example.org")), ("demo", Some("ada@example.org"))];

/// A tenant, and the address of a user in it.
type Party = (&'static str, Option<&'static str>);

#[derive(Clone, Debug)]
enum Operation {
    Create { name: String, key: Option<u8> },
    Rename { item: Index, name: String, version: Precondition },
    Delete { item: Index, version: Precondition },
    Get { item: Index },
    List { limit: u8 },
    SignIn,
    SignOut { everywhere: bool },
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
        1 => Just(Operation::SignIn),
        1 => any::<bool>().prop_map(|everywhere| Operation::SignOut { everywhere }),
    ]
}

#[test]
fn random_operations_of_several_tenants_never_meet() {
    run_histories(TENANTS, &[]);
}

#[test]
fn random_operations_of_users_who_sign_in_and_out_never_meet() {
    run_histories(USERS, &MAGIC_LINK);
}

fn run_histories(parties: [Party; 3], settings: &[&str]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Default::default()
    });
    let histories = vec((0..parties.len(), operation()), 1..40);
    runner
        .run(&histories, |history| {
            runtime.block_on(async {
                let app = App::with(settings).await;
                let tenants = parties.map(|(tenant, _)| app.tenant(tenant));
                let sessions = parties.map(|_| Vec::new());
                let mut model = Model { app, parties, tenants, sessions, known: Vec::new(), keys: Vec::new() };
                for (tenant, operation) in history {
                    model.run(tenant, operation).await;
                }
                for tenant in 0..parties.len() {
                    model.sign_in(tenant).await;
                    model.list(tenant, 3).await;
                }
            });
            Ok(())
        })
        .unwrap();
}

struct Model {
    app: App,
    parties: [Party; 3],
    tenants: [Tenant; 3],
    /// The sessions of each user that have not ended.
    sessions: [Vec<String>; 3],
    /// In the order of creation.
    known: Vec<Known>,
    /// Tenant, key and name of requests with an idempotency key, with the item that each made.
    keys: Vec<((usize, u8), String, Value)>,
}

impl Model {
    async fn run(&mut self, tenant: usize, operation: Operation) {
        let signed_out = self.parties[tenant].1.is_some() && self.sessions[tenant].is_empty();
        match operation {
            Operation::SignIn => self.sign_in(tenant).await,
            _ if signed_out => self.is_refused(tenant, operation).await,
            Operation::SignOut { everywhere } => self.sign_out(tenant, everywhere).await,
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

    /// Another session, beside those that the user has.
    async fn sign_in(&mut self, tenant: usize) {
        if let (name, Some(email)) = self.parties[tenant] {
            let session = self.app.sign_in(name, email).await;
            self.tenants[tenant].bearer = Some(session.clone());
            self.sessions[tenant].push(session);
        }
    }

    /// The session that ended is still shown afterwards, unless another one is left.
    async fn sign_out(&mut self, tenant: usize, everywhere: bool) {
        let path = if everywhere { "/api/auth/logout-everywhere" } else { "/api/auth/logout" };
        let answer = self.tenants[tenant].request(Method::POST, path).answer().await;
        if self.parties[tenant].1.is_none() {
            answer.fails(404, "not_found");
            return;
        }
        assert_eq!(answer.expect(200)["data"]["everywhere"], everywhere);
        let left = if everywhere { 0 } else { self.sessions[tenant].len() - 1 };
        self.sessions[tenant].truncate(left);
        if let Some(session) = self.sessions[tenant].last() {
            self.tenants[tenant].bearer = Some(session.clone());
        }
    }

    /// Without a session that is good, whatever the operation is.
    async fn is_refused(&self, tenant: usize, operation: Operation) {
        let id = self.known.last().map_or(json!(uuid::Uuid::max()), |known| known.item["id"].clone());
        let item = format!("/api/example/{}", id.as_str().unwrap());
        let (method, path) = match operation {
            Operation::Create { .. } => (Method::POST, "/api/example"),
            Operation::Rename { .. } => (Method::PATCH, item.as_str()),
            Operation::Delete { .. } => (Method::DELETE, item.as_str()),
            Operation::Get { .. } => (Method::GET, item.as_str()),
            Operation::List { .. } => (Method::GET, "/api/example"),
            Operation::SignIn => (Method::GET, "/api/auth/check"),
            Operation::SignOut { .. } => (Method::POST, "/api/auth/logout"),
        };
        let request = self.tenants[tenant].request(method, path).json(&json!({ "name": "refused" }));
        request.answer().await.fails(401, "unauthenticated");
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
