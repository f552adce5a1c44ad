//! Addresses that tell which message they came from, and nothing else.

mod token;

pub use token::{KeyError, Keys, Purpose, SECRET_BYTES, secret, short_code};
