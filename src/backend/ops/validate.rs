use std::time::Duration;

use axum::BoxError;
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::chain;

/// For each request: longer than the gateway waits.
const BOUND: Duration = Duration::from_secs(20);

/// A deployment, seen from outside.
struct Deployment {
    client: Client,
    base_url: String,
    /// A user's session or access token.
    token: Option<SecretString>,
}

/// Looks at a deployment from outside, as a client does, and tells each fact on standard error as it is found. The
/// example that it makes it deletes again; the events of both stay, as events do. Where users sign in, `token` is one's
/// session or access token; without it what only users see is left out.
///
/// # Errors
/// When no HTTP client can be made, or a fact does not hold.
pub async fn validate(base_url: &str, token: Option<SecretString>) -> Result<(), BoxError> {
    let client = Client::builder().timeout(BOUND).build()?;
    let deployment = Deployment { client, base_url: base_url.trim_end_matches('/').to_owned(), token };
    let mut failed = 0_u8;
    let mut check = |fact, result: Result<(), String>| match result {
        Ok(()) => eprintln!("ok      {fact}"),
        Err(reason) => {
            failed += 1;
            eprintln!("FAILED  {fact}: {reason}");
        }
    };
    check("the process lives", deployment.is_well("/api/health").await);
    check("the table can be reached", deployment.is_well("/api/ready").await);
    check("the contract is served", deployment.tells_contract().await);
    check("the page is served", expect(StatusCode::OK, deployment.get("/")).await.map(drop));
    check("a forged host header does not choose the tenant", deployment.ignores_forged_hosts().await);
    check("unknown paths get the envelope", deployment.refuses_clearly().await);
    let users = deployment.has_users().await.unwrap_or_default();
    if users {
        check("nobody gets in without a credential, or with a made-up one", deployment.turns_away().await);
    }
    if users && deployment.token.is_none() {
        let reason = "VALIDATE_BEARER_TOKEN is not set to a user's session or access token";
        eprintln!("skipped a user can sign in and keep items: {reason}");
    } else {
        if users {
            let checked = expect(StatusCode::OK, deployment.get("/api/auth/check")).await;
            check("the user of the token is let in", checked.map(drop));
        }
        check("bad input gets the envelope", deployment.names_fields().await);
        check("an item can be made, read, changed and deleted", deployment.keeps_an_item().await);
    }
    if failed > 0 { Err(format!("{failed} of these facts do not hold").into()) } else { Ok(()) }
}

#[expect(clippy::indexing_slicing, reason = "a JSON value gives null where there is nothing")]
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

    async fn is_well(&self, path: &str) -> Result<(), String> {
        let told = expect(StatusCode::OK, self.get(path)).await?;
        ensure(told["data"]["status"] == "ok", &told)
    }

    async fn tells_contract(&self) -> Result<(), String> {
        let document = expect(StatusCode::OK, self.get("/api/openapi.json")).await?;
        ensure(document["paths"]["/api/example"].is_object(), &document["info"])
    }

    async fn ignores_forged_hosts(&self) -> Result<(), String> {
        let own = expect(StatusCode::OK, self.get("/api/config")).await?;
        ensure(own["data"]["tenant"].is_string(), &own)?;
        for header in ["x-forwarded-host", "forwarded", "x-original-host"] {
            let forged = self.get("/api/config").header(header, "host=forged.example; forged.example");
            let seen = expect(StatusCode::OK, forged).await?;
            ensure(seen == own, format_args!("{seen} with {header}"))?;
        }
        Ok(())
    }

    async fn refuses_clearly(&self) -> Result<(), String> {
        let absent = expect(StatusCode::NOT_FOUND, self.get("/api/no-such-path")).await?;
        ensure(absent["error"]["code"] == "not_found", &absent)
    }

    async fn has_users(&self) -> Result<bool, String> {
        let config = expect(StatusCode::OK, self.get("/api/config")).await?;
        Ok(config["data"]["authProvider"].as_str().is_some_and(|provider| provider != "none"))
    }

    async fn turns_away(&self) -> Result<(), String> {
        let stranger = || self.client.get(format!("{}/api/me", self.base_url));
        for request in [stranger(), stranger().header(AUTHORIZATION, "Bearer made-up")] {
            let answer = expect(StatusCode::UNAUTHORIZED, request).await?;
            ensure(answer["error"]["code"] == "unauthenticated", &answer)?;
        }
        Ok(())
    }

    async fn names_fields(&self) -> Result<(), String> {
        let nameless = self.request(Method::POST, "/api/example").json(&json!({}));
        let invalid = expect(StatusCode::BAD_REQUEST, nameless).await?;
        ensure(invalid["error"]["fields"]["name"].is_string(), &invalid)
    }

    async fn keeps_an_item(&self) -> Result<(), String> {
        let key = Uuid::now_v7().to_string();
        let create = || {
            let input = json!({ "name": "made by validate" });
            self.request(Method::POST, "/api/example").header("idempotency-key", &key).json(&input)
        };
        let first = expect(StatusCode::CREATED, create()).await?;
        let path = format!("/api/example/{}", first["data"]["id"].as_str().ok_or("the new item has no id")?);
        let used = self.uses_item(&path, &first, create()).await;
        let deleted = expect(StatusCode::OK, self.request(Method::DELETE, &path)).await;
        used.and(deleted)?;
        expect(StatusCode::NOT_FOUND, self.get(&path)).await.map(drop)
    }

    async fn uses_item(&self, path: &str, first: &Value, again: RequestBuilder) -> Result<Value, String> {
        let again = expect(StatusCode::CREATED, again).await?;
        ensure(again == *first, format_args!("{again} for the repeated request"))?;
        let read = expect(StatusCode::OK, self.get(path)).await?;
        ensure(read == *first, &read)?;
        expect(StatusCode::NOT_MODIFIED, self.get(path).header("if-none-match", r#""1""#)).await?;
        let list = expect(StatusCode::OK, self.get("/api/example?limit=100")).await?;
        let listed = list["data"].as_array().is_some_and(|items| items.contains(&first["data"]));
        ensure(listed, "a list without it")?;
        let rename = |name| {
            let request = self.request(Method::PATCH, path).header("if-match", r#""1""#);
            request.json(&json!({ "name": name }))
        };
        expect(StatusCode::OK, rename("changed by validate")).await?;
        expect(StatusCode::PRECONDITION_FAILED, rename("too late")).await
    }
}

/// The body of an answer with this status.
async fn expect(status: StatusCode, request: RequestBuilder) -> Result<Value, String> {
    let response = request.send().await.map_err(|error| chain(&error))?;
    let (seen, url) = (response.status(), response.url().clone());
    if seen != status {
        let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("none");
        return Err(format!("{url} answered {seen} instead of {status} (request id {id})"));
    }
    let text = response.text().await.map_err(|error| chain(&error))?;
    Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn ensure(holds: bool, got: impl std::fmt::Display) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("got {:.200}", got.to_string())) }
}
