//! What the API serves: one file for each resource.
//!
//! A second resource is a copy of [`example`] under its own names, a line here, its events in
//! [`EventName`](crate::analytics::EventName), and a line each in the two files of [`app`](crate::app).

pub mod deployment;
pub mod example;
pub mod me;
