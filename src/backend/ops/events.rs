use std::io::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::table::{EventReader, Table, TableError};
use crate::tenancy::TenantId;
use crate::timestamp::Millis;

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The table cannot be read.
    #[error("cannot read the events")]
    Table(#[from] TableError),
    /// The output cannot be written.
    #[error("cannot write the events")]
    Output(#[from] std::io::Error),
    /// The range of days is empty.
    #[error("--from {0} is after --to {1}")]
    NoDays(Date, Date),
}

/// Streams a tenant's events to standard output as JSON lines in the order of time, from the first to the
/// last UTC day, both included. Progress goes to standard error.
///
/// # Errors
/// See [`ExportError`].
pub async fn export_events(
    table: &Table,
    tenant: &TenantId,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<(), ExportError> {
    let last = to.unwrap_or_else(|| Millis::now().day());
    let first = from.unwrap_or_else(|| last.saturating_sub(30.days()));
    if first > last {
        return Err(ExportError::NoDays(first, last));
    }
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let mut count = 0_u64;
    for day in first.series(1.day()).take_while(|day| *day <= last) {
        let mut reader = EventReader::new(table, tenant, day);
        while let Some(event) = reader.next().await? {
            writeln!(output, "{event}")?;
            count += 1;
        }
        output.flush()?;
        eprintln!("{tenant}: {count} events from {first} to {day}");
    }
    Ok(())
}
