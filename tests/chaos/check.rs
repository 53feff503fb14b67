//! Holds what clients did and saw against what is in the table in the end.
//!
//! Every event holds the id of the request that it tells of, and clients give each attempt an id of its own. So each
//! event leads to one operation, and each item to its whole history.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use crate::ledger::Tenant;
use crate::operation::{Kind, Operation, Outcome, parse_request_id};

/// What must hold of the data, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    Created,
    Written,
    Once,
    Whole,
    Attributed,
    Refused,
    Isolated,
    Read,
}

impl Promise {
    pub const ALL: [(Self, &str); 8] = [
        (Self::Created, "every acknowledged creation is there, or was deleted by somebody"),
        (Self::Written, "every acknowledged change and deletion has happened"),
        (Self::Once, "nothing has happened twice"),
        (Self::Whole, "every item, its record and its events are there together or not at all"),
        (Self::Attributed, "each event tells of a request that was sent, and tells it as it was"),
        (Self::Refused, "what was refused has not happened, and was refused for a reason"),
        (Self::Isolated, "nobody has seen or touched what is another tenant's"),
        (Self::Read, "reads and lists show what was written, and nothing older than what was acknowledged"),
    ];
}

/// What is wrong, and with which item.
#[derive(Debug)]
pub struct Violation {
    pub promise: Promise,
    pub text: String,
    pub item: Option<Uuid>,
}

struct Event<'a> {
    tenant: &'a str,
    name: &'a str,
    item: Uuid,
    /// The version that it made, if it made one.
    version: Option<u64>,
    operation: Option<&'a Operation>,
    request: &'a str,
}

struct Stored<'a> {
    tenant: &'a str,
    name: &'a str,
    version: u64,
}

/// All that is known in the end.
pub struct Checker<'a> {
    operations: &'a [Operation],
    items: HashMap<Uuid, Vec<Stored<'a>>>,
    events: BTreeMap<Uuid, Vec<Event<'a>>>,
    /// How many idempotency records name each result.
    records: HashMap<Uuid, usize>,
    violations: Vec<Violation>,
}

impl<'a> Checker<'a> {
    pub fn new(operations: &'a [Operation], table: &'a [Value]) -> Self {
        let (items, events, records) = (HashMap::new(), BTreeMap::new(), HashMap::new());
        let mut checker = Self { operations, items, events, records, violations: Vec::new() };
        let by_number: HashMap<_, _> = operations.iter().map(|each| ((each.client, each.number), each)).collect();
        for item in table {
            checker.sort(item, &by_number);
        }
        checker
    }

    /// Everything that is wrong.
    pub fn check(mut self, tenants: &[Tenant]) -> Vec<Violation> {
        let ids: HashSet<_> = self.events.keys().chain(self.items.keys()).copied().collect();
        for id in ids {
            self.check_item(id);
        }
        self.check_operations();
        for tenant in tenants {
            self.check_reads(tenant);
        }
        self.violations
    }

    fn note(&mut self, promise: Promise, item: impl Into<Option<Uuid>>, text: impl Into<String>) {
        self.violations.push(Violation { promise, text: text.into(), item: item.into() });
    }

