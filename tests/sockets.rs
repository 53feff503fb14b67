//! The real listener, spoken to byte by byte: what bad peers can do to it, and how it stops.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::faults::events;
use crate::support::App;
use crate::support::faulty::{Fault, Faulty};

/// Far more than a busy machine needs; only a defect lasts longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// So long that no test passes because it ended.
const ENDLESS_KEEP_ALIVE: &str = "--keep-alive-timeout=10m";

const HEALTH: &str = "GET /api/health HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// A peer that says what it wants.
struct Peer(TcpStream);

/// A response as it came.
struct Raw {
    head: String,
    body: Value,
}

impl Peer {
    async fn new(app: &App) -> Self {
        Self(TcpStream::connect(app.address).await.unwrap())
    }

    async fn that_said(app: &App, text: &str) -> Self {
        let mut peer = Self::new(app).await;
        peer.say(text).await;
        peer
    }

    async fn say(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// The next response; `None` when the connection ends instead.
    async fn hear(&mut self) -> Option<Raw> {
        timeout(PATIENCE, self.response()).await.expect("neither an answer nor the end")
    }

    async fn response(&mut self) -> Option<Raw> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            // An end by reset is an end.
            head.push(self.0.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let length = head.split_once("content-length: ").map_or("0", |(_, rest)| rest.lines().next().unwrap());
        let mut body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut body).await.unwrap();
        Some(Raw { head, body: serde_json::from_slice(&body).unwrap_or_default() })
    }

    /// Waits until the server has ended the connection, whatever it says before.
    async fn is_left(&mut self) {
        while self.hear().await.is_some() {}
    }
}

impl Raw {
    #[track_caller]
    fn expect(self, status: u16) -> Self {
        assert!(self.head.starts_with(&format!("http/1.1 {status} ")), "{} {}", self.head, self.body);
        self
    }

    fn has(&self, header: &str) -> bool {
        self.head.lines().any(|line| line == header)
    }
}

/// Answered with far more than it is; many fill all buffers between a server and a peer that does not read.
const FLOOD: &str = "GET /api/openapi.json HTTP/1.1\r\nhost: acme.example.com\r\n\r\n";

/// A peer that holds little of what it is told.
async fn deaf(app: &App) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2048).unwrap();
    socket.connect(app.address).await.unwrap()
}

