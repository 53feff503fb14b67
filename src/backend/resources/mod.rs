//! What the API serves: one file for each resource.
//!
//! A second resource is a copy of [`example`] under its own names, its events in
//! [`EventName`](crate::analytics::EventName) and a line in [`app`](crate::app).

pub mod deployment;
pub mod example;
pub mod me;
