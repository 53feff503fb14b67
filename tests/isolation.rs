//! No request reaches another tenant's data, whatever it says of its host.

use std::collections::BTreeSet;

use reference_architecture::auth::Token;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::support::process::Process;
use crate::support::sign_in::{LATER, user_id};
use crate::support::{Answer, App, Send as _, Tenant};

/// Every documented operation: a new one without a row here fails the test of the table itself.
pub const OPERATIONS: [(&str, &str, Reach); 15] = [
    ("GET", "/api/health", Reach::Nothing),
    ("GET", "/api/ready", Reach::Nothing),
    ("GET", "/api/openapi.json", Reach::Tenant),
    ("GET", "/api/config", Reach::Tenant),
    ("POST", "/api/auth/request-link", Reach::Tenant),
    ("POST", "/api/auth/verify", Reach::Tenant),
    ("GET", "/api/auth/check", Reach::User),
    ("POST", "/api/auth/logout", Reach::User),
    ("POST", "/api/auth/logout-everywhere", Reach::User),
    ("GET", "/api/me", Reach::User),
    ("GET", "/api/example", Reach::User),
    ("POST", "/api/example", Reach::User),
    ("GET", "/api/example/{id}", Reach::Item),
    ("PATCH", "/api/example/{id}", Reach::Item),
    ("DELETE", "/api/example/{id}", Reach::Item),
];

/// What an operation could tell of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Of no tenant: it answers on every host.
    Nothing,
    /// Of the host's tenant, to everybody.
    Tenant,
    /// Of the user of the host's tenant who signed in.
    User,
    /// Of one item of that user's.
    Item,
}

/// With the fields of all resources: each ignores those of the others.
pub fn body_of(method: &str) -> &'static str {
    if ["POST", "PATCH"].contains(&method) { r#"{"name":"forged"}"# } else { "" }
}

#[tokio::test]
async fn every_documented_operation_has_a_row() {
    let document = App::spawn().await.tenant("acme").get("/api/openapi.json").await.expect(200);
    let documented = document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    let rows = OPERATIONS.map(|(method, path, _)| (method.to_owned(), path.to_owned()));
    assert_eq!(BTreeSet::from(rows), documented.collect::<BTreeSet<_>>());
}

#[tokio::test]
async fn a_foreign_item_is_answered_exactly_like_an_absent_one() {
    let app = App::spawn().await;
    let (acme, demo) = (app.tenant("acme"), app.tenant("demo"));
    let absent = Uuid::now_v7().to_string();
    let preconditions: [&[&str]; 5] =
        [&[], &["if-match: *"], &["if-match: \"1\""], &["if-none-match: \"1\""], &["if-none-match: *"]];
    for (method, path, _) in OPERATIONS.into_iter().filter(|(.., reach)| *reach == Reach::Item) {
        let create = format!("POST {}", path.strip_suffix("/{id}").unwrap());
        let created = acme.raw(&create, &[], body_of("POST")).await.expect(201);
        let foreign = created["data"]["id"].as_str().unwrap().to_owned();
        demo.raw(&create, &[], body_of("POST")).await.expect(201);
        let before = app.items().await;
        for headers in preconditions {
            let of = async |id: &str| {
                let request_line = format!("{method} {}", path.replace("{id}", id));
                demo.raw(&request_line, headers, body_of(method)).await
            };
            let (of_foreign, of_absent) = (of(&foreign).await, of(&absent).await);
            of_foreign.fails(404, "not_found");
            assert_eq!(of_foreign.comparable(), of_absent.comparable(), "{method} {path} {headers:?}");
        }
        assert_eq!(app.items().await, before);
    }
}

#[tokio::test]
async fn a_foreign_cursor_is_answered_exactly_like_a_made_up_one() {
    let app = App::spawn().await;
    let (acme, demo) = (app.tenant("acme"), app.tenant("demo"));
    for name in ["first", "second"] {
        acme.create(name).await;
        demo.create(name).await;
    }
    let page = acme.get("/api/example?limit=1").await.expect(200);
    let foreign = page["page"]["next"].as_str().unwrap();
    let made_up = "A".repeat(foreign.len());
    let [of_foreign, of_made_up] = [
        demo.get(&format!("/api/example?cursor={foreign}")).await,
        demo.get(&format!("/api/example?cursor={made_up}")).await,
    ];
    of_foreign.fails(400, "invalid_input");
    assert_eq!(of_foreign.comparable(), of_made_up.comparable());
}