fn create(name: &str) -> String {
    let body = json!({ "name": name }).to_string();
    let head = "POST /api/example HTTP/1.1\r\nhost: acme.example.com\r\ncontent-type: application/json\r\n";
    format!("{head}content-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn peers_that_never_end_their_head_are_left() {
    let app = App::with(&["--keep-alive-timeout=300ms"]).await;
    for said in ["", "PRI", "G", "GET /api/health HTTP/1.1\r\nhost: loc", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        Peer::that_said(&app, said).await.is_left().await;
    }
    // Dripping does not help: the whole head is bounded.
    let mut peer = Peer::that_said(&app, "GET /api/health HTTP/1.1\r\n").await;
    let (mut heard, mut said) = peer.0.split();
    let drip = async {
        while said.write_all(b"x: y\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let end = async { while heard.read_u8().await.is_ok() {} };
    timeout(PATIENCE, async {
        tokio::select! { () = drip => {}, () = end => {} }
    })
    .await
    .expect("it drips for ever");
    Peer::that_said(&app, HEALTH).await.hear().await.unwrap().expect(200);
}

#[tokio::test]
async fn a_peer_that_never_reads_is_left_and_its_place_is_free_again() {
    let app = App::with(&["--keep-alive-timeout=300ms", "--max-connections=1"]).await;
    let mut deaf = deaf(&app).await;
    let flood = FLOOD.repeat(2000);
    let mut waiting = Peer::that_said(&app, HEALTH).await;
    let answered = async {
        tokio::select! {
            _ = deaf.write_all(flood.as_bytes()) => waiting.hear().await,
            answer = waiting.hear() => answer,
        }
    };
    answered.await.expect("no answer").expect(200);
}

#[tokio::test]
async fn a_head_of_60_kilobytes_is_read_and_one_of_200_is_not() {
    let app = App::spawn().await;
    let head = |kilobytes: usize| {
        let pad = format!("x-pad: {}\r\n", "x".repeat(4000)).repeat(kilobytes / 4);
        format!("GET /api/health HTTP/1.1\r\nhost: localhost\r\n{pad}\r\n")
    };
    Peer::that_said(&app, &head(60)).await.hear().await.unwrap().expect(200);
    let mut peer = Peer::new(&app).await;
    // It is refused before it is whole, and an answer to what is still being said may be lost.
    let _ = peer.0.write_all(head(200).as_bytes()).await;
    if let Some(answer) = peer.hear().await {
        answer.expect(431);
    }
}

#[tokio::test]
async fn a_peer_that_has_said_all_is_answered() {
    let app = App::spawn().await;
    let mut peer = Peer::that_said(&app, &create("all")).await;
    peer.0.shutdown().await.unwrap();
    peer.hear().await.expect("no answer").expect(201);
    peer.is_left().await;
}

#[tokio::test]
async fn a_connection_between_two_requests_is_left_after_the_keep_alive_time() {
    let app = App::with(&["--keep-alive-timeout=300ms"]).await;
    let mut peer = Peer::that_said(&app, HEALTH).await;
    peer.hear().await.unwrap().expect(200);
    peer.is_left().await;
}

#[tokio::test]
async fn one_connection_serves_many_requests_also_when_they_do_not_wait() {
    let app = App::with(&[ENDLESS_KEEP_ALIVE]).await;
    let mut peer = Peer::new(&app).await;
    for _ in 0..3 {
        peer.say(HEALTH).await;
        peer.hear().await.unwrap().expect(200);
    }
    let pipelined: String = (0..5).map(|number| create(&number.to_string())).collect();
    peer.say(&pipelined).await;
    for number in 0..5 {
        let created = peer.hear().await.unwrap().expect(201);
        assert_eq!(created.body["data"]["name"], number.to_string(), "in their order");
    }
    assert_eq!(app.tenant("acme").names().await, ["4", "3", "2", "1", "0"]);
}

#[tokio::test]
async fn a_body_that_drips_is_408_though_each_byte_is_in_time() {
    let app = App::with(&["--request-body-timeout=500ms", "--handler-timeout=14s"]).await;
    let long = create("").replace("content-length: 11", "content-length: 5000");
    let mut peer = Peer::that_said(&app, long.split_once("\r\n\r\n").unwrap().0).await;
    peer.say("\r\n\r\n{").await;
    let (mut heard, mut said) = peer.0.split();
    let drip = async {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let _ = said.write_all(b" ").await;
        }
    };
    let mut status_line = [0; 12];
    tokio::select! {
        read = timeout(PATIENCE, heard.read_exact(&mut status_line)) => drop(read.unwrap().unwrap()),
        () = drip => {}
    }
    assert_eq!(&status_line, b"HTTP/1.1 408");
    assert_eq!(app.tenant("acme").names().await, [""; 0]);
}

#[tokio::test]
async fn a_body_that_never_comes_is_408_with_the_envelope() {
    let app = App::with(&["--request-body-timeout=300ms", "--handler-timeout=14s"]).await;
    let mut peer = Peer::that_said(&app, create("late").split_once('{').unwrap().0).await;
    let answer = peer.hear().await.unwrap().expect(408);
    assert_eq!(answer.body["error"]["code"], "body_timeout");
    // What follows on this connection could be the rest of the body.
    peer.is_left().await;
    assert_eq!(app.tenant("acme").names().await, [""; 0]);
}

#[tokio::test]
async fn a_body_shorter_than_announced_changes_nothing() {
    let app = App::spawn().await;
    let short = create("short").replace("content-length: 16", "content-length: 17");
    let mut peer = Peer::that_said(&app, &short).await;
    peer.0.shutdown().await.unwrap();
    if let Some(answer) = peer.hear().await {
        assert_eq!(answer.expect(400).body["error"]["requestId"].as_str().unwrap().len(), 36);
    }
    assert_eq!(app.tenant("acme").names().await, [""; 0]);
    assert_eq!(events(&app.table).await, []);
}

#[tokio::test]
async fn a_connection_beyond_the_cap_waits_until_another_ends() {
    let app = App::with(&["--max-connections=2", ENDLESS_KEEP_ALIVE]).await;
    let mut held = [Peer::that_said(&app, HEALTH).await, Peer::that_said(&app, HEALTH).await];
    for peer in &mut held {
        peer.hear().await.unwrap().expect(200);
    }
    let mut extra = Peer::that_said(&app, HEALTH).await;
    assert!(timeout(Duration::from_millis(300), extra.response()).await.is_err(), "there was no room");
    let [first, mut second] = held;
    drop(first);
    extra.hear().await.unwrap().expect(200);
    second.say(HEALTH).await;
    second.hear().await.unwrap().expect(200);
}

/// Nested waits that end soon after the stop.
const SHORT_STOP: [&str; 4] = [
    "--shutdown-drain=1s",
    "--handler-timeout=900ms",
    "--dynamodb-operation-timeout=800ms",
    "--dynamodb-attempt-timeout=800ms",
];

#[tokio::test]
async fn silent_connections_delay_a_stop_by_no_more_than_the_drain_time() {
    let arguments = [&SHORT_STOP[..], &["--request-body-timeout=800ms", "--dynamodb-connect-timeout=800ms"]].concat();
    let app = App::with(&[&arguments[..], &[ENDLESS_KEEP_ALIVE]].concat()).await;
    let mut peers = [
        Peer::new(&app).await,
        Peer::that_said(&app, "PRI").await,
        Peer::that_said(&app, "GET /api/health HTTP/1.1\r\nhost: loc").await,
        Peer::that_said(&app, HEALTH).await,
    ];
    peers[3].hear().await.unwrap().expect(200);
    let served = app.stop();
    timeout(PATIENCE, served).await.expect("it never stops").unwrap();
    for peer in &mut peers {
        peer.is_left().await;
    }
}

#[tokio::test]
async fn an_idle_connection_is_left_at_once_when_the_app_stops() {
    // Were it waited for, the test would take as long as the drain.
    let app = App::with(&[ENDLESS_KEEP_ALIVE, "--shutdown-drain=9m", "--stop-timeout=10m"]).await;
    let mut idle = Peer::that_said(&app, HEALTH).await;
    idle.hear().await.unwrap().expect(200);
    let served = app.stop();
    idle.is_left().await;
    timeout(PATIENCE, served).await.expect("it waits for a connection that nobody uses").unwrap();
}

#[tokio::test]
async fn a_request_that_runs_is_answered_when_the_app_stops_and_no_other_is_taken() {
    let proxy = Faulty::start().await;
    let endpoint = format!("--dynamodb-endpoint={}", proxy.endpoint);
    let arguments =
        ["--dynamodb-attempt-timeout=10s", "--dynamodb-operation-timeout=11s", "--handler-timeout=12s", &endpoint];
    let app = App::with(&arguments).await;
    proxy.heal();
    proxy.always(Fault::Wait);
    let mut peer = Peer::that_said(&app, &create("in time")).await;
    proxy.called(1).await;

    let (address, table) = (app.address, app.table.clone());
    let served = app.stop();
    timeout(PATIENCE, async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the listener never closes");
    assert!(!served.is_finished());
    proxy.heal();
    assert!(peer.hear().await.unwrap().expect(201).has("connection: close"));
    peer.is_left().await;
    timeout(PATIENCE, served).await.expect("it never stops").unwrap();
    assert_eq!(events(&table).await.len(), 1);
}

#[tokio::test]
async fn a_request_that_hangs_is_answered_before_the_drain_time_is_over() {
    let proxy = Faulty::start().await;
    let endpoint = format!("--dynamodb-endpoint={}", proxy.endpoint);
    let arguments = [
        "--dynamodb-attempt-timeout=10s",
        "--dynamodb-operation-timeout=11s",
        "--handler-timeout=12s",
        "--shutdown-drain=12s",
        &endpoint,
    ];
    let app = App::with(&arguments).await;
    proxy.heal();
    proxy.always(Fault::Hang);
    let mut peer = Peer::that_said(&app, &create("too late")).await;
    proxy.called(1).await;
    let served = app.stop();
    timeout(PATIENCE, served).await.expect("it never stops").unwrap();
    // The operation's time-out comes first, so that even this one is answered.
    peer.hear().await.unwrap().expect(503);
}

#[tokio::test]
async fn what_outlasts_the_drain_time_is_cut_off() {
    let app = App::with(&[
        "--dynamodb-connect-timeout=900ms",
        "--dynamodb-attempt-timeout=900ms",
        "--dynamodb-operation-timeout=900ms",
        "--request-body-timeout=900ms",
        "--handler-timeout=1s",
        "--shutdown-drain=1s",
        ENDLESS_KEEP_ALIVE,
    ])
    .await;
    let mut deaf = deaf(&app).await;
    // Until nothing more goes in, since nothing comes out.
    while matches!(timeout(Duration::from_secs(1), deaf.write_all(FLOOD.as_bytes())).await, Ok(Ok(()))) {}
    timeout(PATIENCE, app.stop()).await.expect("it waits for a peer that never reads").unwrap();
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_leaves_no_half_change() {
    let proxy = Faulty::start().await;
    let app = App::with(&[&format!("--dynamodb-endpoint={}", proxy.endpoint)]).await;
    let whole = create("left");
    for length in [10, 60, whole.len() - 1] {
        drop(Peer::that_said(&app, &whole[..length]).await);
    }
    assert_eq!(app.tenant("acme").names().await, [""; 0]);

    for _ in 0..10 {
        // Leaves at once, or while the transaction is under way, which then happens or does not.
        drop(Peer::that_said(&app, &whole).await);
        proxy.heal();
        proxy.always_at("TransactWriteItems", Fault::Wait);
        let peer = Peer::that_said(&app, &whole).await;
        proxy.called(1).await;
        drop(peer);
        proxy.heal();
    }
    let acme = app.tenant("acme");
    acme.create("last").await;
    // The last ones may still be on their way.
    for _ in 0..1000 {
        let list = acme.get("/api/example?limit=100").await.expect(200);
        let mut items: Vec<_> =
            list["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect();
        let mut told: Vec<_> = events(&app.table).await.into_iter().map(|(_, id)| id).collect();
        items.sort();
        told.sort();
        if items == told {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("items without events, or events without items");
}
