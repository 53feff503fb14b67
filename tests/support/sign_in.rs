//! Users who sign in by links, without any mail: their links are put into the table.

use std::time::{SystemTime, UNIX_EPOCH};

use reference_architecture::auth::{Token, UserId};
use reference_architecture::tenancy::TenantResolver;
use reqwest::{Method, RequestBuilder, header};
use serde_json::{Value, json};

use super::{Answer, App, Tenant};

/// A long time from now, in seconds.
pub const LATER: i64 = 600;

/// Settings with links, which nobody reads.
pub const MAGIC_LINK: [&str; 4] = ["--auth-provider", "magic_link", "--email-mode", "log"];

/// The epoch second that is so many seconds from now.
pub fn in_seconds(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap() + seconds
}

/// Such a time as the table writes it.
pub fn timestamp(seconds: i64) -> String {
    format!("{:.3}", jiff::Timestamp::from_second(in_seconds(seconds)).unwrap())
}

pub fn user_id(tenant: &str, email: &str) -> UserId {
    UserId::derive(&TenantResolver::named_by_operator(tenant).unwrap(), "magic_link", email)
}

pub fn partition(tenant: &str, email: &str) -> String {
    format!("TENANT#{tenant}#USER#{}", user_id(tenant, email))
}

/// An item of the kind `LOGIN` or `SESSION`, and the token that it is found by.
fn credential(kind: &str, tenant: &str, email: &str, expires_in: i64) -> (String, Value) {
    let token = Token::new(user_id(tenant, email));
    let hash = token.hash().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let item = json!({
        "PK": partition(tenant, email), "SK": format!("{kind}#{hash}"), "email": email,
        "createdAt": timestamp(0), "ttl": in_seconds(expires_in),
    });
    (token.to_text(), item)
}

impl App {
    /// An app with links that nobody reads.
    pub async fn with_links() -> Self {
        Self::with(&MAGIC_LINK).await
    }

    /// Puts a link into the table and gives its token.
    pub async fn plant_link(&self, tenant: &str, email: &str, expires_in: i64) -> String {
        let (token, item) = credential("LOGIN", tenant, email, expires_in);
        self.plant(&item).await;
        token
    }

    /// Puts a session into the table and gives its token.
    pub async fn plant_session(&self, tenant: &str, email: &str, expires_in: i64) -> String {
        let (token, item) = credential("SESSION", tenant, email, expires_in);
        self.plant(&item).await;
        token
    }

    /// Signs in by a link, and gives the session's token.
    pub async fn sign_in(&self, tenant: &str, email: &str) -> String {
        let link = self.plant_link(tenant, email, LATER).await;
        let answer = self.tenant(tenant).post("/api/auth/verify", &json!({ "token": link })).await;
        answer.expect(200)["data"]["token"].as_str().unwrap().to_owned()
    }
}

impl Tenant {
    pub fn with_bearer(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.request(method, path).header(header::AUTHORIZATION, format!("Bearer {token}"))
    }

    pub fn with_cookie(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.request(method, path).header(header::COOKIE, format!("theme=dark; __Host-session={token}; x=y"))
    }
}

impl Answer {
    /// Everything but what is different in every answer.
    pub fn comparable(&self) -> (u16, Vec<(String, String)>, String) {
        let id = self.header("x-request-id").unwrap();
        let headers = self.headers.iter().filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        (self.status.as_u16(), headers.collect(), self.text.replace(id, "ID"))
    }

    /// The first `Set-Cookie`, its attributes in the order of the alphabet.
    pub fn set_cookie(&self) -> Vec<&str> {
        let mut parts: Vec<_> = self.header("set-cookie").unwrap_or_default().split("; ").collect();
        parts[1..].sort_unstable();
        parts
    }
}
