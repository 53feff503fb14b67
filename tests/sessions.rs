//! Sessions: who has one, for how long, what it opens, and what other pages can do with it.

use reference_architecture::auth::Token;
use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::cost::{Meter, documented};
use crate::support::faulty::{Fault, Faulty};
use crate::support::oidc::Issuer;
use crate::support::process::{Process, run};
use crate::support::sign_in::{LATER, MAGIC_LINK, partition, user_id};
use crate::support::{Answer, App, Send as _, Tenant};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";

const LOGOUT: &str = "/api/auth/logout";
const EVERYWHERE: &str = "/api/auth/logout-everywhere";
const CHECK: &str = "/api/auth/check";

async fn check(tenant: &Tenant, token: &str) -> Answer {
    tenant.with_bearer(Method::GET, CHECK, token).answer().await
}

/// Asserts that this token opens nothing.
async fn is_closed(tenant: &Tenant, token: &str) {
    for (method, path) in
        [(Method::GET, CHECK), (Method::GET, "/api/me"), (Method::GET, "/api/example"), (Method::POST, LOGOUT)]
    {
        tenant.with_bearer(method.clone(), path, token).answer().await.fails(401, "unauthenticated");
        tenant.with_cookie(method, path, token).answer().await.fails(401, "unauthenticated");
    }
}

async fn verify(app: &App, tenant: &Tenant, name: &str) -> Answer {
    let token = app.plant_link(name, ADA, LATER).await;
    tenant.post("/api/auth/verify", &json!({ "token": token })).await
}

#[tokio::test]
async fn a_browser_gets_a_cookie_that_only_the_own_host_sees_and_no_script() {
    let app = App::with_links().await;
    let answer = verify(&app, &app.tenant("acme"), "acme").await;
    let token = answer.expect(200)["data"]["token"].as_str().unwrap().to_owned();
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1);
    assert_eq!(
        answer.set_cookie(),
        [&*format!("__Host-session={token}"), "HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax", "Secure"]
    );
    let ended = app.tenant("acme").with_cookie(Method::POST, LOGOUT, &token).answer().await;
    assert_eq!(ended.expect(200), json!({ "data": { "everywhere": false } }));
    assert_eq!(ended.set_cookie(), ["__Host-session=", "HttpOnly", "Max-Age=0", "Path=/", "SameSite=Lax", "Secure"]);
}

#[tokio::test]
async fn plain_http_on_localhost_alone_does_without_prefix_and_secure() {
    for domain in ["localhost", "app.localhost"] {
        let app = App::with(&[&MAGIC_LINK[..], &["--base-domain", domain]].concat()).await;
        let acme = app.host(&format!("acme.{domain}:3000"));
        let answer = verify(&app, &acme, "acme").await;
        let token = answer.expect(200)["data"]["token"].as_str().unwrap().to_owned();
        assert_eq!(
            answer.set_cookie(),
            [&*format!("session={token}"), "HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax"]
        );
        let cookie = |name: &str| acme.request(Method::GET, CHECK).header(header::COOKIE, format!("{name}={token}"));
        cookie("session").answer().await.expect(200);
        cookie("__Host-session").answer().await.fails(401, "unauthenticated");
    }

    let public = App::with_links().await;
    let token = public.sign_in("acme", ADA).await;
    let session = public.tenant("acme").request(Method::GET, CHECK).header(header::COOKIE, format!("session={token}"));
    session.answer().await.fails(401, "unauthenticated");
}

#[tokio::test]
async fn a_cookie_that_a_sibling_host_may_set_is_none_however_its_name_looks() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let (mine, planted) = (app.sign_in("acme", ADA).await, app.sign_in("acme", BOB).await);
    // Browsers send what stands behind a longer path first.
    for white_space in ['\u{2000}', '\u{3000}', '\u{a0}', '\u{85}', '\u{feff}'] {
        let cookie = |rest: &str| {
            let cookies = format!("{white_space}__Host-session={planted}{rest}");
            let cookies = header::HeaderValue::from_bytes(cookies.as_bytes()).unwrap();
            acme.request(Method::GET, CHECK).header(header::COOKIE, cookies).answer()
        };
        assert_eq!(cookie(&format!("; __Host-session={mine}")).await.expect(200)["data"]["email"], ADA);
        cookie("").await.fails(401, "unauthenticated");
    }
}

