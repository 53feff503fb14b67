use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// How often an item was written. Starts at 1; optimistic locking compares it.
pub type Version = u64;

/// A version that no item ever has.
pub const NO_VERSION: Version = 0;

/// Something of a user's that is kept in the table, one item each. Its serde form is the item.
pub trait Entity: Serialize + DeserializeOwned {
    /// Distinguishes its keys from those of other entities.
    const KIND: Kind;

    /// A UUIDv7, so that sort keys are in the order of creation.
    fn id(&self) -> Uuid;

    /// Its serde field `version`: 1 at first, and one more in each change.
    fn version(&self) -> Version;
}

/// The name of a kind of entity in its keys, like `EXAMPLE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(&'static str);

impl Kind {
    /// Checked while compiling: a constant with another text does not build.
    ///
    /// # Panics
    /// Unless `name` is of capital letters and underscores, and none of the names that the table itself
    /// uses.
    pub const fn new(name: &'static str) -> Self {
        assert!(!name.is_empty(), "a kind needs a name");
        let mut rest = name.as_bytes();
        while let [byte, tail @ ..] = rest {
            assert!(byte.is_ascii_uppercase() || *byte == b'_', "a kind is of capital letters and underscores");
            rest = tail;
        }
        let reserved = matches!(name.as_bytes(), b"IDEMPOTENCY" | b"LOGIN" | b"LOGIN_RATE" | b"SESSION");
        assert!(!reserved, "this kind is the table's own");
        Self(name)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}
