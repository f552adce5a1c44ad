//! The way in: signing in, and setting up the first person.
//!
//! Both are plain forms to plain endpoints (`/sign-in`, `/setup`): a session cookie is set by a full page
//! load, with or without JavaScript. A failure comes back as `error` in the address.

mod page;

pub use page::{SetupPage, SignInPage};
