//! Events tell of every change once, and are never changed or removed.

use jiff::{Timestamp, ToSpan as _};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::{NoContext, Uuid};

use crate::support::process::{Folder, command, run};
use crate::support::{App, ENDPOINT, Send as _, Tenant};

async fn renamed(tenant: &Tenant, path: &str, request_id: &str) -> Value {
    let request = tenant.request(Method::PATCH, path).header("x-request-id", request_id);
    request.json(&json!({ "name": "changed" })).answer().await.expect(200)
}

#[tokio::test]
async fn every_change_leaves_exactly_one_event_that_says_who_what_and_when() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let user = acme.get("/api/me").await.expect(200)["data"]["userId"].clone();
    let create = acme.request(Method::POST, "/api/example").header("x-request-id", "r-1");
    let example = create.json(&json!({ "name": "secret-name" })).answer().await.expect(201)["data"].clone();
    let id = example["id"].as_str().unwrap();
    let path = format!("/api/example/{id}");
    renamed(&acme, &path, "r-2").await;
    renamed(&acme, &path, "r-3").await;
    let delete = acme.request(Method::DELETE, &path).header("x-request-id", "r-4");
    delete.answer().await.expect(200);

    let events = app.events("acme").await;
    let expected = [
        ("example.created", "r-1", json!({ "id": id })),
        ("example.changed", "r-2", json!({ "id": id, "version": 2 })),
        ("example.changed", "r-3", json!({ "id": id, "version": 3 })),
        ("example.deleted", "r-4", json!({ "id": id })),
    ];
    assert_eq!(events.len(), expected.len(), "{events:#?}");
    for (event, (name, request_id, props)) in events.iter().zip(expected) {
        let event_id: Uuid = event["id"].as_str().unwrap().parse().unwrap();
        let at = Timestamp::from_millisecond(i64::try_from(millis(event_id)).unwrap()).unwrap();
        let shard = event_id.as_bytes()[15] % 4;
        let day = at.to_string()[..10].to_owned();
        let expected = json!({
            "PK": format!("TENANT#acme#EVENTS#{day}#{shard}"), "SK": event_id, "id": event_id, "name": name,
            "at": format!("{at:.3}"), "tenant": "acme", "actor": user, "requestId": request_id, "version": 1,
            "props": props,
        });
        assert_eq!(*event, expected);
    }
    let time = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    let apart = time(&events[0]["at"]).duration_since(time(&example["createdAt"]));
    assert!(apart.abs() < jiff::SignedDuration::from_mins(1), "{apart}");
}

fn millis(id: Uuid) -> u64 {
    let (seconds, nanoseconds) = id.get_timestamp().unwrap().to_unix();
    seconds * 1000 + u64::from(nanoseconds) / 1_000_000
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_event() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let path = format!("/api/example/{}", acme.create("first").await["id"].as_str().unwrap());
    let before = app.events("acme").await;
    let absent = format!("/api/example/{}", Uuid::now_v7());
    acme.get(&path).await.expect(200);
    acme.get("/api/example").await.expect(200);
    acme.get("/api/me").await.expect(200);
    acme.post("/api/example", &json!({ "name": "" })).await.fails(400, "invalid_input");
    acme.delete(&absent).await.fails(404, "not_found");
    acme.patch(&absent, &json!({ "name": "a" })).await.fails(404, "not_found");
    let stale = acme.request(Method::DELETE, &path).header("if-match", "\"9\"");
    stale.answer().await.fails(412, "precondition_failed");
    app.tenant("demo").delete(&path).await.fails(404, "not_found");
    assert_eq!(app.events("acme").await, before);
    assert_eq!(app.events("demo").await, [json!(null); 0]);
}

/// The item vanishes behind the app's back, so the condition of its part of the transaction fails.
#[tokio::test]
async fn when_the_change_is_refused_there_is_no_event() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let path = format!("/api/example/{}", acme.create("first").await["id"].as_str().unwrap());
    let item = app.items_of("EXAMPLE#").await.remove(0);
    let before = app.events("acme").await;
    app.uproot(&item).await;
    acme.delete(&path).await.fails(404, "not_found");
    assert_eq!(app.events("acme").await, before);
    assert_eq!(app.items_of("EXAMPLE#").await, [json!(null); 0]);
}

/// An event of a tenant at some time, as the code would have written it.
fn event(tenant: &str, at: Timestamp, shard: u8) -> Value {
    let time = uuid::Timestamp::from_unix(NoContext, u64::try_from(at.as_second()).unwrap(), 0);
    let mut bytes = *Uuid::new_v7(time).as_bytes();
    bytes[15] = bytes[15] & 0xfc | shard;
    let id = Uuid::from_bytes(bytes);
    let day = at.to_string()[..10].to_owned();
    json!({
        "PK": format!("TENANT#{tenant}#EVENTS#{day}#{shard}"), "SK": id, "id": id, "name": "example.created",
        "at": format!("{at:.3}"), "tenant": tenant, "actor": Uuid::nil(), "requestId": "r", "version": 1,
        "props": { "id": id },
    })
}

