use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::Semaphore;

use super::Error;
use crate::tenancy::TenantId;

/// How many requests are worked on at once.
#[derive(Clone, Debug)]
pub struct InFlight(Arc<Semaphore>);

impl InFlight {
    /// At most `limit`, on this instance.
    pub fn new(limit: NonZeroU16) -> Self {
        Self(Arc::new(Semaphore::new(limit.get().into())))
    }
}

/// Answers 503 at once when the instance is full: a queue would only make everybody late.
///
/// # Errors
/// [`Error::Overloaded`].
pub async fn limit_in_flight(
    State(InFlight(permits)): State<InFlight>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let _permit = permits.try_acquire().map_err(|_| Error::Overloaded)?;
    Ok(next.run(request).await)
}

/// How many requests a second each tenant may make on this instance, with bursts of one second's worth.
#[derive(Debug)]
pub struct TenantRate {
    limiter: RateLimiter<TenantId, DashMapStateStore<TenantId>, DefaultClock>,
    started: Instant,
    forgotten_at: AtomicU64,
}

impl TenantRate {
    /// `limit` requests per second.
    pub fn new(limit: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::dashmap(Quota::per_second(limit)),
            started: Instant::now(),
            forgotten_at: AtomicU64::new(0),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// [`Error::RateLimited`] when the tenant has had its share.
    pub fn check(&self, tenant: &TenantId) -> Result<(), Error> {
        self.forget_idle();
        self.limiter.check_key(tenant).map_err(|not_until| Error::RateLimited {
            retry_after: not_until.wait_time_from(self.limiter.clock().now()),
        })
    }

    /// Hosts can be made up, so tenants that have not asked for a second are forgotten, once a second: memory
    /// is bounded by the requests of one second and the work by a constant for each request.
    fn forget_idle(&self) {
        let now = self.started.elapsed().as_secs();
        if self.forgotten_at.swap(now, Ordering::Relaxed) != now {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
    }
}