    /// Finds out what an item of the table is.
    fn sort(&mut self, item: &'a Value, operations: &HashMap<(usize, usize), &'a Operation>) {
        let text = |value: &'a Value| value.as_str().unwrap_or_default();
        let uuid = |value: &'a Value| text(value).parse::<Uuid>().unwrap_or_default();
        let (partition, sort) = (text(&item["PK"]), text(&item["SK"]));
        let tenant = partition.split('#').nth(1).unwrap_or_default();
        if partition.contains("#EVENTS#") {
            let (request, id) = (text(&item["requestId"]), uuid(&item["props"]["id"]));
            let (name, version) = (text(&item["name"]), item["props"]["version"].as_u64());
            let known = parse_request_id(request).and_then(|(client, number, attempt)| {
                operations.get(&(client, number)).filter(|operation| attempt < operation.attempts.len()).copied()
            });
            let version = if name == "example.created" { Some(1) } else { version };
            let event = Event { tenant, name, item: id, version, operation: known, request };
            if text(&item["tenant"]) != tenant {
                self.note(
                    Promise::Isolated,
                    id,
                    format!("an event of {} is in the history of {tenant}", item["tenant"]),
                );
            }
            self.check_event(&event);
            self.events.entry(id).or_default().push(event);
        } else if sort.starts_with("EXAMPLE#") {
            let (name, version) = (text(&item["name"]), item["version"].as_u64().unwrap_or(0));
            self.items.entry(uuid(&item["id"])).or_default().push(Stored { tenant, name, version });
        } else if sort.starts_with("IDEMPOTENCY#") {
            *self.records.entry(uuid(&item["result"])).or_default() += 1;
        } else {
            self.note(Promise::Whole, None, format!("nobody asked for {item}"));
        }
    }

    fn check_event(&mut self, event: &Event<'a>) {
        let Event { tenant, name, item, version, operation, request } = event;
        let Some(operation) = operation else {
            return self.note(Promise::Attributed, *item, format!("{name} by {request}, a request that nobody sent"));
        };
        let is_told = match &operation.kind {
            Kind::Create { .. } => *name == "example.created",
            Kind::Change { id, from, .. } => *name == "example.changed" && id == item && *version == Some(from + 1),
            Kind::Delete { id, .. } => *name == "example.deleted" && id == item,
            Kind::Read | Kind::List | Kind::Trespass => false,
        };
        if !is_told {
            self.note(Promise::Attributed, *item, format!("{name} of {item}, version {version:?}, by {operation}"));
        }
        if operation.tenant != *tenant {
            self.note(Promise::Isolated, *item, format!("{name} in {tenant} by {operation}"));
        }
    }

