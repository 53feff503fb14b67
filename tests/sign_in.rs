//! Signing in by a link in a mail: who gets one, what it is good for, and what nobody learns from asking.

use std::collections::BTreeSet;
use std::hash::Hash;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reference_architecture::auth::{Auth, Token, UserId};
use reference_architecture::config::Config;
use reference_architecture::http::{ClientAddress, Error, Rate};
use reference_architecture::tenancy::TenantResolver;
use reqwest::{Method, header};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::faulty::{Fault, Faulty};
use crate::support::process::{Folder, Process};
use crate::support::sign_in::{LATER, MAGIC_LINK, in_seconds, partition, timestamp, user_id};
use crate::support::{Answer, App, Send as _, Tenant, settings, smtp, within_patience};

async fn ask(tenant: &Tenant, email: &str) -> Answer {
    tenant.post("/api/auth/request-link", &json!({ "email": email })).await
}

async fn verify(tenant: &Tenant, token: &str) -> Answer {
    tenant.post("/api/auth/verify", &json!({ "token": token })).await
}

/// The item that remembers when links were mailed to the address.
async fn rate(app: &App, tenant: &str, email: &str) -> Value {
    let partition = partition(tenant, email);
    let items = app.items_of("LOGIN_RATE").await;
    items.into_iter().find(|item| item["PK"] == partition.as_str()).unwrap()
}

/// How many links of the address are in the table.
async fn links(app: &App, tenant: &str, email: &str) -> usize {
    let partition = partition(tenant, email);
    app.items_of("LOGIN#").await.iter().filter(|item| item["PK"] == partition.as_str()).count()
}

/// Lets time pass for the address, as far as its links are concerned.
async fn pass(app: &App, tenant: &str, email: &str, seconds: i64) {
    let mut item = rate(app, tenant, email).await;
    for (name, value) in item.as_object_mut().unwrap() {
        if name.starts_with('t') && name.len() == 2 {
            let time: jiff::Timestamp = value.as_str().unwrap().parse().unwrap();
            let earlier = time - jiff::SignedDuration::from_secs(seconds);
            *value = format!("{earlier:.3}").into();
        }
    }
    app.plant(&item).await;
}

