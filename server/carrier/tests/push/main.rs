//! Push notifications against what others wrote: `web-push-testing` decrypts them as a browser would, npm's `web-push`
//! and `jsonwebtoken` judge keys and tokens, and a strict stand-in for Firebase checks statement and message.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that can't go on ends there"
)]

mod doubles;
mod fcm;
mod firebase;
mod web_push;
