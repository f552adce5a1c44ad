//! How people come in beside a password: links by which they choose one, their own sessions, second factors.

mod own_sessions;
mod password_link;
mod second_factor;
#[cfg(test)]
mod tests;

pub use own_sessions::OwnSession;
pub use second_factor::{Factor, PendingSignIn};