#[tokio::test]
#[ignore = "needs Python: `make test`"]
async fn a_mail_holds_a_link_of_the_configured_host_as_text_and_as_html() {
    let app = smtp::app().await;
    let acme = app.host("Acme.Example.COM:8443");
    let forged = acme.request(Method::POST, "/api/auth/request-link").header("x-forwarded-host", "evil.example");
    let forged = forged.header("x-forwarded-proto", "http").header("forwarded", "host=evil.example;proto=http");
    let forged = forged.header(header::ORIGIN, "https://evil.example").header(header::REFERER, "https://evil.example/");
    let asked = forged.json(&json!({ "email": "looks@example.com", "host": "evil.example" })).answer().await;
    assert_eq!(asked.expect(202), json!({ "data": { "status": "requested" } }));

    let mail = smtp::mails("looks@example.com", 1).await.remove(0);
    let link = smtp::link(&mail);
    assert!(link.starts_with("https://acme.example.com/auth/verify#token="), "{link}");
    assert_eq!((&mail["from"], &mail["to"]), (&json!("hello@example.com"), &json!(["looks@example.com"])));
    assert_eq!(mail["user"], "app");
    assert_eq!(mail["headers"]["from"], "Example <hello@example.com>");
    assert_eq!(mail["headers"]["to"], "looks@example.com");
    assert_eq!(mail["headers"]["subject"], "Sign in to acme.example.com");
    assert!(mail["headers"]["date"].is_string(), "{mail}");
    assert!(mail["headers"]["message-id"].as_str().unwrap().ends_with("@example.com>"), "{mail}");
    assert_eq!(mail["types"], json!(["multipart/alternative", "text/plain", "text/html"]));

    let html = mail["html"].as_str().unwrap();
    assert_eq!(html.matches(&format!("href=\"{link}\"")).count(), 1, "{html}");
    for named in ["<title>Sign in to acme.example.com</title>", "<strong>acme.example.com</strong>"] {
        assert!(html.contains(named), "{named} is not in {html}");
    }
    assert_eq!(html.matches("://").count(), 1, "nothing but the link leads anywhere: {html}");
    for remote in ["<img", "<link", "<script", "<iframe", "src=", "srcset", "url(", "@import", "background=", "//www"] {
        assert!(!html.contains(remote), "{remote} in {html}");
    }
    assert!(html.contains(r#"name="color-scheme" content="light dark""#), "{html}");
    assert!(!mail.to_string().contains("evil"), "{mail}");

    let answer = verify(&app.tenant("acme"), &smtp::token(&mail)).await;
    let user = &answer.expect(200)["data"]["user"];
    assert_eq!((&user["provider"], &user["email"]), (&json!("magic_link"), &json!("looks@example.com")));
    assert_eq!(user["userId"], user_id("acme", "looks@example.com").to_string());
}

#[tokio::test]
#[ignore = "needs Python: `make test`"]
async fn a_client_has_ten_mails_an_hour_sent_to_one_address_however_many_tenants_it_asks() {
    let table = App::spawn().await;
    let mut process = Process::serve(&table.table_name, &environment(&smtp::url("app:secret")));
    // Nor however many tags it makes up.
    let asked = |number: usize| match number {
        0..6 => (format!("made-up-{number}"), "flooded@example.com".to_owned()),
        _ => (format!("made-up-{number}"), format!("flooded+{number}@example.com")),
    };
    // Those that are not mailed, since the address has just had a link, take nothing from what other tenants may mail.
    for number in [0; 12].into_iter().chain(1..12) {
        let (tenant, address) = asked(number);
        ask(&process.tenant(&tenant), &address).await.expect(202);
    }
    // It waits for mails before it ends.
    process.signal("TERM");
    assert_eq!(process.ended().await.code(), Some(0));
    // The server tells of mails in their order.
    ask(&smtp::app().await.tenant("acme"), "after-the-flood@example.com").await.expect(202);
    smtp::mails("after-the-flood@example.com", 1).await;
    let tagged = (6..12).map(|number| smtp::taken(&format!("flooded+{number}@example.com")).len());
    assert_eq!(smtp::taken("flooded@example.com").len() + tagged.sum::<usize>(), 10);
    let counted = table.items_of("LOGIN_RATE").await;
    let counts = |number| {
        let (tenant, address) = asked(number);
        counted.iter().any(|item| item["PK"] == partition(&tenant, &address))
    };
    for number in 0..12 {
        assert_eq!(counts(number), number < 10, "what may not be sent keeps nobody else's from being sent: {number}");
    }
    assert_eq!(counted.len(), 12, "the answer is made by the same transaction");
    let told = table.items_of("LOGIN#").await.into_iter().filter(|link| link["email"] != "").count();
    assert_eq!(told, 10, "what is mailed to nobody names nobody");
}

#[tokio::test]
async fn clients_behind_one_gateway_have_shares_of_an_address_of_their_own() {
    let app = App::with(&[&MAGIC_LINK[..], &["--trusted-client-ip-header", "x-client"]].concat()).await;
    let mailed = async |number: u8, client: &str| {
        let tenant = format!("made-up-{number}");
        let request = app.tenant(&tenant).request(Method::POST, "/api/auth/request-link").header("x-client", client);
        request.json(&json!({ "email": "wanted@example.com" })).answer().await.expect(202);
        links(&app, &tenant, "wanted@example.com").await
    };
    for number in 0..12 {
        assert_eq!(mailed(number, "192.0.2.1").await, usize::from(number < 10), "{number}");
    }
    assert_eq!(mailed(12, "192.0.2.2").await, 1);
}

#[tokio::test]
#[ignore = "needs Python: `make test`"]
async fn links_lead_to_the_tenants_host_or_to_the_one_host_there_is() {
    let url = smtp::url("app:secret");
    let local = ["--base-domain", "localhost", "--port", "4567"];
    let fixed = ["--tenant-resolution-mode", "fixed", "--app-tenant-id", "only"];
    for (email, arguments, host, start) in [
        ("apex@example.com", &[][..], "example.com", "https://example.com/"),
        ("local@example.com", &local, "demo.localhost:4567", "http://demo.localhost:4567/"),
        ("fixed@example.com", &fixed, "whatever.org", "https://example.com/"),
    ] {
        let app = App::with(&[&smtp::settings(&url), arguments].concat()).await;
        ask(&app.host(host), email).await.expect(202);
        let link = smtp::link(&smtp::mails(email, 1).await[0]);
        assert!(link.starts_with(&format!("{start}auth/verify#token=")), "{link}");
    }
}

#[tokio::test]
#[ignore = "needs Python: `make test`"]
async fn every_address_gets_the_same_answer_and_only_addresses_get_mails() {
    let app = smtp::app().await;
    let acme = app.tenant("acme");
    let first = ask(&acme, "known@example.com").await;
    first.expect(202);
    let mail = smtp::mails("known@example.com", 1).await.remove(0);
    verify(&acme, &smtp::token(&mail)).await.expect(200);
    let long = |length: usize| {
        let domain = vec!["a".repeat(60); 4].join(".");
        let local = "l".repeat(length - domain.len() - 1);
        format!("{local}@{domain}")
    };
    let (longest, too_long) = (long(254), long(255));
    let others = [
        "known@example.com", // limited by now
        "unknown@example.com",
        "\"known\"@example.com", // another way to write it
        "",
        "   ",
        "nobody",
        "@example.com",
        "nobody@",
        "nobody@@example.com",
        "no body@example.com",
        "nobody@exam ple.com",
        "nobody@example.com\r\nBcc: victim@example.com",
        "nobody\n@example.com",
        "nobody@example.com, victim@example.com",
        "<victim@example.com>",
        "Victim <victim@example.com>",
        "victim@example.com\0",
        "nobody@-example-.com",
        // Other ways to write one mailbox, and hosts without a name.
        "victim\u{fc}@example.com",
        "victim@exa\u{200b}mple.com",
        "victim@\u{ff45}xample.com",
        "victim@example\u{3002}com",
        "victim@b\u{fc}cher.example.com",
        "victim@[127.0.0.1]",
        "victim@[IPv6:::1]",
        "victim@::1",
        "victim@127.0.0.1",
        "victim@2130706433",
        "victim@exa/mple.com",
        "victim@example.com%0d%0a",
        &longest,
        &too_long,
        &"x".repeat(10_000),
    ];
    for email in others {
        assert_eq!(ask(&acme, email).await.comparable(), first.comparable(), "{email}");
    }
    smtp::mails("unknown@example.com", 1).await;
    smtp::mails(&longest, 1).await;
    // Mails go out in the order of the requests or nearly so: by now there would be one.
    ask(&acme, "sentinel@example.com").await.expect(202);
    smtp::mails("sentinel@example.com", 1).await;
    smtp::mails("known@example.com", 1).await;
    let links = app.items_of("LOGIN#").await;
    let victims = links.iter().filter(|link| link["email"].as_str().unwrap().starts_with("victim"));
    assert_eq!(victims.count(), 0, "{links:#?}");
    for never in ["victim@example.com", "nobody@example.com", &too_long] {
        assert_eq!(smtp::taken(never), [Value::Null; 0]);
    }
}

#[tokio::test]
async fn what_is_no_request_for_a_link_is_told_so() {
    let acme = App::with_links().await.tenant("acme");
    for body in [json!({}), json!({ "email": null }), json!({ "email": 5 }), json!({ "email": ["a@example.com"] })] {
        let answer = acme.post("/api/auth/request-link", &body).await;
        assert!(answer.fails(400, "invalid_input")["fields"]["email"].is_string(), "{answer:?}");
    }
    let answer = acme.post("/api/auth/verify", &json!({ "token": 5 })).await;
    assert!(answer.fails(400, "invalid_input")["fields"]["token"].is_string());
}

#[tokio::test]
async fn letter_case_and_white_space_make_no_other_user() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    ask(&acme, " \t Ada.L@EXAMPLE.com\u{a0}\n").await.expect(202);
    assert_eq!(links(&app, "acme", "ada.l@example.com").await, 1);
    assert_eq!(app.items_of("LOGIN#").await[0]["email"], "ada.l@example.com");
}

#[tokio::test]
#[ignore = "needs Python: `make test`"]
async fn who_asks_again_at_once_gets_no_second_mail_and_the_first_link_stays_good() {
    let app = smtp::app().await;
    let acme = app.tenant("acme");
    let first = ask(&acme, "again@example.com").await;
    let answers: Vec<_> = (0..5)
        .map(|_| {
            let acme = acme.clone();
            async move { ask(&acme, " AGAIN@example.com ").await }
        })
        .collect::<JoinSet<_>>()
        .join_all()
        .await;
    for answer in answers {
        assert_eq!(answer.comparable(), first.comparable());
    }
    // Neither another tenant nor another address waits for it.
    ask(&app.tenant("demo"), "again@example.com").await.expect(202);
    ask(&acme, "other@example.com").await.expect(202);
    smtp::mails("other@example.com", 1).await;
    let mails = smtp::mails("again@example.com", 2).await;
    let hosts: BTreeSet<_> = mails.iter().map(|mail| smtp::link(mail)[8..12].to_owned()).collect();
    assert_eq!(hosts, BTreeSet::from(["acme".to_owned(), "demo".to_owned()]));

    pass(&app, "acme", "again@example.com", 61).await;
    ask(&acme, "again@example.com").await.expect(202);
    for mail in smtp::mails("again@example.com", 3).await {
        let tenant = &smtp::link(&mail)[8..12];
        verify(&app.tenant(tenant), &smtp::token(&mail)).await.expect(200);
    }
}

#[tokio::test]
async fn an_address_gets_a_link_a_minute_and_ten_an_hour_over_all_instances() {
    let settings = [&MAGIC_LINK[..], &["--trusted-client-ip-header", "x-client"]].concat();
    let app = App::with(&settings).await;
    let beside = App::with(&[&settings[..], &["--dynamodb-table", &app.table_name]].concat()).await;
    let tenants = [app.tenant("acme"), beside.tenant("acme")];
    let clients = std::cell::Cell::new(0_u8);
    let ask_both = async || {
        for tenant in &tenants {
            // Each from a client of its own: one has a share that is used up sooner.
            clients.set(clients.get() + 1);
            let request = tenant.request(Method::POST, "/api/auth/request-link");
            let request = request.header("x-client", format!("192.0.2.{}", clients.get()));
            request.json(&json!({ "email": "often@example.com" })).answer().await.expect(202);
        }
        links(&app, "acme", "often@example.com").await
    };
    for minute in 1..=12 {
        assert_eq!(ask_both().await, minute.min(10), "in minute {minute}");
        // A border between two hours of the clock changes nothing, since none is looked at.
        pass(&app, "acme", "often@example.com", 60).await;
    }
    // The first was 12 minutes ago: 47 minutes more, and there is still none.
    pass(&app, "acme", "often@example.com", 47 * 60).await;
    assert_eq!(ask_both().await, 10);
    pass(&app, "acme", "often@example.com", 60).await;
    assert_eq!(ask_both().await, 11);
    pass(&app, "acme", "often@example.com", 59).await;
    assert_eq!(ask_both().await, 11);
    let item = rate(&app, "acme", "often@example.com").await;
    assert_eq!(item["SK"], "LOGIN_RATE");
    // Gone sooner, it would count nothing; later, it would be kept for nothing.
    assert!((in_seconds(3500)..=in_seconds(3600)).contains(&item["ttl"].as_i64().unwrap()), "{item}");
    assert_eq!(item.as_object().unwrap().len(), 13, "ten times, two keys and the expiry: {item}");
}

#[tokio::test]
async fn many_who_ask_at_once_for_one_address_get_one_link() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let asking: JoinSet<_> = (0..20)
        .map(|_| {
            let acme = acme.clone();
            async move { ask(&acme, "crowd@example.com").await.expect(202) }
        })
        .collect();
    asking.join_all().await;
    assert_eq!(links(&app, "acme", "crowd@example.com").await, 1);
}

