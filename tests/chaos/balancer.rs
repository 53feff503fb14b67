//! What stands in front of the instances: as API Gateway with Cloud Map, it passes each request on to one of the
//! instances that it knows, never tries another one, and learns only seconds later which instances there are.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, HeaderMap, TRANSFER_ENCODING};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use reqwest::Client;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How old the balancer's knowledge may get.
pub const REFRESH: Duration = Duration::from_secs(3);

/// Longer than that an idle connection to an instance is not used again: less than the instance keeps it.
const IDLE: Duration = Duration::from_mins(1);

/// The addresses of the instances, as Cloud Map holds them.
#[derive(Clone, Default)]
pub struct Registry(Arc<Mutex<Vec<SocketAddr>>>);

/// Listens on a loopback port for as long as it lives.
pub struct Balancer {
    pub address: SocketAddr,
    _tasks: JoinSet<()>,
}

struct Routes {
    known: Mutex<Vec<SocketAddr>>,
    next: AtomicUsize,
    client: Client,
}

impl Registry {
    pub fn register(&self, instance: SocketAddr) {
        self.0.lock().unwrap().push(instance);
    }

    pub fn deregister(&self, instance: SocketAddr) {
        self.0.lock().unwrap().retain(|each| *each != instance);
    }

    fn snapshot(&self) -> Vec<SocketAddr> {
        self.0.lock().unwrap().clone()
    }
}

impl Balancer {
    /// Waits for an answer no longer than `limit`.
    pub async fn start(registry: Registry, limit: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = Client::builder().no_proxy().timeout(limit).pool_idle_timeout(IDLE).build().unwrap();
        let routes = Arc::new(Routes { known: Mutex::new(registry.snapshot()), next: AtomicUsize::new(0), client });
        let mut tasks = JoinSet::new();
        let learning = Arc::clone(&routes);
        tasks.spawn(async move {
            loop {
                tokio::time::sleep(REFRESH).await;
                *learning.known.lock().unwrap() = registry.snapshot();
            }
        });
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                let _ = stream.set_nodelay(true);
                let routes = Arc::clone(&routes);
                let service = service_fn(move |request| {
                    let routes = Arc::clone(&routes);
                    async move { Ok::<_, hyper::Error>(routes.answer(request).await) }
                });
                connections.spawn(async move {
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, _tasks: tasks }
    }
}

impl Routes {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let instance = {
            let known = self.known.lock().unwrap();
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            known.get(next % known.len().max(1)).copied()
        };
        let Some(instance) = instance else { return refusal(StatusCode::SERVICE_UNAVAILABLE, "no instance is known") };
        match self.pass(request, instance).await {
            Ok(response) => response,
            Err(error) if error.is_timeout() => refusal(StatusCode::GATEWAY_TIMEOUT, "the instance does not answer"),
            Err(error) => {
                let reason = reference_architecture::logging::chain(&error);
                refusal(StatusCode::SERVICE_UNAVAILABLE, &format!("{instance}: {reason}"))
            }
        }
    }

    async fn pass(&self, request: Request<Incoming>, to: SocketAddr) -> reqwest::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        // A client that leaves in the middle takes its connection with it; nobody reads this answer.
        let Ok(body) = body.collect().await else { return Ok(refusal(StatusCode::BAD_REQUEST, "half a request")) };
        let request = self.client.request(head.method, format!("http://{to}{}", head.uri));
        let answer = request.headers(end_to_end(head.headers)).body(body.to_bytes()).send().await?;
        let (status, headers) = (answer.status(), end_to_end(answer.headers().clone()));
        let mut response = Response::new(Full::new(answer.bytes().await?));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// Connections are each hop's own: when an instance asks to close one, the client's stays.
fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    headers.remove(CONNECTION);
    headers.remove(TRANSFER_ENCODING);
    headers
}

fn refusal(status: StatusCode, reason: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("balancer: {reason}"))));
    *response.status_mut() = status;
    response
}
