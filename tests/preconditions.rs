//! ETag, If-Match and If-None-Match (RFC 9110 §8.8.3 and §13).

use reqwest::{Method, header};
use serde_json::json;
use uuid::Uuid;

use crate::support::{Answer, App, Send as _, Tenant};

/// An example in version 2.
async fn example(tenant: &Tenant) -> String {
    let path = format!("/api/example/{}", tenant.create("first").await["id"].as_str().unwrap());
    tenant.patch(&path, &json!({ "name": "second" })).await.expect(200);
    path
}

async fn send(tenant: &Tenant, method: Method, path: &str, name: header::HeaderName, values: &[&str]) -> Answer {
    let mut request = tenant.request(method.clone(), path);
    for value in values {
        request = request.header(&name, *value);
    }
    if method == Method::PATCH {
        request = request.json(&json!({ "name": "changed" }));
    }
    request.answer().await
}

#[tokio::test]
async fn a_read_of_a_known_version_is_answered_304_without_a_body() {
    let acme = App::spawn().await.tenant("acme");
    let path = example(&acme).await;
    let known: [&[&str]; 12] = [
        &["\"2\""],
        &["W/\"2\""],
        &["*"],
        &["\"1\", \"2\""],
        &["\"other\",\"2\""],
        &["\"1\" , W/\"2\""],
        &["\"1\"", "\"2\""],
        &["  \"2\"  "],
        &["\"2\","],
        &["\"a,b\", \"2\""],
        &["\"\u{e9}\", \"2\""],
        &["\"99999999999999999999999\", \"2\""],
    ];
    for values in known {
        let answer = send(&acme, Method::GET, &path, header::IF_NONE_MATCH, values).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""), "{values:?}");
        assert_eq!(answer.header("etag"), Some("\"2\""));
        assert!(answer.header("x-request-id").is_some());
    }
    for values in ["\"1\"", "W/\"1\"", "\"3\"", "\"\"", "\"02\"", "\"+2\"", "\" 2\"", "\"2 \"", "\"W/2\"", "\"2,2\""] {
        let answer = send(&acme, Method::GET, &path, header::IF_NONE_MATCH, &[values]).await;
        assert_eq!(answer.expect(200)["data"]["name"], "second", "{values}");
    }
    let absent = format!("/api/example/{}", Uuid::now_v7());
    send(&acme, Method::GET, &absent, header::IF_NONE_MATCH, &["*"]).await.fails(404, "not_found");
}

#[tokio::test]
async fn a_write_happens_only_in_a_version_that_the_client_names() {
    let acme = App::spawn().await.tenant("acme");
    for method in [Method::PATCH, Method::DELETE] {
        let path = example(&acme).await;
        let stale: [&[&str]; 9] = [
            &["\"1\""],
            &["W/\"2\""], // weak tags never match where something is written
            &["\"1\", W/\"2\""],
            &["\"other\""],
            &["\"\""],
            &["\"02\""],
            &["\"+2\""],
            &["\"18446744073709551615\""],
            &["\"1\"", "\"3\""],
        ];
        for values in stale {
            let answer = send(&acme, method.clone(), &path, header::IF_MATCH, values).await;
            answer.fails(412, "precondition_failed");
            assert_eq!(answer.header("etag"), Some("\"2\""), "{method} {values:?}");
        }
        assert_eq!(acme.get(&path).await.expect(200)["data"]["version"], 2);
        for values in ["\"2\"", "*", "\"1\", \"2\"", "W/\"2\", \"2\""] {
            let path = example(&acme).await;
            send(&acme, method.clone(), &path, header::IF_MATCH, &[values]).await.expect(200);
        }
        let absent = format!("/api/example/{}", Uuid::now_v7());
        for values in ["\"1\"", "*"] {
            send(&acme, method.clone(), &absent, header::IF_MATCH, &[values]).await.fails(404, "not_found");
        }
    }
}

#[tokio::test]
async fn a_write_happens_in_no_version_that_the_client_excludes() {
    let acme = App::spawn().await.tenant("acme");
    for method in [Method::PATCH, Method::DELETE] {
        let path = example(&acme).await;
        for values in ["\"2\"", "W/\"2\"", "*", "\"1\", \"2\""] {
            let answer = send(&acme, method.clone(), &path, header::IF_NONE_MATCH, &[values]).await;
            answer.fails(412, "precondition_failed");
            assert_eq!(answer.header("etag"), Some("\"2\""), "{method} {values}");
        }
        let both = acme.request(method.clone(), &path).header(header::IF_MATCH, "\"2\"");
        let both = both.header(header::IF_NONE_MATCH, "\"1\"").json(&json!({ "name": "both" }));
        both.answer().await.fails(400, "invalid_input");
        assert_eq!(acme.get(&path).await.expect(200)["data"]["version"], 2);
        send(&acme, method.clone(), &path, header::IF_NONE_MATCH, &["\"1\", \"3\""]).await.expect(200);
        let absent = format!("/api/example/{}", Uuid::now_v7());
        send(&acme, method.clone(), &absent, header::IF_NONE_MATCH, &["\"1\""]).await.fails(404, "not_found");
        send(&acme, method, &absent, header::IF_NONE_MATCH, &["*"]).await.fails(404, "not_found");
    }
}

#[tokio::test]
async fn malformed_tags_are_refused_and_change_nothing() {
    let acme = App::spawn().await.tenant("acme");
    let path = example(&acme).await;
    let many = vec!["\"1\""; 101].join(",");
    let malformed = [
        "",
        ",",
        "2",
        "\"2",
        "2\"",
        "'2'",
        "\"2\" \"3\"",
        "w/\"2\"",
        "\"2\";",
        "W/2",
        "\"2\" x",
        "**",
        "*, \"1\"",
        "\"1\", *",
        "*, *",
        &many,
    ];
    for value in malformed {
        for (method, name) in [
            (Method::GET, header::IF_NONE_MATCH),
            (Method::PATCH, header::IF_MATCH),
            (Method::DELETE, header::IF_MATCH),
        ] {
            let error = send(&acme, method, &path, name.clone(), &[value]).await.fails(400, "invalid_input");
            assert!(error["fields"][name.as_str()].is_string(), "{value}: {error}");
        }
    }
    assert_eq!(acme.get(&path).await.expect(200)["data"]["version"], 2);
    let as_many_as_possible = [vec!["\"1\""; 99].join(","), "\"2\"".to_owned()].join(",");
    send(&acme, Method::DELETE, &path, header::IF_MATCH, &[&as_many_as_possible]).await.expect(200);
}
