use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Sums what one request costs. Clones count into the same sum.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Counters>);

/// DynamoDB counts in halves of a unit, so halves are exact in whole numbers.
#[derive(Debug, Default)]
struct Counters {
    round_trips: AtomicU64,
    half_reads: AtomicU64,
    half_writes: AtomicU64,
}

/// What a request has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Calls to DynamoDB; the SDK's retries of a call are not counted.
    pub round_trips: u64,
    /// Read capacity units.
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
}

impl Meter {
    /// The sums so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage {
            round_trips: self.0.round_trips.load(Ordering::Relaxed),
            read_units: halves_to_units(&self.0.half_reads),
            write_units: halves_to_units(&self.0.half_writes),
        }
    }

    pub(super) fn round_trip(&self) {
        self.0.round_trips.fetch_add(1, Ordering::Relaxed);
    }

    /// A refused condition costs what the write would have cost, but DynamoDB reports nothing then
    /// (developer guide, "Capacity unit consumption for write operations"). One unit: up to 1 KB.
    pub(super) fn refused_write(&self) {
        self.0.half_writes.fetch_add(2, Ordering::Relaxed);
    }

    pub(super) fn read<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        add(&self.0.half_reads, consumed);
    }

    pub(super) fn written<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        add(&self.0.half_writes, consumed);
    }
}

fn add<'a>(halves: &AtomicU64, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    let units: f64 = consumed.into_iter().filter_map(|capacity| capacity.capacity_units).sum();
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    halves.fetch_add((units * 2.0).round() as u64, Ordering::Relaxed);
}

fn halves_to_units(halves: &AtomicU64) -> f64 {
    #[expect(clippy::as_conversions, clippy::cast_precision_loss)]
    let halves = halves.load(Ordering::Relaxed) as f64;
    halves / 2.0
}