#[tokio::test]
async fn opening_a_link_consumes_nothing() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let token = app.plant_link("acme", "ada@example.com", LATER).await;
    let before = app.items().await;
    for path in ["/auth/verify", &format!("/auth/verify?token={token}"), &format!("/api/auth/verify?token={token}")] {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let answer = acme.request(method, path).answer().await;
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
    assert_eq!(app.items().await, before);
    verify(&acme, &token).await.expect(200);
}

#[tokio::test]
async fn of_twenty_who_open_one_link_at_once_one_signs_in() {
    let app = App::with_links().await;
    let beside = App::with(&[&MAGIC_LINK[..], &["--dynamodb-table", &app.table_name]].concat()).await;
    let token = app.plant_link("acme", "ada@example.com", LATER).await;
    let verifying: JoinSet<_> = (0..20)
        .map(|turn| {
            let acme = if turn % 2 == 0 { app.tenant("acme") } else { beside.tenant("acme") };
            let token = token.clone();
            async move { verify(&acme, &token).await }
        })
        .collect();
    let answers = verifying.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1, "{answers:?}");
    for answer in lost {
        answer.fails(401, "unauthenticated");
    }
    assert_eq!(app.items_of("SESSION#").await.len(), 1);
    assert_eq!(app.items_of("LOGIN#").await.len(), 0);
    assert_eq!(app.items_of("USER#").await.len(), 1);
    assert_eq!(app.events("acme").await.len(), 1);
}

