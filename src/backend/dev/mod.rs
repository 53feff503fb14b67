//! The embedded DynamoDB-compatible engine. The app speaks to it through the real SDK over the real wire
//! protocol, so that `dev` and production run the same code.

use std::fs::File;
use std::path::Path;

use dynoxide::Database;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Where `dev` keeps its data.
pub const DATA_FOLDER: &str = ".data";

/// An engine that listens on a loopback port for as long as it lives.
#[derive(Debug)]
pub struct Engine {
    endpoint: String,
    server: JoinHandle<Result<(), String>>,
    /// Held while the data is in use; the system lets go of it however the process ends.
    _lock: Option<File>,
}

impl Engine {
    /// Keeps data in `folder`, or in memory only.
    ///
    /// # Errors
    /// When the data cannot be opened, or no port can be had.
    pub async fn start(folder: Option<&Path>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let (database, lock) = match folder {
            Some(folder) => {
                let lock = lock(folder).map_err(|error| {
                    format!(
                        "cannot use the data in {DATA_FOLDER}/ (does another `dev`? `--memory` needs none): {error}"
                    )
                })?;
                (Database::new(&folder.join("dynamodb.sqlite").to_string_lossy())?, Some(lock))
            }
            None => (Database::memory()?, None),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let never = std::future::pending();
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, never));
        Ok(Self { endpoint, server, _lock: lock })
    }

    /// The URL that the SDK is pointed at.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

fn lock(folder: &Path) -> std::io::Result<File> {
    std::fs::create_dir_all(folder)?;
    let file = File::create(folder.join("lock"))?;
    file.try_lock()?;
    Ok(file)
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.server.abort();
    }
}
