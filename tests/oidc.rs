//! Tokens of an OpenID Connect issuer: which are good, which are not, and how its keys are found.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use reference_architecture::config::Config;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::isolation::{OPERATIONS, Reach, body_of};
use crate::support::oidc::{AUDIENCE, Issuer, Key, PROVIDER, Provider, Trouble, unsigned};
use crate::support::sign_in::in_seconds;
use crate::support::{App, Send as _, Tenant, settings};

/// A value with some of its members changed; null takes one away.
fn with(value: &Value, changes: &Value) -> Value {
    let mut value = value.clone();
    let members = value.as_object_mut().unwrap();
    for (name, change) in changes.as_object().unwrap() {
        members.insert(name.clone(), change.clone());
    }
    members.retain(|_, member| !member.is_null());
    value
}

struct Trusted {
    issuer: Issuer,
    key: Key,
    app: App,
    acme: Tenant,
}

impl Trusted {
    async fn start() -> Self {
        Self::with(Algorithm::ES256, &[]).await
    }

    async fn with(algorithm: Algorithm, arguments: &[&str]) -> Self {
        let key = Key::generate(algorithm, "first");
        let issuer = Issuer::start(&[&key]).await;
        let app = App::with(&[&issuer.settings(), arguments].concat()).await;
        let acme = app.tenant("acme");
        Self { issuer, key, app, acme }
    }

    /// An honest token, but for these changes.
    fn token(&self, header: &Value, claims: &Value) -> String {
        self.key.sign(&with(&self.key.header(), header), &with(&self.issuer.claims("ada"), claims))
    }

    fn good(&self) -> String {
        self.token(&json!({}), &json!({}))
    }

