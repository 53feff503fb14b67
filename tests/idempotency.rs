//! A repeated request does nothing twice.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, App, Send as _, Tenant};

async fn create(tenant: &Tenant, key: &str, name: &str) -> Answer {
    let request = tenant.request(Method::POST, "/api/example").header("idempotency-key", key);
    request.json(&json!({ "name": name })).answer().await
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_also_after_a_change_and_after_a_delete() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let first = create(&acme, "key-1", "first").await;
    let example = first.expect(201)["data"].clone();
    let path = format!("/api/example/{}", example["id"].as_str().unwrap());
    let is_first = |answer: &Answer| {
        answer.expect(201);
        assert_eq!(answer.text, first.text);
        assert_eq!(answer.header("etag"), first.header("etag"));
        assert_eq!(answer.header("location"), Some(path.as_str()));
    };
    is_first(&create(&acme, "key-1", "first").await);
    is_first(&create(&acme, "key-1", "  first  ").await); // the same name once it is trimmed
    acme.patch(&path, &json!({ "name": "changed" })).await.expect(200);
    is_first(&create(&acme, "key-1", "first").await);
    assert_eq!(acme.names().await, ["changed"]);
    acme.delete(&path).await.expect(200);
    is_first(&create(&acme, "key-1", "first").await);
    assert_eq!(acme.names().await, [""; 0]);
    let told: Vec<_> = app.events("acme").await.into_iter().map(|event| event["name"].clone()).collect();
    assert_eq!(told, ["example.created", "example.changed", "example.deleted"]);
}

#[tokio::test]
async fn a_key_that_named_another_request_is_refused() {
    let acme = App::spawn().await.tenant("acme");
    create(&acme, "key-1", "first").await.expect(201);
    create(&acme, "key-1", "second").await.fails(422, "idempotency_key_reused");
    assert_eq!(acme.names().await, ["first"]);
    create(&acme, "KEY-1", "second").await.expect(201);
    assert_eq!(acme.names().await, ["second", "first"]);
}

#[tokio::test]
async fn the_same_key_of_another_tenant_is_another_key() {
    let app = App::spawn().await;
    let acme = create(&app.tenant("acme"), "key-1", "same").await.expect(201);
    let demo = create(&app.tenant("demo"), "key-1", "same").await.expect(201);
    assert_ne!(acme["data"]["id"], demo["data"]["id"]);
    create(&app.tenant("other"), "key-1", "different").await.expect(201);
}

#[tokio::test]
async fn a_key_is_remembered_for_a_day_and_an_expired_record_counts_as_absent() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let before = jiff::Timestamp::now().as_second();
    let first = create(&acme, "key-1", "first").await.expect(201);
    let mut record = app.items_of("IDEMPOTENCY#").await.remove(0);
    let remembered_for = record["ttl"].as_i64().unwrap() - before;
    assert!((86_400..86_400 + 60).contains(&remembered_for), "{remembered_for} s");
    assert!(!record.to_string().contains("key-1"), "what a client chose is stored as a hash: {record}");
    record["ttl"] = json!(before - 1);
    app.plant(&record).await;
    let second = create(&acme, "key-1", "second").await.expect(201);
    assert_ne!(second["data"]["id"], first["data"]["id"]);
    assert_eq!(acme.names().await, ["second", "first"]);
    assert_eq!(create(&acme, "key-1", "second").await.expect(201), second, "the new record is remembered");
    create(&acme, "key-1", "first").await.fails(422, "idempotency_key_reused");
}

#[tokio::test]
async fn keys_are_1_to_255_visible_characters_in_one_header() {
    let acme = App::spawn().await.tenant("acme");
    create(&acme, &"~".repeat(255), "a").await.expect(201);
    create(&acme, "!", "b").await.expect(201);
    let assert_refused = |answer: Answer| {
        let error: Value = answer.fails(400, "invalid_input");
        assert!(error["fields"]["idempotency-key"].is_string(), "{error}");
    };
    for key in ["", &"k".repeat(256), "two words", "ümlaut", "a\tb"] {
        assert_refused(create(&acme, key, "c").await);
    }
    let twice =
        acme.request(Method::POST, "/api/example").header("idempotency-key", "a").header("idempotency-key", "a");
    assert_refused(twice.json(&json!({ "name": "c" })).answer().await);
    assert_eq!(acme.names().await, ["b", "a"]);
}

#[tokio::test]
async fn a_request_that_failed_does_not_use_up_its_key() {
    let acme = App::spawn().await.tenant("acme");
    create(&acme, "key-1", "").await.fails(400, "invalid_input");
    create(&acme, "key-1", "valid").await.expect(201);
}
