use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::Version;
use super::keys::PK;
use super::reads::TTL;
use crate::timestamp::Millis;

/// What must be true of an entity for it to be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It exists, in whatever version.
    Any,
    /// It exists, in one of these versions.
    OneOf(Vec<Version>),
}

/// A condition expression with its names and values. Every write has one.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) expression: String,
    pub(super) names: HashMap<String, String>,
    /// DynamoDB takes no empty map.
    pub(super) values: Option<HashMap<String, AttributeValue>>,
}

impl Condition {
    fn new(expression: &str, name: &str, values: Vec<AttributeValue>) -> Self {
        let values: HashMap<_, _> =
            values.into_iter().enumerate().map(|(index, value)| (format!(":{index}"), value)).collect();
        Self {
            expression: expression.to_owned(),
            names: HashMap::from([("#name".to_owned(), name.to_owned())]),
            values: Some(values).filter(|values| !values.is_empty()),
        }
    }

    pub(super) fn absent() -> Self {
        Self::new("attribute_not_exists(#name)", PK, Vec::new())
    }

    /// Absent, or past its time to live.
    pub(super) fn absent_or_expired() -> Self {
        let now = AttributeValue::N(Millis::now().0.as_second().to_string());
        let mut condition = Self::new("attribute_not_exists(#pk) OR #name <= :0", TTL, vec![now]);
        condition.names.insert("#pk".to_owned(), PK.to_owned());
        condition
    }

    /// An entity that is not there has no version, so these imply that it exists.
    pub(super) fn version(expected: &[Version]) -> Self {
        let values = expected.iter().map(|version| AttributeValue::N(version.to_string())).collect();
        let places: Vec<_> = (0..expected.len()).map(|index| format!(":{index}")).collect();
        Self::new(&format!("#name IN ({})", places.join(", ")), "version", values)
    }

    pub(super) fn present() -> Self {
        Self::new("attribute_exists(#name)", PK, Vec::new())
    }

    pub(super) fn expected(expected: &Expected) -> Self {
        match expected {
            Expected::Any => Self::present(),
            Expected::OneOf(versions) => Self::version(versions),
        }
    }
}
