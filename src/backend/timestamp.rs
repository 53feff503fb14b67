//! Points in time as the API and the table write them.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A point in time, RFC 3339 in UTC with exactly three decimals: text order is time order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Millis(Timestamp);

impl Millis {
    /// The present, cut to the millisecond.
    #[must_use]
    pub fn now() -> Self {
        let now = Timestamp::now();
        Self(Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now))
    }

    /// When a UUIDv7 was made; the epoch for any other UUID, which holds no time.
    #[must_use]
    pub fn of(id: Uuid) -> Self {
        let (seconds, nanoseconds) = id.get_timestamp().map_or((0, 0), |time| time.to_unix());
        let time = i64::try_from(seconds)
            .ok()
            .zip(i32::try_from(nanoseconds).ok())
            .and_then(|(seconds, nanoseconds)| Timestamp::new(seconds, nanoseconds).ok());
        Self(time.unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Seconds since 1970-01-01, the unit of DynamoDB's time to live.
    #[must_use]
    pub fn epoch_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// Milliseconds since 1970-01-01.
    #[must_use]
    pub fn epoch_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The UTC day.
    #[must_use]
    pub fn day(self) -> Date {
        self.0.to_zoned(TimeZone::UTC).date()
    }
}

impl std::ops::Add<SignedDuration> for Millis {
    type Output = Self;

    /// Saturates at the ends of time.
    fn add(self, duration: SignedDuration) -> Self {
        Self(self.0.saturating_add(duration).unwrap_or(Timestamp::MAX))
    }
}

impl std::ops::Sub<SignedDuration> for Millis {
    type Output = Self;

    /// Saturates at the ends of time.
    fn sub(self, duration: SignedDuration) -> Self {
        self + -duration
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

impl TryFrom<String> for Millis {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}
