use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use axum::routing::get;
use serde_json::json;

use super::*;

/// An issuer's keys, which come to hold one named `new`, and how often they were asked for.
async fn issuer(status: StatusCode) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let answer = move || async move {
        counter.fetch_add(1, Ordering::Relaxed);
        (status, axum::Json(json!({ "keys": [key("new")] })))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/keys", get(answer))).await });
    (url, asked)
}

/// A public key (RFC 7517, appendix A.1).
fn key(kid: &str) -> Value {
    let (x, y) = ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": x, "y": y })
}

/// Keys that were fetched ten minutes ago, one of them named `old`.
fn stale(url: &str, in_background: bool) -> Arc<Jwks> {
    let jwks = Jwks::new("https://issuer.example".to_owned(), Some(url.to_owned()), in_background).unwrap();
    let jwk: Jwk = serde_json::from_value(key("old")).unwrap();
    let decoding = DecodingKey::from_jwk(&jwk).unwrap();
    let keys = HashMap::from([("old".to_owned(), (None, decoding))]);
    let fetched = Instant::now().checked_sub(Duration::from_secs(601)).unwrap();
    *jwks.cached.write().unwrap() = Some(Cached { keys, fetched });
    jwks.into()
}

async fn knows(jwks: &Arc<Jwks>, kid: &str) -> bool {
    jwks.key(kid, Algorithm::ES256).await.unwrap().is_some()
}

#[tokio::test]
async fn old_keys_are_good_while_new_ones_are_fetched() {
    let (url, asked) = issuer(StatusCode::OK).await;
    let jwks = stale(&url, true);
    // Somebody fetches: nobody else waits for it, and nobody else fetches.
    let fetching = jwks.tried.lock().await;
    assert!(knows(&jwks, "old").await);
    drop(fetching);
    assert!(knows(&jwks, "old").await);
    let fetched = async {
        while jwks.age().unwrap() > FRESH_FOR {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), fetched).await.unwrap();
    assert!(knows(&jwks, "new").await);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert!(!knows(&jwks, "old").await, "a key that was withdrawn");
}

#[tokio::test]
async fn where_nothing_runs_after_an_answer_the_new_keys_are_there_with_it() {
    let (url, _) = issuer(StatusCode::OK).await;
    let jwks = stale(&url, false);
    assert!(!knows(&jwks, "old").await && jwks.age().unwrap() < FRESH_FOR);
    assert!(knows(&jwks, "new").await);
}

#[test]
fn the_keys_of_an_issuer_of_https_come_over_https() {
    let keys_of = |issuer, uri| address(issuer, &json!({ "issuer": issuer, "jwks_uri": uri })).ok().map(str::to_owned);
    let (safe, plain) = ("https://id.example", "http://127.0.0.1:4000");
    assert_eq!(keys_of(safe, "https://keys.example/1").as_deref(), Some("https://keys.example/1"));
    assert_eq!(keys_of(safe, "http://id.example/keys"), None);
    assert_eq!(keys_of(plain, "http://127.0.0.1:4000/keys").as_deref(), Some("http://127.0.0.1:4000/keys"));
}

#[tokio::test]
async fn old_keys_stay_while_there_are_no_new_ones() {
    let (url, asked) = issuer(StatusCode::INTERNAL_SERVER_ERROR).await;
    let jwks = stale(&url, false);
    for _ in 0..3 {
        assert!(knows(&jwks, "old").await);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1, "the issuer is asked again only after a pause");
}