    /// Follows an item from its creation to its end.
    fn check_item(&mut self, id: Uuid) {
        let events: &[Event<'_>] = self.events.get(&id).map_or(&[], Vec::as_slice);
        let of = |name: &str| events.iter().filter(|event| event.name == name).collect::<Vec<_>>();
        let (created, changed, deleted) = (of("example.created"), of("example.changed"), of("example.deleted"));
        let mut versions: Vec<_> = created.iter().chain(&changed).filter_map(|event| event.version).collect();
        versions.sort_unstable();
        let last = versions.last().copied().unwrap_or(0);
        let stored: &[Stored<'_>] = self.items.get(&id).map_or(&[], Vec::as_slice);
        let records = self.records.get(&id).copied().unwrap_or(0);
        let mut problems = Vec::new();
        let mut problem = |promise, text: String| problems.push((promise, text));

        if versions.windows(2).any(|pair| pair[0] == pair[1]) || deleted.len() > 1 || stored.len() > 1 {
            problem(Promise::Once, format!("versions {versions:?}, deleted {} times", deleted.len()));
        }
        versions.dedup();
        if !versions.iter().copied().eq(1..=last) {
            problem(Promise::Whole, format!("there are events of the versions {versions:?} alone"));
        }
        if records != 1 {
            problem(Promise::Whole, format!("{records} idempotency records instead of 1"));
        }
        match (stored.first(), deleted.first()) {
            (Some(_), Some(_)) => problem(Promise::Whole, "it is there, and an event says that it was deleted".into()),
            (None, None) => problem(Promise::Whole, "it is not there, and no event says that it was deleted".into()),
            (Some(stored), None) => {
                let mut writers = events.iter().filter(|event| event.version == Some(stored.version));
                let name = writers.find_map(|event| event.operation?.name());
                if stored.version != last || name != Some(stored.name) {
                    let Stored { name, version, .. } = stored;
                    problem(Promise::Whole, format!("it is {name:?} in version {version}, its events end with {last}"));
                }
                if !stored.name.starts_with(&format!("{} ", stored.tenant)) {
                    problem(Promise::Isolated, format!("{:?} is an item of {}", stored.name, stored.tenant));
                }
            }
            (None, Some(deleted)) => {
                if let Some(Operation { kind: Kind::Delete { from, .. }, .. }) = deleted.operation
                    && *from != last
                {
                    problem(Promise::Attributed, format!("version {from} was deleted, but there was a version {last}"));
                }
            }
        }
        for (promise, text) in problems {
            self.note(promise, id, text);
        }
    }

    fn check_operations(&mut self) {
        let mut done: HashMap<_, Vec<_>> = HashMap::new();
        for event in self.events.values().flatten() {
            if let Some(operation) = event.operation {
                done.entry((operation.client, operation.number)).or_default().push((event.item, event.version));
            }
        }
        for operation in self.operations {
            let done = done.remove(&(operation.client, operation.number)).unwrap_or_default();
            if done.len() > 1 {
                let items: Vec<_> = done.iter().map(|(item, _)| item.to_string()).collect();
                self.note(
                    Promise::Once,
                    done[0].0,
                    format!("{operation} is told by {} events: {}", done.len(), items.join(", ")),
                );
            }
            self.check_outcome(operation, &done);
        }
    }

    fn check_outcome(&mut self, operation: &Operation, done: &[(Uuid, Option<u64>)]) {
        let item = operation.item();
        let events: &[Event<'_>] = item.and_then(|id| self.events.get(&id)).map_or(&[], Vec::as_slice);
        let was_deleted = events.iter().any(|event| event.name == "example.deleted");
        match (&operation.kind, &operation.outcome) {
            (Kind::Create { .. }, Outcome::Written { id, .. }) => {
                let stored = self.items.contains_key(id);
                if !done.iter().any(|(item, _)| item == id) || !(stored || was_deleted) {
                    self.note(Promise::Created, *id, format!("lost: {operation}"));
                }
            }
            (_, Outcome::Written { id, version }) if !done.contains(&(*id, Some(*version))) => {
                self.note(Promise::Written, item, format!("lost: {operation}"));
            }
            (_, Outcome::Deleted) if done.is_empty() => {
                self.note(Promise::Written, item, format!("lost: {operation}"));
            }
            (_, Outcome::Gone) if !was_deleted => {
                self.note(Promise::Written, item, format!("not gone: {operation}"));
            }
            (Kind::Change { from, .. } | Kind::Delete { from, .. }, Outcome::Refused(status)) => {
                let had_reason = match status {
                    404 => was_deleted,
                    412 => events.iter().any(|event| event.version == Some(from + 1)),
                    _ => true,
                };
                // With more attempts, an earlier one without an answer may have been carried out.
                if operation.attempts.len() == 1 && !done.is_empty() {
                    self.note(Promise::Refused, item, format!("refused, but done: {operation}"));
                }
                if !had_reason {
                    self.note(Promise::Refused, item, format!("refused without a reason: {operation}"));
                }
            }
            _ => {}
        }
    }

    fn check_reads(&mut self, tenant: &Tenant) {
        let ledger = tenant.ledger.lock().unwrap();
        for text in &ledger.foreign {
            self.note(Promise::Isolated, None, text.clone());
        }
        for (id, text) in &ledger.wrong_reads {
            self.note(Promise::Read, *id, text.clone());
        }
        for ((id, version), name) in &ledger.seen {
            let events: &[Event<'_>] = self.events.get(id).map_or(&[], Vec::as_slice);
            let writer = events.iter().find(|event| event.version == Some(*version));
            if writer.and_then(|event| event.operation?.name()) != Some(name) {
                self.note(Promise::Read, *id, format!("{name:?} was seen as version {version}, which nobody wrote"));
            }
        }
        for (id, at) in &ledger.missed {
            let events: &[Event<'_>] = self.events.get(id).map_or(&[], Vec::as_slice);
            let mut deletions = events.iter().filter(|event| event.name == "example.deleted");
            if !deletions.any(|event| event.operation.is_some_and(|operation| operation.began < *at)) {
                self.note(Promise::Read, *id, "it was not there, though nobody had deleted it");
            }
        }
    }
}