#[tokio::test]
async fn every_token_that_is_not_good_gets_the_same_answer() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let email = "ada@example.com";
    let used = app.plant_link("acme", email, LATER).await;
    let session = verify(&acme, &used).await.expect(200)["data"]["token"].as_str().unwrap().to_owned();
    let good = app.plant_link("acme", email, LATER).await;
    let mut swapped = Token::parse(&good).unwrap();
    swapped.user_id = user_id("acme", "bob@example.com");
    let mut flipped = good.clone().into_bytes();
    flipped[40] = if flipped[40] == b'A' { b'B' } else { b'A' };
    let tokens = [
        app.plant_link("acme", email, 0).await,
        app.plant_link("acme", email, -3600).await,
        app.plant_link("demo", email, LATER).await,
        used,
        session,
        swapped.to_text(),
        String::from_utf8(flipped).unwrap(),
        String::new(),
        " ".to_owned(),
        "nonsense".to_owned(),
        good[..63].to_owned(),
        format!("{good}A"),
        format!("{good}="),
        format!(" {good}"),
        format!("{good}\n"),
        format!("#token={good}"),
        good.replace(|_: char| true, "."),
        "\u{0}\u{1f600}".to_owned(),
        "A".repeat(15_000),
    ];
    let before = app.items().await;
    let absent = verify(&acme, &"A".repeat(64)).await;
    absent.fails(401, "unauthenticated");
    assert_eq!(absent.header("www-authenticate"), Some("Bearer"));
    assert_eq!(absent.header("set-cookie"), None);
    for token in tokens {
        assert_eq!(verify(&acme, &token).await.comparable(), absent.comparable(), "{token}");
    }
    assert_eq!(app.items().await, before);
    // The link of another tenant is good where it belongs, and no link is a session.
    acme.with_bearer(Method::GET, "/api/me", &good).answer().await.fails(401, "unauthenticated");
    verify(&acme, &good).await.expect(200);
}

#[tokio::test]
async fn a_user_an_event_and_a_session_come_with_the_sign_in_and_nothing_stored_is_a_token() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let email = "ada@example.com";
    let link = app.plant_link("acme", email, LATER).await;
    let request = acme.request(Method::POST, "/api/auth/verify").header("x-request-id", "the-sign-in");
    let answer = request.json(&json!({ "token": link })).answer().await;
    let session = answer.expect(200)["data"]["token"].as_str().unwrap().to_owned();
    let id = user_id("acme", email).to_string();

    let events = app.events("acme").await;
    let event = &events[0];
    assert_eq!(events.len(), 1);
    assert_eq!((&event["name"], &event["actor"]), (&json!("user.signed_in"), &json!(id)));
    assert_eq!((&event["requestId"], &event["tenant"]), (&json!("the-sign-in"), &json!("acme")));
    assert!(!event.to_string().contains(email), "{event}");

    let users = app.items_of("USER#").await;
    assert_eq!((users.len(), &users[0]["userId"], &users[0]["email"]), (1, &json!(id), &json!(email)));
    let sessions = app.items_of("SESSION#").await;
    let week = timestamp(7 * 24 * 3600).parse::<jiff::Timestamp>().unwrap().as_second();
    assert!((sessions[0]["ttl"].as_i64().unwrap() - week).abs() < 60, "{sessions:?}");
    for item in app.items().await {
        assert!(!item.to_string().contains(&session) && !item.to_string().contains(&link), "{item}");
    }
}