    async fn refuses(&self, token: &str, what: &str) {
        let answer = self.acme.check(token).await;
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
        answer.fails(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        self.acme.check(&self.good()).await.expect(200);
    }
}

#[tokio::test]
async fn tokens_of_the_four_algorithms_are_good_and_tell_who_it_is() {
    for algorithm in [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA] {
        let trusted = Trusted::with(algorithm, &[]).await;
        let claims = json!({ "picture": "https://example.com/ada.png", "aud": ["other", AUDIENCE] });
        let principal = trusted.acme.check(&trusted.token(&json!({}), &claims)).await.expect(200)["data"].clone();
        let expected = json!({
            "provider": "oidc", "subject": "ada", "userId": principal["userId"], "email": "ada@example.com",
            "name": "ada", "picture": "https://example.com/ada.png",
        });
        assert_eq!(principal, expected, "{algorithm:?}");
        let me = trusted.acme.with_bearer(Method::GET, "/api/me", &trusted.good()).answer().await.expect(200);
        assert_eq!((&me["data"]["userId"], &me["data"]["provider"]), (&principal["userId"], &json!("oidc")));
        // Keys are fetched once, not with every request.
        assert_eq!(trusted.issuer.fetches(), 1);
    }
}

#[tokio::test]
async fn other_algorithms_are_refused_whatever_the_keys_are() {
    let trusted = Trusted::with(Algorithm::RS256, &[]).await;
    let claims = trusted.issuer.claims("ada");
    let stronger = Key::generate(Algorithm::ES384, "stronger");
    trusted.issuer.publish(&[&trusted.key, &stronger]);
    trusted.refuses(&stronger.sign(&stronger.header(), &claims), "ES384").await;
    for alg in ["none", "None", "NONE", "", "RS512", "HS256", "ES512", "dir", "\u{0}"] {
        let header = with(&trusted.key.header(), &json!({ "alg": alg }));
        let message = unsigned(&header, &claims);
        trusted.refuses(&format!("{message}."), alg).await;
        trusted.refuses(&message, alg).await;
        trusted.refuses(&trusted.key.sign(&header, &claims), alg).await;
    }
    // The public key as the secret of an HMAC, in each form in which a library could take it for one.
    let jwk = &trusted.key.jwk;
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    for secret in [modulus, jwk["n"].as_str().unwrap().into(), jwk.to_string().into(), Vec::new()] {
        for (name, algorithm) in [("HS256", Algorithm::HS256), ("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)]
        {
            let message = unsigned(&with(&trusted.key.header(), &json!({ "alg": name })), &claims);
            let key = EncodingKey::from_secret(&secret);
            let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
            trusted.refuses(&format!("{message}.{signature}"), name).await;
        }
    }
}

#[tokio::test]
async fn a_key_is_good_for_the_algorithm_that_the_issuer_names_or_for_all_of_its_kind() {
    for (named, other) in [(json!("RS256"), 401), (json!(null), 200)] {
        let mut key = Key::generate(Algorithm::RS256, "first");
        let issuer = Issuer::start(&[]).await;
        issuer.publish_raw(vec![with(&key.jwk, &json!({ "alg": named }))]);
        let acme = issuer.app().await.tenant("acme");
        for (algorithm, status) in [(Algorithm::RS256, 200), (Algorithm::PS256, other)] {
            key.algorithm = algorithm;
            let header = with(&key.header(), &json!({ "alg": algorithm }));
            let answer = acme.check(&key.sign(&header, &issuer.claims("ada"))).await;
            assert_eq!(answer.status, status, "{algorithm:?} by a key for {named}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_symmetric_key_among_the_issuers_is_never_used() {
    let trusted = Trusted::start().await;
    let secret = b"a secret that the issuer shares with somebody";
    let shared = json!({ "kty": "oct", "kid": "shared", "alg": "HS256", "k": BASE64_URL_SAFE_NO_PAD.encode(secret) });
    trusted.issuer.publish_raw(vec![shared, trusted.key.jwk.clone(), json!({ "kty": "new" }), json!("nonsense")]);
    let message = unsigned(&json!({ "alg": "HS256", "kid": "shared" }), &trusted.issuer.claims("ada"));
    let key = EncodingKey::from_secret(secret);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    trusted.refuses(&format!("{message}.{signature}"), "HS256 with a published secret").await;
}

#[tokio::test]
async fn a_key_for_encryption_signs_nothing() {
    let trusted = Trusted::start().await;
    let other = Key::generate(Algorithm::ES256, "for-encryption");
    let jwk = with(&other.jwk, &json!({ "use": "enc" }));
    trusted.issuer.publish_raw(vec![trusted.key.jwk.clone(), jwk]);
    trusted.refuses(&other.sign(&other.header(), &trusted.issuer.claims("ada")), "use: enc").await;
}

#[tokio::test]
async fn issuer_audience_and_times_must_fit() {
    let trusted = Trusted::start().await;
    let url = trusted.issuer.url.clone();
    let bad = [
        json!({ "iss": "https://evil.example" }),
        json!({ "iss": format!("{url}/") }),
        json!({ "iss": url.to_uppercase() }),
        json!({ "iss": "" }),
        json!({ "iss": null }),
        json!({ "iss": 5 }),
        json!({ "iss": { "a": url } }),
        json!({ "iss": [url] }),
        json!({ "iss": ["https://evil.example", url] }),
        json!({ "aud": "https://other.example.com" }),
        json!({ "aud": [] }),
        json!({ "aud": ["https://other.example.com"] }),
        json!({ "aud": format!("{AUDIENCE}/") }),
        json!({ "aud": "" }),
        json!({ "aud": null }),
        json!({ "aud": 5 }),
        json!({ "aud": "web" }),
        json!({ "exp": in_seconds(-65) }),
        json!({ "exp": in_seconds(-3600) }),
        json!({ "exp": 0 }),
        json!({ "exp": -1 }),
        json!({ "exp": null }),
        json!({ "exp": in_seconds(600).to_string() }),
        json!({ "exp": true }),
        json!({ "nbf": in_seconds(70) }),
        json!({ "nbf": in_seconds(3600) }),
        json!({ "nbf": "soon" }),
    ];
    for claims in bad {
        trusted.refuses(&trusted.token(&json!({}), &claims), &claims.to_string()).await;
    }
    // Clocks may differ by a minute, both ways.
    for claims in [
        json!({ "exp": in_seconds(-50) }),
        json!({ "nbf": in_seconds(50) }),
        json!({ "nbf": in_seconds(-600) }),
        json!({ "exp": 9_999_999_999_u64 }),
    ] {
        trusted.acme.check(&trusted.token(&json!({}), &claims)).await.expect(200);
    }
}

#[tokio::test]
async fn a_subject_is_a_text_of_1_to_255_bytes() {
    let trusted = Trusted::start().await;
    for subject in [json!(null), json!(""), json!(5), json!(true), json!(["ada"]), json!({}), json!("x".repeat(256))] {
        trusted.refuses(&trusted.token(&json!({}), &json!({ "sub": subject })), &subject.to_string()).await;
    }
    for subject in ["x".repeat(255), "auth0|5f7c8ec7c33c6c004bbafe82".to_owned(), "a/b#c \u{e9}\n".to_owned()] {
        let answer = trusted.acme.check(&trusted.token(&json!({}), &json!({ "sub": subject }))).await;
        assert_eq!(answer.expect(200)["data"]["subject"], subject);
    }
}

#[tokio::test]
async fn claims_of_other_types_or_lengths_are_left_out() {
    let trusted = Trusted::start().await;
    let long = "x".repeat(256);
    for odd in [json!(null), json!(5), json!(["a"]), json!({ "a": 1 }), json!(long)] {
        let claims = json!({ "email": odd, "name": odd, "picture": odd });
        let data = trusted.acme.check(&trusted.token(&json!({}), &claims)).await.expect(200)["data"].clone();
        assert_eq!([&data["email"], &data["name"], &data["picture"]], [&Value::Null; 3], "{odd}");
    }
    let longest = "x".repeat(255);
    let claims = json!({ "email": longest, "name": longest, "picture": longest });
    let data = trusted.acme.check(&trusted.token(&json!({}), &claims)).await.expect(200)["data"].clone();
    assert_eq!([&data["email"], &data["name"], &data["picture"]], [&json!(longest); 3]);
    for (verified, told) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(1), false),
        (json!(null), true), // says nothing
    ] {
        let token = trusted.token(&json!({}), &json!({ "email_verified": verified }));
        let email = trusted.acme.check(&token).await.expect(200)["data"]["email"].clone();
        assert_eq!(email.is_string(), told, "{verified}");
    }
}

#[tokio::test]
async fn only_access_tokens_and_no_unknown_extensions_are_taken() {
    let trusted = Trusted::start().await;
    for header in [
        json!({ "typ": "logout+jwt" }),
        json!({ "typ": "application/logout+jwt" }),
        json!({ "typ": "dpop+jwt" }),
        json!({ "typ": "secevent+jwt" }),
        json!({ "typ": "" }),
        json!({ "typ": 5 }),
        json!({ "crit": ["exp"] }),
        json!({ "crit": [] }),
        json!({ "crit": "exp" }),
        json!({ "crit": ["b64"], "b64": false }),
    ] {
        trusted.refuses(&trusted.token(&header, &json!({})), &header.to_string()).await;
    }
    for typ in [json!(null), json!("JWT"), json!("jwt"), json!("AT+JWT"), json!("application/at+jwt")] {
        trusted.acme.check(&trusted.token(&json!({ "typ": typ }), &json!({}))).await.expect(200);
    }
}

#[tokio::test]
async fn a_token_that_was_changed_or_is_none_is_refused() {
    let trusted = Trusted::start().await;
    let good = trusted.good();
    let parts: Vec<_> = good.split('.').collect();
    let [head, payload, signature] = parts[..] else { panic!() };
    let other =
        BASE64_URL_SAFE_NO_PAD.encode(with(&trusted.issuer.claims("ada"), &json!({ "sub": "bob" })).to_string());
    let elsewhere = Key::generate(Algorithm::ES256, "first");
    let mut flipped = signature.to_owned();
    let last = if flipped.starts_with('A') { "B" } else { "A" };
    flipped.replace_range(0..1, last);
    for token in [
        format!("{head}.{other}.{signature}"),
        format!("{head}.{payload}.{flipped}"),
        format!("{head}.{payload}.{}", &signature[..40]),
        format!("{head}.{payload}.{signature}A"),
        format!("{head}.{payload}.{signature}="),
        format!("{head}.{payload}."),
        format!("{head}.{payload}"),
        format!("{head}.{payload}.{signature}.{signature}"),
        format!(".{payload}.{signature}"),
        "..".to_owned(),
        "a.b.c".to_owned(),
        "nonsense".to_owned(),
        elsewhere.sign(&elsewhere.header(), &trusted.issuer.claims("ada")),
        BASE64_URL_SAFE_NO_PAD.encode(&good),
    ] {
        trusted.refuses(&token, &token).await;
    }
}

#[tokio::test]
async fn keys_that_a_token_brings_along_are_not_looked_at() {
    let trusted = Trusted::start().await;
    let evil = Key::generate(Algorithm::ES256, "first");
    let elsewhere = Issuer::start(&[&evil]).await;
    let jwks = format!("{}/jwks", elsewhere.url);
    for header in [
        json!({ "jwk": evil.jwk }),
        json!({ "jku": jwks }),
        json!({ "x5u": jwks }),
        json!({ "x5c": ["MIIB"] }),
        json!({ "jku": jwks, "kid": "evil" }),
        json!({ "jwk": evil.jwk, "kid": null }),
        json!({ "kid": jwks }),
        json!({ "kid": "../../jwks" }),
        json!({ "kid": "" }),
        json!({ "kid": null }),
        json!({ "kid": 5 }),
        json!({ "kid": ["first"] }),
    ] {
        let token = evil.sign(&with(&evil.header(), &header), &trusted.issuer.claims("ada"));
        trusted.refuses(&token, &header.to_string()).await;
    }
    assert_eq!(elsewhere.fetches(), 0);
}

#[tokio::test]
async fn a_token_is_refused_for_its_size_alone_before_anything_is_fetched() {
    let trusted = Trusted::start().await;
    for padding in [6_000, 60_000] {
        let token = trusted.token(&json!({}), &json!({ "padding": "x".repeat(padding) }));
        let answer = trusted.acme.check(&token).await;
        assert!([401, 431].contains(&answer.status.as_u16()), "{answer:?}");
    }
    assert_eq!(trusted.issuer.fetches(), 0);
    trusted.acme.check(&trusted.token(&json!({}), &json!({ "padding": "x".repeat(4_000) }))).await.expect(200);
}

#[tokio::test]
async fn every_operation_of_a_user_wants_a_good_token_and_no_cookie() {
    let trusted = Trusted::start().await;
    let acme = &trusted.acme;
    let other = Key::generate(Algorithm::ES256, "first");
    let bad = [
        ("none", String::new()),
        ("expired", trusted.token(&json!({}), &json!({ "exp": in_seconds(-100) }))),
        ("too early", trusted.token(&json!({}), &json!({ "nbf": in_seconds(100) }))),
        ("of another audience", trusted.token(&json!({}), &json!({ "aud": "other" }))),
        ("of another issuer", trusted.token(&json!({}), &json!({ "iss": "https://evil.example" }))),
        ("of another algorithm", trusted.token(&json!({ "alg": "HS256" }), &json!({}))),
        ("forged", other.sign(&other.header(), &trusted.issuer.claims("ada"))),
    ];
    let good = trusted.good();
    let id = acme.with_bearer(Method::POST, "/api/example", &good).json(&json!({ "name": "secret" })).answer().await;
    let id = id.expect(201)["data"]["id"].as_str().unwrap().to_owned();
    let bob = trusted.token(&json!({}), &json!({ "sub": "bob" }));
    for (method, path, reach) in OPERATIONS {
        if ![Reach::User, Reach::Item].contains(&reach) {
            continue;
        }
        let line = format!("{method} {}", path.replace("{id}", &id));
        // Sessions are the issuer's own here, so there is nothing to log out of.
        let (status, code) = if path.contains("logout") { (404, "not_found") } else { (401, "unauthenticated") };
        for (what, token) in &bad {
            let answer = acme.raw(&line, &[&format!("authorization: Bearer {token}")], body_of(method)).await;
            assert_eq!(answer.status, status, "{line} with one that is {what}: {answer:?}");
            answer.fails(status, code);
        }
        for cookie in ["__Host-session", "session"] {
            let answer = acme.raw(&line, &[&format!("cookie: {cookie}={good}")], body_of(method)).await;
            answer.fails(status, code);
        }
        if reach == Reach::Item {
            let answer = acme.raw(&line, &[&format!("authorization: Bearer {bob}")], body_of(method)).await;
            answer.fails(404, "not_found");
        }
    }
    let mine = acme.with_bearer(Method::GET, &format!("/api/example/{id}"), &good).answer().await.expect(200);
    assert_eq!(mine["data"]["name"], "secret");
}

#[tokio::test]
async fn one_subject_in_two_tenants_is_two_users() {
    let trusted = Trusted::start().await;
    let demo = trusted.app.tenant("demo");
    let good = trusted.good();
    let id = async |tenant: &Tenant| tenant.check(&good).await.expect(200)["data"]["userId"].clone();
    assert_ne!(id(&trusted.acme).await, id(&demo).await);
    trusted
        .acme
        .with_bearer(Method::POST, "/api/example", &good)
        .json(&json!({ "name": "x" }))
        .answer()
        .await
        .expect(201);
    let list = demo.with_bearer(Method::GET, "/api/example", &good).answer().await.expect(200);
    assert_eq!(list["data"], json!([]));
}

#[tokio::test]
async fn where_a_claim_names_the_tenant_it_must_be_that_of_the_host() {
    for name in ["tenant", "https://example.com/tenant"] {
        let trusted = Trusted::with(Algorithm::ES256, &["--oidc-tenant-claim", name]).await;
        let token = |value: Value| trusted.token(&json!({}), &json!({ name: value }));
        trusted.acme.check(&token(json!("acme"))).await.expect(200);
        for value in
            [json!("demo"), json!("ACME"), json!(""), json!(null), json!(5), json!(["acme"]), json!({ "acme": 1 })]
        {
            let answer = trusted.acme.check(&token(value)).await;
            answer.fails(403, "forbidden");
        }
        trusted.app.tenant("demo").check(&token(json!("acme"))).await.fails(403, "forbidden");
        // A forged one learns nothing of that.
        let mut forged = token(json!("demo"));
        forged.pop();
        trusted.acme.check(&forged).await.fails(401, "unauthenticated");
    }
}

#[tokio::test]
async fn new_keys_are_found_and_old_ones_forgotten_though_not_at_everybodys_word() {
    let trusted = Trusted::start().await;
    trusted.acme.check(&trusted.good()).await.expect(200);
    let second = Key::generate(Algorithm::EdDSA, "second");
    trusted.issuer.publish(&[&second]);
    // At once: this is the first key that was not known.
    let token = second.sign(&second.header(), &trusted.issuer.claims("ada"));
    let found = Instant::now();
    trusted.acme.check(&token).await.expect(200);
    trusted.acme.check(&trusted.good()).await.fails(401, "unauthenticated");
    assert_eq!(trusted.issuer.fetches(), 2);

    let third = Key::generate(Algorithm::ES256, "third");
    trusted.issuer.publish(&[&second, &third]);
    let made_up: JoinSet<_> = (0..100)
        .map(|turn| {
            let (acme, token) =
                (trusted.acme.clone(), trusted.token(&json!({ "kid": format!("made-up-{turn}") }), &json!({})));
            async move { acme.check(&token).await.fails(401, "unauthenticated") }
        })
        .collect();
    made_up.join_all().await;
    assert_eq!(trusted.issuer.fetches(), 2, "unknown keys are looked for once in 30 s");
    let token = third.sign(&third.header(), &trusted.issuer.claims("ada"));
    while trusted.acme.check(&token).await.status != 200 {
        assert!(found.elapsed() < Duration::from_mins(1));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(found.elapsed() > Duration::from_secs(29), "{:?}", found.elapsed());
    assert_eq!(trusted.issuer.fetches(), 3);
}

#[tokio::test]
async fn however_many_come_at_once_the_keys_are_fetched_once() {
    for known in [true, false] {
        let trusted = Trusted::start().await;
        let kid = if known { "first" } else { "unknown" };
        let coming: JoinSet<_> = (0..50)
            .map(|_| {
                let (acme, token) = (trusted.acme.clone(), trusted.token(&json!({ "kid": kid }), &json!({})));
                async move { acme.check(&token).await.status.as_u16() }
            })
            .collect();
        let expected = if known { 200 } else { 401 };
        assert!(coming.join_all().await.iter().all(|status| *status == expected));
        // Who came after the first answer of the issuer may ask for an unknown key once more.
        assert!(trusted.issuer.fetches() <= if known { 1 } else { 2 }, "{}", trusted.issuer.fetches());
    }
}

#[tokio::test]
async fn known_keys_outlive_an_outage_of_the_issuer() {
    for trouble in [Trouble::Fails, Trouble::Garbage, Trouble::Redirects, Trouble::None] {
        let trusted = Trusted::start().await;
        trusted.acme.check(&trusted.good()).await.expect(200);
        let asked = trusted.issuer.asked();
        trusted.issuer.trouble(trouble);
        // Without a trouble, its answer is in order and holds no key.
        trusted.issuer.publish(&[]);
        trusted
            .acme
            .check(&trusted.token(&json!({ "kid": "unknown" }), &json!({})))
            .await
            .fails(401, "unauthenticated");
        assert!(trusted.issuer.asked() > asked);
        trusted.acme.check(&trusted.good()).await.expect(200);
    }
}

#[tokio::test]
async fn an_issuer_that_never_answered_is_503_until_it_does() {
    for trouble in
        [Trouble::Fails, Trouble::Garbage, Trouble::Redirects, Trouble::Endless, Trouble::Silent, Trouble::Drips]
    {
        let trusted = Trusted::start().await;
        trusted.issuer.trouble(trouble);
        // Not the time-out of the handler, which would be 504.
        let answer = trusted.acme.check(&trusted.good()).await;
        answer.fails(503, "unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"));
        // Without a token nobody needs it.
        trusted.acme.get("/api/me").await.fails(401, "unauthenticated");
        trusted.acme.get("/api/config").await.expect(200);
        trusted.issuer.trouble(Trouble::None);
        let started = Instant::now();
        while trusted.acme.check(&trusted.good()).await.status != 200 {
            assert!(started.elapsed() < Duration::from_secs(20));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn an_issuer_that_is_down_is_asked_once_a_second_however_many_bring_tokens() {
    let trusted = Trusted::start().await;
    trusted.issuer.trouble(Trouble::Fails);
    let started = Instant::now();
    for _ in 0..30 {
        trusted.acme.check(&trusted.good()).await.fails(503, "unavailable");
    }
    let seconds = usize::try_from(started.elapsed().as_secs()).unwrap();
    assert!((1..=1 + seconds).contains(&trusted.issuer.asked()), "{} in {seconds} s", trusted.issuer.asked());
}

#[tokio::test]
async fn who_waited_in_vain_while_an_issuer_was_asked_does_not_ask_it_again() {
    let trusted = Trusted::start().await;
    trusted.issuer.trouble(Trouble::Silent);
    let check = async || trusted.acme.check(&trusted.good()).await;
    let (first, second, third) = tokio::join!(check(), check(), check());
    for answer in [first, second, third] {
        answer.fails(503, "unavailable");
    }
    assert_eq!(trusted.issuer.asked(), 1);
}

#[tokio::test]
async fn no_redirect_leads_to_other_keys() {
    let trusted = Trusted::start().await;
    let evil = Key::generate(Algorithm::ES256, "first");
    let elsewhere = Issuer::start(&[&evil]).await;
    trusted.issuer.move_keys_to(&format!("{}/jwks", elsewhere.url));
    let forged = evil.sign(&evil.header(), &trusted.issuer.claims("ada"));
    trusted.acme.check(&forged).await.fails(503, "unavailable");
    assert_eq!((trusted.issuer.fetches(), elsewhere.fetches()), (1, 0));
}

#[tokio::test]
async fn documents_of_an_issuer_are_read_up_to_256_kb() {
    let trusted = Trusted::start().await;
    for (kilobytes, status) in [(300, 503), (200, 200)] {
        let padding = json!({ "kty": "new", "padding": "x".repeat(kilobytes * 1024) });
        trusted.issuer.publish_raw(vec![trusted.key.jwk.clone(), padding]);
        let app = trusted.issuer.app().await;
        assert_eq!(app.tenant("acme").check(&trusted.good()).await.status, status, "{kilobytes} KB");
    }
}

#[tokio::test]
async fn the_configuration_must_be_the_issuers_own() {
    let trusted = Trusted::start().await;
    let url = &trusted.issuer.url;
    let jwks = format!("{url}/jwks");
    for configuration in [
        json!({ "issuer": "https://evil.example", "jwks_uri": jwks }),
        json!({ "issuer": format!("{url}/"), "jwks_uri": jwks }),
        json!({ "jwks_uri": jwks }),
        json!({ "issuer": url }),
        json!({ "issuer": url, "jwks_uri": "nonsense" }),
        json!([]),
    ] {
        trusted.issuer.configure(configuration.clone());
        let app = trusted.issuer.app().await;
        app.tenant("acme").check(&trusted.good()).await.fails(503, "unavailable");
    }
    assert_eq!(trusted.issuer.fetches(), 0);
    // Keys can be named without any configuration.
    let app = App::with(&[&trusted.issuer.settings()[..], &["--oidc-jwks-uri", &jwks]].concat()).await;
    app.tenant("acme").check(&trusted.good()).await.expect(200);
}

#[tokio::test]
async fn the_page_is_told_where_to_sign_in_and_allowed_to_go_there_and_nowhere_else() {
    let trusted = Trusted::start().await;
    let answer = trusted.acme.get("/api/config").await;
    let data = answer.expect(200)["data"].clone();
    assert_eq!(data["authProvider"], "oidc");
    assert_eq!(data["oidc"], json!({ "issuer": trusted.issuer.url, "clientId": "web", "audience": AUDIENCE }));

    let policy = |answer: &crate::support::Answer| answer.header("content-security-policy").unwrap().to_owned();
    let with_issuer = policy(&answer);
    let without = policy(&App::spawn().await.tenant("acme").get("/api/config").await);
    let with_links = policy(&App::with_links().await.tenant("acme").get("/api/config").await);
    assert_eq!(with_links, without);
    let origin = &trusted.issuer.url;
    let grown = without
        .replace("connect-src 'self'", &format!("connect-src 'self' {origin}"))
        .replace("form-action 'self'", &format!("form-action 'self' {origin}"))
        .replace("frame-src 'none'", &format!("frame-src {origin}"));
    assert_eq!(with_issuer, grown);
    assert_eq!(with_issuer.matches(origin.as_str()).count(), 3);

    // Of an issuer with a path or a port it is the origin alone.
    for (issuer, origin) in [
        ("https://issuer.example.org/realms/acme", "https://issuer.example.org"),
        ("https://issuer.example.org:8443/", "https://issuer.example.org:8443"),
    ] {
        let client = ["--oidc-client-id", "web", "--oidc-audience", AUDIENCE];
        let app = App::with(&[&["--auth-provider", "oidc", "--oidc-issuer", issuer][..], &client].concat()).await;
        let policy = policy(&app.tenant("acme").get("/").await);
        assert_eq!(policy.matches(&format!(" {origin}")).count(), 3, "{policy}");
        assert!(!policy.contains(&format!("{origin}/")) && !policy.contains("realms"), "{policy}");
    }
}

#[tokio::test]
async fn a_page_cannot_write_by_cookies_and_a_bearer_needs_no_origin() {
    let trusted = Trusted::start().await;
    let bearer = format!("authorization: Bearer {}", trusted.good());
    let headers = [bearer.as_str(), "sec-fetch-site: cross-site", "origin: https://evil.example"];
    trusted.acme.raw("POST /api/example", &headers, r#"{"name":"x"}"#).await.expect(201);
}

#[test]
fn all_that_is_missing_is_told_and_plain_http_is_for_local_runs() {
    let refusal = |environment: &[_]| crate::support::refusal(&[&[("AUTH_PROVIDER", "oidc")], environment].concat());
    let error = refusal(&[]);
    for variable in ["OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_CLIENT_ID"] {
        assert!(error.contains(&format!("{variable} is not set")), "{error}");
    }
    let client = [("OIDC_AUDIENCE", AUDIENCE), ("OIDC_CLIENT_ID", "web")];
    for platform in ["ECS_CONTAINER_METADATA_URI_V4", "AWS_LAMBDA_RUNTIME_API"] {
        let plain = [(platform, "x"), ("OIDC_ISSUER", "http://issuer.example.org")];
        assert!(refusal(&[&client[..], &plain].concat()).contains("OIDC_ISSUER must be"), "{platform}");
        let plain = [(platform, "x"), ("OIDC_ISSUER", "https://a.example"), ("OIDC_JWKS_URI", "http://a.example/jwks")];
        assert!(refusal(&[&client[..], &plain].concat()).contains("OIDC_JWKS_URI must be"), "{platform}");
    }
    for nonsense in [
        "nonsense",
        "ftp://issuer.example.org",
        "//issuer.example.org",
        "javascript:alert(1)",
        "https://issuer.example.org?x",
        "https://issuer.example.org#x",
        "https://issuer.example.org\n",
        // Everybody is told the issuer.
        "https://person@issuer.example.org",
        "https://:hush-hush@issuer.example.org",
        "https://person:hush-hush@issuer.example.org",
    ] {
        let error = refusal(&[&client[..], &[("OIDC_ISSUER", nonsense)]].concat());
        assert!(error.contains("OIDC_ISSUER must be") && !error.contains("hush"), "{nonsense}: {error}");
    }
    let keys = [("OIDC_ISSUER", "https://a.example"), ("OIDC_JWKS_URI", "https://person:hush-hush@a.example/jwks")];
    let error = refusal(&[&client[..], &keys].concat());
    assert!(error.contains("OIDC_JWKS_URI must be") && !error.contains("hush"), "{error}");
    let https = ["--auth-provider", "oidc", "--oidc-issuer", "https://issuer.example.org", "--oidc-audience", "a"];
    let ecs = ["--oidc-client-id", "web", "--ecs-container-metadata-uri-v4", "x"];
    let table = ["--dynamodb-table", "test", "--aws-region", "r"];
    Config::from_settings(settings(&[&https[..], &ecs, &table].concat())).unwrap();
}

#[tokio::test]
#[ignore = "needs Node.js: `make test`"]
async fn a_certified_provider_signs_in_by_a_code_with_pkce() {
    let app = App::with(&PROVIDER.settings()).await;
    let acme = app.tenant("acme");
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let token = PROVIDER.token("ada", &format!("urn:api:{algorithm}")).await;
        let principal = acme.check(&token).await.expect(200)["data"].clone();
        assert_eq!((&principal["subject"], &principal["email"]), (&json!("ada"), &json!("ada@example.com")));
        let create = acme.with_bearer(Method::POST, "/api/example", &token).json(&json!({ "name": algorithm }));
        create.answer().await.expect(201);
    }
    let token = PROVIDER.token("bob", "urn:api:ES256").await;
    let list = acme.with_bearer(Method::GET, "/api/example", &token).answer().await.expect(200);
    assert_eq!(list["data"], json!([]));
    let ada = PROVIDER.token("ada", "urn:api:RS256").await;
    let list = acme.with_bearer(Method::GET, "/api/example", &ada).answer().await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 4);
}

#[tokio::test]
#[ignore = "needs Node.js: `make test`"]
async fn other_tokens_of_a_certified_provider_are_no_access_tokens_of_ours() {
    let tenant_claim = ["--oidc-tenant-claim", "tenant"];
    let app = App::with(&[&PROVIDER.settings()[..], &tenant_claim].concat()).await;
    let acme = app.tenant("acme");
    let signed_in = PROVIDER.sign_in("ada", "urn:api:RS256").await;
    let token = |name: &str| signed_in[name].as_str().unwrap().to_owned();
    acme.check(&token("access_token")).await.expect(200);
    acme.check(&token("id_token")).await.fails(401, "unauthenticated");
    app.tenant("demo").check(&token("access_token")).await.fails(403, "forbidden");
    let elsewhere = PROVIDER.token("ada", "urn:other:RS256").await;
    acme.check(&elsewhere).await.fails(401, "unauthenticated");
}

#[tokio::test]
#[ignore = "needs Node.js: `make test`"]
async fn a_certified_provider_can_change_its_keys() {
    let provider = Provider::start();
    let app = App::with(&provider.settings()).await;
    let acme = app.tenant("acme");
    let old = provider.token("ada", "urn:api:ES256").await;
    acme.check(&old).await.expect(200);
    provider.rotate().await;
    acme.check(&old).await.expect(200);
    let new = provider.token("ada", "urn:api:ES256").await;
    acme.check(&new).await.expect(200);
    acme.check(&old).await.fails(401, "unauthenticated");
}
