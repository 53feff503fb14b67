use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::keys::PK;
use super::reads::TTL;
use super::{NO_VERSION, Version};
use crate::timestamp::Millis;

/// Versions that an entity may be in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Versions {
    /// It exists, in whatever version.
    Any,
    /// It exists, in one of these versions.
    OneOf(Vec<Version>),
    /// It exists, in none of these versions.
    NoneOf(Vec<Version>),
}

impl Versions {
    /// Whether this version is one of them.
    pub fn includes(&self, version: Version) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
            Self::NoneOf(versions) => !versions.contains(&version),
        }
    }

    /// All other versions.
    pub fn others(self) -> Self {
        match self {
            Self::Any => Self::OneOf(Vec::new()),
            Self::OneOf(versions) => Self::NoneOf(versions),
            Self::NoneOf(versions) => Self::OneOf(versions),
        }
    }
}

/// A condition expression with its names and values. Every write of an entity has one.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) expression: String,
    /// Placeholders for reserved words. DynamoDB rejects an empty map.
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: Option<HashMap<String, AttributeValue>>,
}

impl Condition {
    pub(super) fn absent() -> Self {
        Self { expression: format!("attribute_not_exists({PK})"), names: None, values: None }
    }

    pub(super) fn present() -> Self {
        Self { expression: format!("attribute_exists({PK})"), names: None, values: None }
    }

    /// Absent, or past its time to live.
    pub(super) fn absent_or_expired() -> Self {
        Self {
            expression: format!("attribute_not_exists({PK}) OR #ttl <= :now"),
            names: Some([("#ttl".to_owned(), TTL.to_owned())].into()),
            values: Some([(":now".to_owned(), AttributeValue::N(Millis::now().0.as_second().to_string()))].into()),
        }
    }

    /// An entity that is not there has no version, so these imply that it exists.
    pub(super) fn version(expected: &[Version]) -> Self {
        // DynamoDB takes no empty list.
        let expected = if expected.is_empty() { &[NO_VERSION] } else { expected };
        let places: Vec<_> = (0..expected.len()).map(|index| format!(":{index}")).collect();
        let expression = format!("version IN ({})", places.join(", "));
        let values = expected.iter().map(|version| AttributeValue::N(version.to_string()));
        Self { expression, names: None, values: Some(places.into_iter().zip(values).collect()) }
    }

    pub(super) fn expected(expected: &Versions) -> Self {
        match expected {
            Versions::Any => Self::present(),
            Versions::OneOf(versions) => Self::version(versions),
            Versions::NoneOf(versions) => {
                let Self { expression, names, values } = Self::version(versions);
                Self { expression: format!("attribute_exists({PK}) AND NOT {expression}"), names, values }
            }
        }
    }
}
