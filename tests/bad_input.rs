//! Whatever a client sends is answered with the envelope and never with a 5xx.

use reqwest::{Method, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, App, Send as _, Tenant, raw};

async fn post(tenant: &Tenant, body: impl Into<Vec<u8>>) -> Answer {
    let request = tenant.request(Method::POST, "/api/example").header(header::CONTENT_TYPE, "application/json");
    request.body(body.into()).answer().await
}

#[tokio::test]
async fn a_body_that_is_no_json_is_malformed() {
    let acme = App::spawn().await.tenant("acme");
    let deep = format!("{{\"x\":{}", "[".repeat(10_000));
    let bodies: [&[u8]; 18] = [
        b"",
        b" ",
        b"{",
        b"{\"name\"",
        b"{\"name\":\"a\"",
        b"{\"name\":\"a\"}}",
        b"{\"name\":\"a\"} {\"name\":\"b\"}",
        b"{name:\"a\"}",
        b"{'name':'a'}",
        b"{\"name\":\"\xff\xfe\"}",
        b"{\"name\":\"\xed\xa0\x80\"}",
        b"{\"name\":\"a\",\"ignored\":\"\xff\"}",
        b"{\"name\":\"\\ud800\"}",
        b"{\"name\":\"\x00\"}",
        b"{\"name\":\"a\nb\"}",
        b"\xef\xbb\xbf{\"name\":\"a\"}",
        b"name=a",
        deep.as_bytes(),
    ];
    for body in bodies {
        post(&acme, body).await.fails(400, "malformed_json");
    }
    assert_eq!(acme.names().await, [""; 0]);
}

#[tokio::test]
async fn what_is_ignored_may_be_nested_however_deep() {
    let acme = App::spawn().await.tenant("acme");
    let body = format!("{{\"name\":\"a\",\"x\":{}{}}}", "[".repeat(8_000), "]".repeat(8_000));
    post(&acme, body).await.expect(201);
}