#[tokio::test]
async fn the_table_knows_links_and_sessions_by_the_sha_256_of_their_secrets() {
    let table = App::spawn().await;
    let process = Process::serve(&table.table_name, &[("AUTH_PROVIDER", "magic_link")]);
    let acme = process.tenant("acme");
    let key = |kind: &str, token: &str| {
        // The user's id, then the secret.
        let secret = &BASE64_URL_SAFE_NO_PAD.decode(token).unwrap()[16..];
        Sha256::digest(secret).iter().fold(format!("{kind}#"), |text, byte| format!("{text}{byte:02x}"))
    };
    ask(&acme, "ada@example.com").await.expect(202);
    let link = process.error_line("#token=").await.trim().rsplit_once("#token=").unwrap().1.to_owned();
    assert_eq!(table.items_of("LOGIN#").await[0]["SK"], key("LOGIN", &link));
    let session = verify(&acme, &link).await.expect(200)["data"]["token"].as_str().unwrap().to_owned();
    assert_eq!(table.items_of("SESSION#").await[0]["SK"], key("SESSION", &session));
}

/// The next release finds users and sessions where this one left them. Another namespace makes other ids.
#[test]
fn the_ids_of_users_and_the_form_of_tokens_stay_as_they_are() {
    let acme = TenantResolver::named_by_operator("acme").unwrap();
    let subjects = [("none", "public"), ("magic_link", "ada@example.com"), ("oidc", "ada")];
    assert_eq!(
        subjects.map(|(provider, subject)| UserId::derive(&acme, provider, subject).to_string()),
        [
            "2c27c3e9-9177-5aa1-9492-ebbb007e4beb",
            "095e40e6-c0a4-550a-afa2-f61cb1a5756c",
            "742d66c2-29d2-51fa-8438-77e9ee31de37",
        ]
    );
    let ada = user_id("acme", "ada@example.com");
    let token = BASE64_URL_SAFE_NO_PAD.decode(Token::new(ada).to_text()).unwrap();
    assert_eq!((uuid::Uuid::from_slice(&token[..16]).unwrap().to_string(), token.len()), (ada.to_string(), 48));
}

#[tokio::test]
async fn a_link_is_good_for_fifteen_minutes() {
    let app = App::with_links().await;
    ask(&app.tenant("acme"), "ada@example.com").await.expect(202);
    let item = app.items_of("LOGIN#").await.remove(0);
    let expected = timestamp(15 * 60).parse::<jiff::Timestamp>().unwrap().as_second();
    assert!((item["ttl"].as_i64().unwrap() - expected).abs() < 30, "{item}");
}

/// How many of `count` requests are let through, by the header lines that they carry.
async fn let_through(tenant: &Tenant, count: usize, headers: &[&str]) -> usize {
    let mut passed = 0;
    for _ in 0..count {
        let answer = tenant.raw("POST /api/auth/verify", headers, r#"{"token":"x"}"#).await;
        if answer.status == 429 {
            answer.fails(429, "rate_limited");
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait), "{wait}");
        } else {
            answer.fails(401, "unauthenticated");
            passed += 1;
        }
    }
    passed
}

#[tokio::test]
async fn a_client_tries_to_sign_in_only_so_often_whatever_it_says_of_its_address() {
    let app = App::with(&[&MAGIC_LINK[..], &["--sign-in-client-rate-limit", "3"]].concat()).await;
    let acme = app.tenant("acme");
    ask(&acme, "ada@example.com").await.expect(202);
    assert_eq!(let_through(&acme, 4, &[]).await, 2, "both routes share one limit");
    for forged in [
        "x-forwarded-for: 192.0.2.1",
        "x-real-ip: 192.0.2.1",
        "forwarded: for=192.0.2.1",
        "cf-connecting-ip: 192.0.2.1",
    ] {
        assert_eq!(let_through(&acme, 1, &[forged]).await, 0, "{forged}");
    }
    // It is a client's, not a tenant's, and holds back nothing but sign-in.
    assert_eq!(let_through(&app.tenant("demo"), 1, &[]).await, 0);
    ask(&acme, "ada@example.com").await.fails(429, "rate_limited");
    acme.get("/api/config").await.expect(200);
    acme.get("/api/me").await.fails(401, "unauthenticated");
}

#[tokio::test]
async fn behind_a_gateway_its_header_tells_clients_apart() {
    let limit = ["--sign-in-client-rate-limit", "2", "--trusted-client-ip-header", "X-Client-IP"];
    let acme = App::with(&[&MAGIC_LINK[..], &limit].concat()).await.tenant("acme");
    let of = async |address: &str| {
        let header = format!("x-client-ip: {address}");
        let_through(&acme, 3, &["x-forwarded-for: 203.0.113.9", &header]).await
    };
    assert_eq!(of("192.0.2.1").await, 2);
    assert_eq!(of("192.0.2.2").await, 2);
    assert_eq!(of(" 192.0.2.1 ").await, 0);
    assert_eq!(of("::ffff:192.0.2.1").await, 0, "the same address in another form");
    assert_eq!(of("2001:db8:1:2::1").await, 2);
    assert_eq!(of("2001:db8:1:2:ffff::1").await, 0, "one client has all of a /64");
    assert_eq!(of("2001:db8:1:3::1").await, 2);
    // What is no address counts against the gateway's own, all together.
    assert_eq!(of("nonsense").await, 2);
    assert_eq!(of("other nonsense").await, 0);
}

