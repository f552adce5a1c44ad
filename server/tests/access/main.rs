//! Who gets in and who may do what, through the router: every server function and API route by every role and
//! scope, own and foreign workspace; sessions, throttling, requests from other sites, the set-up link.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that can't go on ends there"
)]

mod clicks;
mod confirm;
mod contacts;
mod drafts;
mod factor;
mod forgery;
mod house;
mod links;
mod markup;
mod masking;
mod matrix;
mod missing;
mod policy;
mod push;
mod recipients;
mod record;
mod refusals;
mod sessions;
mod setup;
mod strain;
mod streams;
mod tokens;
mod uploads;
