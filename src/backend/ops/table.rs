use std::time::Duration;

use crate::table::{Table, TableError};

/// AWS makes a table in seconds.
const BOUND: Duration = Duration::from_mins(2);

/// Makes the table unless it exists, waits until it can be used, and tells how it differs from what the code
/// needs: one that existed may.
///
/// # Errors
/// When DynamoDB refuses, cannot be reached, or takes longer than two minutes.
pub async fn create_table(table: &Table) -> Result<Vec<String>, TableError> {
    let created = tokio::time::timeout(BOUND, table.create()).await;
    created.map_err(|elapsed| TableError::Unavailable(elapsed.into()))??;
    table.differences().await
}
