//! The embedded DynamoDB-compatible engine. The app speaks to it through the real SDK over the real wire
//! protocol, so that `dev` and production run the same code.

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
}

impl Engine {
    /// Keeps data in `folder`, or in memory only.
    ///
    /// # Errors
    /// When the data cannot be opened, or no port can be had.
    pub async fn start(folder: Option<&Path>) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let database = match folder {
            Some(folder) => {
                std::fs::create_dir_all(folder)?;
                Database::new(&folder.join("dynamodb.sqlite").to_string_lossy())
            }
            None => Database::memory(),
        };
        let database = database.map_err(|error| {
            format!("cannot open the data in {DATA_FOLDER}/ (is another `dev` running? `--memory` needs none): {error}")
        })?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let never = std::future::pending();
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, never));
        Ok(Self { endpoint, server })
    }

    /// The URL that the SDK is pointed at.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.server.abort();
    }
}
