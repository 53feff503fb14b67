//! An issuer whose keys the tests hold, so that tokens can be forged in every way, and a real provider.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use reqwest::{Client, header, redirect};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::servers::Server;
use super::sign_in::in_seconds;
use super::{Answer, App, Send as _, Tenant};

/// What tokens are for.
pub const AUDIENCE: &str = "https://api.example.com";

/// A private key, and the public half as the issuer tells it.
pub struct Key {
    pub algorithm: Algorithm,
    pub jwk: Value,
    private: EncodingKey,
}

impl Key {
    pub fn generate(algorithm: Algorithm, kid: &str) -> Self {
        let random = SystemRandom::new();
        let private = match algorithm {
            Algorithm::RS256 | Algorithm::PS256 => {
                let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
                let document: Pkcs8V1Der<'_> = pair.as_der().unwrap();
                // PKCS #8 of a key of this size is PKCS #1 behind 26 bytes.
                EncodingKey::from_rsa_der(&document.as_ref()[26..])
            }
            Algorithm::ES256 => {
                ec(EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap().as_ref())
            }
            Algorithm::ES384 => {
                ec(EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap().as_ref())
            }
            Algorithm::EdDSA => EncodingKey::from_ed_der(Ed25519KeyPair::generate_pkcs8v1(&random).unwrap().as_ref()),
            other => unimplemented!("{other:?}"),
        };
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&private, algorithm).unwrap()).unwrap();
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        Self { algorithm, jwk, private }
    }

    /// The header of an honest token.
    pub fn header(&self) -> Value {
        json!({ "alg": self.jwk["alg"], "kid": self.jwk["kid"], "typ": "at+jwt" })
    }

    /// Signs whatever it is.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = unsigned(header, claims);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.private, self.algorithm).unwrap();
        format!("{message}.{signature}")
    }
}

fn ec(document: &[u8]) -> EncodingKey {
    EncodingKey::from_ec_der(document)
}

/// Header and claims of a token.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// An issuer on a port of its own, without TLS. What it says can be changed at any time.
pub struct Issuer {
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    configuration: Mutex<Value>,
    keys: Mutex<Vec<Value>>,
    trouble: Mutex<Trouble>,
    moved: Mutex<Option<String>>,
    asked: AtomicUsize,
    fetches: AtomicUsize,
}

/// What can be wrong with an issuer.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Trouble {
    #[default]
    None,
    /// It answers 500.
    Fails,
    /// It answers nothing.
    Silent,
    /// It never stops to answer.
    Endless,
    /// A byte now and then.
    Drips,
    /// It answers what is no JSON.
    Garbage,
    /// It sends somewhere else.
    Redirects,
}

impl Issuer {
    pub async fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State::default());
        *state.configuration.lock().unwrap() = json!({ "issuer": url, "jwks_uri": format!("{url}/jwks") });
        let issuer = Self { url, state: Arc::clone(&state) };
        issuer.publish(keys);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&state)));
            }
        });
        issuer
    }

    /// The keys from now on.
    pub fn publish(&self, keys: &[&Key]) {
        self.publish_raw(keys.iter().map(|key| key.jwk.clone()).collect());
    }

    pub fn publish_raw(&self, keys: Vec<Value>) {
        *self.state.keys.lock().unwrap() = keys;
    }

    pub fn configure(&self, configuration: Value) {
        *self.state.configuration.lock().unwrap() = configuration;
    }

    pub fn trouble(&self, trouble: Trouble) {
        *self.state.trouble.lock().unwrap() = trouble;
    }

    /// Sends whoever asks for the keys to this address.
    pub fn move_keys_to(&self, address: &str) {
        *self.state.moved.lock().unwrap() = Some(address.to_owned());
    }

    /// How often it was asked for anything.
    pub fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }

    /// How often the keys were asked for.
    pub fn fetches(&self) -> usize {
        self.state.fetches.load(Ordering::SeqCst)
    }

    /// The claims of an honest token.
    pub fn claims(&self, subject: &str) -> Value {
        json!({
            "iss": self.url, "aud": AUDIENCE, "sub": subject, "iat": in_seconds(0), "exp": in_seconds(600),
            "email": format!("{subject}@example.com"), "name": subject,
        })
    }

    /// Settings of an app that trusts it.
    pub fn settings(&self) -> [&str; 8] {
        let client = ["--oidc-client-id", "web", "--oidc-audience", AUDIENCE];
        let [a, b, c, d] = client;
        ["--auth-provider", "oidc", "--oidc-issuer", &self.url, a, b, c, d]
    }

    /// An app that trusts it.
    pub async fn app(&self) -> App {
        App::with(&self.settings()).await
    }
}

