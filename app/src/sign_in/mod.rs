//! The way in: signing in, setting up the first person, and choosing a password by a link.
//!
//! Both are plain forms to plain endpoints (`/sign-in`, `/sign-in/code`, `/setup`, `/join`): a session cookie is set by a full page
//! load, with or without JavaScript. A failure comes back as `error` in the address.

mod page;

pub use page::{CodePage, JoinPage, SetupPage, SignInPage};
