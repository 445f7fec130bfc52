//! x
pub mod app;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod flow;
pub mod logs;
pub mod model;
pub mod protocol;
pub mod store;
pub mod web;