async fn answer(mut stream: TcpStream, state: Arc<State>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            return;
        }
        head.extend_from_slice(&byte);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap();
    let says_what_it_is = head.to_ascii_lowercase().contains("\r\nuser-agent: ");
    state.asked.fetch_add(1, Ordering::SeqCst);
    let body = match path {
        "/.well-known/openid-configuration" => state.configuration.lock().unwrap().to_string(),
        "/jwks" => {
            state.fetches.fetch_add(1, Ordering::SeqCst);
            json!({ "keys": *state.keys.lock().unwrap() }).to_string()
        }
        other => panic!("{other} was asked for"),
    };
    let trouble = *state.trouble.lock().unwrap();
    let head = |status: &str, length: usize| {
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n"
        )
    };
    let moved = state.moved.lock().unwrap().clone().filter(|_| path == "/jwks");
    if let Some(address) = moved {
        let text = format!("{}location: {address}\r\n\r\n", head("302 Found", 0));
        return drop(stream.write_all(text.as_bytes()).await);
    }
    let text = match trouble {
        // Firewalls in front of issuers turn away who does not say what it is.
        Trouble::None if !says_what_it_is => format!("{}\r\n", head("403 Forbidden", 0)),
        Trouble::None => format!("{}\r\n{body}", head("200 OK", body.len())),
        Trouble::Fails => format!("{}\r\n", head("500 Internal Server Error", 0)),
        Trouble::Garbage => format!("{}\r\n<html>", head("200 OK", 6)),
        Trouble::Redirects => format!("{}location: /elsewhere\r\n\r\n", head("302 Found", 0)),
        Trouble::Silent => return std::future::pending().await,
        Trouble::Endless => {
            let _ = stream.write_all(format!("{}\r\n", head("200 OK", usize::MAX / 2)).as_bytes()).await;
            while stream.write_all(&[b' '; 16 * 1024]).await.is_ok() {}
            return;
        }
        Trouble::Drips => {
            let _ = stream.write_all(format!("{}\r\n", head("200 OK", body.len())).as_bytes()).await;
            for byte in body.bytes() {
                tokio::time::sleep(Duration::from_millis(100)).await;
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
            }
            return;
        }
    };
    let _ = stream.write_all(text.as_bytes()).await;
}

impl Tenant {
    /// Who the API takes the token's bearer for.
    pub async fn check(&self, token: &str) -> Answer {
        self.with_bearer(reqwest::Method::GET, "/api/auth/check", token).answer().await
    }
}

/// A certified provider, one for all tests that turn no keys.
pub static PROVIDER: LazyLock<Provider> = LazyLock::new(Provider::start);

pub struct Provider {
    pub url: String,
    _server: Mutex<Server>,
}

impl Provider {
    pub fn start() -> Self {
        let server = Server::start("provider");
        Self { url: format!("http://127.0.0.1:{}", server.port), _server: Mutex::new(server) }
    }

    /// Settings of an app that trusts it.
    pub fn settings(&self) -> [&str; 8] {
        let [issuer, client, id, audience] = ["--oidc-issuer", "--oidc-client-id", "web", "--oidc-audience"];
        ["--auth-provider", "oidc", issuer, &self.url, client, id, audience, AUDIENCE]
    }

    /// Makes new keys.
    pub async fn rotate(&self) {
        assert!(Client::new().post(format!("{}/rotate", self.url)).send().await.unwrap().status().is_success());
    }

    /// Signs in as a browser does, by a code with PKCE, and gives what the token endpoint says. The resource is like
    /// `urn:api:RS256`.
    pub async fn sign_in(&self, subject: &str, resource: &str) -> Value {
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        let verifier = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let callback = "https://acme.example.com/signed-in";
        let mut url = format!(
            "{}/auth?client_id=web&response_type=code&scope=openid%20api&resource={resource}&redirect_uri={callback}\
             &code_challenge={challenge}&code_challenge_method=S256&login_hint={subject}",
            self.url
        );
        let mut cookies: HashMap<String, String> = HashMap::new();
        while !url.starts_with(callback) {
            let jar: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = client.get(&url).header(header::COOKIE, jar.join("; ")).answer().await;
            for cookie in answer.headers.get_all(header::SET_COOKIE) {
                let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let next = answer.header("location").unwrap_or_else(|| panic!("{answer:?}"));
            url = if next.starts_with('/') { format!("{}{next}", self.url) } else { next.to_owned() };
        }
        let code = url.split(['?', '&']).find_map(|part| part.strip_prefix("code=")).unwrap_or_else(|| panic!("{url}"));
        let form = format!(
            "grant_type=authorization_code&client_id=web&code={code}&redirect_uri={callback}&code_verifier={verifier}\
             &resource={resource}"
        );
        let request = client.post(format!("{}/token", self.url)).body(form);
        request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").answer().await.expect(200)
    }

    /// The access token of a sign-in.
    pub async fn token(&self, subject: &str, resource: &str) -> String {
        self.sign_in(subject, resource).await["access_token"].as_str().unwrap().to_owned()
    }
}
