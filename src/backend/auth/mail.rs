//! Mails with sign-in links.

use std::sync::Arc;
use std::time::Duration;

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::logging::chain;

/// For one mail, from connecting to the server's answer.
pub const BOUND: Duration = Duration::from_secs(5);

/// Mails under way at once, on this instance. A slow server fills this, not the memory.
const MOST_AT_ONCE: u16 = 64;

/// A mail server.
pub type Smtp = AsyncSmtpTransport<Tokio1Executor>;

/// Sends mails, or shows them.
#[derive(Debug)]
pub struct Mailer {
    server: Option<(Smtp, Mailbox)>,
    under_way: Arc<Semaphore>,
    /// Whether the answer may be sent first. Not on Lambda, which freezes the process once it has answered.
    in_background: bool,
}

impl Mailer {
    /// Sends through this server from this address; without one, writes links to the terminal of a developer.
    pub fn new(server: Option<(Smtp, Mailbox)>, in_background: bool) -> Self {
        Self { server, under_way: Arc::new(Semaphore::new(MOST_AT_ONCE.into())), in_background }
    }

    /// The server at a URL, spoken to over TLS unless `allow_plain` and the URL say otherwise.
    ///
    /// # Errors
    /// When the URL is not usable. The message leaves it out, since it holds a password.
    pub fn smtp(url: &SecretString, allow_plain: bool) -> Result<Smtp, &'static str> {
        let not_a_url = "must be a URL like smtps://user:password@host";
        let parsed = Url::parse(url.expose_secret()).map_err(|_| not_a_url)?;
        // The first one counts, as it does for `from_url`.
        let tls = parsed.query_pairs().find(|(name, _)| name == "tls");
        if !allow_plain && parsed.scheme() != "smtps" && tls.is_none_or(|(_, value)| value != "required") {
            return Err("must be smtps://user:password@host, or smtp:// with ?tls=required");
        }
        Ok(Smtp::from_url(url.expose_secret()).map_err(|_| not_a_url)?.build())
    }

    /// Sends `link` to `address`. Never fails, and delays the answer only on Lambda: nobody may learn from it whether a
    /// mail was sent.
    pub async fn send(&self, address: Address, link: String, host: String) {
        let Some((server, from)) = self.server.clone() else {
            eprintln!("\n  To sign in to {host} as {address}, open\n  {link}\n");
            return;
        };
        let Ok(permit) = Arc::clone(&self.under_way).try_acquire_owned() else {
            tracing::error!("a mail was dropped: too many are under way");
            return;
        };
        let sending = async move {
            if timeout(BOUND, send(&server, from, address, &link, &host)).await.is_err() {
                tracing::error!("a mail was not sent in time");
            }
            drop(permit);
        };
        // Its log lines carry the request's id.
        let sending = tokio::spawn(sending.in_current_span());
        if !self.in_background {
            let _ = sending.await;
        }
    }

    /// Waits for the mails under way, each of which is bounded.
    pub async fn finish(&self) {
        let _ = self.under_way.acquire_many(MOST_AT_ONCE.into()).await;
    }
}

async fn send(server: &Smtp, from: Mailbox, address: Address, link: &str, host: &str) {
    let mail = Message::builder()
        .message_id(Some(format!("<{}@{}>", Uuid::now_v7(), from.email.domain())))
        .from(from)
        .to(Mailbox::new(None, address))
        .subject(format!("Sign in to {host}"))
        .multipart(MultiPart::alternative_plain_html(text(link, host), html(link, host)));
    let sent = match mail {
        Ok(mail) => server.send(mail).await,
        Err(error) => return tracing::error!(error = chain(&error), "a mail cannot be written"),
    };
    match sent {
        Ok(_) => {}
        // Anybody can name such an address, and nothing here is wrong.
        Err(error) if is_of_recipient(&error) => tracing::warn!(error = loggable(&error), "a mail was not sent"),
        Err(error) => tracing::error!(error = loggable(&error), "a mail was not sent"),
    }
}

/// Whether the server says that there is no such address, or that its mailbox takes nothing: status X.1 or X.2, except
/// X.1.7 and X.1.8, which are about the sender (RFC 3463 §3.2 and §3.3). `false` where no such status is given.
fn is_of_recipient(error: &smtp::Error) -> bool {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let of_sender = matches!(said.get(1..5), Some(".1.7" | ".1.8"));
    error.status().is_some() && matches!(said.get(1..4), Some(".1." | ".2.")) && !of_sender
}

/// Without what the server says, which tends to repeat the address.
fn loggable(error: &smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_response() => "the mail server does not speak SMTP".to_owned(),
        None => chain(error),
    }
}

fn text(link: &str, host: &str) -> String {
    format!(
        "To sign in to {host}, open this link within 15 minutes:\n\n{link}\n\n\
         It works once. If you did not ask for it, ignore this mail: nobody can sign in without it.\n"
    )
}

/// Nothing remote and no tracking; colours are left to the mail client, except those of the button, which is legible
/// in light and dark mode. Host and link are made of DNS labels and base64url, so there is nothing to escape.
fn html(link: &str, host: &str) -> String {
    include_str!("mail.html").replace("{link}", link).replace("{host}", host)
}
