use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::Error;

/// A rate limit for each key, such as a tenant, on this instance, with bursts of up to the whole quota.
#[derive(Debug)]
pub struct Rate<K: Clone + Eq + Hash> {
    limiter: RateLimiter<K, DashMapStateStore<K>, DefaultClock>,
    started: Instant,
    forgotten_at: AtomicU64,
}

impl<K: Clone + Eq + Hash> Rate<K> {
    /// Returns `None` if the limit is 0, which means no limit. `quota` sets its period, like [`Quota::per_second`].
    pub fn new(limit: u32, quota: impl FnOnce(NonZeroU32) -> Quota) -> Option<Self> {
        let limiter = RateLimiter::dashmap(quota(NonZeroU32::new(limit)?));
        Some(Self { limiter, started: Instant::now(), forgotten_at: AtomicU64::new(0) })
    }

    /// Counts one more.
    ///
    /// # Errors
    /// [`Error::RateLimited`] when the key has had its share.
    pub fn check(&self, key: &K) -> Result<(), Error> {
        self.forget_idle();
        self.limiter.check_key(key).map_err(|not_until| Error::RateLimited {
            retry_after: not_until.wait_time_from(self.limiter.clock().now()),
        })
    }

    /// Clients can make up keys, such as hosts, so once a second those whose quota is full again are dropped: memory is
    /// bounded by the requests of one quota period, and the work by a constant for each request.
    fn forget_idle(&self) {
        let now = self.started.elapsed().as_secs();
        if self.forgotten_at.fetch_max(now, Ordering::Relaxed) < now {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests;
