use std::time::Duration;

use axum::BoxError;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::USER_AGENT;
use crate::logging::chain;

/// For each request: longer than the gateway waits.
const BOUND: Duration = Duration::from_secs(20);

/// A deployment, seen from outside.
struct Deployment {
    client: Client,
    base_url: String,
    /// A user's session or access token.
    token: Option<SecretString>,
}

/// Checks a deployment from outside, as a client does, and prints each result to standard error as it is found. Deletes
/// the example that it creates; its three events remain, and what expires within a day: the idempotency record, and
/// where links are mailed, one of nobody's with its count. Where users sign in, `token` is a user's session or access
/// token; without it, checks that need a user are skipped.
///
/// # Errors
/// When no HTTP client can be made, or a fact does not hold.
pub async fn validate(base_url: &str, token: Option<SecretString>) -> Result<(), BoxError> {
    let client = Client::builder().user_agent(USER_AGENT).timeout(BOUND).build()?;
    let api = Deployment { client, base_url: base_url.trim_end_matches('/').to_owned(), token };
    let mut failed = 0_u8;
    let mut check = |fact, result: Result<Value, String>| match result {
        Ok(_) => eprintln!("ok      {fact}"),
        Err(reason) => {
            failed += 1;
            eprintln!("FAILED  {fact}: {reason}");
        }
    };
    check("the process lives", expect_value(api.get("/api/health"), StatusCode::OK, "/data/status", "ok").await);
    check("the table can be reached", expect_value(api.get("/api/ready"), StatusCode::OK, "/data/status", "ok").await);
    check("the contract is served", expect_ok(api.get("/api/openapi.json"), "/paths/~1api~1example/get").await);
    check("the page is served", expect_ok(api.get("/"), "").await);
    check("a forged host header does not choose the tenant", api.ignores_forged_hosts().await);
    let absent = expect_value(api.get("/api/no-such-path"), StatusCode::NOT_FOUND, "/error/code", "not_found").await;
    check("unknown paths get the envelope", absent);
    let provider = expect_ok(api.get("/api/config"), "/data/authProvider").await;
    if provider.as_ref().is_ok_and(|provider| provider == "magic_link") {
        check("a link can be asked for, and a made-up one lets nobody in", api.takes_links().await);
        eprintln!("skipped a link arrives: mails are not read from here, so sign in once by hand");
    }
    let users = provider.is_ok_and(|provider| provider != "none");
    if users {
        check("nobody gets in without a credential, or with a made-up one", api.turns_away().await);
    }
    if users && api.token.is_none() {
        let reason = "VALIDATE_BEARER_TOKEN is not set to a user's session or access token";
        eprintln!("skipped a user can sign in and keep items: {reason}");
    } else {
        if users {
            check("the user of the token is let in", expect_ok(api.get("/api/auth/check"), "/data/userId").await);
        }
        let nameless = api.request(Method::POST, "/api/example").json(&json!({}));
        let invalid = expect_value(nameless, StatusCode::BAD_REQUEST, "/error/fields/name", "is missing").await;
        check("bad input gets the envelope", invalid);
        check("an item can be made, read, changed and deleted", api.keeps_an_item().await);
    }
    if failed > 0 { Err(format!("{failed} of these facts do not hold").into()) } else { Ok(()) }
}

