//! What the API answers when all is well.

use reqwest::{Method, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{App, Send as _};

#[tokio::test]
async fn a_created_example_can_be_read_changed_and_deleted() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let created = acme.post("/api/example", &json!({ "name": "  first " })).await;
    let body = created.expect(201);
    let id = body["data"]["id"].as_str().unwrap();
    let path = format!("/api/example/{id}");
    assert_eq!(created.header("location"), Some(path.as_str()));
    assert_eq!(created.header("etag"), Some("\"1\""));
    assert_eq!(body["data"]["name"], "first");
    assert_eq!(acme.get(&path).await.expect(200), body);
    let changed = acme.patch(&path, &json!({ "name": "second" })).await;
    assert_eq!(changed.expect(200)["data"]["version"], 2);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    assert_eq!(acme.get(&path).await.text, changed.text);
    assert_eq!(acme.names().await, ["second"]);
    assert_eq!(acme.delete(&path).await.expect(200), json!({ "data": { "id": id } }));
    acme.get(&path).await.fails(404, "not_found");
    acme.patch(&path, &json!({ "name": "third" })).await.fails(404, "not_found");
    acme.delete(&path).await.fails(404, "not_found");
    assert_eq!(acme.names().await, [""; 0]);
}

#[tokio::test]
async fn an_example_has_exactly_the_documented_fields() {
    let acme = App::spawn().await.tenant("acme");
    let example = acme.create("first").await;
    let fields: Vec<_> = example.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["createdAt", "id", "name", "updatedAt", "version"]);
    let id: Uuid = example["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
    assert_eq!(example["version"], 1);
    assert_eq!(example["createdAt"], example["updatedAt"]);
    assert_time(&example["createdAt"]);
    let changed = acme.patch(&format!("/api/example/{id}"), &json!({ "name": "b" })).await.expect(200)["data"].clone();
    assert_eq!(changed["createdAt"], example["createdAt"]);
    assert_time(&changed["updatedAt"]);
    assert!(changed["updatedAt"].as_str() >= example["createdAt"].as_str());
}

/// RFC 3339 in UTC with milliseconds, like `2026-01-31T12:34:56.789Z`.
#[track_caller]
fn assert_time(time: &Value) {
    let shape: String =
        time.as_str().unwrap().chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z");
}

#[tokio::test]
async fn a_name_has_1_to_200_characters_after_trimming() {
    let acme = App::spawn().await.tenant("acme");
    let longest = "ü".repeat(200);
    assert_eq!(acme.create(&longest).await["name"], longest.as_str());
    assert_eq!(acme.create(&format!("  {longest}\u{3000}")).await["name"], longest.as_str());
    assert_eq!(acme.create("😀 \"quoted\" \\ <b>").await["name"], "😀 \"quoted\" \\ <b>");
    for name in [&format!("{longest}x"), "", " ", "\u{3000}", "a\nb", "a\u{0}b", "a\u{85}b", "\u{7f}"] {
        let error = acme.post("/api/example", &json!({ "name": name })).await.fails(400, "invalid_input");
        assert!(error["fields"]["name"].is_string(), "{error}");
    }
}

#[tokio::test]
async fn what_a_client_says_of_owner_id_and_version_is_ignored() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let forged = json!({
        "name": "mine", "id": Uuid::nil(), "version": 9, "createdAt": "2000-01-01T00:00:00.000Z", "tenant": "demo",
        "tenantId": "demo", "userId": Uuid::nil(), "owner": "demo", "PK": "TENANT#demo", "SK": "EXAMPLE#", "ttl": 1,
    });
    let created = acme.post("/api/example", &forged).await.expect(201)["data"].clone();
    assert_eq!(created["version"], 1);
    assert_ne!(created["id"], forged["id"]);
    assert_ne!(created["createdAt"], forged["createdAt"]);
    let path = format!("/api/example/{}", created["id"].as_str().unwrap());
    let changed = acme.patch(&path, &forged).await.expect(200)["data"].clone();
    assert_eq!((&changed["version"], &changed["id"]), (&json!(2), &created["id"]));
    assert_eq!(app.tenant("demo").names().await, [""; 0]);
    assert!(app.items_of("EXAMPLE#").await.iter().all(|item| item.get("ttl").is_none()));
}

