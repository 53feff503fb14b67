//! A proxy between app and engine that counts requests and can delay answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::ENDPOINT;

/// What every call to DynamoDB begins with; no body holds it.
const START_OF_REQUEST: &[u8] = b"POST / HTTP/1.1\r\n";

pub struct Proxy {
    pub endpoint: String,
    requests: Arc<AtomicUsize>,
}

impl Proxy {
    /// Passes everything on, each part of an answer `delay` late.
    pub async fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, Arc::clone(&counter), delay));
            }
        });
        Self { endpoint, requests }
    }

    /// How many requests there were since the last question.
    pub fn count(&self) -> usize {
        self.requests.swap(0, Ordering::SeqCst)
    }
}

async fn pass(client: TcpStream, requests: Arc<AtomicUsize>, delay: Duration) {
    let engine = ENDPOINT.strip_prefix("http://").unwrap().trim_end_matches('/');
    let engine = TcpStream::connect(engine).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_engine, mut to_engine) = engine.into_split();
    let up = async {
        // The end of what was seen, since a request's start may come in two parts.
        let mut tail = Vec::new();
        let mut buffer = [0; 16 * 1024];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            tail.extend_from_slice(&buffer[..read]);
            let starts = tail.windows(START_OF_REQUEST.len()).filter(|bytes| *bytes == START_OF_REQUEST).count();
            requests.fetch_add(starts, Ordering::SeqCst);
            tail.drain(..tail.len().saturating_sub(START_OF_REQUEST.len() - 1));
            if to_engine.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
    };
    let down = async {
        let mut buffer = [0; 16 * 1024];
        while let Ok(read @ 1..) = from_engine.read(&mut buffer).await {
            tokio::time::sleep(delay).await;
            if to_client.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = up => {}
        () = down => {}
    }
}
