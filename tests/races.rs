//! Many requests at once, on the same items.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Answer, App, Send as _, Tenant};

async fn all(requests: impl IntoIterator<Item = reqwest::RequestBuilder>) -> Vec<Answer> {
    let tasks: JoinSet<_> = requests.into_iter().map(reqwest_answer).collect();
    tasks.join_all().await
}

async fn reqwest_answer(request: reqwest::RequestBuilder) -> Answer {
    request.answer().await
}

async fn path(tenant: &Tenant) -> String {
    format!("/api/example/{}", tenant.create("first").await["id"].as_str().unwrap())
}

fn rename(tenant: &Tenant, path: &str, name: &str) -> reqwest::RequestBuilder {
    tenant.request(Method::PATCH, path).json(&json!({ "name": name }))
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_change_that_meets_a_delete_never_brings_the_item_back() {
    let app = App::spawn().await;
    for round in 0..30 {
        let tenant = app.tenant(&format!("round-{round}"));
        let path = path(&tenant).await;
        let delete = tenant.request(Method::DELETE, &path);
        let mut requests: Vec<_> = (0..3).map(|_| rename(&tenant, &path, "changed")).collect();
        requests.insert(round % 4, delete);
        let answers = all(requests).await;
        tenant.get(&path).await.fails(404, "not_found");
        assert_eq!(tenant.names().await, [""; 0]);
        let events = app.events(&format!("round-{round}")).await;
        let names = names(&events);
        assert_eq!(names.iter().filter(|name| **name == "example.deleted").count(), 1, "{names:?}");
        // One deletion and the changes, without those that were refused.
        let acknowledged = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(names.len(), 1 + acknowledged, "{names:?}");
        assert!(answers.iter().all(|answer| [200, 404, 409].contains(&answer.status.as_u16())), "{answers:?}");
    }
    assert_eq!(app.items_of("EXAMPLE#").await, [json!(null); 0]);
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_wins_and_one_is_told_so() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    for _ in 0..20 {
        let path = path(&acme).await;
        let change = |name| rename(&acme, &path, name).header("if-match", "\"1\"");
        let answers = all([change("left"), change("right")]).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        let lost: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
        assert_eq!((won.len(), lost.len()), (1, 1), "{answers:?}");
        lost[0].fails(412, "precondition_failed");
        assert_eq!(lost[0].header("etag"), Some("\"2\""));
        assert_eq!(acme.get(&path).await.text, won[0].text);
    }
}

#[tokio::test]
async fn ten_creates_with_one_key_make_one_item_and_get_one_answer() {
    let app = App::spawn().await;
    for round in 0..5 {
        let tenant = app.tenant(&format!("round-{round}"));
        let create = || {
            let request = tenant.request(Method::POST, "/api/example").header("idempotency-key", "once");
            request.json(&json!({ "name": "only" }))
        };
        let answers = all((0..10).map(|_| create())).await;
        let created: BTreeSet<_> = answers.iter().map(|answer| answer.expect(201).to_string()).collect();
        assert_eq!(created.len(), 1, "{created:?}");
        assert_eq!(tenant.names().await, ["only"]);
        assert_eq!(names(&app.events(&format!("round-{round}")).await), ["example.created"]);
    }
}

#[tokio::test]
async fn parallel_creates_are_all_listed_once() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let create =
        |number: usize| acme.request(Method::POST, "/api/example").json(&json!({ "name": number.to_string() }));
    for answer in all((0..120).map(create)).await {
        answer.expect(201);
    }
    let mut listed: Vec<usize> = acme.names().await.iter().map(|name| name.parse().unwrap()).collect();
    listed.sort_unstable();
    assert_eq!(listed, (0..120).collect::<Vec<_>>());
    assert_eq!(app.events("acme").await.len(), 120);
}

#[tokio::test]
async fn parallel_changes_without_a_condition_get_versions_in_a_row() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    for _ in 0..5 {
        let path = path(&acme).await;
        let before = app.events("acme").await.len();
        let answers = all((0..8).map(|number| rename(&acme, &path, &number.to_string()))).await;
        let mut versions = Vec::new();
        for answer in &answers {
            // Who met too many others is told to try again, and has changed nothing.
            if answer.status == 409 { drop(answer.fails(409, "conflict")) } else { versions.push(version(answer)) }
        }
        versions.sort_unstable();
        let last = u64::try_from(versions.len()).unwrap() + 1;
        assert!(last > 1, "{answers:?}");
        assert_eq!(versions, (2..=last).collect::<Vec<_>>());
        assert_eq!(version(&acme.get(&path).await), last);
        assert_eq!(app.events("acme").await.len() - before, versions.len());
    }
}

fn version(answer: &Answer) -> u64 {
    answer.expect(200)["data"]["version"].as_u64().unwrap()
}
