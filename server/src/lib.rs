//! The Reportage server: command line, sign-in, HTTP.

#![forbid(unsafe_code)]

pub mod auth;
pub mod backend;
pub mod carriers;
pub mod cli;
pub mod clock;
pub mod config;
pub mod contacts;
pub mod demo;
pub mod enrich;
pub mod http;
pub mod import;
pub mod pools;
pub mod shutdown;
pub mod state;
pub mod telemetry;
pub mod tracking;
