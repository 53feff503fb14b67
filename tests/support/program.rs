//! The program itself, run as a process with nothing but the given environment.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use super::{App, BASE_DOMAIN, ENDPOINT, Tenant};

/// A running server, killed when dropped.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    lines: Arc<Mutex<Vec<Value>>>,
}

pub fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-architecture"));
    command.args(arguments).env_clear().envs(environment.iter().copied()).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    command(arguments, environment).output().unwrap()
}

impl App {
    /// What a program needs to use this app's table.
    pub fn table_environment(&self) -> [(&str, &str); 2] {
        [("DYNAMODB_TABLE", &self.table_name), ("DYNAMODB_ENDPOINT", ENDPOINT.as_str())]
    }
}

impl Program {
    /// Starts `serve` on a free port and waits until it listens; `environment` wins over what most tests need.
    pub fn serve(environment: &[(&str, &str)]) -> Self {
        let usual = [
            ("PORT", "0"),
            ("LOG_FORMAT", "json"),
            ("TENANT_RESOLUTION_MODE", "subdomain"),
            ("BASE_DOMAIN", BASE_DOMAIN),
            // A busy machine is no fault of the app's.
            ("DYNAMODB_ATTEMPT_TIMEOUT", "10s"),
            ("DYNAMODB_OPERATION_TIMEOUT", "12s"),
            ("HANDLER_TIMEOUT", "13s"),
        ];
        let environment = [&usual[..], environment].concat();
        let mut child = command(&["serve"], &environment).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let address: SocketAddr = loop {
            let line: Value = serde_json::from_str(&output.next().expect("it does not start").unwrap()).unwrap();
            if let Some(address) = line["address"].as_str() {
                break address.parse().unwrap();
            }
        };
        let lines: Arc<Mutex<Vec<Value>>> = Arc::default();
        let kept = Arc::clone(&lines);
        thread::spawn(move || {
            for line in output.map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                kept.lock().unwrap().push(line);
            }
        });
        Self { child, address: ([127, 0, 0, 1], address.port()).into(), lines }
    }

    /// The client of a tenant.
    pub fn tenant(&self, tenant: &str) -> Tenant {
        Tenant::new(self.address, &format!("{tenant}.{BASE_DOMAIN}"))
    }

    /// The log line of a request, which is written when the request ends: maybe a moment after its answer.
    pub async fn log_line(&self, request_id: &str) -> Value {
        for _ in 0..500 {
            let lines = self.lines.lock().unwrap().clone();
            let of_request = |line: &&Value| line["request_id"] == request_id && line["status"].is_u64();
            if let Some(line) = lines.iter().find(of_request) {
                return line.clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no line for {request_id} in {:#?}", self.lines.lock().unwrap());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
