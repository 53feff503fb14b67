//! What a client did, as the checker must know it.

use std::fmt;
use std::time::{Duration, Instant};

use uuid::Uuid;

/// Something that one client wanted, in one or more attempts.
pub struct Operation {
    pub client: usize,
    pub number: usize,
    pub tenant: &'static str,
    pub kind: Kind,
    pub began: Instant,
    pub took: Duration,
    pub attempts: Vec<Attempt>,
    pub outcome: Outcome,
}

#[derive(Clone, Debug)]
pub enum Kind {
    /// Under an idempotency key of its own.
    Create {
        name: String,
    },
    /// With `If-Match`.
    Change {
        id: Uuid,
        from: u64,
        name: String,
    },
    /// With `If-Match`.
    Delete {
        id: Uuid,
        from: u64,
    },
    Read,
    List,
    /// An attempt on what belongs to another tenant.
    Trespass,
}

/// One request and how it was answered. Status 0 is no answer.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub status: u16,
    pub took: Duration,
}

/// What the client believes in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It happened: the item is in this version.
    Written { id: Uuid, version: u64 },
    /// It happened: the item is deleted.
    Deleted,
    /// The item to delete was not there: deleted by an earlier attempt whose answer was lost, or by somebody else.
    Gone,
    /// The item was not there, or in another version, or contended. With one attempt alone nothing has happened;
    /// with more an earlier one may have been carried out, and then met somebody else's write.
    Refused(u16),
    /// A read was answered.
    Answered,
    /// All attempts failed. It may have happened, and may still happen.
    Unknown,
    /// The client left before the answer. It may have happened, and may still happen.
    Left,
}

impl Operation {
    pub fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Create { .. } => "create",
            Kind::Change { .. } => "change",
            Kind::Delete { .. } => "delete",
            Kind::Read => "read",
            Kind::List => "list",
            Kind::Trespass => "trespass",
        }
    }

    /// The item that it was about; of a creation only when that was acknowledged.
    pub fn item(&self) -> Option<Uuid> {
        match (&self.kind, &self.outcome) {
            (Kind::Change { id, .. } | Kind::Delete { id, .. }, _) | (_, Outcome::Written { id, .. }) => Some(*id),
            _ => None,
        }
    }

    /// The name that it gives to its item.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Create { name } | Kind::Change { name, .. } => Some(name),
            _ => None,
        }
    }

    pub fn is_write(&self) -> bool {
        matches!(self.kind, Kind::Create { .. } | Kind::Change { .. } | Kind::Delete { .. })
    }

    /// The request id of an attempt, which its event holds as well.
    pub fn request_id(&self, attempt: usize) -> String {
        format!("{}.{}.{attempt}", self.client, self.number)
    }
}

/// Client, number and attempt of a request id.
pub fn parse_request_id(text: &str) -> Option<(usize, usize, usize)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let parsed = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(parsed)
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client, number, tenant, kind, took, attempts, outcome, .. } = self;
        write!(formatter, "{client}.{number} in {tenant}: {kind:?}; ")?;
        for Attempt { status, took } in attempts {
            write!(formatter, "{status} after {} ms, ", took.as_millis())?;
        }
        write!(formatter, "in all {} ms: {outcome:?}", took.as_millis())
    }
}
