use std::sync::Arc;

use serde::Serialize;

/// The proof that a request belongs to a tenant: a lower-case DNS label (RFC 1035 §2.3.1, digits first
/// allowed by RFC 1123 §2.1).
///
/// Only the [resolver](super::TenantResolver) makes one. There is deliberately no `FromStr`,
/// `Deserialize`, `Default` or `From<String>`: text that a client sent cannot become a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct TenantId(Arc<str>);

impl TenantId {
    /// The tenant of the apex of the base domain, and of localhost in local runs.
    pub(super) const DEFAULT: &str = "default";

    /// `None` unless the label is 1–63 ASCII letters, digits and inner hyphens.
    pub(super) fn parse(label: &str) -> Option<Self> {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let valid = matches!(label.len(), 1..=63)
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-');
        valid.then(|| Self(label.to_ascii_lowercase().into()))
    }

    /// Whether it is the tenant of the apex.
    pub fn is_default(&self) -> bool {
        self.as_str() == Self::DEFAULT
    }

    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}
