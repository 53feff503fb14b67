//! A proxy between the SDK and the engine that can be told to fail, as networks and DynamoDB do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::{self, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{ENDPOINT, within_patience};

/// Text of errors that no client may see.
pub const PLANTED: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/planted";

/// What happens to a call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This is answered; the engine sees nothing.
    Answer(u16, &'static str),
    /// No answer ever comes; the engine sees nothing.
    Hang,
    /// The engine carries the call out, but no answer ever comes.
    HoldReply,
    /// The connection ends; the engine sees nothing.
    Cut,
    /// The engine carries the call out, then the connection ends.
    LoseReply,
    /// All is well, but then the connection ends without a word.
    CloseAfter,
    /// All is well, but only once the proxy is healed.
    Wait,
    /// All is well, but only after this time.
    Late(Duration),
}

/// Listens on a loopback port until the test's runtime ends.
#[derive(Clone)]
pub struct Faulty {
    pub endpoint: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    plan: Mutex<Plan>,
    healed: watch::Sender<()>,
    client: Client,
}

#[derive(Default)]
struct Plan {
    next: VecDeque<Fault>,
    then: Option<Fault>,
    /// Only for this operation, if there is a name.
    operation: String,
    calls: Vec<String>,
}

/// One call of the SDK's.
struct Call {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    operation: String,
}

impl Fault {
    /// DynamoDB's error `code`.
    pub fn error(status: u16, code: &str) -> Self {
        let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": PLANTED });
        Self::Answer(status, body.to_string().leak())
    }

    /// A cancelled transaction with a reason for each of its writes.
    pub fn cancelled(reasons: &[&str]) -> Self {
        let reasons: Vec<Value> = reasons.iter().map(|code| json!({ "Code": code, "Message": PLANTED })).collect();
        let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
        let body = json!({ "__type": kind, "Message": PLANTED, "CancellationReasons": reasons });
        Self::Answer(400, body.to_string().leak())
    }
}

impl Faulty {
    /// Passes everything on, until told otherwise.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let proxy = Self { endpoint, shared: Arc::clone(&shared) };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let shared = Arc::clone(&shared);
                // The peer may leave at any time.
                tokio::spawn(async move { drop(shared.connection(BufStream::new(stream)).await) });
            }
        });
        proxy
    }

    /// Fails the next calls, one each.
    pub fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.plan.lock().unwrap().next.extend(faults);
    }

    /// Fails all calls from now on.
    pub fn always(&self, fault: Fault) {
        self.shared.plan.lock().unwrap().then = Some(fault);
    }

    /// Fails all calls of one operation from now on.
    pub fn always_at(&self, operation: &str, fault: Fault) {
        operation.clone_into(&mut self.shared.plan.lock().unwrap().operation);
        self.always(fault);
    }

    /// Fails no longer.
    pub fn heal(&self) {
        *self.shared.plan.lock().unwrap() = Plan::default();
        self.shared.healed.send_replace(());
    }

    /// Waits until that many calls have come since the proxy was last healed.
    pub async fn called(&self, times: usize) {
        self.until(|calls| calls.len() >= times).await;
    }

    /// Waits until this operation was called since the proxy was last healed.
    pub async fn called_for(&self, operation: &str) {
        self.until(|calls| calls.iter().any(|call| call == operation)).await;
    }

    async fn until(&self, enough: impl Fn(&[String]) -> bool) {
        let called = async {
            while !enough(&self.calls()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        within_patience("calls of the app's", called).await;
    }

    /// The operations that were called since the proxy was last healed, tries included.
    pub fn calls(&self) -> Vec<String> {
        self.shared.plan.lock().unwrap().calls.clone()
    }
}

impl Shared {
    async fn connection(&self, mut stream: BufStream<TcpStream>) -> io::Result<()> {
        while let Some(call) = Call::read(&mut stream).await? {
            let mut healed = self.healed.subscribe();
            match self.fault(&call) {
                None => answer(&mut stream, self.pass_on(&call).await).await?,
                Some(Fault::Answer(status, body)) => answer(&mut stream, (status, body.as_bytes().to_vec())).await?,
                Some(Fault::Hang) => std::future::pending().await,
                Some(Fault::HoldReply) => {
                    self.pass_on(&call).await;
                    std::future::pending::<()>().await;
                }
                Some(Fault::Wait) => {
                    healed.changed().await.unwrap();
                    answer(&mut stream, self.pass_on(&call).await).await?;
                }
                Some(Fault::Late(delay)) => {
                    tokio::time::sleep(delay).await;
                    answer(&mut stream, self.pass_on(&call).await).await?;
                }
                Some(Fault::Cut) => return Ok(()),
                Some(Fault::LoseReply) => {
                    self.pass_on(&call).await;
                    return Ok(());
                }
                Some(Fault::CloseAfter) => return answer(&mut stream, self.pass_on(&call).await).await,
            }
        }
        Ok(())
    }

    fn fault(&self, call: &Call) -> Option<Fault> {
        let mut plan = self.plan.lock().unwrap();
        plan.calls.push(call.operation.clone());
        if !plan.operation.is_empty() && plan.operation != call.operation {
            return None;
        }
        plan.next.pop_front().or_else(|| plan.then.clone())
    }

    /// The engine's answer.
    async fn pass_on(&self, call: &Call) -> (u16, Vec<u8>) {
        let mut request = self.client.post(ENDPOINT.as_str()).body(call.body.clone());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
    }
}

impl Call {
    /// `None` when the peer has left.
    async fn read(stream: &mut BufStream<TcpStream>) -> io::Result<Option<Self>> {
        let mut call = Self { headers: Vec::new(), body: Vec::new(), operation: String::new() };
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        loop {
            line.clear();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => call.body = vec![0; value.parse().unwrap()],
                "host" | "connection" => {}
                "x-amz-target" => {
                    value.rsplit('.').next().unwrap().clone_into(&mut call.operation);
                    call.headers.push((name.to_owned(), value.to_owned()));
                }
                _ => call.headers.push((name.to_owned(), value.to_owned())),
            }
        }
        stream.read_exact(&mut call.body).await?;
        Ok(Some(call))
    }
}

async fn answer(stream: &mut BufStream<TcpStream>, (status, body): (u16, Vec<u8>)) -> io::Result<()> {
    let reason = StatusCode::from_u16(status).unwrap();
    let head = format!("HTTP/1.1 {reason}\r\ncontent-type: application/x-amz-json-1.0\r\n");
    let head = format!("{head}content-length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), &body].concat()).await?;
    stream.flush().await
}
