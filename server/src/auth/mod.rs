//! Who is asking, and what they may do.
//!
//! There is one [`Principal`] for people and tokens alike, and one table, [`Principal::may`], that pages,
//! server functions, the API and the live stream all ask.

mod cookie;
mod password;
mod principal;
mod revoked;
mod secret;
mod session;
mod setup;
mod throttle;
mod token;

pub use cookie::SessionCookie;
pub use password::{Passwords, check_strength};
pub use principal::{Action, Actor, Principal};
pub use revoked::Revocations;
pub use secret::Secret;
pub use session::{Signed, sign_in, sign_out, with_session};
pub use setup::{adopt_time_zone, announce_setup_link, default_workspace, set_up};
pub use throttle::{admit_password_check, admit_subscription};
pub use token::{ApiPrincipal, TokenCache, bearer, new_token};