#[tokio::test]
async fn cookie_and_bearer_are_the_same_session() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let token = app.sign_in("acme", ADA).await;
    let by_bearer = check(&acme, &token).await.expect(200);
    assert_eq!(acme.with_cookie(Method::GET, CHECK, &token).answer().await.expect(200), by_bearer);
    let expected = json!({ "data": {
        "provider": "magic_link", "subject": ADA, "userId": user_id("acme", ADA).to_string(), "email": ADA,
        "name": null, "picture": null,
    } });
    assert_eq!(by_bearer, expected);
    let lower = acme.request(Method::GET, CHECK).header(header::AUTHORIZATION, format!("bearer {token}"));
    assert_eq!(lower.answer().await.expect(200), expected);
    acme.with_cookie(Method::POST, LOGOUT, &token).answer().await.expect(200);
    is_closed(&acme, &token).await;
}

#[tokio::test]
async fn a_bearer_outranks_the_cookie_and_a_broken_one_is_not_forgiven_for_it() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let (ada, bob) = (app.sign_in("acme", ADA).await, app.sign_in("acme", BOB).await);
    let both = |authorization: &str| {
        let request = acme.with_cookie(Method::GET, CHECK, &ada);
        request.header(header::AUTHORIZATION, header::HeaderValue::from_bytes(authorization.as_bytes()).unwrap())
    };
    let answer = both(&format!("Bearer {bob}")).answer().await;
    assert_eq!(answer.expect(200)["data"]["email"], BOB);
    let gone = app.plant_session("acme", ADA, -1).await;
    for broken in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        &format!("Bearer {bob},"),
        &format!("Bearer {bob} {bob}"),
        &format!("Bearer {gone}"),
        &format!("Bearer\t{bob}"),
        &format!("Basic {bob}"),
        &bob,
        "Bearer \u{e9}",
        &format!("Bearer {}", "A".repeat(9000)),
    ] {
        both(broken).answer().await.fails(401, "unauthenticated");
    }
    let twice = both(&format!("Bearer {bob}")).header(header::AUTHORIZATION, format!("Bearer {bob}"));
    twice.answer().await.fails(401, "unauthenticated");
}

#[tokio::test]
async fn logging_out_ends_this_session_and_no_other() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let (laptop, phone) = (app.sign_in("acme", ADA).await, app.sign_in("acme", ADA).await);
    let bob = app.sign_in("acme", BOB).await;
    acme.with_bearer(Method::POST, LOGOUT, &laptop).answer().await.expect(200);
    is_closed(&acme, &laptop).await;
    check(&acme, &phone).await.expect(200);
    check(&acme, &bob).await.expect(200);
    let events = app.events("acme").await;
    let event = events.last().unwrap();
    assert_eq!((&event["name"], &event["props"]), (&json!("user.signed_out"), &json!({ "everywhere": false })));
    assert_eq!(event["actor"], user_id("acme", ADA).to_string());
    assert_eq!(events.len(), 4);
}

#[tokio::test]
async fn logging_out_at_once_on_two_devices_is_told_once() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let token = app.sign_in("acme", ADA).await;
    let ending: JoinSet<_> = (0..10)
        .map(|_| {
            let request = acme.with_bearer(Method::POST, LOGOUT, &token);
            async move { request.answer().await.status.as_u16() }
        })
        .collect();
    let statuses = ending.join_all().await;
    assert!(statuses.contains(&200) && statuses.iter().all(|status| [200, 401].contains(status)), "{statuses:?}");
    assert_eq!(app.events("acme").await.len(), 2);
    is_closed(&acme, &token).await;
}

