use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::UserId;

/// Bytes of the secret part: 256 bits.
const SECRET_LENGTH: usize = 32;

/// Identifies a mailed link or a session: the user's id, which says where to look, and a secret. Only the secret's hash
/// is stored, so that whoever reads the table cannot sign in. Has no `Debug`: it stays out of logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose it is. A claim, until the hash is found under it.
    pub user_id: UserId,
    secret: [u8; SECRET_LENGTH],
}

impl Token {
    /// A new one, from a cryptographic generator that the operating system seeds.
    pub fn new(user_id: UserId) -> Self {
        Self { user_id, secret: rand::random() }
    }

    /// `None` unless it was written by [`Token::to_text`].
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (user_id, secret) = bytes.split_first_chunk()?;
        Some(Self { user_id: UserId(Uuid::from_bytes(*user_id)), secret: secret.try_into().ok()? })
    }

    /// For the client alone.
    pub fn to_text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode([self.user_id.0.as_bytes().as_slice(), &self.secret].concat())
    }

    /// For the table.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret).into()
    }
}