#[tokio::test]
async fn a_body_of_another_shape_is_invalid_and_the_field_is_named() {
    let acme = App::spawn().await.tenant("acme");
    let cases = [
        ("null", "body"),
        ("[]", "body"),
        ("[\"name\"]", "body"),
        (" \n[\"name\"]", "body"),
        ("[{\"name\":\"a\"}]", "body"),
        ("\"name\"", "body"),
        ("1", "body"),
        ("true", "body"),
        ("{}", "name"),
        ("{\"Name\":\"a\"}", "name"),
        ("{\"name\":null}", "name"),
        ("{\"name\":1}", "name"),
        ("{\"name\":1e400}", "name"),
        ("{\"name\":true}", "name"),
        ("{\"name\":[\"a\"]}", "name"),
        ("{\"name\":{\"S\":\"a\"}}", "name"),
        ("{\"name\":\"\"}", "name"),
        ("{\"name\":\"\\u0000\"}", "name"),
        ("{\"name\":\"a\\u001bb\"}", "name"),
        ("{\"name\":\"a\",\"name\":\"b\"}", "name"),
    ];
    let one = format!("/api/example/{}", acme.create("before").await["id"].as_str().unwrap());
    for (body, field) in cases {
        // A number that JSON allows but no float holds is refused where it is read.
        let code = if body.contains("1e400") { "malformed_json" } else { "invalid_input" };
        let posted = post(&acme, body).await.fails(400, code);
        let patch = acme.request(Method::PATCH, &one).header(header::CONTENT_TYPE, "application/json");
        let patched = patch.body(body).answer().await.fails(400, code);
        for error in [posted, patched] {
            let fields: Vec<_> = error["fields"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
            assert!(code == "malformed_json" || fields == [field], "{body}: {error}");
        }
    }
    assert_eq!(acme.names().await, ["before"]);
}

#[track_caller]
fn is_short(answer: &Answer) {
    answer.fails(400, "invalid_input");
    assert!(answer.text.len() < 600, "{}", answer.text);
}

#[tokio::test]
async fn a_message_about_a_long_input_is_short() {
    let acme = App::spawn().await.tenant("acme");
    let long = "x".repeat(10_000);
    for body in [json!({ "name": [&long] }), json!({ "name": &long }), json!(&long), json!({ "name": { &long: 1 } })] {
        is_short(&acme.post("/api/example", &body).await);
    }
    for path in [format!("?limit={long}"), format!("?cursor={long}"), format!("/{long}")] {
        is_short(&acme.get(&format!("/api/example{path}")).await);
    }
}

#[tokio::test]
async fn a_body_of_more_than_16_kib_is_too_large_whether_announced_or_not() {
    let acme = App::spawn().await.tenant("acme");
    let fits = format!("{{\"name\":\"a\",\"rest\":\"{}\"}}", "x".repeat(16 * 1024 - 22));
    assert_eq!(fits.len(), 16 * 1024);
    post(&acme, fits.clone()).await.expect(201);
    post(&acme, format!("{fits} ")).await.fails(413, "body_too_large");
    let app = App::spawn().await;
    let host = format!("host: {}", app.tenant("acme").host);
    let head = format!("POST /api/example HTTP/1.1\r\n{host}\r\ncontent-type: application/json");
    let chunks = format!("1000\r\n{}\r\n", " ".repeat(4096)).repeat(5);
    let chunked = format!("{head}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{chunks}");
    raw::bytes(app.address, chunked.as_bytes()).await.fails(413, "body_too_large");
    let megabyte = format!("content-length: {}", 1024 * 1024);
    let announced = ["content-type: application/json", &megabyte, &host];
    app.raw("POST /api/example", &announced, "").await.fails(413, "body_too_large");
}

#[tokio::test]
async fn a_body_of_another_content_type_is_unsupported() {
    let acme = App::spawn().await.tenant("acme");
    let send = async |content_type: &[&str]| {
        let mut request = acme.request(Method::POST, "/api/example");
        for value in content_type {
            request = request.header(header::CONTENT_TYPE, *value);
        }
        request.body(r#"{"name":"a"}"#).answer().await
    };
    let bad: [&[&str]; 8] = [
        &[],
        &[""],
        &["text/plain"],
        &["application/x-www-form-urlencoded"],
        &["application/jsonp"],
        &["application/json/x"],
        &["text/plain, application/json"],
        &["multipart/form-data; boundary=application/json"],
    ];
    for content_type in bad {
        send(content_type).await.fails(415, "unsupported_media_type");
    }
    for content_type in ["application/json", "Application/JSON; charset=utf-8", "application/json ;x=y"] {
        send(&[content_type]).await.expect(201);
    }
}

#[tokio::test]
async fn malformed_ids_are_invalid_and_unknown_ones_absent() {
    let acme = App::spawn().await.tenant("acme");
    let id = acme.create("first").await["id"].as_str().unwrap().to_owned();
    let malformed = [
        "1",
        "nonsense",
        "..",
        "%2e%2e",
        "%00",
        "%FF",
        "%",
        "%zz",
        "null",
        "*",
        "a%2Fb",
        "TENANT%23demo",
        "'%20OR%201=1",
        "%F0%9F%98%80",
        &format!("{id}0"),
        &id[1..],
        &format!("%20{id}"),
        &format!("{id}%00"),
        &id.replace('-', ""),
        &format!("%7B{id}%7D"),
        &format!("urn:uuid:{id}"),
        &"9".repeat(5000),
    ];
    for id in malformed {
        let path = format!("/api/example/{id}");
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            // The client itself would tidy the path, so it is sent as it is.
            let answer = raw_path(&acme, &method, &path).await;
            let error = answer.fails(400, "invalid_input");
            assert!(error["fields"]["path"].is_string(), "{method} {path}: {error}");
        }
    }
    for id in [Uuid::nil(), Uuid::max(), Uuid::now_v7()] {
        for method in [Method::GET, Method::PATCH, Method::DELETE] {
            raw_path(&acme, &method, &format!("/api/example/{id}")).await.fails(404, "not_found");
        }
    }
    for path in [format!("/api/example/{id}/"), format!("/api/example/{id}/more"), format!("/api//example/{id}")] {
        acme.get(&path).await.fails(404, "not_found");
    }
}

async fn raw_path(tenant: &Tenant, method: &Method, path: &str) -> Answer {
    let body = if *method == Method::PATCH { r#"{"name":"a"}"# } else { "" };
    tenant.raw(&format!("{method} {path}"), &[], body).await
}

#[tokio::test]
async fn cursors_that_are_none_of_this_list_are_invalid() {
    let app = App::spawn().await;
    let (acme, demo) = (app.tenant("acme"), app.tenant("demo"));
    for tenant in [&acme, &demo] {
        for name in ["first", "second", "third"] {
            tenant.create(name).await;
        }
    }
    let cursor = |page: Value| page["page"]["next"].as_str().unwrap().to_owned();
    let own = cursor(acme.get("/api/example?limit=1").await.expect(200));
    let foreign = cursor(demo.get("/api/example?limit=1").await.expect(200));
    acme.get(&format!("/api/example?cursor={own}")).await.expect(200);
    let mut bad = vec![
        foreign,
        String::new(),
        "A".to_owned(),
        format!("{own}="),
        format!("{own}A"),
        format!("{own}AAAA"),
        own.to_ascii_uppercase(),
        own.replacen('A', "C", 1), // another version
        "%00".to_owned(),
        "%FF%FE".to_owned(),
        "null".to_owned(),
        "{}".to_owned(),
        "A".repeat(5000),
    ];
    bad.extend((0..own.len()).map(|end| own[..end].to_owned()));
    // Each character changed once, so that every bit of the id and of the seal is changed once.
    bad.extend((0..own.len()).map(|at| {
        let other = if &own[at..=at] == "x" { "y" } else { "x" };
        format!("{}{other}{}", &own[..at], &own[at + 1..])
    }));
    for cursor in bad {
        let error = acme.get(&format!("/api/example?cursor={cursor}")).await.fails(400, "invalid_input");
        assert!(error["fields"]["cursor"].is_string(), "{cursor}: {error}");
    }
}

#[tokio::test]
async fn a_query_may_hold_nonsense_but_no_parameter_twice() {
    let acme = App::spawn().await.tenant("acme");
    for query in ["", "&&&", "=", "x", "%", "%zz=%zz", "limit", "limit=5&x=y", "LIMIT=0", "limit[]=1", "%00=%00"] {
        let answer = acme.raw(&format!("GET /api/example?{query}"), &[], "").await;
        if query == "limit" { drop(answer.fails(400, "invalid_input")) } else { drop(answer.expect(200)) }
    }
    for name in ["limit", "cursor"] {
        let error = acme.get(&format!("/api/example?{name}=1&{name}=1")).await.fails(400, "invalid_input");
        assert!(error["fields"][name].is_string(), "{error}");
    }
}

#[tokio::test]
async fn odd_paths_and_headers_are_answered_like_others() {
    let acme = App::spawn().await.tenant("acme");
    let long = "x".repeat(8000);
    for path in ["/api/%2e%2e/health", "/api/health%00", "/api/health;x=1", &format!("/api/{long}"), "/api/%FF"] {
        acme.raw(&format!("GET {path}"), &[], "").await.fails(404, "not_found");
    }
    // Where a page may stand, there is one or there is none.
    for path in ["/%00", "/%FF", "/..", "/%2e%2e/%2e%2e/etc/passwd", "//", &format!("/{long}")] {
        let answer = acme.raw(&format!("GET {path}"), &[], "").await;
        assert!([200, 404].contains(&answer.status.as_u16()), "{path}: {answer:?}");
    }
    for value in [long.as_str(), "\u{e9}", "a=b; c=\"d\"", "\t"] {
        for name in ["cookie", "authorization", "x-tenant-id", "x-user-id", "accept", "x-amzn-trace-id", "traceparent"]
        {
            acme.raw("GET /api/example", &[&format!("{name}: {value}")], "").await.expect(200);
        }
    }
    acme.raw("GET /api/config", &["expect: 100-continue"], "").await.expect(200);
    acme.raw("OPTIONS *", &[], "").await.fails(404, "not_found");
    acme.raw("BREW /api/example", &[], "").await.fails(405, "method_not_allowed");
}
