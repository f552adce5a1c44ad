//! What carriers post: proofs of origin against the providers' own libraries and servers, and what events mean.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that can't go on ends there, and says so when it is skipped"
)]

mod bounces;
mod email;
mod forged;
mod messages;
mod moto;
mod net;
mod postfix;
#[path = "../support/mod.rs"]
mod support;
mod test_events;
mod vectors;
mod words;
