use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::IntoParams;

use crate::table::Cursor;

/// The query of every list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// The most items of a page.
    #[serde(default = "default_limit", deserialize_with = "limit")]
    #[param(minimum = 1, maximum = 100, default = 20, required = false)]
    pub limit: u8,
    /// `page.next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

fn default_limit() -> u8 {
    20
}

fn limit<'de, D: Deserializer<'de>>(input: D) -> Result<u8, D::Error> {
    let limit = String::deserialize(input)?.parse().ok().filter(|limit| matches!(limit, 1..=100));
    limit.ok_or_else(|| D::Error::custom("must be a whole number from 1 to 100"))
}
