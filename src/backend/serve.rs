//! Accepts connections, speaks HTTP/1, and stops without failing anybody.
//!
//! `axum::serve` 0.8 sets no timer, so a silent connection lives for ever and blocks a graceful stop. Only
//! HTTP/1 is spoken: gateways and load balancers need no more, and telling the protocols apart would have to
//! wait for a silent peer.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, Request, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use crate::config::{LAST_READS, Waits};
use crate::http::ClientAddress;

/// Pause after a failed accept: if file descriptors have run out, only time helps.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// The most connections to take from the kernel's queue at a stop. It holds 129, and more may come all the time.
const QUEUED: u8 = 200;

/// Roughly the most bytes to buffer of a connection, and so of a request's head. API Gateway takes 10,240.
const LARGEST_HEAD: usize = 64 * 1024;

/// Whether the instance is about to stop. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle(Arc<AtomicBool>);

impl Lifecycle {
    /// Returns `true` from the stop signal on.
    pub fn is_stopping(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Serves until `stop` resolves; then goes on for the grace period, closes the listener, and gives running
/// requests the drain period to end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    waits: Waits,
    max_connections: NonZeroU16,
    lifecycle: Lifecycle,
    stop: impl Future,
) {
    let free = Arc::new(Semaphore::new(max_connections.get().into()));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let stopped = async {
        stop.await;
        lifecycle.0.store(true, Ordering::Relaxed);
        let grace = waits.grace();
        tracing::info!(?grace, "stopping");
        sleep(grace.saturating_sub(LAST_READS)).await;
    };
    let mut hold = |permit, stream, peer| {
        while connections.try_join_next().is_some() {}
        let connection = graceful.watch(connection(stream, peer, router.clone(), waits, lifecycle.clone()));
        connections.spawn(async move {
            // How a connection ends is the peer's business; requests have their own log lines.
            let _ = connection.await;
            drop(permit);
        });
    };
    tokio::pin!(stopped);
    loop {
        let (permit, stream, peer) = tokio::select! {
            () = &mut stopped => break,
            accepted = accept(&listener, &free) => accepted,
        };
        hold(permit, stream, peer);
    }
    // Who waits in the kernel's queue would be cut off, so the cap does not count now. Asks the kernel itself, since
    // what tokio was told of the queue is a moment old.
    if let Ok(listener) = listener.into_std() {
        for _ in 0..QUEUED {
            match listener.accept() {
                Ok((stream, peer)) => {
                    if let Ok(stream) = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream)) {
                        hold(None, stream, peer);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => {} // Of this connection alone.
            }
        }
    }
    sleep(LAST_READS).await;
    if timeout(waits.shutdown_drain, graceful.shutdown()).await.is_err() {
        while connections.try_join_next().is_some() {}
        tracing::warn!(connections = connections.len(), "cut off after the drain period");
    }
}

/// Waits for a free slot before it accepts, so that excess connections queue in the kernel.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    // Never `None` here, since nobody closes the semaphore.
    let permit = Arc::clone(free).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (permit, stream, peer),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    waits: Waits,
    lifecycle: Lifecycle,
) -> impl GracefulConnection<Error = hyper::Error> {
    // Answers are small and must not wait for more to send. If this fails, the connection is merely slower.
    let _ = stream.set_nodelay(true);
    let with_address = move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ClientAddress(peer.ip()));
        request
    };
    let service = router.map_request(with_address).map_response(move |mut response: Response| {
        if lifecycle.is_stopping() {
            // Callers that keep connections leave them now, rather than when they break.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    });
    // hyper has no write timeout, so a peer that sends but never reads would keep its connection for ever.
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(waits.keep_alive_timeout));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(LARGEST_HEAD)
        // A request that has begun is completed, and logged, even if its client hangs up.
        .half_close(true)
        // Also the longest pause between two requests.
        .header_read_timeout(waits.keep_alive_timeout)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service))
}

/// Resolves at SIGTERM or SIGINT, to the exit code of a process that the signal ends at once, as a second one does.
///
/// # Errors
/// When signals cannot be listened to.
pub fn stop_signal() -> std::io::Result<impl Future<Output = i32>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut next = async move || {
        tokio::select! {
            _ = terminate.recv() => 143, // 128 + 15, as shells tell it
            _ = interrupt.recv() => 130, // 128 + 2
        }
    };
    Ok(async move {
        let code = next().await;
        tokio::spawn(async move { std::process::exit(next().await) });
        code
    })
}
