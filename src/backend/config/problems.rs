use std::{fmt::Display, str::FromStr};

use clap::ValueEnum;

/// What is wrong with the configuration: a line for each problem, each with its variable.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not usable:\n  {}\n`reference-architecture --help` explains every variable.", .0.join("\n  "))]
pub struct ConfigError(Vec<String>);

/// Collects problems instead of stopping at the first.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<String>);

impl Problems {
    /// Notes a problem. `None`, so that it can stand where a value was wanted.
    pub(super) fn add<T>(&mut self, variable: &str, problem: impl Display) -> Option<T> {
        self.0.push(format!("{variable} {problem}"));
        None
    }

    pub(super) fn check<T, E: Display>(&mut self, variable: &str, result: Result<T, E>) -> Option<T> {
        result.map_or_else(|error| self.add(variable, format_args!("is not valid: {error}")), Some)
    }

    /// `expected` completes the sentence "`value` is not …".
    pub(super) fn parse<T: FromStr>(&mut self, variable: &str, value: &str, expected: &str) -> Option<T> {
        match value.parse() {
            Ok(parsed) => Some(parsed),
            Err(_) => self.add(variable, format_args!("`{value}` is not {expected}")),
        }
    }

    pub(super) fn positive(&mut self, variable: &str, value: &str) -> Option<usize> {
        let parsed: Option<std::num::NonZeroU32> = self.parse(variable, value, "a whole number above 0");
        parsed.and_then(|number| usize::try_from(number.get()).ok())
    }

    pub(super) fn one_of<T: ValueEnum>(&mut self, variable: &str, value: &str) -> Option<T> {
        T::from_str(value, false).map_or_else(
            |_| {
                let known = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
                let known: Vec<_> = known.map(|known| known.get_name().to_owned()).collect();
                self.add(variable, format_args!("`{value}` is not one of {}", known.join(", ")))
            },
            Some,
        )
    }

    /// `needed` completes the sentence "is not set: it must be …".
    pub(super) fn required<'a>(&mut self, variable: &str, value: Option<&'a str>, needed: &str) -> Option<&'a str> {
        match value {
            Some("") => self.add(variable, "is empty: unset it or give it a value"),
            Some(value) => Some(value),
            None => self.add(variable, format_args!("is not set: it must be {needed}")),
        }
    }

    /// The value, unless there was any problem.
    pub(super) fn into_result<T>(self, value: Option<T>) -> Result<T, ConfigError> {
        value.filter(|_| self.0.is_empty()).ok_or(ConfigError(self.0))
    }
}
