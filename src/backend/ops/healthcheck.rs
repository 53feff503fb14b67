use std::time::Duration;

/// Longer than a healthy instance ever takes, shorter than Docker's and ECS's own limits.
const BOUND: Duration = Duration::from_secs(2);

/// Asks the app on this machine whether it lives. The image has neither a shell nor curl for that.
///
/// # Errors
/// When it does not answer in time, or not well.
pub async fn healthcheck(port: u16) -> Result<(), reqwest::Error> {
    let client = reqwest::Client::builder().timeout(BOUND).no_proxy().build()?;
    client.get(format!("http://127.0.0.1:{port}/api/health")).send().await?.error_for_status().map(drop)
}
