use axum::http::HeaderName;
use clap::{Args, ValueEnum};
use governor::Quota;
use lettre::message::Mailbox;
use reqwest::Url;
use secrecy::SecretString;

use super::settings::{TenantResolutionMode, not_empty};
use super::{Compute, ConfigError, Settings};
use crate::auth::magic_link::MagicLink;
use crate::auth::mail::{self, Mailer};
use crate::auth::oidc::{Jwks, Oidc, OidcClient};
use crate::auth::{Auth, AuthProvider, MailShares, SignInRate};
use crate::http::Rate;

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Authentication")]
pub(super) struct AuthSettings {
    /// Who vouches for users; with none, a tenant's data is open to everybody on its host
    /// [default: none in local runs; to be chosen on ECS and Lambda]
    #[arg(long, env)]
    pub(super) auth_provider: Option<AuthProvider>,

    /// With magic_link: log writes links to the terminal, in local runs only; smtp mails them
    /// [default: log in local runs, else smtp]
    #[arg(long, env)]
    pub(super) email_mode: Option<EmailMode>,

    /// The mail server, like smtps://user:password@smtp.example.com; plain smtp:// in local runs only
    #[arg(long, env)]
    pub(super) smtp_url: Option<SecretString>,

    /// Instead of SMTP_URL: the parameter of SSM Parameter Store that holds it, read once at the start
    #[arg(long, env, value_parser = not_empty)]
    pub(super) smtp_url_parameter: Option<String>,

    /// The sender of mails, like Example <hello@example.com>
    #[arg(long, env, value_parser = sender)]
    pub(super) email_from: Option<Mailbox>,

    /// With oidc: the issuer's URL, as it stands in its tokens
    #[arg(long, env, value_parser = not_empty)]
    pub(super) oidc_issuer: Option<String>,

    /// What tokens must be for
    #[arg(long, env, value_parser = not_empty)]
    pub(super) oidc_audience: Option<String>,

    /// The id of the web page and the app at the issuer; public
    #[arg(long, env, value_parser = not_empty)]
    pub(super) oidc_client_id: Option<String>,

    /// Where the issuer's keys are [default: found by the issuer's configuration]
    #[arg(long, env)]
    pub(super) oidc_jwks_uri: Option<String>,

    /// The claim that must name the tenant of the host [default: none]
    #[arg(long, env, value_parser = not_empty)]
    pub(super) oidc_tenant_claim: Option<String>,

    /// Sign-in requests per minute and client, per instance; 0 is no limit
    #[arg(long, env, default_value = "60")]
    pub(super) sign_in_client_rate_limit: u32,

    /// Sign-in requests per minute and tenant, per instance; 0 is no limit
    #[arg(long, env, default_value = "600")]
    pub(super) sign_in_tenant_rate_limit: u32,

    /// The header that carries the client's address: one that the gateway overwrites
    /// [default: the address of the connection]
    #[arg(long, env)]
    pub(super) trusted_client_ip_header: Option<HeaderName>,
}

/// How links reach people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EmailMode {
    Log,
    Smtp,
}

impl AuthSettings {
    /// How links reach people who sign in by them.
    pub(super) fn email_mode(&self, compute: Compute) -> EmailMode {
        let default = if compute == Compute::Local { EmailMode::Log } else { EmailMode::Smtp };
        self.email_mode.unwrap_or(default)
    }

    pub(super) fn sign_in_rate(&self) -> SignInRate {
        SignInRate {
            client_header: self.trusted_client_ip_header.clone(),
            by_client: Rate::new(self.sign_in_client_rate_limit, Quota::per_minute),
            by_tenant: Rate::new(self.sign_in_tenant_rate_limit, Quota::per_minute),
            mails: MailShares::default(),
        }
    }
}

/// The provider, with what it needs.
pub(super) fn parse(settings: &Settings, compute: Compute, problems: &mut ConfigError) -> Option<Auth> {
    let local_default = (compute == Compute::Local).then_some(AuthProvider::None);
    match settings.auth.auth_provider.or(local_default) {
        Some(AuthProvider::None) => Some(Auth::None),
        Some(AuthProvider::MagicLink) => magic_link(settings, compute, problems).map(Auth::MagicLink),
        Some(AuthProvider::Oidc) => oidc(&settings.auth, compute, problems).map(Auth::Oidc),
        None => problems.add("AUTH_PROVIDER", "is not set: outside local runs choose who vouches for users, or none"),
    }
}