#[tokio::test]
async fn logging_out_everywhere_ends_all_sessions_and_links_of_the_user_and_nobody_elses() {
    let app = App::with_links().await;
    let (acme, demo) = (app.tenant("acme"), app.tenant("demo"));
    let mut mine = vec![app.sign_in("acme", ADA).await];
    // With the expired one 198: two transactions as large as they can be, of 99 items and the event for the latter.
    for _ in 0..196 {
        mine.push(app.plant_session("acme", ADA, LATER).await);
    }
    app.plant_session("acme", ADA, -LATER).await;
    let mut link = String::new();
    // One transaction as large as it can be, and one more.
    for _ in 0..101 {
        link = app.plant_link("acme", ADA, LATER).await;
    }
    let (bob, elsewhere) = (app.sign_in("acme", BOB).await, app.sign_in("demo", ADA).await);
    let links_of_others =
        [(&acme, app.plant_link("acme", BOB, LATER).await), (&demo, app.plant_link("demo", ADA, LATER).await)];
    let example = acme.with_bearer(Method::POST, "/api/example", &mine[0]).json(&json!({ "name": "kept" }));
    example.answer().await.expect(201);
    let request = acme.with_bearer(Method::POST, EVERYWHERE, &mine[100]);
    let ended = request.header("x-request-id", "everywhere").answer().await;
    assert_eq!(ended.expect(200), json!({ "data": { "everywhere": true } }));
    assert_eq!(ended.set_cookie()[0], "__Host-session=");
    for token in [&mine[0], &mine[1], &mine[99], &mine[100], &mine[195]] {
        is_closed(&acme, token).await;
    }
    let ours = partition("acme", ADA);
    for kind in ["LOGIN#", "SESSION#"] {
        assert!(app.items_of(kind).await.iter().all(|item| item["PK"] != ours.as_str()), "{kind}");
    }
    let by_link = async |tenant: &Tenant, link: &str| tenant.post("/api/auth/verify", &json!({ "token": link })).await;
    by_link(&acme, &link).await.fails(401, "unauthenticated");
    for (tenant, link) in links_of_others {
        by_link(tenant, &link).await.expect(200);
    }
    check(&acme, &bob).await.expect(200);
    check(&demo, &elsewhere).await.expect(200);
    let events = app.events("acme").await;
    let event = events.iter().find(|event| event["requestId"] == "everywhere").unwrap();
    assert_eq!((&event["name"], &event["props"]), (&json!("user.signed_out"), &json!({ "everywhere": true })));
    assert_eq!(events.iter().filter(|event| event["name"] == "user.signed_out").count(), 1);
    // What is neither stays.
    let token = app.sign_in("acme", ADA).await;
    let list = acme.with_bearer(Method::GET, "/api/example", &token).answer().await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_link_that_is_used_while_its_user_logs_out_everywhere_opens_nothing() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let (token, link) = (app.sign_in("acme", ADA).await, app.plant_link("acme", ADA, LATER).await);
    let proxy = Faulty::start().await;
    let environment = [("AUTH_PROVIDER", "magic_link"), ("DYNAMODB_ENDPOINT", proxy.endpoint.as_str())];
    let held = Process::serve(&app.table_name, &environment);
    proxy.always_at("TransactWriteItems", Fault::Wait);
    let ending = held.tenant("acme").with_bearer(Method::POST, EVERYWHERE, &token);
    let ending = tokio::spawn(async move { ending.answer().await });
    proxy.called_for("TransactWriteItems").await;
    let session = acme.post("/api/auth/verify", &json!({ "token": link })).await.expect(200)["data"]["token"].clone();
    proxy.heal();
    ending.await.unwrap().expect(200);
    is_closed(&acme, session.as_str().unwrap()).await;
}

#[tokio::test]
async fn logging_out_everywhere_can_be_repeated_when_it_was_interrupted() {
    let proxy = Faulty::start().await;
    let endpoint = format!("--dynamodb-endpoint={}", proxy.endpoint);
    let app = App::with(&[&MAGIC_LINK[..], &[&endpoint]].concat()).await;
    let acme = app.tenant("acme");
    let mut mine = Vec::new();
    for _ in 0..150 {
        mine.push(app.plant_session("acme", ADA, LATER).await);
    }
    // The table has the others behind it.
    let first = mine.iter().min_by_key(|token| Token::parse(token).unwrap().hash()).unwrap();
    let end = || acme.with_bearer(Method::POST, EVERYWHERE, first).answer();
    // The check of the session, the lists of links and sessions, the first part; then the second.
    let passed = [Fault::CloseAfter, Fault::CloseAfter, Fault::CloseAfter, Fault::CloseAfter];
    proxy.next(passed.into_iter().chain([Fault::error(400, "ValidationException")]));
    end().await.fails(500, "internal");
    assert_eq!(app.items_of("SESSION#").await.len(), 150 - 99);
    end().await.expect(200);
    assert_eq!(app.items_of("SESSION#").await, [Value::Null; 0]);
    assert_eq!(app.events("acme").await.len(), 1);
}