#[tokio::test]
async fn a_key_that_another_tenant_used_is_answered_like_a_new_one() {
    let app = App::spawn().await;
    let create = async |tenant: &str, name: &str| {
        let tenant = app.tenant(tenant);
        let request = tenant.request(Method::POST, "/api/example").header("idempotency-key", "shared");
        request.json(&json!({ "name": name })).answer().await.expect(201)["data"]["id"].clone()
    };
    let ids = [create("acme", "one").await, create("demo", "two").await, create("acme", "one").await];
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[0], ids[2]);
}

#[tokio::test]
async fn what_is_a_users_is_closed_to_every_credential_that_is_not_good() {
    let app = App::with_links().await;
    let acme = app.tenant("acme");
    let session = app.sign_in("acme", "ada@example.com").await;
    let create = acme.with_bearer(Method::POST, "/api/example", &session).json(&json!({ "name": "secret" }));
    let id = create.answer().await.expect(201)["data"]["id"].as_str().unwrap().to_owned();
    let revoked = app.sign_in("acme", "ada@example.com").await;
    acme.with_bearer(Method::POST, "/api/auth/logout", &revoked).answer().await.expect(200);
    let mut of_another_user = Token::parse(&session).unwrap();
    of_another_user.user_id = user_id("acme", "bob@example.com");
    let credentials = [
        ("expired", app.plant_session("acme", "ada@example.com", 0).await),
        ("revoked", revoked),
        ("of another tenant", app.sign_in("demo", "ada@example.com").await),
        ("of the default tenant", app.sign_in("default", "ada@example.com").await),
        ("a link", app.plant_link("acme", "ada@example.com", LATER).await),
        ("with another user's id", of_another_user.to_text()),
        ("unknown", Token::new(user_id("acme", "ada@example.com")).to_text()),
        ("tampered", format!("{}AAA", &session[..61])),
        ("nonsense", "nonsense".to_owned()),
    ];
    let before = app.items().await;
    let without = acme.raw("GET /api/me", &[], "").await;
    for (method, path, reach) in OPERATIONS {
        let line = format!("{method} {}", path.replace("{id}", &id));
        let is_users = [Reach::User, Reach::Item].contains(&reach);
        let answer = acme.raw(&line, &[], body_of(method)).await;
        if !is_users {
            assert!(answer.status != 401, "{line}");
            continue;
        }
        answer.fails(401, "unauthenticated");
        assert_eq!(answer.comparable(), without.comparable(), "{line}");
        for (what, token) in &credentials {
            for header in [format!("authorization: Bearer {token}"), format!("cookie: __Host-session={token}")] {
                let answer = acme.raw(&line, &[&header], body_of(method)).await;
                assert_eq!(answer.comparable(), without.comparable(), "{line} with one that is {what}");
            }
        }
    }
    assert_eq!(app.items().await, before);
    // The one that they were made of is good.
    acme.with_bearer(Method::GET, &format!("/api/example/{id}"), &session).answer().await.expect(200);
}

/// Hosts of acme, and of the default tenant.
const OWN_HOSTS: [(&str, &str); 20] = [
    ("acme.example.com", "acme"),
    ("acme.example.com:80", "acme"),
    ("acme.example.com:65535", "acme"),
    ("ACME.Example.COM", "acme"),
    ("acme.example.com.", "acme"),
    ("Acme.EXAMPLE.com.:8080", "acme"),
    ("a.example.com", "a"),
    ("1.example.com", "1"),
    ("xn--bcher-kva.example.com", "xn--bcher-kva"),
    ("a--b.example.com", "a--b"),
    ("example.com", "default"),
    ("EXAMPLE.com.:443", "default"),
    ("default.example.com", "default"),
    ("localhost", "default"),
    ("LOCALHOST:3000", "default"),
    ("localhost.", "default"),
    ("127.0.0.1", "default"),
    ("127.1.2.3:3000", "default"),
    ("[::1]", "default"),
    ("[0:0:0:0:0:0:0:1]:3000", "default"),
];