fn magic_link(settings: &Settings, compute: Compute, problems: &mut ConfigError) -> Option<MagicLink> {
    let domain = settings.tenancy.base_domain.clone();
    let domain = problems.required("BASE_DOMAIN", domain, "the domain that links in mails are built from");
    let mailer = mailer(&settings.auth, compute, problems);
    // On Lambda the answer waits for the mail, and a timeout would reveal who is sent one.
    let shortest = settings.waits.dynamodb_operation_timeout + mail::BOUND;
    if compute == Compute::Lambda && settings.waits.handler_timeout <= shortest {
        let problem = format_args!("must be longer than {shortest:?} on Lambda: DynamoDB and a mail are waited for");
        return problems.add("HANDLER_TIMEOUT", problem);
    }
    let domain = domain?;
    // A browser takes plain HTTP for safe on localhost alone.
    let is_localhost = domain.as_str() == "localhost" || domain.as_str().ends_with(".localhost");
    let is_local = compute == Compute::Local && is_localhost;
    let subdomains = settings.tenancy.tenant_resolution_mode == Some(TenantResolutionMode::Subdomain);
    Some(MagicLink { mailer: mailer?, domain, subdomains, is_local })
}

fn mailer(settings: &AuthSettings, compute: Compute, problems: &mut ConfigError) -> Option<Mailer> {
    let local = compute == Compute::Local;
    match settings.email_mode(compute) {
        EmailMode::Log if local => return Some(Mailer::new(None, true)),
        EmailMode::Log => {
            return problems.add("EMAIL_MODE", "must be smtp outside local runs: a log is no place for links");
        }
        EmailMode::Smtp => {}
    }
    let url = settings.smtp_url.clone();
    let url = problems.required("SMTP_URL", url, "the mail server, like smtps://user:password@host");
    let from = settings.email_from.clone();
    let from = problems.required("EMAIL_FROM", from, "the sender of mails, like hello@example.com");
    let server = problems.check("SMTP_URL", Mailer::smtp(&url?, local));
    Some(Mailer::new(Some((server?, from?)), compute != Compute::Lambda))
}

fn oidc(settings: &AuthSettings, compute: Compute, problems: &mut ConfigError) -> Option<Oidc> {
    let issuer = problems.required("OIDC_ISSUER", settings.oidc_issuer.clone(), "the issuer's URL");
    let audience = problems.required("OIDC_AUDIENCE", settings.oidc_audience.clone(), "what tokens are for");
    let client_id =
        problems.required("OIDC_CLIENT_ID", settings.oidc_client_id.clone(), "the id of the web page at the issuer");
    let mut web_url = |variable: &str, url: Option<&str>| {
        let is_good = |url: &Url| {
            let is_safe = url.scheme() == "https" || url.scheme() == "http" && compute == Compute::Local;
            is_safe && url.username().is_empty() && url.password().is_none()
        };
        // The parser drops white space around a URL, but tokens are compared with the text.
        let text = url?;
        let url = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
        let url = url.and_then(|url| Url::parse(url).ok()).filter(is_good);
        url.or_else(|| problems.add(variable, "must be a URL that begins with https://, without a user"))
    };
    let issuer_url = web_url("OIDC_ISSUER", issuer.as_deref());
    web_url("OIDC_JWKS_URI", settings.oidc_jwks_uri.as_deref());
    if issuer_url.as_ref().is_some_and(|url| url.query().is_some() || url.fragment().is_some()) {
        // OpenID Connect Discovery §3.
        return problems.add("OIDC_ISSUER", "must be a URL without a query or a fragment");
    }
    let (issuer, audience, client_id) = (issuer?, audience?, client_id?);
    let jwks = Jwks::new(issuer.clone(), settings.oidc_jwks_uri.clone(), compute != Compute::Lambda);
    let jwks = problems.check("OIDC_ISSUER", jwks)?.into();
    let origin = issuer_url?.origin().ascii_serialization();
    let client = OidcClient { issuer, client_id, audience };
    Some(Oidc { client, origin, tenant_claim: settings.oidc_tenant_claim.clone(), jwks })
}

fn sender(text: &str) -> Result<Mailbox, String> {
    let sender: Mailbox = text.parse().map_err(|error| format!("{error}"))?;
    // Mails have ids that end in the domain, and those are ASCII (RFC 5322 §3.6.4).
    if sender.email.domain().is_ascii() { Ok(sender) } else { Err("its domain must be written as xn--…".to_owned()) }
}
