//! What the clients of one tenant know together: what was acknowledged, what was seen. Reads are held against it at
//! once, since what they may show depends on what was acknowledged before they began.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::Instant;

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde::Deserialize;
use uuid::Uuid;

/// Changes and deletions go to one of the newest items, so that clients meet on them.
const HOT: usize = 40;

/// An item as the API tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    pub id: Uuid,
    pub name: String,
    pub version: u64,
}

pub struct Tenant {
    pub name: &'static str,
    pub ledger: Mutex<Ledger>,
}

#[derive(Default)]
pub struct Ledger {
    items: BTreeMap<Uuid, Entry>,
    /// The name of each version that anybody has seen.
    pub seen: HashMap<(Uuid, u64), String>,
    /// Items that were not there, though they had been: at what time at the latest.
    pub missed: Vec<(Uuid, Instant)>,
    pub foreign: Vec<String>,
    pub wrong_reads: Vec<(Uuid, String)>,
}

#[derive(Default)]
struct Entry {
    latest: u64,
    /// Versions that were acknowledged, and when.
    acknowledged: Vec<(Instant, u64)>,
    deletion_began: Option<Instant>,
    deletion_acknowledged: Option<Instant>,
    gone: bool,
}

impl Entry {
    /// The least version that a read may show that began then.
    fn known_at(&self, began: Instant) -> Option<u64> {
        self.acknowledged.iter().filter(|(at, _)| *at < began).map(|(_, version)| *version).max()
    }
}

impl Tenant {
    pub fn new(name: &'static str) -> Self {
        Self { name, ledger: Mutex::default() }
    }

    /// What every name of this tenant's items begins with.
    pub fn prefix(&self) -> String {
        format!("{} ", self.name)
    }
}

impl Ledger {
    /// One of the newest items, and the latest version that is known of it.
    pub fn choose(&self, random: &mut StdRng) -> Option<(Uuid, u64)> {
        let newest: Vec<_> = self.items.iter().rev().filter(|(_, entry)| !entry.gone).take(HOT).collect();
        let (id, entry) = newest.get(random.random_range(0..newest.len().max(1)))?;
        Some((**id, entry.latest))
    }

    /// This version was acknowledged by the write of it.
    pub fn acknowledge(&mut self, id: Uuid, version: u64) {
        let entry = self.items.entry(id).or_default();
        entry.latest = entry.latest.max(version);
        entry.acknowledged.push((Instant::now(), version));
    }

    pub fn deletion_begins(&mut self, id: Uuid) {
        self.items.entry(id).or_default().deletion_began.get_or_insert_with(Instant::now);
    }

    pub fn deletion_acknowledged(&mut self, id: Uuid) {
        let entry = self.items.entry(id).or_default();
        entry.deletion_acknowledged.get_or_insert_with(Instant::now);
        entry.gone = true;
    }

    /// A read that began then, or the answer to a write, shows this item.
    pub fn see(&mut self, tenant: &Tenant, item: &Item, began: Instant) {
        let Item { id, name, version } = item;
        if !name.starts_with(&tenant.prefix()) {
            self.foreign.push(format!("{} was shown {item:?}", tenant.name));
        }
        let entry = self.items.entry(*id).or_default();
        entry.latest = entry.latest.max(*version);
        if entry.known_at(began).is_some_and(|known| *version < known) {
            self.wrong_reads.push((*id, format!("{item:?} was shown after a later version was acknowledged")));
        }
        if entry.deletion_acknowledged.is_some_and(|at| at < began) {
            self.wrong_reads.push((*id, format!("{item:?} was shown after its deletion was acknowledged")));
        }
        let first = self.seen.entry((*id, *version)).or_insert_with(|| name.clone());
        if first != name {
            self.wrong_reads.push((*id, format!("version {version} was shown as {first:?} and as {name:?}")));
        }
    }

    /// An item was not there when a request ended.
    pub fn miss(&mut self, id: Uuid) {
        self.items.entry(id).or_default().gone = true;
        self.missed.push((id, Instant::now()));
    }

    /// A read that began then lists these of all items below `upper`; and no more, if it is the last page.
    pub fn list(&mut self, tenant: &Tenant, items: &[Item], upper: Option<Uuid>, is_last: bool, began: Instant) {
        for item in items {
            self.see(tenant, item, began);
        }
        let in_order = items.windows(2).all(|pair| pair[0].id > pair[1].id);
        let upper = upper.unwrap_or(Uuid::max());
        let lower = items.last().filter(|_| !is_last).map_or(Uuid::nil(), |item| item.id);
        if let Some(first) = items.first().filter(|first| !in_order || first.id >= upper) {
            self.wrong_reads.push((first.id, "a list is not in order".to_owned()));
            return;
        }
        let listed: std::collections::HashSet<_> = items.iter().map(|item| item.id).collect();
        for (id, entry) in self.items.range(lower..upper) {
            let must_be_there = entry.known_at(began).is_some() && entry.deletion_began.is_none();
            if must_be_there && !listed.contains(id) {
                self.wrong_reads.push((*id, "a list leaves it out".to_owned()));
            }
        }
    }
}
