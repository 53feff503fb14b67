//! Points in time as the API and the table write them.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A point in time that reads as RFC 3339 in UTC with exactly three decimals, so that text order is time order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String")]
pub struct Millis(pub Timestamp);

impl Millis {
    /// The present.
    pub fn now() -> Self {
        Self(Timestamp::now())
    }

    /// Returns when a UUIDv7 was made; the epoch for a UUID that holds no time.
    pub fn of(id: Uuid) -> Self {
        let (seconds, nanoseconds) = id.get_timestamp().map_or((0, 0), |time| time.to_unix());
        let time = Timestamp::UNIX_EPOCH.saturating_add(Duration::new(seconds, nanoseconds));
        Self(time.unwrap_or(Timestamp::MAX))
    }

    /// The UTC day.
    pub fn day(self) -> Date {
        TimeZone::UTC.to_datetime(self.0).date()
    }
}

impl std::fmt::Display for Millis {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:.3}", self.0)
    }
}

impl From<Millis> for String {
    fn from(time: Millis) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests;
