//! How it stops, and what it leaves when it is killed.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reference_architecture::config::Config;
use reference_architecture::dev::{DATA_FOLDER, Engine};
use reference_architecture::table::Table;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::faults::events;
use crate::support::faulty::{Fault, Faulty};
use crate::support::process::{Folder, Process};
use crate::support::{App, PATIENCE, Tenant, settings, within_patience};

/// So long that no test passes because one of them ended.
const LONG_WAITS: [(&str, &str); 5] = [
    ("DYNAMODB_ATTEMPT_TIMEOUT", "10s"),
    ("DYNAMODB_OPERATION_TIMEOUT", "11s"),
    ("HANDLER_TIMEOUT", "12s"),
    ("GATEWAY_TIMEOUT", "13s"),
    ("STOP_TIMEOUT", "10m"),
];

#[tokio::test]
async fn what_was_sent_before_sigterm_is_answered_though_nothing_of_it_was_read() {
    let table = App::spawn().await;
    // Also of those who wait for one of few connections.
    for most in ["2048", "10"] {
        let mut process = Process::serve(&table.table_name, &[("MAX_CONNECTIONS", most)]);
        // It sees the signal and the requests at the same moment.
        process.signal("STOP");
        let peers: Vec<_> = (0..100)
            .map(|_| {
                let mut peer = std::net::TcpStream::connect(process.address).unwrap();
                peer.set_read_timeout(Some(PATIENCE)).unwrap();
                peer.write_all(b"GET /api/health HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
                peer
            })
            .collect();
        process.signal("TERM");
        process.signal("CONT");
        for mut peer in peers {
            let mut status = [0; 13];
            peer.read_exact(&mut status).expect("it was left without an answer");
            assert_eq!(&status, b"HTTP/1.1 200 ", "{most}");
        }
        assert_eq!(process.ended().await.code(), Some(0));
    }
}

/// Whether a request on a connection of its own is answered; `None` where there is no connection to be had.
async fn is_answered(address: SocketAddr) -> Option<bool> {
    let mut peer = TcpStream::connect(address).await.ok()?;
    let _ = peer.write_all(b"GET /api/health HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let mut status = [0; 13];
    Some(peer.read_exact(&mut status).await.is_ok() && &status == b"HTTP/1.1 200 ")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_connects_all_the_time_while_it_stops_is_answered_as_long_as_there_is_a_connection() {
    let table = App::spawn().await;
    let mut lost = 0;
    for _ in 0..3 {
        let mut process = Process::serve(&table.table_name, &[]);
        let (address, answered) = (process.address, Arc::new(AtomicUsize::new(0)));
        let mut clients = JoinSet::new();
        for _ in 0..30 {
            let answered = Arc::clone(&answered);
            clients.spawn(async move {
                let mut lost = 0;
                while let Some(is_answered) = is_answered(address).await {
                    lost += usize::from(!is_answered);
                    answered.fetch_add(usize::from(is_answered), Ordering::SeqCst);
                }
                lost
            });
        }
        let busy = async {
            while answered.load(Ordering::SeqCst) < 500 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        within_patience("500 answers", busy).await;
        process.signal("TERM");
        lost += within_patience("the last client", clients.join_all()).await.into_iter().sum::<usize>();
        assert_eq!(process.ended().await.code(), Some(0));
    }
    // A moment remains between the last look at the queue and the end of the listener. Without that look it is dozens.
    assert!(lost <= 3, "{lost} were left without an answer");
}

#[tokio::test]
async fn sigterm_while_requests_run_answers_them_all_and_exits_0() {
    let (app, proxy) = (App::spawn().await, Faulty::start().await);
    let environment = [&LONG_WAITS[..], &[("DYNAMODB_ENDPOINT", proxy.endpoint.as_str())]].concat();
    let mut process = Process::serve(&app.table_name, &environment);
    let acme = process.tenant("acme");
    proxy.always(Fault::Wait);
    let names: Vec<_> = (0..40).map(|number| number.to_string()).collect();
    let mut requests = JoinSet::new();
    for name in names.clone() {
        let acme = acme.clone();
        requests.spawn(async move { acme.post("/api/example", &json!({ "name": name })).await });
    }
    proxy.called(40).await;

    process.signal("TERM");
    // The listener is closed when nobody can connect.
    let closed = async {
        while TcpStream::connect(process.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within_patience("the end of the listener", closed).await;
    proxy.heal();
    for answer in requests.join_all().await {
        answer.expect(201);
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert_eq!(process.ended().await.code(), Some(0), "{:?}", process.error_lines());
    let mut kept = app.tenant("acme").names().await;
    kept.sort_by_key(|name| name.parse::<u8>().unwrap());
    assert_eq!(kept, names);
    assert_eq!(events(&app.table).await.len(), 40);
}

/// Waits until the instance says that it stops.
async fn drains(process: &Process) {
    let unready = async {
        while process.tenant("acme").get("/api/ready").await.status == StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within_patience("an instance that is not ready", unready).await;
}

#[tokio::test]
async fn in_the_grace_period_it_serves_but_is_not_ready_and_a_second_signal_ends_it_at_once() {
    let app = App::spawn().await;
    for (first, second, code) in [("TERM", "TERM", 143), ("INT", "INT", 130), ("INT", "TERM", 143)] {
        let environment = [&LONG_WAITS[..], &[("SHUTDOWN_GRACE", "5m")]].concat();
        let mut process = Process::serve(&app.table_name, &environment);
        process.tenant("acme").get("/api/ready").await.expect(200);
        process.signal(first);
        drains(&process).await;
        // Each on a connection of its own.
        for _ in 0..3 {
            let fresh = process.tenant("acme");
            fresh.get("/api/ready").await.fails(503, "unavailable");
            fresh.get("/api/health").await.expect(200);
            let created = fresh.post("/api/example", &json!({ "name": "late" })).await;
            created.expect(201);
            assert_eq!(created.header("connection"), Some("close"));
        }
        process.signal(second);
        assert_eq!(process.ended().await.code(), Some(code));
    }
}

#[tokio::test]
async fn after_the_grace_period_and_the_drain_it_exits_0_whoever_holds_connections() {
    let app = App::spawn().await;
    let waits = [
        ("SHUTDOWN_GRACE", "700ms"),
        ("SHUTDOWN_DRAIN", "1500ms"),
        ("HANDLER_TIMEOUT", "1500ms"),
        ("DYNAMODB_OPERATION_TIMEOUT", "1400ms"),
        ("DYNAMODB_ATTEMPT_TIMEOUT", "1s"),
        ("REQUEST_BODY_TIMEOUT", "1s"),
    ];
    let mut process = Process::serve(&app.table_name, &waits);
    let silent = TcpStream::connect(process.address).await.unwrap();
    let mut halfway = TcpStream::connect(process.address).await.unwrap();
    halfway.write_all(b"POST /api/example HTTP/1.1\r\nhost: acme.example.com\r\ncontent-length: 9\r\n").await.unwrap();
    process.tenant("acme").get("/api/health").await.expect(200);
    process.signal("TERM");
    assert_eq!(process.ended().await.code(), Some(0));
    let told = process.log("reference_architecture::serve", 2).await;
    let told: Vec<_> = told.iter().map(|line| (&line["message"], &line["connections"])).collect();
    let (stopping, cut_off) = (json!("stopping"), json!("cut off after the drain period"));
    assert_eq!(told, [(&stopping, &Value::Null), (&cut_off, &json!(1))], "who is silent is idle");
    drop((silent, halfway));
}

/// Creates one example after the other, and notes the id of each that was acknowledged, until a request fails.
async fn create_until_it_fails(process: &Process, acknowledged: Arc<Mutex<Vec<String>>>) {
    let url = format!("http://{}/api/example", process.address);
    let client = Client::new();
    loop {
        let request = client.post(&url).header("host", "acme.localhost").json(&json!({ "name": "kept" }));
        let Ok(response) = request.send().await else { return };
        assert_eq!(response.status(), 201);
        // The answer may be cut off behind its head, which is no acknowledgement yet.
        let Ok(body) = response.json::<serde_json::Value>().await else { return };
        acknowledged.lock().unwrap().push(body["data"]["id"].as_str().unwrap().to_owned());
    }
}

#[tokio::test]
async fn sigkill_in_the_middle_of_creates_loses_and_doubles_nothing_that_was_acknowledged() {
    let folder = Folder::new();
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for round in 1..=3 {
        let mut process = Process::start(&folder, &["dev"], &[("TENANT_RATE_LIMIT", "0")]);
        let kill = async {
            let enough = async {
                while acknowledged.lock().unwrap().len() < 60 * round {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            within_patience("creates that are acknowledged", enough).await;
            process.signal("KILL");
        };
        let create = || create_until_it_fails(&process, Arc::clone(&acknowledged));
        tokio::join!(kill, create(), create(), create(), create(), create(), create(), create(), create());
        assert_eq!(process.ended().await.code(), None, "it was killed");
    }

    let process = Process::start(&folder, &["dev"], &[]);
    let acme = Tenant::new(process.address, "acme.localhost");
    let mut listed = Vec::new();
    let mut next = String::new();
    loop {
        let page = acme.get(&format!("/api/example?limit=100{next}")).await.expect(200);
        listed.extend(page["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["page"]["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    drop(process);

    // Without the app, straight from the data.
    let engine = Engine::start(Some(&folder.0.join(DATA_FOLDER))).await.unwrap();
    let endpoint = format!("--dynamodb-endpoint={}", engine.endpoint());
    let config = Config::from_settings(settings(&[&endpoint, "--dynamodb-table=reference-architecture"])).unwrap();
    let mut told: Vec<_> = events(&Table::connect(&config.table).await)
        .await
        .into_iter()
        .map(|(name, id)| {
            assert_eq!(name, "example.created");
            id
        })
        .collect();

    let mut acknowledged = acknowledged.lock().unwrap().clone();
    for ids in [&mut listed, &mut told, &mut acknowledged] {
        ids.sort();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "something is there twice");
    }
    assert!(acknowledged.len() >= 180);
    assert!(acknowledged.iter().all(|id| listed.contains(id)), "something that was acknowledged is lost");
    assert_eq!(listed, told, "an item without its event, or an event without its item");
}

#[tokio::test]
async fn it_raises_the_soft_limit_of_files_to_what_its_connections_need() {
    let app = App::spawn().await;
    let process = Process::serve_with_files("-Sn 60", &app.table_name);
    let mut peers = Vec::new();
    for _ in 0..100 {
        peers.push(TcpStream::connect(process.address).await.unwrap());
    }
    within_patience("an answer", process.tenant("acme").create("first")).await;
}

#[tokio::test]
async fn without_file_descriptors_it_accepts_nobody_for_a_while_and_then_goes_on() {
    let app = App::spawn().await;
    let process = Process::serve_with_files("-n 60", &app.table_name);
    let mut peers = Vec::new();
    for _ in 0..100 {
        peers.push(TcpStream::connect(process.address).await.unwrap());
    }
    let told = process.log("reference_architecture::serve", 6).await;
    assert!(process.lines().iter().any(|line| line.contains("MAX_CONNECTIONS cannot be reached")), "{told:?}");
    let failures = told.iter().filter(|line| line["message"] == "cannot accept a connection");
    let times: Vec<jiff::Timestamp> = failures.map(|line| line["time"].as_str().unwrap().parse().unwrap()).collect();
    assert!(times.len() >= 5, "{told:?}");
    for pair in times.windows(2) {
        assert!(pair[1].duration_since(pair[0]).as_millis() >= 99, "it does not pause: {times:?}");
    }
    drop(peers);
    within_patience("an answer", process.tenant("acme").get("/api/health")).await.expect(200);
}