#[tokio::test]
async fn a_tenant_has_a_share_of_sign_in_of_its_own() {
    let limit = ["--sign-in-tenant-rate-limit", "2", "--trusted-client-ip-header", "x-client-ip"];
    let app = App::with(&[&MAGIC_LINK[..], &limit].concat()).await;
    let passed = async |tenant: &str, client: &str| let_through(&app.tenant(tenant), 2, &[client]).await;
    assert_eq!(passed("acme", "x-client-ip: 192.0.2.1").await, 2);
    assert_eq!(passed("acme", "x-client-ip: 192.0.2.2").await, 0);
    assert_eq!(passed("demo", "x-client-ip: 192.0.2.1").await, 2);
    app.tenant("acme").get("/api/config").await.expect(200);
}

#[tokio::test]
async fn what_one_client_is_refused_is_taken_from_nobody_else() {
    let limits = ["--sign-in-client-rate-limit=2", "--sign-in-tenant-rate-limit=4"];
    let header = ["--trusted-client-ip-header=x-client-ip"];
    let acme = App::with(&[&MAGIC_LINK[..], &limits, &header].concat()).await.tenant("acme");
    assert_eq!(let_through(&acme, 10, &["x-client-ip: 192.0.2.1"]).await, 2);
    assert_eq!(let_through(&acme, 2, &["x-client-ip: 192.0.2.2"]).await, 2);
}

/// How long who has had this share waits for one more.
fn pause<K: Clone + Eq + Hash>(rate: Option<&Rate<K>>, key: &K, share: u32) -> Duration {
    let rate = rate.unwrap();
    for _ in 0..share {
        rate.check(key).unwrap();
    }
    match rate.check(key) {
        Err(Error::RateLimited { retry_after }) => retry_after,
        other => panic!("no limit: {other:?}"),
    }
}

#[test]
fn shares_of_sign_in_come_back_by_the_minute() {
    let limits = ["--sign-in-client-rate-limit=1", "--sign-in-tenant-rate-limit=1"];
    let table = ["--dynamodb-table=test", "--aws-region=eu-central-1"];
    let rates = Config::from_settings(settings(&[&MAGIC_LINK[..], &limits, &table].concat())).unwrap().sign_in_rate;
    let client = ClientAddress([192, 0, 2, 1].into());
    let tenant = TenantResolver::named_by_operator("acme").unwrap();
    let minute = Duration::from_secs(50)..=Duration::from_mins(1);
    assert!(minute.contains(&pause(rates.by_client.as_ref(), &client, 1)));
    assert!(minute.contains(&pause(rates.by_tenant.as_ref(), &tenant, 1)));
}

/// What sends mails on this platform, to a server that takes them and says nothing.
fn mailer_of(platform: &str, silent: &TcpListener) -> Config {
    let url = format!("--smtp-url=smtps://app:secret@{}", silent.local_addr().unwrap());
    let mail = ["--auth-provider=magic_link", "--email-from=hello@example.com", &url];
    let table =
        ["--dynamodb-table=test", "--aws-region=eu-central-1", "--handler-timeout=14s", "--gateway-timeout=20s"];
    let waits = ["--dynamodb-attempt-timeout=1s", "--dynamodb-operation-timeout=3s"];
    Config::from_settings(settings(&[&mail[..], &table, &waits, &[platform]].concat())).unwrap()
}

#[tokio::test]
async fn the_answer_waits_for_the_mail_on_lambda_which_freezes_with_it_and_nowhere_else() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for (platform, waits) in [("--aws-lambda-runtime-api=x", true), ("--ecs-container-metadata-uri-v4=x", false)] {
        let config = mailer_of(platform, &silent);
        let Auth::MagicLink(links) = &config.auth else { panic!("{:?}", config.auth) };
        let sending = links.mailer.send("ada@example.com".parse().unwrap(), "link".to_owned(), "host".to_owned());
        let waited = within_patience("the mail", async {
            tokio::select! { biased; () = sending => false, _ = silent.accept() => true }
        });
        assert_eq!(waited.await, waits, "{platform}");
    }
}

