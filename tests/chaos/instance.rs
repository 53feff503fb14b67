//! One process of the app.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::wire::Wire;

/// Far more than a busy machine needs; only a defect lasts longer.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(20);

/// Ends with its owner.
pub struct Instance {
    pub name: String,
    pub address: SocketAddr,
    pub wire: Wire,
    child: Mutex<Child>,
    killed: AtomicBool,
}

impl Instance {
    /// Starts `serve` and waits until it is ready. Its log goes to a file in `folder`.
    pub async fn start(name: String, folder: &Path, wire: Wire, environment: &[(&str, &str)]) -> Self {
        let log = folder.join(format!("{name}.log"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_reference-architecture"));
        command.arg("serve").env_clear().envs(environment.iter().copied());
        command.env("PORT", "0").env("DYNAMODB_ENDPOINT", &wire.endpoint).current_dir(folder).stdin(Stdio::null());
        command.stdout(File::create(&log).unwrap()).stderr(File::options().append(true).open(&log).unwrap());
        let child = Mutex::new(command.spawn().unwrap());
        // From here on the process ends with this, also when it never gets ready.
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut instance = Self { name, address: unknown, wire, child, killed: AtomicBool::new(false) };
        let ready = tokio::time::timeout(PATIENCE, async {
            instance.address.set_port(port(&log).await);
            while !instance.is_ready().await {
                tokio::time::sleep(PAUSE).await;
            }
        });
        ready.await.unwrap_or_else(|_| panic!("{} is not ready: see {}", instance.name, log.display()));
        instance
    }

    async fn is_ready(&self) -> bool {
        let answer = reqwest::get(format!("http://{}/api/ready", self.address)).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// Sends a signal, like `TERM`, unless the process has ended.
    pub fn signal(&self, name: &str) {
        let mut child = self.child.lock().unwrap();
        // Until it is waited for, the id stays its own.
        if child.try_wait().unwrap().is_none() {
            let kill = format!("kill -{name} {}", child.id());
            assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success(), "{kill}");
        }
    }

    pub fn kill(&self) {
        self.killed.store(true, Ordering::Relaxed);
        let _ = self.child.lock().unwrap().kill();
    }

    pub fn is_running(&self) -> bool {
        self.child.lock().unwrap().try_wait().unwrap().is_none()
    }

    /// Waits for its end; the problem, if it was neither killed nor ended as one that was told to.
    pub async fn ended(&self) -> Result<(), String> {
        let ended = async {
            loop {
                let status = self.child.lock().unwrap().try_wait().unwrap();
                match status {
                    Some(status) => return status,
                    None => tokio::time::sleep(PAUSE).await,
                }
            }
        };
        let status: ExitStatus =
            tokio::time::timeout(PATIENCE, ended).await.map_err(|_| format!("{} never ended", self.name))?;
        let well = status.success() || self.killed.load(Ordering::Relaxed);
        if well { Ok(()) } else { Err(format!("{} ended with {status}", self.name)) }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// The port that the log tells.
async fn port(log: &Path) -> u16 {
    loop {
        let text = std::fs::read_to_string(log).unwrap();
        let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(address) = lines.find_map(|line| line["address"].as_str().map(str::to_owned)) {
            return address.parse::<SocketAddr>().unwrap().port();
        }
        tokio::time::sleep(PAUSE).await;
    }
}