#[tokio::test]
async fn the_deployment_tells_how_it_is() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let ok = json!({ "data": { "status": "ok" } });
    assert_eq!(acme.get("/api/health").await.expect(200), ok);
    assert_eq!(acme.get("/api/ready").await.expect(200), ok);
    let config = json!({ "data": {
        "authProvider": "none", "compute": "local", "oidc": null, "tenant": "acme",
        "version": env!("CARGO_PKG_VERSION"),
    }});
    assert_eq!(acme.get("/api/config").await.expect(200), config);
    let document = acme.get("/api/openapi.json").await;
    assert_eq!(document.expect(200)["openapi"], "3.1.0");
    assert_eq!(document.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn the_public_user_is_made_at_first_sight_and_stays_the_same() {
    let app = App::spawn().await;
    let first = app.tenant("acme").get("/api/me").await.expect(200)["data"].clone();
    assert_eq!(first["provider"], "none");
    assert_eq!(first["subject"], "public");
    assert!(["email", "name", "picture"].iter().all(|field| first[field].is_null()), "{first}");
    assert_time(&first["createdAt"]);
    assert_time(&first["lastSeenAt"]);
    assert_eq!(app.tenant("acme").get("/api/me").await.expect(200)["data"], first);
    assert_eq!(app.items_of("USER#").await.len(), 1);
    let other = app.tenant("demo").get("/api/me").await.expect(200)["data"].clone();
    assert_ne!(other["userId"], first["userId"]);
    assert_eq!(app.items_of("USER#").await.len(), 2);
}

#[tokio::test]
async fn a_user_is_seen_again_after_an_hour_and_keeps_the_first_time() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let first = acme.get("/api/me").await.expect(200)["data"].clone();
    let mut item = app.items_of("USER#").await.remove(0);
    item["createdAt"] = json!("2026-01-01T00:00:00.000Z");
    item["lastSeenAt"] = json!("2026-01-01T00:00:00.000Z");
    app.plant(&item).await;
    let again = acme.get("/api/me").await.expect(200)["data"].clone();
    assert_eq!(again["createdAt"], "2026-01-01T00:00:00.000Z");
    assert!(again["lastSeenAt"].as_str() >= first["lastSeenAt"].as_str(), "{again}");
}

#[tokio::test]
async fn where_nobody_signs_in_by_a_link_its_routes_are_absent_whatever_they_are_sent() {
    let acme = App::spawn().await.tenant("acme");
    for path in ["request-link", "verify", "logout", "logout-everywhere"] {
        for body in ["", "x", "{}", r#"{"token":"a","email":"a@example.com"}"#] {
            let request = acme.request(Method::POST, &format!("/api/auth/{path}"));
            request.body(body).answer().await.fails(404, "not_found");
        }
    }
}

#[tokio::test]
async fn a_page_stands_at_the_root_and_only_there() {
    let acme = App::spawn().await.tenant("acme");
    let page = acme.get("/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text.contains("<title>Reference Architecture</title>"), "{}", page.text);
    for path in ["/api", "/api/", "/api/nothing", "/api/example/", "/api/health/", "/API/health", "//api/health"] {
        acme.get(path).await.fails(404, "not_found");
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_answered_with_those_that_it_has() {
    let acme = App::spawn().await.tenant("acme");
    let one = format!("/api/example/{}", Uuid::now_v7());
    let cases = [
        (Method::PUT, "/api/example", "GET,HEAD,POST"),
        (Method::DELETE, "/api/example", "GET,HEAD,POST"),
        (Method::POST, one.as_str(), "DELETE,GET,HEAD,PATCH"),
        (Method::PUT, &one, "DELETE,GET,HEAD,PATCH"),
        (Method::TRACE, &one, "DELETE,GET,HEAD,PATCH"),
        (Method::POST, "/", "GET,HEAD"),
        (Method::POST, "/api/health", "GET,HEAD"),
        (Method::POST, "/api/me", "GET,HEAD"),
        (Method::POST, "/api/openapi.json", "GET,HEAD"),
    ];
    for (method, path, allowed) in cases {
        let answer = acme.request(method.clone(), path).answer().await;
        answer.fails(405, "method_not_allowed");
        let mut methods: Vec<_> = answer.header("allow").unwrap().split(',').map(str::trim).collect();
        methods.sort_unstable();
        assert_eq!(methods.join(","), allowed, "{method} {path}");
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_the_body() {
    let acme = App::spawn().await.tenant("acme");
    let one = format!("/api/example/{}", acme.create("first").await["id"].as_str().unwrap());
    for path in
        ["/", "/api/health", "/api/config", "/api/openapi.json", "/api/me", "/api/example", &one, "/api/nothing"]
    {
        let get = acme.get(path).await;
        let head = acme.request(Method::HEAD, path).answer().await;
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::ETAG] {
            assert_eq!(head.headers.get(&name), get.headers.get(&name), "{path} {name}");
        }
    }
}