#[tokio::test]
async fn a_slow_mail_server_is_sent_64_mails_at_once_and_the_rest_is_dropped() {
    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = mailer_of("--ecs-container-metadata-uri-v4=x", &slow);
    let Auth::MagicLink(links) = &config.auth else { panic!("{:?}", config.auth) };
    for number in 0..80 {
        let address = format!("{number}@example.com").parse().unwrap();
        let sending = pin!(links.mailer.send(address, "link".to_owned(), "host".to_owned()));
        // At the first look: before anything of a mail can have happened.
        assert!(sending.poll(&mut Context::from_waker(Waker::noop())).is_ready(), "number {number} was waited for");
    }
    let came = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&came);
    tokio::spawn(async move {
        while slow.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    within_patience("the end of all mails", links.mailer.finish()).await;
    assert_eq!(came.load(Ordering::SeqCst), 64);
}

#[tokio::test]
async fn a_mail_counts_whatever_comes_of_it_since_a_server_that_fails_may_have_taken_it() {
    let table = App::spawn().await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let process = Process::serve(&table.table_name, &environment(&format!("smtp://app:secret@{closed}")));
    for number in 0..11 {
        ask(&process.tenant(&format!("outage-{number}")), "outage@example.com").await.expect(202);
    }
    assert_eq!(process.log("reference_architecture::auth::mail", 10).await.len(), 10);
    process.log("reference_architecture::auth::magic_link", 1).await;
}

/// The environment of a program that sends mails here.
fn environment(url: &str) -> [(&str, &str); 4] {
    [("AUTH_PROVIDER", "magic_link"), ("EMAIL_MODE", "smtp"), ("SMTP_URL", url), ("EMAIL_FROM", "hello@example.com")]
}

/// Asks for a link, is answered as ever and soon, and gives the one line that tells of the mail.
async fn failure(url: &str, email: &str) -> Value {
    let table = App::spawn().await;
    let process = Process::serve(&table.table_name, &environment(url));
    let started = Instant::now();
    let asked = ask(&process.tenant("acme"), email).await;
    assert_eq!(asked.expect(202), json!({ "data": { "status": "requested" } }));
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    let lines = process.log("reference_architecture::auth::mail", 1).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["request_id"].as_str().unwrap(), asked.header("x-request-id").unwrap());
    for line in process.lines().iter().chain(&process.error_lines()) {
        for secret in [email, "secret", "wrong", "token="] {
            assert!(!line.contains(secret), "{line}");
        }
    }
    lines[0].clone()
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_or_says_nothing_is_logged_and_delays_no_answer() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let line = failure(&format!("smtp://app:secret@{closed}"), "down@example.com").await;
    assert!(line["level"] == "ERROR" && line.to_string().contains("refused"), "{line}");
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let line = failure(&format!("smtp://app:secret@{}", silent.local_addr().unwrap()), "silent@example.com").await;
    assert!(line["level"] == "ERROR" && line.to_string().contains("in time"), "{line}");
}

#[tokio::test]
async fn what_answers_in_the_place_of_a_mail_server_is_logged_without_what_it_says() {
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://app:secret@{}", other.local_addr().unwrap());
    let talk = async {
        let (mut peer, _) = other.accept().await.unwrap();
        peer.write_all(b"who is ada@example.com?\r\n").await.unwrap();
        // However it leaves.
        let _ = peer.read_to_end(&mut Vec::new()).await;
    };
    let (line, ()) = tokio::join!(failure(&url, "ada@example.com"), talk);
    assert_eq!((&line["level"], &line["error"]), (&json!("ERROR"), &json!("the mail server does not speak SMTP")));
}

#[tokio::test]
#[ignore = "needs Python: `make test`"]
async fn a_mail_server_that_refuses_is_logged_without_what_it_says() {
    // Who names an address that there is not must not raise an alarm.
    for (email, credentials, code, level) in [
        ("absent-ada@example.com", "app:secret", "550", "WARN"),
        ("full-ada@example.com", "app:secret", "452", "WARN"),
        ("unsent-ada@example.com", "app:secret", "550", "ERROR"),
        ("later-ada@example.com", "app:secret", "451", "ERROR"),
        ("ada@example.com", "app:wrong", "535", "ERROR"),
    ] {
        let line = failure(&smtp::url(credentials), email).await;
        assert_eq!(line["level"], level, "{line}");
        assert!(line["error"].as_str().unwrap().contains(code), "{line}");
    }
}

#[tokio::test]
async fn in_a_local_run_links_are_written_to_the_terminal() {
    let table = App::spawn().await;
    let process = Process::serve(&table.table_name, &[("AUTH_PROVIDER", "magic_link")]);
    ask(&process.tenant("acme"), "ada@example.com").await.expect(202);
    let link = process.error_line("#token=").await;
    let token = link.trim().strip_prefix("https://acme.example.com/auth/verify#token=").unwrap();
    verify(&process.tenant("acme"), token).await.expect(200);
    assert!(process.lines().iter().all(|line| !line.contains("#token=")), "the log is for others");
}

#[tokio::test]
async fn in_dev_links_lead_to_the_port_that_it_found() {
    let process = Process::start(&Folder::new(), &["dev", "--memory"], &[("AUTH_PROVIDER", "magic_link")]);
    let acme = Tenant::new(process.address, "acme.localhost");
    ask(&acme, "ada@example.com").await.expect(202);
    let link = process.error_line("#token=").await;
    let start = format!("http://acme.localhost:{}/auth/verify#token=", process.address.port());
    verify(&acme, link.trim().strip_prefix(&start).expect(&link)).await.expect(200);
}

/// What start-up says with these variables.
fn refusal(environment: &[(&str, &str)]) -> String {
    crate::support::refusal(&[&[("AUTH_PROVIDER", "magic_link")], environment].concat())
}

const ECS: (&str, &str) = ("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4");
const LAMBDA: (&str, &str) = ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");

#[test]
fn links_in_a_log_are_refused_outside_local_runs() {
    for platform in [ECS, LAMBDA] {
        let error = refusal(&[platform, ("EMAIL_MODE", "log")]);
        assert!(error.contains("EMAIL_MODE must be smtp"), "{error}");
        let error = refusal(&[platform]);
        assert!(error.contains("SMTP_URL is not set") && error.contains("EMAIL_FROM is not set"), "{error}");
    }
}

