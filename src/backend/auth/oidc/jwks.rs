use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::BoxError;
use http_body_util::{BodyExt as _, Limited};
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::{Body, Client, StatusCode};
use serde_json::Value;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;

use crate::USER_AGENT;
use crate::http::Error;

/// For one document of the issuer's.
const BOUND: Duration = Duration::from_secs(2);

/// Bytes of one document of the issuer's.
const LARGEST: usize = 256 * 1024;

/// Minimum time between two fetches for unknown key ids, which anybody can make up.
const UNKNOWN_EVERY: Duration = Duration::from_secs(30);

/// Between two fetches while there are no keys at all.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// After which keys are fetched anew, so that one that the issuer withdrew is not trusted for ever, unless it was the
/// only one.
const FRESH_FOR: Duration = Duration::from_mins(10);

/// The issuer's public keys, fetched when first needed and kept while the issuer cannot be reached.
#[derive(Debug)]
pub struct Jwks {
    client: Client,
    issuer: String,
    uri: Option<String>,
    cached: RwLock<Option<Cached>>,
    /// When the last fetch started, or failed. Cleared by the first success, so that the next unknown key is looked up
    /// at once. Held while a fetch runs: there is one at a time.
    tried: Arc<Mutex<Option<Instant>>>,
    /// Whether a refresh may outlast the answer. Not on Lambda, which freezes the process once it has answered.
    in_background: bool,
}

/// By id, each with the one algorithm that it is for, if it names one.
type Keys = HashMap<String, (Option<KeyAlgorithm>, DecodingKey)>;

#[derive(Debug)]
struct Cached {
    keys: Keys,
    fetched: Instant,
}

impl Jwks {
    /// Fetches nothing yet. Without `uri` the issuer's configuration says where the keys are (OpenID Connect
    /// Discovery §4).
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(issuer: String, uri: Option<String>, in_background: bool) -> Result<Self, reqwest::Error> {
        // A redirect could lead to a place that the operator did not name.
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .timeout(BOUND)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { client, issuer, uri, cached: RwLock::default(), tried: Arc::default(), in_background })
    }

    /// The key with this id, for this algorithm; `None` when the issuer has none.
    ///
    /// # Errors
    /// When no keys have been fetched yet.
    pub async fn key(self: &Arc<Self>, kid: &str, algorithm: Algorithm) -> Result<Option<DecodingKey>, Error> {
        if self.find(kid).is_none() {
            self.fetch_for_unknown().await;
        } else if self.age().is_some_and(|age| age > FRESH_FOR) {
            self.refresh().await;
        }
        if self.age().is_none() {
            return Err(Error::Unavailable(None));
        }
        let key = self.find(kid).filter(|(own, _)| own.is_none_or(|own| own == algorithm.into()));
        Ok(key.map(|(_, key)| key))
    }

    fn find(&self, kid: &str) -> Option<(Option<KeyAlgorithm>, DecodingKey)> {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).as_ref()?.keys.get(kid).cloned()
    }

    fn age(&self) -> Option<Duration> {
        Some(self.cached.read().unwrap_or_else(PoisonError::into_inner).as_ref()?.fetched.elapsed())
    }

    /// Looks for a key that was not there, unless a fetch that ran meanwhile may have brought it.
    async fn fetch_for_unknown(self: &Arc<Self>) {
        let asked = Instant::now();
        let tried = Arc::clone(&self.tried).lock_owned().await;
        let fetched_meanwhile = self.age().is_some_and(|age| age < asked.elapsed());
        if !fetched_meanwhile {
            let _ = self.spawn_fetch(tried).await;
        }
    }

    /// Replaces keys that have become old. Meanwhile requests go on with the keys that are there.
    async fn refresh(self: &Arc<Self>) {
        let Ok(tried) = Arc::clone(&self.tried).try_lock_owned() else { return };
        let fetching = self.spawn_fetch(tried);
        if !self.in_background {
            let _ = fetching.await;
        }
    }

    /// Spawned, so that cancelling a request does not cancel the fetch.
    fn spawn_fetch(self: &Arc<Self>, tried: OwnedMutexGuard<Option<Instant>>) -> JoinHandle<()> {
        let this = Arc::clone(self);
        tokio::spawn(async move { this.fetch_unless_tried(tried).await })
    }

    async fn fetch_unless_tried(&self, mut tried: OwnedMutexGuard<Option<Instant>>) {
        let age = self.age();
        let pause = if age.is_some() { UNKNOWN_EVERY } else { RETRY_EVERY };
        if tried.is_some_and(|tried| tried.elapsed() < pause) {
            return;
        }
        *tried = Some(Instant::now());
        match self.fetch().await {
            Ok(keys) => {
                let fetched = Instant::now();
                *self.cached.write().unwrap_or_else(PoisonError::into_inner) = Some(Cached { keys, fetched });
                // The issuer may change its keys a moment after they were fetched for the first time.
                *tried = tried.filter(|_| age.is_some());
            }
            Err(error) => {
                // Requests that waited meanwhile must not try again at once.
                *tried = Some(Instant::now());
                tracing::error!(error = crate::logging::chain(error.as_ref()), "cannot fetch the issuer's keys");
            }
        }
    }

    async fn fetch(&self) -> Result<Keys, BoxError> {
        let document = if let Some(uri) = &self.uri {
            self.get(uri).await?
        } else {
            let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
            self.get(address(&self.issuer, &self.get(&url).await?)?).await?
        };
        let keys = document.get("keys").and_then(Value::as_array).ok_or("the document holds no keys")?;
        // A key of a kind that is not known here must not keep the others from use.
        let usable = keys.iter().filter_map(|key| {
            let jwk: Jwk = serde_json::from_value(key.clone()).ok()?;
            let for_signatures = matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature));
            let key = DecodingKey::from_jwk(&jwk).ok().filter(|_| for_signatures)?;
            Some((jwk.common.key_id?, (jwk.common.key_algorithm, key)))
        });
        let usable: Keys = usable.collect();
        // Whoever would drop the known keys for this turns every user away.
        if usable.is_empty() { Err("the document holds no usable key".into()) } else { Ok(usable) }
    }

    async fn get(&self, url: &str) -> Result<Value, BoxError> {
        let response = self.client.get(url).send().await?;
        if response.status() != StatusCode::OK {
            return Err(format!("{url} answered {}", response.status()).into());
        }
        let body = Limited::new(Body::from(response), LARGEST).collect().await;
        let body = body.map_err(|error| format!("{url}: {error}"))?;
        Ok(serde_json::from_slice(&body.to_bytes())?)
    }
}

/// Where the issuer's configuration says that its keys are.
fn address<'a>(issuer: &str, configuration: &'a Value) -> Result<&'a str, String> {
    let text = |name: &str| configuration.get(name).and_then(Value::as_str).unwrap_or_default();
    let (told, uri) = (text("issuer"), text("jwks_uri"));
    if told != issuer {
        return Err(format!("the configuration is of another issuer: {told:.200}"));
    }
    if issuer.starts_with("https:") && !uri.starts_with("https:") {
        return Err(format!("the keys are not served over https: {uri}"));
    }
    Ok(uri)
}

#[cfg(test)]
mod tests;
