//! Requests that no decent client sends, byte by byte.

use std::net::SocketAddr;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Answer, App, Tenant};

impl App {
    /// Sends a request of these header lines, which name the host or none, and reads the answer.
    pub async fn raw(&self, request_line: &str, headers: &[&str], body: &str) -> Answer {
        request(self.address, request_line, headers, body).await
    }
}

impl Tenant {
    /// Sends a request to the tenant's host as it is: clients tidy paths and refuse some headers.
    pub async fn raw(&self, request_line: &str, headers: &[&str], body: &str) -> Answer {
        let host = format!("host: {}", self.host);
        let address = self.base_url.strip_prefix("http://").unwrap().parse().unwrap();
        request(address, request_line, &[&[host.as_str()], headers].concat(), body).await
    }
}

async fn request(address: SocketAddr, request_line: &str, headers: &[&str], body: &str) -> Answer {
    let mut head = vec![format!("{request_line} HTTP/1.1")];
    head.extend(headers.iter().map(|header| (*header).to_owned()));
    if !body.is_empty() {
        head.push("content-type: application/json".to_owned());
        head.push(format!("content-length: {}", body.len()));
    }
    let request = format!("{}\r\nconnection: close\r\n\r\n{body}", head.join("\r\n"));
    bytes(address, request.as_bytes()).await
}

/// Sends the bytes on a connection of their own, and reads until its end.
pub async fn bytes(address: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    read(&mut stream).await
}

/// Reads the answer on a connection that the server closes after it.
pub async fn read(stream: &mut TcpStream) -> Answer {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head in {answer:?}"));
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: HeaderMap = lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            let name: HeaderName = name.parse().unwrap();
            (name, value.trim().parse::<HeaderValue>().unwrap())
        })
        .collect();
    Answer { status: StatusCode::from_u16(status).unwrap(), headers, text: text.to_owned() }
}
