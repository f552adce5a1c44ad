//! The rules of the house as tests, so that `cargo test` is the only place to look: who may depend on whom, what may
//! stand where, and how large a thing may grow.

#![expect(clippy::unwrap_used, reason = "a test that can't go on ends there")]

mod dependencies;
mod links;
mod settings;
mod site;
mod size;
mod source;
mod tree;
