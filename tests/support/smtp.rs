//! A real mail server, one for all tests, and what it took.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::App;
use super::servers::Server;

struct MailServer {
    port: u16,
    mails: Arc<Mutex<Vec<Value>>>,
}

static SERVER: LazyLock<MailServer> = LazyLock::new(|| {
    let Server { port, output, child } = Server::start("mail");
    let mails: Arc<Mutex<Vec<Value>>> = Arc::default();
    let kept = Arc::clone(&mails);
    thread::spawn(move || {
        // Its input stays open as long as this holds it.
        let _child = child;
        for line in output.map_while(Result::ok) {
            kept.lock().unwrap().push(serde_json::from_str(&line).unwrap());
        }
    });
    MailServer { port, mails }
});

/// Where the server listens.
pub fn address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], SERVER.port))
}

/// The server's URL, with this user and password.
pub fn url(credentials: &str) -> String {
    format!("smtp://{credentials}@{}", address())
}

/// What makes an app send mails.
pub fn settings(url: &str) -> [&str; 8] {
    let from = "Example <hello@example.com>";
    ["--auth-provider", "magic_link", "--email-mode", "smtp", "--smtp-url", url, "--email-from", from]
}

/// An app that sends mails.
pub async fn app() -> App {
    App::with(&settings(&url("app:secret"))).await
}

/// The mails to this address so far.
pub fn taken(address: &str) -> Vec<Value> {
    let mails = SERVER.mails.lock().unwrap();
    mails.iter().filter(|mail| mail["to"][0] == address).cloned().collect()
}

/// The mails to this address, once there are `count`.
pub async fn mails(address: &str, count: usize) -> Vec<Value> {
    for _ in 0..3000 {
        let mails = taken(address);
        if mails.len() >= count {
            assert_eq!(mails.len(), count, "{mails:#?}");
            return mails;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} mails to {address}, not {count}", taken(address).len());
}

/// The link in a mail.
pub fn link(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let links: Vec<_> = text.split_whitespace().filter(|word| word.contains("://")).collect();
    let [link] = links[..] else { panic!("{text}") };
    link.to_owned()
}

/// The token in the link of a mail.
pub fn token(mail: &Value) -> String {
    link(mail).split_once("#token=").unwrap().1.to_owned()
}
