use std::io::Write as _;

use axum::BoxError;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::table::{EventReader, Table};
use crate::tenancy::TenantId;
use crate::timestamp::Millis;

/// Streams a tenant's events to standard output as JSON lines in the order of time, from the first to the
/// last UTC day, both included. Progress goes to standard error.
///
/// # Errors
/// When the days are in the wrong order, the table cannot be read or the output not be written.
pub async fn export_events(
    table: &Table,
    tenant: &TenantId,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<(), BoxError> {
    let last = to.unwrap_or_else(|| Millis::now().day());
    let first = from.unwrap_or_else(|| last.saturating_sub(30.days()));
    if first > last {
        return Err(format!("--from {first} is after --to {last}").into());
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