#[test]
fn on_lambda_a_request_has_time_for_a_mail() {
    let waits = [("DYNAMODB_ATTEMPT_TIMEOUT", "1s"), ("DYNAMODB_OPERATION_TIMEOUT", "3s")];
    for (platform, handler, refused) in [(LAMBDA, "8s", true), (LAMBDA, "9s", false), (ECS, "8s", false)] {
        let error = refusal(&[&waits[..], &[platform, ("HANDLER_TIMEOUT", handler)]].concat());
        assert_eq!(
            error.contains("HANDLER_TIMEOUT must be longer than 8s"),
            refused,
            "{platform:?} {handler}: {error}"
        );
    }
}

#[test]
fn outside_local_runs_mails_go_over_tls_alone() {
    let refused = [
        "smtp://user:hush-hush@mail.example.com",
        "smtp://user:hush-hush@mail.example.com:587",
        "smtp://user:hush-hush@mail.example.com?tls=opportunistic",
        // Where the words stand makes a difference.
        "smtp://user:tls=required-hush-hush@mail.example.com",
        "smtp://user:hush-hush@mail.example.com/tls=required",
        "smtp://user:hush-hush@mail.example.com?not_tls=required",
        "smtp://user:hush-hush@mail.example.com#?tls=required",
        "smtp://user:hush-hush@mail.example.com?tls=opportunistic&tls=required",
    ];
    for url in refused {
        let error = refusal(&[ECS, ("SMTP_URL", url), ("EMAIL_FROM", "hello@example.com")]);
        assert!(error.contains("SMTP_URL is not valid: must be smtps://"), "{url}: {error}");
        assert!(!error.contains("hush"), "{error}");
    }
    for url in [
        "hush-hush",
        "http://user:hush-hush@mail.example.com",
        "smtps://",
        "smtps://user:hush-hush@",
        "smtps://u:hush-hush@h:99999",
    ] {
        for platform in [&[][..], &[ECS]] {
            let mail = [("EMAIL_MODE", "smtp"), ("SMTP_URL", url), ("EMAIL_FROM", "hello@example.com")];
            let error = refusal(&[platform, &mail].concat());
            assert!(error.contains("SMTP_URL is not valid"), "{url}: {error}");
            assert!(!error.contains("hush"), "{error}");
        }
    }
    for url in ["smtps://user:hush-hush@mail.example.com", "smtp://user:hush-hush@mail.example.com?tls=required"] {
        let mail = ["--smtp-url", url, "--email-from", "hello@example.com", "--auth-provider", "magic_link"];
        let ecs = ["--ecs-container-metadata-uri-v4", "x", "--dynamodb-table", "test", "--aws-region", "r"];
        let settings = settings(&[&mail[..], &ecs].concat());
        let config = Config::from_settings(settings).unwrap();
        assert!(!format!("{config:?}").contains("hush"));
    }
}

#[tokio::test]
async fn without_links_there_is_nothing_to_ask_for() {
    let acme = App::spawn().await.tenant("acme");
    ask(&acme, "ada@example.com").await.fails(404, "not_found");
    verify(&acme, &"A".repeat(64)).await.fails(404, "not_found");
    acme.post("/api/auth/logout", &json!({})).await.fails(404, "not_found");
    acme.post("/api/auth/logout-everywhere", &json!({})).await.fails(404, "not_found");
}

#[tokio::test]
async fn an_address_that_others_ask_for_at_the_same_moment_gets_the_same_answer() {
    let proxy = Faulty::start().await;
    let app = App::with(&[&MAGIC_LINK[..], &["--dynamodb-endpoint", &proxy.endpoint]].concat()).await;
    let acme = app.tenant("acme");
    let first = ask(&acme, "ada@example.com").await;
    first.expect(202);
    proxy.always(Fault::cancelled(&["TransactionConflict", "None"]));
    for email in ["ada@example.com", "bob@example.com", "nobody"] {
        assert_eq!(ask(&acme, email).await.comparable(), first.comparable());
    }
    // Without the table nothing can be promised, to nobody.
    proxy.always(Fault::cancelled(&["ThrottlingError", "None"]));
    let unavailable = ask(&acme, "ada@example.com").await;
    unavailable.fails(503, "unavailable");
    for email in ["bob@example.com", "nobody"] {
        assert_eq!(ask(&acme, email).await.comparable(), unavailable.comparable());
    }
}

#[tokio::test]
#[ignore = "needs Python: `make test`"]
async fn a_mail_that_is_under_way_goes_out_though_the_instance_stops() {
    let table = App::spawn().await;
    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://app:secret@{}", slow.local_addr().unwrap());
    let mut process = Process::serve(&table.table_name, &environment(&url));
    ask(&process.tenant("acme"), "stopping@example.com").await.expect(202);
    let (mut sending, _) = within_patience("the mail", slow.accept()).await.unwrap();
    let mut idle = TcpStream::connect(process.address).await.unwrap();
    process.signal("TERM");
    assert_eq!(within_patience("the end of serving", idle.read(&mut [0])).await.unwrap(), 0);
    // Nothing but the mail holds it now.
    timeout(Duration::from_millis(300), process.ended()).await.expect_err("it ended before the mail was sent");
    let mut server = TcpStream::connect(smtp::address()).await.unwrap();
    let relayed = tokio::spawn(async move { copy_bidirectional(&mut sending, &mut server).await });
    assert_eq!(process.ended().await.code(), Some(0));
    smtp::mails("stopping@example.com", 1).await;
    relayed.abort();
}
