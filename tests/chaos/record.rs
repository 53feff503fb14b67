//! The numbers of the report.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::operation::Operation;

/// What one client did, or all of them.
#[derive(Default)]
pub struct Record {
    /// Those that may have written. Of the others only the numbers are kept.
    pub writes: Vec<Operation>,
    pub operations: usize,
    pub requests: usize,
    pub retries: usize,
    /// Requests that a client had to be told to try again.
    pub failed: usize,
    /// The first of them.
    pub failures: Vec<String>,
    /// Operations that still failed after all retries.
    pub given_up: usize,
    /// 404, 409 and 412: somebody else came first.
    pub refused: usize,
    pub left: usize,
    pub slowest: Duration,
    /// How often each kind succeeded.
    pub succeeded: BTreeMap<&'static str, usize>,
    pub unexpected: Vec<String>,
}

impl FromIterator<Self> for Record {
    fn from_iter<I: IntoIterator<Item = Self>>(records: I) -> Self {
        let mut all = Self::default();
        for record in records {
            all.writes.extend(record.writes);
            all.operations += record.operations;
            all.requests += record.requests;
            all.retries += record.retries;
            all.failed += record.failed;
            all.failures.extend(record.failures);
            all.given_up += record.given_up;
            all.refused += record.refused;
            all.left += record.left;
            all.slowest = all.slowest.max(record.slowest);
            for (kind, count) in record.succeeded {
                *all.succeeded.entry(kind).or_default() += count;
            }
            all.unexpected.extend(record.unexpected);
        }
        all
    }
}
