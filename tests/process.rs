//! The program as a whole: how it starts, stops, survives and speaks.

mod commands;
mod logs;
mod signals;
mod tables;