/// Hosts of nobody, as header lines.
fn foreign_hosts() -> Vec<Vec<String>> {
    let long = "a".repeat(64);
    let over_long = format!("{}.example.com", vec!["a".repeat(60); 5].join("."));
    let hosts = [
        "",
        " ",
        ".",
        "..",
        ":",
        ":80",
        "foreign.org",
        "com",
        "acme.example.com.foreign.org",
        "acmeexample.com",
        "xexample.com",
        "a.b.example.com",
        "acme.example.com..",
        ".example.com",
        "acme..example.com",
        "-acme.example.com",
        "acme-.example.com",
        "-.example.com",
        "a_b.example.com",
        "a#USER.example.com",
        "a/b.example.com",
        "a%23b.example.com",
        "*.example.com",
        "a b.example.com",
        "user@acme.example.com",
        "acme.example.com@foreign.org",
        "acme.example.com,demo.example.com",
        "acme.example.com:",
        "acme.example.com:x",
        "acme.example.com:-1",
        "acme.example.com:+80",
        "acme.example.com:65536",
        "acme.example.com:80:80",
        "http://acme.example.com",
        "acme.example.com/",
        "acme.example.com?",
        "acme.example.com#",
        "192.168.0.1",
        "10.0.0.1:80",
        "169.254.169.254",
        "0.0.0.0",
        "0",
        "2130706433",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "128.0.0.1",
        "[::2]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[fe80::1%25lo]",
        "[::1",
        "::1",
        "[]",
        "[::1]x",
        "[127.0.0.1]",
        "[localhost]",
        "[acme.example.com]",
        "[acme].example.com",
        "localhost.foreign.org",
        "acme.localhost",
        "xlocalhost",
        "\u{e4}cme.example.com",
        "acme.ex\u{e4}mple.com",
        "acme\u{3002}example.com",
        &long,
        &format!("{long}.example.com"),
        &over_long,
    ];
    let mut cases: Vec<Vec<String>> = hosts.iter().map(|host| vec![format!("host: {host}")]).collect();
    let acme = "host: acme.example.com".to_owned();
    cases.push(vec![]);
    cases.push(vec![acme.clone(), acme.clone()]);
    cases.push(vec![acme.clone(), "host: demo.example.com".to_owned()]);
    cases.push(vec![acme, "Host:".to_owned()]);
    cases
}

#[tokio::test]
async fn the_host_alone_names_the_tenant_in_each_of_its_forms() {
    let app = App::spawn().await;
    for (host, tenant) in OWN_HOSTS {
        let answer = app.raw("GET /api/config", &[&format!("host: {host}")], "").await;
        assert_eq!(answer.expect(200)["data"]["tenant"], tenant, "{host}");
    }
    let longest = "a".repeat(63);
    let answer = app.raw("GET /api/config", &[&format!("host: {longest}.example.com")], "").await;
    assert_eq!(answer.expect(200)["data"]["tenant"], longest.as_str());
}

#[tokio::test]
async fn every_operation_on_a_host_of_nobody_is_misdirected_and_tells_nothing() {
    let app = App::spawn().await;
    let id = app.tenant("default").create("secret").await["id"].as_str().unwrap().to_owned();
    let first = app.raw("GET /api/me", &["host: foreign.org"], "").await;
    let before = app.items().await;
    for headers in foreign_hosts() {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        for (method, path, reach) in OPERATIONS {
            let answer = app.raw(&format!("{method} {}", path.replace("{id}", &id)), &headers, body_of(method)).await;
            if reach == Reach::Nothing {
                answer.expect(200);
            } else {
                answer.fails(421, "misdirected_request");
                assert_eq!(answer.comparable(), first.comparable(), "{method} {path} {headers:?}");
            }
        }
    }
    assert_eq!(app.items().await, before);
}

#[tokio::test]
async fn a_target_in_absolute_form_must_agree_with_the_host() {
    let app = App::spawn().await;
    let ask = async |target: &str, headers: &[&str]| app.raw(&format!("GET {target}"), headers, "").await;
    for target in ["http://acme.example.com", "http://ACME.example.com", "http://acme.example.com:80"] {
        let agreed = ask(&format!("{target}/api/config"), &["host: acme.example.com"]).await;
        assert_eq!(agreed.expect(200)["data"]["tenant"], "acme", "{target}");
    }
    for (target, headers) in [
        ("http://demo.example.com/api/config", &["host: acme.example.com"][..]),
        ("http://acme.example.com/api/config", &["host: foreign.org"]),
        ("http://foreign.org/api/config", &["host: acme.example.com"]),
        ("http://user@acme.example.com/api/config", &["host: acme.example.com"]),
        ("http://acme.example.com/api/config", &[]),
    ] {
        ask(target, headers).await.fails(421, "misdirected_request");
    }
}

