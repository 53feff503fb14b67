use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longer than a healthy instance ever takes, shorter than Docker's and ECS's own limits.
const BOUND: Duration = Duration::from_secs(2);

/// Asks the app on this machine whether it lives. The image has neither a shell nor curl for that.
pub async fn healthcheck(port: u16) -> bool {
    let answer = tokio::time::timeout(BOUND, async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let request = "GET /api/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await?;
        let mut status_line = [0; 12];
        stream.read_exact(&mut status_line).await?;
        std::io::Result::Ok(status_line)
    });
    matches!(answer.await, Ok(Ok(status_line)) if &status_line == b"HTTP/1.1 200")
}
