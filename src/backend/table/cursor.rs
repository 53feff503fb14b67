use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::TableError;
use super::item::Kind;
use super::keys::UserPartition;

/// A part of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

/// Where a page ends, opaque to clients. Holds the id of the last item and a seal, never a partition: that
/// is always rebuilt from the request's own tenant and user, so a foreign cursor cannot reach foreign data.
/// The seal is no secret. It binds the cursor to its list, so that one from elsewhere is an error instead
/// of a page that starts anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Cursor {
    id: Uuid,
    seal: [u8; SEAL_LENGTH],
}

const VERSION: u8 = 1;
const SEAL_LENGTH: usize = 8;

impl Cursor {
    pub(super) fn new(partition: &UserPartition, kind: Kind, id: Uuid) -> Self {
        let mut seal = [0; SEAL_LENGTH];
        let key = partition.entity(kind, id);
        let digest = Sha256::new().chain_update(key.partition).chain_update(key.sort).finalize();
        seal.iter_mut().zip(digest).for_each(|(byte, digest)| *byte = digest);
        Self { id, seal }
    }

    /// The id of the last item, if the cursor is one of this list.
    pub(super) fn open(&self, partition: &UserPartition, kind: Kind) -> Option<Uuid> {
        (*self == Self::new(partition, kind, self.id)).then_some(self.id)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&[VERSION], self.id.as_bytes().as_slice(), &self.seal].concat();
        formatter.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl TryFrom<String> for Cursor {
    type Error = TableError;

    fn try_from(text: String) -> Result<Self, TableError> {
        let parse = |bytes: &[u8]| {
            let (id, seal) = bytes.strip_prefix(&[VERSION])?.split_first_chunk()?;
            Some(Self { id: Uuid::from_bytes(*id), seal: seal.try_into().ok()? })
        };
        BASE64_URL_SAFE_NO_PAD.decode(text).ok().as_deref().and_then(parse).ok_or(TableError::InvalidCursor)
    }
}

#[cfg(test)]
mod tests;
