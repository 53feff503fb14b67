//! Nothing secret or personal is ever in what is logged.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::oidc::{AUDIENCE, Issuer, Key};
use crate::support::process::Process;
use crate::support::sign_in::LATER;
use crate::support::{Answer, App, Send as _, Tenant, smtp};

/// In every address, password and text that is planted here.
const MARKER: &str = "planted";

/// At `trace` libraries write whole requests to the table: only our own lines are read there.
fn assert_clean(process: &Process, filter: &str, secrets: &[&str]) {
    let lines: Vec<_> = process.lines().into_iter().chain(process.error_lines()).collect();
    for line in &lines {
        let target = serde_json::from_str::<Value>(line).unwrap_or_default()["target"].to_string();
        let ours = target.contains("reference_architecture") || target.contains("request") || target == "null";
        if filter != "trace" || ours {
            assert!(!line.contains(MARKER), "{line}");
            for secret in secrets {
                assert!(!line.contains(secret), "{secret} in {line}");
            }
        }
    }
}

async fn post(tenant: &Tenant, path: &str, body: &str) -> Answer {
    tenant.raw(&format!("POST {path}"), &[], body).await
}

async fn sign_in_badly(acme: &Tenant) {
    for body in [
        r#"{"email":"planted@example.com"}"#,
        r#"{"email":"planted@example.com"}"#,
        r#"{"email":"planted"}"#,
        r#"{"email":["planted"]}"#,
        r#"{"email":{"planted":1}}"#,
        r#"{"planted@example.com":1}"#,
        r#""planted@example.com""#,
        "{planted",
        r#"{"email":"planted@example.com","email":"planted"}"#,
    ] {
        drop(post(acme, "/api/auth/request-link", body).await);
    }
    for body in [r#"{"token":"planted"}"#, r#"{"token":["planted"]}"#, r#"{"token":{"planted":1}}"#, r#""planted""#] {
        drop(post(acme, "/api/auth/verify", body).await);
    }
    for authorization in ["Bearer planted", "Basic planted", "planted", "Bearer eyJhbGciOiJub25lIn0.planted.planted"] {
        acme.raw("GET /api/me", &[&format!("authorization: {authorization}")], "").await.fails(401, "unauthenticated");
    }
    let cookie = "cookie: __Host-session=planted; session=planted; other=planted";
    acme.raw("GET /api/me", &[cookie], "").await.fails(401, "unauthenticated");
    for path in ["/auth/verify?token=planted", "/api/auth/verify?token=planted", "/api/auth/planted"] {
        drop(acme.get(path).await);
    }
}

async fn sign_in_by_link_with(filter: &str, smtp_url: &str) {
    let app = App::spawn().await;
    let environment = [
        ("RUST_LOG", filter),
        ("AUTH_PROVIDER", "magic_link"),
        ("EMAIL_MODE", "smtp"),
        ("SMTP_URL", smtp_url),
        ("EMAIL_FROM", "hello@example.com"),
    ];
    let process = Process::serve(&app.table_name, &environment);
    let acme = process.tenant("acme");
    sign_in_badly(&acme).await;
    let link = app.plant_link("acme", "planted@example.com", LATER).await;
    let verify = json!({ "token": link });
    let session =
        acme.post("/api/auth/verify", &verify).await.expect(200)["data"]["token"].as_str().unwrap().to_owned();
    acme.post("/api/auth/verify", &verify).await.fails(401, "unauthenticated");
    acme.with_bearer(Method::GET, "/api/me", &session).answer().await.expect(200);
    acme.with_cookie(Method::GET, "/api/auth/check", &session).answer().await.expect(200);
    let forged =
        acme.with_cookie(Method::POST, "/api/example", &session).header(header::ORIGIN, "https://planted.example");
    forged.json(&json!({ "name": MARKER })).answer().await.fails(403, "forbidden");
    let create = acme.with_bearer(Method::POST, "/api/example", &session).json(&json!({ "name": MARKER }));
    create.answer().await.expect(201);
    acme.with_cookie(Method::POST, "/api/auth/logout-everywhere", &session).answer().await.expect(200);
    let requests = process.log("request", 27).await;
    assert!(requests.iter().any(|line| line["route"] == "/api/auth/verify" && line["status"] == 200));
    assert_clean(&process, filter, &[&link, &session, &link[22..], &session[22..]]);
}

#[tokio::test]
async fn signing_in_by_a_link_leaves_no_secret_in_the_log() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for filter in ["info", "debug", "trace"] {
        sign_in_by_link_with(filter, &format!("smtp://planted:planted-password@{closed}")).await;
    }
}

#[tokio::test]
#[ignore = "needs Python: `make test`"]
async fn mailing_a_link_leaves_no_secret_in_the_log() {
    for credentials in ["planted:planted-password", "planted:wrong"] {
        sign_in_by_link_with("info", &smtp::url(credentials)).await;
    }
}

#[tokio::test]
async fn tokens_of_an_issuer_leave_no_secret_in_the_log() {
    for filter in ["info", "debug", "trace"] {
        let app = App::spawn().await;
        let key = Key::generate(Algorithm::ES256, "planted-kid");
        let issuer = Issuer::start(&[&key]).await;
        let environment = [
            ("RUST_LOG", filter),
            ("AUTH_PROVIDER", "oidc"),
            ("OIDC_ISSUER", issuer.url.as_str()),
            ("OIDC_AUDIENCE", AUDIENCE),
            ("OIDC_CLIENT_ID", "web"),
        ];
        let process = Process::serve(&app.table_name, &environment);
        let acme = process.tenant("acme");
        let good = key.sign(&key.header(), &issuer.claims(MARKER));
        acme.with_bearer(Method::GET, "/api/me", &good).answer().await.expect(200);
        let tampered = format!("{}A", &good[..good.len() - 4]);
        acme.check(&tampered).await.fails(401, "unauthenticated");
        let unknown = key.sign(&json!({ "alg": "ES256", "kid": "planted-unknown" }), &issuer.claims(MARKER));
        acme.check(&unknown).await.fails(401, "unauthenticated");
        sign_in_badly(&acme).await;
        process.log("request", 22).await;
        let payload = BASE64_URL_SAFE_NO_PAD.encode(issuer.claims(MARKER).to_string());
        let secrets = [&good[..], &payload[..20], &good[good.len() - 20..], &good[..20]];
        assert_clean(&process, filter, &secrets);

        issuer.configure(json!({ "issuer": "https://other.example" }));
        let without_keys = Process::serve(&app.table_name, &environment);
        without_keys.tenant("acme").check(&good).await.fails(503, "unavailable");
        without_keys.log("reference_architecture::auth::oidc::jwks", 1).await;
        assert_clean(&without_keys, filter, &secrets);
    }
}
