//! The real program, as deployments start and stop it.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::{BASE_DOMAIN, ENDPOINT, PATIENCE, Tenant, within_patience};

/// A busy machine is no fault of the app's.
pub const PATIENT_WAITS: [(&str, &str); 3] =
    [("DYNAMODB_ATTEMPT_TIMEOUT", "10s"), ("DYNAMODB_OPERATION_TIMEOUT", "12s"), ("HANDLER_TIMEOUT", "13s")];

/// A running program. Ends with the test.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    stdout: Lines,
    stderr: Lines,
}

pub type Lines = Arc<Mutex<Vec<String>>>;

/// A new empty folder, gone with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(Uuid::now_v7().to_string());
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn names(&self) -> Vec<String> {
        self.0.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

/// The program with this environment and no other.
pub fn command(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = command_of(program(), folder, environment);
    command.args(arguments);
    command
}

/// The same, in a container's place: as process 1 of a namespace of its own.
pub fn command_as_process_1(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let path = std::env::var("PATH").unwrap();
    let mut command = command_of("unshare", folder, &[&[("PATH", path.as_str())], environment].concat());
    command.args(["--fork", "--pid", "--map-root-user", "--kill-child"]).arg(program()).args(arguments);
    command
}

fn program() -> OsString {
    let own = OsString::from(env!("CARGO_BIN_EXE_reference-architecture"));
    std::env::var_os("TEST_PROGRAM").unwrap_or(own)
}

fn command_of(program: impl AsRef<OsStr>, folder: &Folder, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(environment.iter().copied()).current_dir(&folder.0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The environment of `serve` on this table of the tests' engine.
fn served(table_name: &str) -> Vec<(&str, &str)> {
    let usual = [
        ("PORT", "0"),
        ("DYNAMODB_ENDPOINT", ENDPOINT.as_str()),
        ("DYNAMODB_TABLE", table_name),
        ("TENANT_RESOLUTION_MODE", "subdomain"),
        ("BASE_DOMAIN", BASE_DOMAIN),
    ];
    [&usual[..], &PATIENT_WAITS].concat()
}

/// Runs the program to its end: its exit code, output and error output.
pub fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String, String) {
    let folder = Folder::new();
    let child = command(&folder, arguments, environment).spawn().unwrap();
    let (id, (end, ended)) = (child.id(), channel());
    thread::spawn(move || end.send(child.wait_with_output().unwrap()));
    let Output { status, stdout, stderr } = ended.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        kill("KILL", id);
        panic!("it never ended: {arguments:?} {environment:?}")
    });
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// Sends a signal, like `TERM`.
pub fn kill(signal: &str, id: u32) {
    let kill = format!("kill -{signal} {id}");
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Waits for a program to end by itself.
pub async fn ended(child: &mut Child) -> ExitStatus {
    let ended = async {
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    within_patience("the program's end", ended).await
}

impl Process {
    /// Starts the program and waits until it tells where it listens.
    pub fn start(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::spawn(command(folder, arguments, &[&[("PORT", "0")], environment].concat()))
    }

    fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (told, port) = channel();
        let stdout = lines_of(child.stdout.take().unwrap(), told.clone());
        let stderr = lines_of(child.stderr.take().unwrap(), told);
        let port = port.recv_timeout(PATIENCE).unwrap_or_else(|error| {
            let _ = child.kill();
            panic!("{error}: {:?} {:?}", stdout.lock().unwrap(), stderr.lock().unwrap())
        });
        Self { child, address: SocketAddr::from(([127, 0, 0, 1], port)), stdout, stderr }
    }

    /// `serve` on this table of the tests' engine. `environment` comes last and wins.
    pub fn serve(table_name: &str, environment: &[(&str, &str)]) -> Self {
        Self::spawn(command(&Folder::new(), &["serve"], &[&served(table_name)[..], environment].concat()))
    }

    /// The same, with this limit of open files, as an option of `ulimit`.
    pub fn serve_with_files(limit: &str, table_name: &str) -> Self {
        let folder = Folder::new();
        let mut limited = command_of("/bin/sh", &folder, &served(table_name));
        limited.args(["-c", &format!("ulimit {limit}; exec \"$0\" serve")]).arg(program());
        Self::spawn(limited)
    }

    pub fn tenant(&self, tenant: &str) -> Tenant {
        Tenant::new(self.address, &format!("{tenant}.{BASE_DOMAIN}"))
    }

    /// Sends a signal, like `TERM`.
    pub fn signal(&self, name: &str) {
        kill(name, self.child.id());
    }

    /// Waits for the program to end by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        ended(&mut self.child).await
    }

    /// The lines on standard output so far.
    pub fn lines(&self) -> Vec<String> {
        self.stdout.lock().unwrap().clone()
    }

    /// The lines on standard error so far.
    pub fn error_lines(&self) -> Vec<String> {
        self.stderr.lock().unwrap().clone()
    }

    /// The first line on standard error that holds this text, once there is one.
    pub async fn error_line(&self, text: &str) -> String {
        let told = async {
            loop {
                if let Some(line) = self.error_lines().into_iter().find(|line| line.contains(text)) {
                    return line;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, told).await.unwrap_or_else(|_| panic!("{:?}", self.error_lines()))
    }

    /// The log lines of a target, once there are `count`.
    pub async fn log(&self, target: &str, count: usize) -> Vec<Value> {
        lines_where(&self.stdout, count, |line| line["target"] == target).await
    }

    /// The log line of a request, which is written when the request ends: maybe a moment after its answer.
    pub async fn log_line(&self, request_id: &str) -> Value {
        lines_where(&self.stdout, 1, |line| line["request_id"] == request_id && line["status"].is_u64()).await.remove(0)
    }
}

/// The log lines, each one object, that are `wanted`, once there are `count`.
pub async fn lines_where(lines: &Lines, count: usize, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let parsed = |line: &String| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let complete = async {
        loop {
            let found: Vec<Value> = lines.lock().unwrap().iter().map(parsed).filter(&wanted).collect();
            if found.len() >= count {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, complete).await.unwrap_or_else(|_| panic!("{:?}", lines.lock().unwrap()))
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps every line, and tells the port that one of them names.
pub fn lines_of(stream: impl Read + Send + 'static, told: Sender<u16>) -> Lines {
    let lines = Lines::default();
    let kept = Arc::clone(&lines);
    thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let line = line.unwrap();
            let port = port_in(&line, "0.0.0.0:").filter(|_| line.contains("serving"));
            if let Some(port) = port.or_else(|| port_in(&line, "http://localhost:")) {
                let _ = told.send(port);
            }
            kept.lock().unwrap().push(line);
        }
    });
    lines
}

fn port_in(line: &str, before: &str) -> Option<u16> {
    let digits: String = line.split_once(before)?.1.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
