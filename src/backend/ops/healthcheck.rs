use std::time::Duration;

use axum::BoxError;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than a healthy instance ever takes, shorter than Docker's and ECS's own limits.
const BOUND: Duration = Duration::from_secs(2);

/// Asks the app on this machine whether it is alive. The image has neither a shell nor curl, and an HTTP client would
/// load all root certificates every few seconds.
///
/// # Errors
/// When it does not answer in time, or not with 200.
pub async fn healthcheck(port: u16) -> Result<(), BoxError> {
    let answer = timeout(BOUND, async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET /api/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut status_line = [0; 13];
        stream.read_exact(&mut status_line).await?;
        std::io::Result::Ok(status_line)
    });
    if &answer.await?? == b"HTTP/1.1 200 " { Ok(()) } else { Err("the app is not healthy".into()) }
}
