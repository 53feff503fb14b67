use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Sums what one request costs. Clones count into the same sum.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Usage>>);

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
    pub fn usage(&self) -> Usage {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn round_trip(&self) {
        self.add(|usage| usage.round_trips += 1);
    }

    pub(super) fn read<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.add(|usage| usage.read_units += consumed.into_iter().filter_map(|read| read.capacity_units).sum::<f64>());
    }

    pub(super) fn written<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        self.add(|usage| {
            for capacity in consumed {
                // A transaction that is repeated under its token reads what it wrote before.
                let read = capacity.read_capacity_units.unwrap_or_default();
                usage.read_units += read;
                usage.write_units += capacity.capacity_units.unwrap_or_default() - read;
            }
        });
    }

    /// A refused condition costs what the write would have cost, but DynamoDB reports nothing then
    /// (developer guide, "Capacity unit consumption for write operations"). One unit: up to 1 KB.
    pub(super) fn refused_write(&self) {
        self.add(|usage| usage.write_units += 1.0);
    }

    fn add(&self, change: impl FnOnce(&mut Usage)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests;