impl Deployment {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base_url));
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    async fn ignores_forged_hosts(&self) -> Result<Value, String> {
        let own = expect_ok(self.get("/api/config"), "/data").await?;
        own.get("tenant").and_then(Value::as_str).ok_or("the configuration names no tenant")?;
        for header in ["x-gateway-host", "x-forwarded-host", "forwarded", "x-original-host"] {
            let forged = self.get("/api/config").header(header, "host=forged.example; forged.example");
            expect_equal(&expect_ok(forged, "/data").await?, &own)?;
        }
        Ok(own)
    }

    async fn turns_away(&self) -> Result<Value, String> {
        let stranger = || self.client.get(format!("{}/api/me", self.base_url));
        expect_value(stranger(), StatusCode::UNAUTHORIZED, "/error/code", "unauthenticated").await?;
        expect_value(stranger().bearer_auth("made-up"), StatusCode::UNAUTHORIZED, "/error/code", "unauthenticated")
            .await
    }

    async fn takes_links(&self) -> Result<Value, String> {
        // No address: what is one would be sent a mail.
        let ask = self.request(Method::POST, "/api/auth/request-link").json(&json!({ "email": "nobody" }));
        expect_value(ask, StatusCode::ACCEPTED, "/data/status", "requested").await?;
        let verify = self.request(Method::POST, "/api/auth/verify").json(&json!({ "token": "made-up" }));
        expect_value(verify, StatusCode::UNAUTHORIZED, "/error/code", "unauthenticated").await
    }

    async fn keeps_an_item(&self) -> Result<Value, String> {
        let key = Uuid::now_v7().to_string();
        let create = || {
            let request = self.request(Method::POST, "/api/example").header("idempotency-key", &key);
            request.json(&json!({ "name": "made by validate" }))
        };
        let first = expect(create(), StatusCode::CREATED, "/data").await?;
        let id = first.get("id").and_then(Value::as_str).ok_or("the new item has no id")?;
        let path = format!("/api/example/{id}");
        let used = self.uses_item(&path, &first, create()).await;
        let deleted = expect_ok(self.request(Method::DELETE, &path), "/data/id").await;
        used.and(deleted)?;
        expect(self.get(&path), StatusCode::NOT_FOUND, "/error/requestId").await
    }

    async fn uses_item(&self, path: &str, first: &Value, again: RequestBuilder) -> Result<Value, String> {
        expect_equal(&expect(again, StatusCode::CREATED, "/data").await?, first)?;
        expect_equal(&expect_ok(self.get(path), "/data").await?, first)?;
        let list = expect_ok(self.get("/api/example?limit=100"), "/data").await?;
        let listed = list.as_array().and_then(|items| items.iter().find(|item| *item == first));
        expect_equal(listed.unwrap_or(&Value::Null), first)?;
        expect(self.get(path).header("if-none-match", r#""1""#), StatusCode::NOT_MODIFIED, "").await?;
        let rename = || {
            let request = self.request(Method::PATCH, path).header("if-match", r#""1""#);
            request.json(&json!({ "name": "changed by validate" }))
        };
        expect_ok(rename(), "/data/version").await?;
        expect(rename(), StatusCode::PRECONDITION_FAILED, "/error/requestId").await
    }
}

async fn expect_ok(request: RequestBuilder, pointer: &str) -> Result<Value, String> {
    expect(request, StatusCode::OK, pointer).await
}

/// What stands at `pointer` (RFC 6901) in the body of an answer with this status.
async fn expect(request: RequestBuilder, status: StatusCode, pointer: &str) -> Result<Value, String> {
    let response = request.send().await.map_err(|error| chain(&error))?;
    let (seen, url) = (response.status(), response.url().clone());
    if seen != status {
        let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("none");
        return Err(format!("{url} answered {seen} instead of {status} (request id {id})"));
    }
    let text = response.text().await.map_err(|error| chain(&error))?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    body.pointer(pointer).cloned().ok_or_else(|| format!("{url} answered without {pointer}"))
}

async fn expect_value(
    request: RequestBuilder,
    status: StatusCode,
    pointer: &str,
    expected: &str,
) -> Result<Value, String> {
    let seen = expect(request, status, pointer).await?;
    expect_equal(&seen, &expected.into())?;
    Ok(seen)
}

fn expect_equal(seen: &Value, expected: &Value) -> Result<(), String> {
    if seen == expected { Ok(()) } else { Err(format!("got {seen} instead of {expected}")) }
}
