//! The web page, beside the API.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use lambda_http::Body as EventBody;
use reference_architecture::app::{self, AppState};
use reference_architecture::config::Config;
use reference_architecture::lambda;
use reference_architecture::table::Table;
use rust_embed::Embed;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::function::EventRequest;
use crate::support::process::Folder;
use crate::support::{ENDPOINT, settings};

#[derive(Embed)]
#[folder = "tests/fixtures/page"]
struct Page;

#[derive(Embed)]
#[folder = "tests/fixtures/no-page"]
#[allow_missing = true]
struct NoPage;

const SCRIPT: &str = "/assets/app-1a2b3c4d.js";
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

fn config() -> Config {
    let arguments = ["--dynamodb-table", "not-asked", "--dynamodb-endpoint", ENDPOINT.as_str()];
    Config::from_settings(settings(&arguments)).unwrap()
}

async fn app<Files: Embed + 'static>() -> Router {
    let config = config();
    let table = Table::connect(&config.table).await;
    let state = AppState::new(config, table);
    app::router_with_page::<Files>(state)
}

struct Answer {
    status: u16,
    head: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.get(name).map(|value| value.to_str().unwrap())
    }

    fn is_not_found(&self) {
        assert_eq!(self.status, 404);
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(body["error"]["code"], "not_found");
    }
}

async fn ask<Files: Embed + 'static>(method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", "acme.example.com");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app::<Files>().await.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: head.status.as_u16(), head: head.headers, body }
}

async fn get(path: &str, headers: &[(&str, &str)]) -> Answer {
    ask::<Page>("GET", path, headers).await
}

fn file(path: &str) -> Vec<u8> {
    std::fs::read(format!("tests/fixtures/page/{path}")).unwrap()
}

#[tokio::test]
async fn the_page_stands_at_the_root_and_is_asked_for_anew_each_time() {
    let page = get("/", &[]).await;
    assert_eq!((page.status, page.body), (200, file("index.html")));
    assert_eq!(page.head["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.head["cache-control"], "no-cache");
    assert!(page.head["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
}

#[tokio::test]
async fn an_asset_is_kept_forever() {
    let script = get(SCRIPT, &[]).await;
    assert_eq!((script.status, &script.body), (200, &file("assets/app-1a2b3c4d.js")));
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
}

#[tokio::test]
async fn the_file_that_names_the_apple_app_is_json_though_nothing_in_its_name_says_so() {
    let found = get("/.well-known/apple-app-site-association", &[]).await;
    assert_eq!((found.status, found.header("content-type")), (200, Some("application/json")));
}

#[tokio::test]
async fn the_smallest_form_that_the_client_takes_is_sent() {
    for (accepted, coding, suffix) in [
        ("gzip, deflate, br, zstd", Some("br"), ".br"),
        ("br;q=0.1, gzip", Some("br"), ".br"),
        ("GZIP", Some("gzip"), ".gz"),
        ("gzip, br;q=0", Some("gzip"), ".gz"),
        ("br; q=0.0, gzip;q=0", None, ""),
        ("zstd", None, ""),
    ] {
        for path in [SCRIPT, "/index.html"] {
            let found = get(path, &[("accept-encoding", accepted)]).await;
            assert_eq!(found.header("content-encoding"), coding, "{accepted}");
            assert_eq!(found.body, file(&format!("{path}{suffix}")), "{accepted}");
            assert_eq!(found.header("vary"), Some("accept-encoding"));
        }
    }
    let uncompressed = get("/assets/data-5e6f7a8b.txt", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((uncompressed.status, uncompressed.header("content-encoding")), (200, None));
}

#[tokio::test]
async fn a_client_that_holds_the_file_gets_no_body() {
    let mut tags = Vec::new();
    for accepted in ["br", "gzip", "identity"] {
        let first = get(SCRIPT, &[("accept-encoding", accepted)]).await;
        let tag = first.header("etag").unwrap().to_owned();
        assert!(tag.starts_with('"'), "{tag} is not strong");
        for known in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let again = get(SCRIPT, &[("accept-encoding", accepted), ("if-none-match", &known)]).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
            assert_eq!(again.header("etag"), Some(tag.as_str()));
            assert_eq!(again.header("cache-control"), first.header("cache-control"));
        }
        let stale = get(SCRIPT, &[("accept-encoding", accepted), ("if-none-match", "\"other\"")]).await;
        assert_eq!(stale.status, 200);
        tags.push(tag);
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "forms of a file that differ by a byte have one strong tag");
}

#[tokio::test]
async fn addresses_of_the_page_lead_to_it_in_a_browser_only() {
    for path in ["/about", "/auth/verify", "/a/b/c"] {
        let page = get(path, &[BROWSER]).await;
        assert_eq!((page.status, page.body), (200, file("index.html")), "{path}");
        get(path, &[("accept", "*/*")]).await.is_not_found();
        get(path, &[]).await.is_not_found();
        ask::<Page>("POST", path, &[BROWSER]).await.is_not_found();
    }
}

#[tokio::test]
async fn what_is_missing_is_never_the_page() {
    for path in ["/assets/app-old.js", "/assets/", "/api", "/api/", "/api/nothing", "/api/assets/app-1a2b3c4d.js"] {
        get(path, &[BROWSER]).await.is_not_found();
    }
    get("/favicon.ico", &[("accept", "image/*")]).await.is_not_found();
}

#[tokio::test]
async fn compressed_forms_and_files_outside_have_no_address() {
    for path in [
        format!("{SCRIPT}.br"),
        "/index.html.gz".to_owned(),
        "/../../static_files.rs".to_owned(),
        "/assets/../../../static_files.rs".to_owned(),
        "/%2e%2e/%2e%2e/static_files.rs".to_owned(),
        "//".to_owned(),
        "//etc/hostname".to_owned(),
    ] {
        get(&path, &[]).await.is_not_found();
    }
}

#[tokio::test]
async fn a_link_in_the_file_system_leads_nowhere() {
    let folder = Folder::new();
    let link = folder.0.join("link");
    std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
    let link = link.to_str().unwrap();
    for path in [format!("/{link}"), format!("//{link}"), format!("/assets/../../../../../../../../../..{link}")] {
        get(&path, &[]).await.is_not_found();
        get(&path.replace('/', "\\").replacen('\\', "/", 1), &[]).await.is_not_found();
    }
}

#[tokio::test]
async fn without_a_page_the_root_says_how_to_get_one() {
    let root = ask::<NoPage>("GET", "/", &[]).await;
    assert_eq!(root.status, 200);
    assert!(String::from_utf8(root.body).unwrap().contains("without the web page"));
}

#[tokio::test]
async fn on_lambda_a_compressed_file_travels_in_base64_byte_for_byte() {
    for (encoding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
        let event = EventRequest::get(SCRIPT).header("accept-encoding", encoding).event();
        let event = serde_json::from_value(event).unwrap();
        let answer = lambda::answer(app::<Page>().await, &config(), event).await.unwrap();
        assert_eq!(answer.headers["content-encoding"], encoding);
        let expected = file(&format!("{}{suffix}", SCRIPT.trim_start_matches('/')));
        assert_eq!((answer.is_base64_encoded, answer.body), (true, Some(EventBody::Binary(expected))));
    }
}