#[tokio::test]
async fn an_expired_session_opens_nothing_though_it_is_still_in_the_table() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    for expires in [0, -1, -LATER] {
        let token = app.plant_session("acme", ADA, expires).await;
        is_closed(&acme, &token).await;
    }
    let token = app.plant_session("acme", ADA, LATER).await;
    check(&acme, &token).await.expect(200);
}

#[tokio::test]
async fn one_address_in_two_tenants_is_two_users_with_sessions_of_their_own() {
    let app = App::with_links().await;
    let (acme, demo) = (app.tenant("acme"), app.tenant("demo"));
    let (of_acme, of_demo) = (app.sign_in("acme", ADA).await, app.sign_in("demo", ADA).await);
    is_closed(&demo, &of_acme).await;
    is_closed(&acme, &of_demo).await;
    is_closed(&app.tenant("default"), &of_acme).await;
    let id = async |tenant: &Tenant, token: &str| check(tenant, token).await.expect(200)["data"]["userId"].clone();
    assert_ne!(id(&acme, &of_acme).await, id(&demo, &of_demo).await);
    let create = |tenant: &Tenant, token: &str| {
        tenant.with_bearer(Method::POST, "/api/example", token).json(&json!({ "name": "mine" }))
    };
    create(&acme, &of_acme).answer().await.expect(201);
    let list = demo.with_bearer(Method::GET, "/api/example", &of_demo).answer().await.expect(200);
    assert_eq!(list["data"], json!([]));
    acme.with_bearer(Method::POST, EVERYWHERE, &of_acme).answer().await.expect(200);
    check(&demo, &of_demo).await.expect(200);
}

#[tokio::test]
async fn the_data_of_another_user_of_the_tenant_looks_like_nothing() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let (ada, bob) = (app.sign_in("acme", ADA).await, app.sign_in("acme", BOB).await);
    let create = acme.with_bearer(Method::POST, "/api/example", &ada).header("idempotency-key", "shared");
    let created = create.json(&json!({ "name": "secret" })).answer().await;
    let path = created.header("location").unwrap().to_owned();
    let id = created.expect(201)["data"]["id"].clone();
    let absent = "/api/example/019a0000-0000-7000-8000-000000000000";
    for method in [Method::GET, Method::PATCH, Method::DELETE] {
        for precondition in [None, Some("*"), Some("\"1\"")] {
            let of = async |path: &str| {
                let mut request = acme.with_bearer(method.clone(), path, &bob);
                if let Some(precondition) = precondition {
                    request = request.header(header::IF_MATCH, precondition);
                }
                if method == Method::PATCH {
                    request = request.json(&json!({ "name": "forged" }));
                }
                request.answer().await
            };
            let (foreign, absent) = (of(&path).await, of(absent).await);
            foreign.fails(404, "not_found");
            assert_eq!(foreign.comparable(), absent.comparable(), "{method}");
        }
    }
    let list = acme.with_bearer(Method::GET, "/api/example", &bob).answer().await.expect(200);
    assert_eq!(list, json!({ "data": [], "page": { "next": null } }));
    let again = acme.with_bearer(Method::POST, "/api/example", &bob).header("idempotency-key", "shared");
    let own = again.json(&json!({ "name": "other" })).answer().await.expect(201);
    assert_ne!(own["data"]["id"], id);
    let mine = acme.with_bearer(Method::GET, &path, &ada).answer().await.expect(200);
    assert_eq!(mine["data"]["name"], "secret");
}