fn export(app: &App, arguments: &[&str]) -> (Vec<Value>, String) {
    let table = [("DYNAMODB_TABLE", app.table_name.as_str()), ("DYNAMODB_ENDPOINT", &ENDPOINT)];
    let (code, lines, stderr) = run(&[&["events", "export"], arguments].concat(), &table);
    assert_eq!(code, 0, "{stderr}");
    (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), stderr)
}

#[tokio::test]
async fn an_export_tells_the_events_of_one_tenant_in_order_over_shards_and_days() {
    let app = App::spawn().await;
    let start: Timestamp = "2026-01-30T23:59:57Z".parse().unwrap();
    let mut planted = Vec::new();
    for second in 0..12 {
        // Around midnight, then three days later with nothing between.
        let at = start + if second < 6 { second.seconds() } else { (second + 3 * 86_400).seconds() };
        let event = event("acme", at, u8::try_from(second * 7 % 4).unwrap());
        app.plant(&event).await;
        app.plant(&self::event("demo", at, 0)).await;
        planted.push(event);
    }
    let told = |events: &[Value]| -> Vec<Value> {
        events
            .iter()
            .cloned()
            .map(|mut event| {
                event.as_object_mut().unwrap().retain(|name, _| !["PK", "SK"].contains(&name.as_str()));
                event
            })
            .collect()
    };
    let range = |from, to| export(&app, &["--tenant", "acme", "--from", from, "--to", to]);
    let (events, progress) = range("2026-01-01", "2026-02-28");
    assert_eq!(events, told(&planted));
    assert!(progress.contains("12 events"), "{progress}");
    assert_eq!(range("2026-01-30", "2026-01-30").0, told(&planted[..3]));
    assert_eq!(range("2026-01-31", "2026-01-31").0, told(&planted[3..6]));
    assert_eq!(range("2026-01-31", "2026-02-03").0, told(&planted[3..]));
    assert_eq!(range("2026-02-01", "2026-02-01").0, told(&[]));
    assert_eq!(export(&app, &["--tenant", "demo", "--from", "2026-01-30", "--to", "2026-01-30"]).0.len(), 3);
    assert_eq!(export(&app, &["--tenant", "other"]).0, told(&[]));
}

#[tokio::test]
async fn an_export_reaches_back_30_days_unless_told_otherwise() {
    let today = || Timestamp::now().to_string()[..10].to_owned();
    let (planted, events) = loop {
        let app = App::spawn().await;
        let (now, before) = (Timestamp::now(), today());
        let planted = [31, 30, 29].map(|days: i64| event("acme", now - (days * 24).hours(), 1));
        for event in &planted {
            app.plant(event).await;
        }
        app.tenant("acme").create("now").await;
        let (events, _) = export(&app, &["--tenant", "acme"]);
        // Else midnight lies between.
        if today() == before {
            break (planted, events);
        }
    };
    let ids: Vec<_> = events.iter().map(|event| &event["id"]).collect();
    assert_eq!((ids.len(), ids[0], ids[1]), (3, &planted[1]["id"], &planted[2]["id"]));
    assert_eq!(events[2]["name"], "example.created");
}

#[tokio::test]
async fn an_export_of_more_than_one_page_of_a_shard_is_complete() {
    let app = App::spawn().await;
    let start: Timestamp = "2026-01-30T00:00:00Z".parse().unwrap();
    let filler = "x".repeat(300_000);
    for second in 0..10 {
        let mut event = event("acme", start + second.seconds(), 2);
        event["props"] = json!({ "second": second, "filler": filler });
        app.plant(&event).await;
    }
    let (events, _) = export(&app, &["--tenant", "acme", "--from", "2026-01-30", "--to", "2026-01-30"]);
    let seconds: Vec<_> = events.iter().map(|event| event["props"]["second"].as_i64().unwrap()).collect();
    assert_eq!(seconds, (0..10).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_export_that_cannot_be_written_fails_however_short_it_is() {
    let app = App::spawn().await;
    app.tenant("acme").create("first").await;
    let (folder, (reader, writer)) = (Folder::new(), std::io::pipe().unwrap());
    drop(reader);
    let table = [("DYNAMODB_TABLE", app.table_name.as_str()), ("DYNAMODB_ENDPOINT", &ENDPOINT)];
    let export = command(&folder, &["events", "export", "--tenant", "acme"], &table).stdout(writer).output().unwrap();
    let error = String::from_utf8(export.stderr).unwrap();
    assert!(export.status.code() == Some(1) && error.contains("error: "), "{error}");
}

#[test]
fn an_export_refuses_what_is_no_tenant_and_no_range() {
    let table = [("DYNAMODB_TABLE", "absent"), ("DYNAMODB_ENDPOINT", "http://127.0.0.1:1")];
    for arguments in [
        &["--tenant", "a#b"][..],
        &["--tenant", ""],
        &["--tenant", "a.b"],
        &[],
        &["--tenant", "acme", "--from", "2026-02-30"],
        &["--tenant", "acme", "--from", "2026-02-02", "--to", "2026-02-01"],
    ] {
        let (code, output, error) = run(&[&["events", "export"], arguments].concat(), &table);
        assert!(code != 0 && output.is_empty() && !error.is_empty(), "{arguments:?}");
    }
}
