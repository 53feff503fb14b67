use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lettre::Address;

use crate::http::ClientAddress;

/// Mails that one client may have sent to one mailbox within an hour.
const MAILS_AN_HOUR: usize = 10;

const HOUR: Duration = Duration::from_hours(1);

/// How often what is older than an hour is forgotten.
const FORGET_EVERY: Duration = Duration::from_mins(1);

/// A client and a mailbox. Not a mailbox alone: anybody could use up somebody else's share.
type Key = (Option<ClientAddress>, String);

/// The mails that were to be sent within the last hour, by client and mailbox, across all tenants, on this instance.
/// Each tenant also has its own count, in the table.
#[derive(Clone, Debug, Default)]
pub struct MailShares(Arc<Mutex<Sent>>);

#[derive(Debug, Default)]
struct Sent {
    times: HashMap<Key, Vec<Instant>>,
    forgotten_at: Option<Instant>,
}

/// The right to send one mail. Whoever drops it unspent gives it back.
#[derive(Debug)]
pub struct MailShare {
    /// To whom.
    pub address: Address,
    shares: MailShares,
    key: Key,
    time: Instant,
    spent: bool,
}

impl MailShares {
    /// Returns the right to send this client one more mail to this address, or `None` if it had enough.
    pub fn take(&self, client: Option<ClientAddress>, address: Address, now: Instant) -> Option<MailShare> {
        // Most providers deliver to the same mailbox whatever follows a `+`.
        let name = address.user().split('+').next().unwrap_or_default();
        let key = (client, format!("{name}@{}", address.domain()));
        let mut sent = self.lock();
        sent.forget(now);
        let times = sent.times.entry(key.clone()).or_default();
        times.retain(|time| now.duration_since(*time) < HOUR);
        if times.len() >= MAILS_AN_HOUR {
            return None;
        }
        times.push(now);
        Some(MailShare { address, shares: self.clone(), key, time: now, spent: false })
    }

    fn lock(&self) -> MutexGuard<'_, Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sent {
    /// Bounds memory by the mails of an hour, and what was asked for in a minute.
    fn forget(&mut self, now: Instant) {
        if self.forgotten_at.is_none_or(|time| now.duration_since(time) >= FORGET_EVERY) {
            self.times.retain(|_, times| times.last().is_some_and(|time| now.duration_since(*time) < HOUR));
            self.times.shrink_to_fit();
            self.forgotten_at = Some(now);
        }
    }
}

impl MailShare {
    /// Uses it up, whatever comes of the mail: a server that fails may have taken it nevertheless.
    pub fn spend(mut self) -> Address {
        self.spent = true;
        self.address.clone()
    }
}

impl Drop for MailShare {
    fn drop(&mut self) {
        if self.spent {
            return;
        }
        let mut sent = self.shares.lock();
        if let Some(times) = sent.times.get_mut(&self.key)
            && let Some(index) = times.iter().position(|time| *time == self.time)
        {
            times.remove(index);
        }
    }
}

#[cfg(test)]
mod tests;
