//! The embedded DynamoDB-compatible engine. The app speaks to it through the real SDK over the real wire
//! protocol, so that `dev` and production run the same code.

use std::fs::File;
use std::path::Path;

use axum::BoxError;
use dynoxide::Database;
use tokio::net::TcpListener;

/// Where `dev` keeps its data.
pub const DATA_FOLDER: &str = ".data";

/// An engine that listens on a loopback port until the process ends.
#[derive(Debug)]
pub struct Engine {
    endpoint: String,
    /// Held so that a second `dev` on the same data fails at once: writes of two engines would conflict unnoticed.
    _lock: Option<File>,
}

impl Engine {
    /// Keeps data in `folder`, or in memory only.
    ///
    /// # Errors
    /// When the data cannot be opened, or no port can be had.
    pub async fn start(folder: Option<&Path>) -> Result<Self, BoxError> {
        let lock = folder.map(lock).transpose()?;
        let database = match folder {
            Some(folder) => Database::new(&folder.join("dynamodb.sqlite").to_string_lossy()),
            None => Database::memory(),
        };
        let database = database.map_err(|error| format!("cannot open the data of the embedded engine: {error}"))?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let never = std::future::pending();
        tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, never));
        Ok(Self { endpoint, _lock: lock })
    }

    /// The URL that the SDK is pointed at.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

fn lock(folder: &Path) -> Result<File, BoxError> {
    std::fs::create_dir_all(folder)?;
    let file = File::create(folder.join("lock"))?;
    let folder = folder.display();
    file.try_lock().map_err(|error| {
        format!("the data in {folder}/ is in use ({error}): stop the other `dev`, or use `dev --memory`")
    })?;
    Ok(file)
}