/// What proxies add and clients can forge.
const FORGED: [&str; 9] = [
    "x-forwarded-host: demo.example.com",
    "forwarded: host=demo.example.com",
    "x-host: demo.example.com",
    "x-original-host: demo.example.com",
    "x-forwarded-server: demo.example.com",
    "x-tenant: demo",
    "x-tenant-id: demo",
    "authorization: Bearer demo",
    "cookie: tenant=demo",
];

#[tokio::test]
async fn no_other_header_names_the_tenant() {
    let app = App::spawn().await;
    app.tenant("demo").create("secret").await;
    let acme = app.tenant("acme");
    let me = acme.get("/api/me").await.expect(200);
    for forged in FORGED {
        assert_eq!(acme.raw("GET /api/config", &[forged], "").await.expect(200)["data"]["tenant"], "acme", "{forged}");
        assert_eq!(acme.raw("GET /api/example", &[forged], "").await.expect(200)["data"], json!([]), "{forged}");
        assert_eq!(acme.raw("GET /api/me", &[forged], "").await.expect(200), me, "{forged}");
        app.raw("GET /api/config", &["host: foreign.org", forged], "").await.fails(421, "misdirected_request");
    }
    let query = acme.get("/api/example?tenant=demo&tenantId=demo&userId=demo").await.expect(200);
    assert_eq!(query["data"], json!([]));
}

#[tokio::test]
async fn a_fixed_tenant_is_served_on_every_host() {
    let app = App::with(&["--tenant-resolution-mode", "fixed", "--app-tenant-id", "Only"]).await;
    let mut hosts = foreign_hosts();
    hosts.extend(OWN_HOSTS.map(|(host, _)| vec![format!("host: {host}")]));
    for headers in hosts {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let answer = app.raw("GET /api/config", &headers, "").await;
        assert_eq!(answer.expect(200)["data"]["tenant"], "only", "{headers:?}");
    }
    app.raw("GET /api/example", &["host: a", FORGED[0], FORGED[6]], "").await.expect(200);
}

#[tokio::test]
async fn the_trusted_header_names_the_tenant_instead_of_the_host() {
    // The gateway overwrites this header with the host that it was called by, and sends a host of its own.
    let gateway = include_str!("../infrastructure/aws/app.tf");
    assert!(gateway.contains(r#"host_header      = "x-gateway-host""#), "the gateway's header has another name");
    let app = App::with(&["--trusted-host-header", "X-Gateway-Host"]).await;
    let ask = async |headers: &[&str]| app.raw("GET /api/config", headers, "").await;
    let tenant = |answer: Answer| answer.expect(200)["data"]["tenant"].clone();
    let own = "x-gateway-host: acme.example.com";
    assert_eq!(tenant(ask(&["host: internal.local:3000", own]).await), "acme");
    assert_eq!(tenant(ask(&["host: demo.example.com", own]).await), "acme");
    assert_eq!(tenant(ask(&["host: a", "host: b", "X-GATEWAY-HOST: ACME.example.com:443"]).await), "acme");
    for headers in [
        &["host: acme.example.com"][..],
        &["host: acme.example.com", "x-gateway-host: foreign.org"],
        &["host: acme.example.com", "x-gateway-host:"],
        &["host: acme.example.com", own, own],
        &["host: acme.example.com", own, "x-gateway-host: demo.example.com"],
        &["host: acme.example.com", "x-gateway-host: acme.example.com, demo.example.com"],
    ] {
        ask(headers).await.fails(421, "misdirected_request");
    }
}

#[tokio::test]
async fn on_ecs_and_lambda_no_address_is_anybodys() {
    let app = App::spawn().await;
    let ecs = [("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4"), ("AUTH_PROVIDER", "none")];
    let program = Process::serve(&app.table_name, &ecs);
    for host in ["localhost", "localhost:3000", "127.0.0.1", "[::1]"] {
        Tenant::new(program.address, host).raw("GET /api/example", &[], "").await.fails(421, "misdirected_request");
    }
    let apex = Tenant::new(program.address, "example.com").get("/api/config").await.expect(200);
    assert_eq!(apex["data"]["tenant"], "default");
    program.tenant("acme").get("/api/me").await.expect(200);
}
