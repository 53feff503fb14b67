//! What every answer carries, and what other origins may do.

use reqwest::{Method, header};
use serde_json::json;
use uuid::Uuid;

use crate::support::process::Process;
use crate::support::{Answer, App, Send as _, Tenant};

const SECURITY: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// To the letter: a source more is a hole.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                      manifest-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'none'; base-uri 'none'; \
                      frame-ancestors 'none'";

const ORIGIN: &str = "https://app.example.org";

/// A tenant of an app that pages of another origin may call, so that there are preflights too.
async fn acme() -> Tenant {
    App::with(&["--cors-allowed-origins", ORIGIN]).await.tenant("acme")
}

/// One answer of every kind.
async fn answers(tenant: &Tenant) -> Vec<Answer> {
    let created = tenant.post("/api/example", &json!({ "name": "first" })).await;
    let one = created.header("location").unwrap().to_owned();
    let not_modified = tenant.request(Method::GET, &one).header(header::IF_NONE_MATCH, "*").answer().await;
    assert_eq!(not_modified.status, 304);
    let foreign = tenant.request(Method::GET, "/api/me").header(header::HOST, "foreign.org").answer().await;
    foreign.fails(421, "misdirected_request");
    vec![
        created,
        not_modified,
        foreign,
        tenant.get("/").await,
        tenant.get("/nothing").await,
        tenant.get("/api/nothing").await,
        tenant.get("/api/health").await,
        tenant.get("/api/ready").await,
        tenant.get("/api/openapi.json").await,
        tenant.get("/api/example").await,
        tenant.get("/api/example/nonsense").await,
        tenant.post("/api/example", &json!({})).await,
        tenant.post("/api/example", &json!({ "name": "x".repeat(20_000) })).await,
        tenant.post("/api/config", &json!({})).await,
        tenant.request(Method::HEAD, "/api/config").answer().await,
        tenant.request(Method::OPTIONS, "/api/example").answer().await,
        preflight(tenant, ORIGIN).await,
    ]
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    for answer in answers(&acme().await).await {
        for (name, value) in SECURITY {
            assert_eq!(answer.header(name), Some(value), "{answer:?}");
        }
        assert_eq!(answer.header("content-security-policy"), Some(POLICY), "{answer:?}");
        assert_eq!(answer.header("strict-transport-security"), None, "local runs are plain HTTP");
        assert_eq!(answer.header("server"), None);
    }
}

#[tokio::test]
async fn outside_of_local_runs_browsers_are_held_to_https() {
    let app = App::spawn().await;
    let ecs = [("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4"), ("AUTH_PROVIDER", "none")];
    let program = Process::serve(&app.table_name, &ecs);
    let answer = program.tenant("acme").get("/api/config").await;
    assert_eq!(answer.expect(200)["data"]["compute"], "ecs");
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=63072000; includeSubDomains"));
    let local = Tenant::new(program.address, "localhost").get("/api/config").await;
    local.fails(421, "misdirected_request");
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let mut ids: Vec<_> = answers(&acme().await).await;
    let count = ids.len();
    ids.sort_by_key(|answer| answer.header("x-request-id").expect("every answer").to_owned());
    ids.dedup_by_key(|answer| answer.header("x-request-id").unwrap().to_owned());
    assert_eq!(ids.len(), count);
    for answer in ids {
        answer.header("x-request-id").unwrap().parse::<Uuid>().unwrap();
    }
}

#[tokio::test]
async fn a_request_id_is_taken_over_when_it_is_one_and_replaced_otherwise() {
    let acme = App::spawn().await.tenant("acme");
    let ask = async |id: &[u8]| {
        let id = header::HeaderValue::from_bytes(id).unwrap();
        acme.request(Method::GET, "/api/nothing").header("x-request-id", id).answer().await
    };
    for id in ["a", "A-z_0.9", &"x".repeat(64), "..", "-"] {
        let answer = ask(id.as_bytes()).await;
        answer.fails(404, "not_found");
        assert_eq!(answer.header("x-request-id"), Some(id));
    }
    let bad: [&[u8]; 8] = [b"", &[b'x'; 65], b"a b", b"a/b", b"{\"a\":1}", "\u{e9}".as_bytes(), b"\xff", b"<script>"];
    for id in bad {
        let answer = ask(id).await;
        answer.fails(404, "not_found");
        answer.header("x-request-id").unwrap().parse::<Uuid>().unwrap();
    }
}

#[tokio::test]
async fn answers_of_the_api_belong_in_no_shared_cache() {
    let acme = acme().await;
    for path in ["/api/example", "/api/me", "/api/config", "/api/nothing"] {
        let answer = acme.request(Method::GET, path).header(header::ORIGIN, ORIGIN).answer().await;
        assert_eq!(answer.header("cache-control"), Some("private, no-cache, no-transform"), "{path}");
        let vary: Vec<_> = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
        let vary = vary.join(", ").to_ascii_lowercase();
        assert!(["authorization", "cookie", "origin"].iter().all(|name| vary.contains(name)), "{path}: {vary}");
    }
}

#[tokio::test]
async fn a_file_that_is_missing_is_missing_for_no_cache() {
    let acme = App::spawn().await.tenant("acme");
    for path in ["/assets/gone-0123.js", "/gone.png"] {
        assert_eq!(acme.get(path).await.header("cache-control"), Some("no-store"), "{path}");
    }
}

async fn preflight(tenant: &Tenant, origin: &str) -> Answer {
    let request = tenant.request(Method::OPTIONS, "/api/example").header(header::ORIGIN, origin);
    let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "PATCH");
    request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,if-match,idempotency-key").answer().await
}

#[tokio::test]
async fn pages_of_other_origins_read_nothing_unless_they_are_allowed() {
    let closed = App::spawn().await.tenant("acme");
    let open = App::with(&["--cors-allowed-origins", "https://app.example.org,http://localhost:5173"]).await;
    let open = open.tenant("acme");
    for (tenant, origin, allowed) in [
        (&closed, "https://app.example.org", false),
        (&open, "https://app.example.org", true),
        (&open, "http://localhost:5173", true),
        (&open, "http://app.example.org", false),
        (&open, "https://app.example.org.evil.com", false),
        (&open, "null", false),
    ] {
        let expected = allowed.then_some(origin);
        let answers = [
            preflight(tenant, origin).await,
            tenant.request(Method::GET, "/api/example").header(header::ORIGIN, origin).answer().await,
            tenant.request(Method::GET, "/api/nothing").header(header::ORIGIN, origin).answer().await,
        ];
        for answer in &answers {
            assert_eq!(answer.header("access-control-allow-origin"), expected, "{origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), None, "cookies stay with the own origin");
        }
        if allowed {
            let exposed = answers[1].header("access-control-expose-headers").unwrap();
            assert!(["etag", "location", "retry-after", "x-request-id"].iter().all(|name| exposed.contains(name)));
        }
    }
    preflight(&closed, "https://app.example.org").await.fails(405, "method_not_allowed");
    let answer = preflight(&open, "https://app.example.org").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("access-control-allow-methods").unwrap().contains("PATCH"));
    assert_eq!(answer.header("access-control-max-age"), Some("3600"));
    let headers = answer.header("access-control-allow-headers").unwrap();
    for name in ["authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "x-request-id"] {
        assert!(headers.contains(name), "{headers}");
    }
}
