use serde::Deserialize;
use utoipa::IntoParams;

use super::{PageEnvelope, PageInfo};
use crate::table::{Cursor, Page};

/// The query of every list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// The most items of a page.
    #[serde(default)]
    #[param(value_type = u8, minimum = 1, maximum = 100, default = 20, required = false)]
    pub limit: Limit,
    /// `page.next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<Cursor>,
}

/// 1 to 100.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Limit(u8);

/// The number is none, or too small or large.
#[derive(Debug, thiserror::Error)]
#[error("must be a whole number from 1 to 100")]
pub struct InvalidLimit;

impl Limit {
    /// The number.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

impl TryFrom<String> for Limit {
    type Error = InvalidLimit;

    fn try_from(text: String) -> Result<Self, InvalidLimit> {
        let limit = text.parse().ok().filter(|limit| matches!(limit, 1..=100));
        limit.map(Self).ok_or(InvalidLimit)
    }
}

impl<T> From<Page<T>> for PageEnvelope<T> {
    fn from(page: Page<T>) -> Self {
        let next = page.next.map(|cursor| cursor.to_string());
        Self { data: page.items, page: PageInfo { next } }
    }
}