#[tokio::test]
async fn nothing_but_sign_in_and_what_is_public_answers_without_a_session() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let id = "019a0000-0000-7000-8000-000000000000";
    let before = app.items().await;
    for (method, path) in [
        ("GET", "/api/me"),
        ("GET", "/api/example"),
        ("POST", "/api/example"),
        ("GET", &format!("/api/example/{id}")),
        ("PATCH", &format!("/api/example/{id}")),
        ("DELETE", &format!("/api/example/{id}")),
        ("GET", CHECK),
        ("POST", LOGOUT),
        ("POST", EVERYWHERE),
    ] {
        let answer = acme.raw(&format!("{method} {path}"), &[], r#"{"name":"x"}"#).await;
        answer.fails(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{path}");
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(app.items().await, before);
    let config = acme.get("/api/config").await.expect(200);
    assert_eq!((&config["data"]["authProvider"], &config["data"]["oidc"]), (&json!("magic_link"), &Value::Null));
}

#[tokio::test]
async fn checking_writes_nothing_and_me_is_the_user_who_signed_in() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let token = app.sign_in("acme", ADA).await;
    let before = app.items().await;
    check(&acme, &token).await.expect(200);
    let me = acme.with_bearer(Method::GET, "/api/me", &token).answer().await.expect(200);
    assert_eq!((&me["data"]["email"], &me["data"]["provider"]), (&json!(ADA), &json!("magic_link")));
    assert_eq!(app.items().await, before, "the user was made by the sign-in, a moment ago");
}

/// A write with these headers, by cookie.
async fn write(tenant: &Tenant, token: &str, headers: &[&str]) -> Answer {
    let cookie = format!("cookie: __Host-session={token}");
    tenant.raw("POST /api/example", &[&[cookie.as_str()], headers].concat(), r#"{"name":"x"}"#).await
}

#[tokio::test]
async fn pages_of_other_origins_cannot_write_with_the_cookie() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let token = app.sign_in("acme", ADA).await;
    let own = "origin: https://acme.example.com";
    for headers in [
        &["sec-fetch-site: cross-site"][..],
        &["sec-fetch-site: same-site"],
        &["sec-fetch-site: "],
        &["sec-fetch-site: nonsense"],
        &["sec-fetch-site: same-origin, cross-site"],
        // Where there is a Sec-Fetch-Site, no Origin helps.
        &["sec-fetch-site: cross-site", own],
        &["sec-fetch-site: same-site", own],
        &["origin: https://evil.example"],
        &["origin: https://demo.example.com"],
        &["origin: https://example.com"],
        &["origin: https://acme.example.com.evil.example"],
        &["origin: https://evil-acme.example.com"],
        &["origin: https://acme.example.com:8443"],
        &["origin: https://acme.example.com@evil.example"],
        &["origin: null"],
        &["origin: "],
        &["origin: acme.example.com"],
        &["origin: https://evil.example", "x-forwarded-host: evil.example"],
        &["origin: https://evil.example", "referer: https://acme.example.com/"],
        // A browser that tells neither.
        &["user-agent: Mozilla/5.0 (X11; Linux x86_64)"],
        &["referer: https://evil.example/"],
        &["sec-fetch-mode: cors"],
        &["sec-fetch-dest: empty"],
    ] {
        write(&acme, &token, headers).await.fails(403, "forbidden");
        for path in [LOGOUT, EVERYWHERE] {
            let cookie = format!("cookie: __Host-session={token}");
            let answer = acme.raw(&format!("POST {path}"), &[&[cookie.as_str()], headers].concat(), "").await;
            answer.fails(403, "forbidden");
        }
        // A page that reads cannot see the answer, and a bearer is not sent by a browser of itself.
        let cookie = format!("cookie: __Host-session={token}");
        acme.raw("GET /api/example", &[&[cookie.as_str()], headers].concat(), "").await.expect(200);
        let bearer = format!("authorization: Bearer {token}");
        let headers = [&[bearer.as_str(), &cookie], headers].concat();
        acme.raw("POST /api/example", &headers, r#"{"name":"x"}"#).await.expect(201);
    }
    for headers in [
        &[][..],
        &["sec-fetch-site: same-origin"],
        &["sec-fetch-site: none"],
        &["sec-fetch-site: same-origin", "origin: https://evil.example"],
        &[own],
        &["origin: https://ACME.example.com"],
        &["user-agent: curl/8.16.0"],
    ] {
        write(&acme, &token, headers).await.expect(201);
    }
    check(&acme, &token).await.expect(200);
}

#[tokio::test]
async fn behind_a_gateway_its_host_is_what_an_origin_is_held_against() {
    let app = App::with(&[&MAGIC_LINK[..], &["--trusted-host-header", "x-public-host"]].concat()).await;
    let internal = app.host("internal.local:3000");
    let link = app.plant_link("acme", ADA, LATER).await;
    let public = "x-public-host: acme.example.com";
    let body = format!(r#"{{"token":"{link}"}}"#);
    let answer = internal.raw("POST /api/auth/verify", &[public], &body).await.expect(200);
    let token = answer["data"]["token"].as_str().unwrap();
    write(&internal, token, &[public, "origin: https://acme.example.com"]).await.expect(201);
    write(&internal, token, &[public, "origin: http://internal.local:3000"]).await.fails(403, "forbidden");
}

#[tokio::test]
async fn a_host_that_nobody_names_is_the_host_of_no_origin() {
    let fixed = ["--tenant-resolution-mode", "fixed", "--app-tenant-id", "acme"];
    let app = App::with(&[&MAGIC_LINK[..], &fixed, &["--trusted-host-header", "x-public-host"]].concat()).await;
    let (acme, token) = (app.tenant("acme"), app.sign_in("acme", ADA).await);
    for host in [&[][..], &["x-public-host: "], &["x-public-host: two words"]] {
        for origin in ["origin: null", "origin: ", "origin: https://", "origin: https://acme.example.com"] {
            write(&acme, &token, &[&[origin], host].concat()).await.fails(403, "forbidden");
        }
        write(&acme, &token, host).await.expect(201);
    }
    write(&acme, &token, &["x-public-host: acme.example.com", "origin: https://acme.example.com"]).await.expect(201);
}

#[tokio::test]
async fn of_several_cookies_with_the_name_none_opens_more_than_its_own_session() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let token = app.sign_in("acme", ADA).await;
    let with = async |lines: &[&str]| acme.raw(&format!("GET {CHECK}"), lines, "").await;
    let good = format!("cookie: a=b; __Host-session={token}");
    with(&[&good]).await.expect(200);
    with(&["cookie: theme=dark", &good]).await.expect(200);
    let foreign = format!("cookie: a=caf\u{e9}; __Host-session={token}; b=\u{fc}");
    with(&[&foreign]).await.expect(200);
    with(&[&format!("authorization: Bearer  {token}")]).await.expect(200);
    for bad in ["cookie: __Host-session=", "cookie: __Host-session", "cookie: __host-session=x", "cookie: ;;==;"] {
        with(&[bad]).await.fails(401, "unauthenticated");
    }
    let case = format!("cookie: __host-session={token}");
    with(&[&case]).await.fails(401, "unauthenticated");
    let quoted = format!("cookie: __Host-session=\"{token}\"");
    with(&[&quoted]).await.fails(401, "unauthenticated");
}

#[tokio::test]
async fn signing_in_costs_the_same_with_few_and_with_many_sessions() {
    let app = App::spawn().await;
    let meter = Meter::start(&app, &[("AUTH_PROVIDER", "magic_link"), ("EMAIL_MODE", "log")]).await;
    let acme = &meter.tenant;
    let post = |path: &str, body: Value| acme.request(Method::POST, path).json(&body);
    for many in [0, 150] {
        for _ in 0..many {
            app.plant_session("acme", ADA, LATER).await;
        }
        let address = format!("{many}@example.com");
        let ask = || post("/api/auth/request-link", json!({ "email": address }));
        meter.costs("request link", ask(), documented("request link")).await;
        meter.costs("request link too soon", ask(), (1, 0.0, 0.0)).await;
        meter
            .costs(
                "request link for nobody",
                post("/api/auth/request-link", json!({ "email": many.to_string() })),
                (1, 0.0, 4.0),
            )
            .await;
        let link = app.plant_link("acme", ADA, LATER).await;
        let verify = || post("/api/auth/verify", json!({ "token": link }));
        let signed_in = meter.costs("verify", verify(), documented("verify link")).await;
        meter.costs("verify again", verify(), (1, 1.0, 0.0)).await;
        meter.costs("verify nonsense", post("/api/auth/verify", json!({ "token": "x" })), (0, 0.0, 0.0)).await;
        let token = signed_in["data"]["token"].as_str().unwrap();
        let get = |path: &str| acme.with_bearer(Method::GET, path, token);
        meter.costs("session check", get(CHECK), documented("a session")).await;
        meter.costs("me", get("/api/me"), (2, 1.0, 1.0)).await;
        let create = acme.with_bearer(Method::POST, "/api/example", token).json(&json!({ "name": "x" }));
        meter.costs("create", create, (2, 1.0, 4.0)).await;
        meter.costs("nobody", acme.request(Method::GET, CHECK), (0, 0.0, 0.0)).await;
        let logout = acme.with_bearer(Method::POST, LOGOUT, token);
        let ((trips, reads, writes), session) = (documented("sign out"), documented("a session"));
        meter.costs("sign out", logout, (trips + session.0, reads + session.1, writes + session.2)).await;
    }
}

#[tokio::test]
async fn signing_out_everywhere_costs_by_the_session() {
    let app = App::spawn().await;
    let meter = Meter::start(&app, &[("AUTH_PROVIDER", "magic_link"), ("EMAIL_MODE", "log")]).await;
    for count in [1_usize, 99, 100] {
        let mut token = String::new();
        for _ in 0..count {
            token = app.plant_session("acme", ADA, LATER).await;
        }
        let request = meter.tenant.with_bearer(Method::POST, EVERYWHERE, &token);
        let (line, _, seen) = meter.measure(request).await;
        // The session check, the two lists, and the transactions.
        let (lists, of_each, each) = documented("sign out everywhere");
        assert_eq!((seen, &line["round_trips"]), (1 + lists + count.div_ceil(99), &json!(seen)), "{count}: {line}");
        // DynamoDB Local has a count of its own: docs/decisions/engines.md.
        if std::env::var_os("TEST_DYNAMODB_ENDPOINT").is_none() {
            if count == 1 {
                // The session check, and two lists that fit into 4 KB; reads that may be late would be half as dear.
                assert_eq!(line["read_units"], json!(1.0 + 2.0 * of_each), "{line}");
            }
            assert_eq!(
                line["write_units"],
                json!(each * f64::from(u32::try_from(count).unwrap()) + 2.0),
                "{count}: {line}"
            );
        }
    }
}

async fn validate(base_url: String, token: Option<String>) -> (i32, String) {
    let run = move || {
        let environment: Vec<_> = token.iter().map(|token| ("VALIDATE_BEARER_TOKEN", token.as_str())).collect();
        run(&["validate", "--base-url", &base_url], &environment)
    };
    let (code, _, report) = tokio::task::spawn_blocking(run).await.unwrap();
    (code, report)
}

#[tokio::test]
async fn validate_looks_at_all_of_it_with_a_users_token_and_says_what_it_leaves_out_without() {
    let app = App::with_links().await;
    let issuer = Issuer::start(&[]).await;
    let of_issuer = issuer.app().await;
    for (app, token) in [(&app, Some(app.sign_in("default", ADA).await)), (&app, None), (&of_issuer, None)] {
        let with_token = token.is_some();
        let (code, report) = validate(format!("http://{}", app.address), token.clone()).await;
        assert_eq!(code, 0, "{report}");
        let by_link = report.lines().filter(|line| line.starts_with("skipped a link arrives")).count();
        assert_eq!(by_link, usize::from(app.address != of_issuer.address), "{report}");
        assert_eq!(by_link, report.matches("ok      a link can be asked for").count(), "{report}");
        let skipped: Vec<_> = report.lines().filter(|line| line.starts_with("skipped a user")).collect();
        let ok = report.lines().filter(|line| line.starts_with("ok ")).count();
        assert_eq!(skipped.len() + by_link + ok, report.lines().count(), "{report}");
        assert_eq!(skipped.is_empty(), with_token, "{report}");
        assert!(skipped.iter().all(|line| line.contains("VALIDATE_BEARER_TOKEN is not set")), "{report}");
        assert_eq!(report.contains("ok      an item can be made"), with_token, "{report}");
        assert!(report.contains("ok      nobody gets in without a credential"), "{report}");
        assert!(token.is_none_or(|token| !report.contains(&token)));
    }
    assert_eq!(app.items_of("EXAMPLE#").await, [Value::Null; 0]);
    let left: Vec<_> = app.items_of("LOGIN#").await.into_iter().map(|link| link["email"].clone()).collect();
    assert_eq!(left, [""], "a link of nobody's");
    let (code, report) = validate(format!("http://{}", app.address), Some("planted".to_owned())).await;
    assert_eq!(code, 1, "{report}");
    assert!(report.contains("FAILED  the user of the token is let in") && !report.contains("planted"), "{report}");
    let closed = App::with(&[&MAGIC_LINK[..], &["--sign-in-client-rate-limit=1"]].concat()).await;
    let (code, report) = validate(format!("http://{}", closed.address), None).await;
    assert!(code == 1 && report.contains("FAILED  a link can be asked for"), "{report}");
}
