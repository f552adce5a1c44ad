//! Who is asking, and what they may do.
//!
//! There is one [`Principal`] for people and tokens alike, and one table, [`Principal::may`], that pages,
//! server functions, the API and the live stream all ask.

mod confirm;
mod cookie;
pub mod factor;
pub mod link;
mod password;
mod principal;
mod record;
mod revoked;
mod secret;
mod session;
mod setup;
mod throttle;
mod token;
mod totp;
mod visit;

pub(crate) use confirm::check_own_password;
pub use confirm::{confirm, is_fresh, require_fresh};
pub use cookie::{SessionCookie, StepCookie};
pub use password::{Passwords, check_strength};
pub use principal::{Action, Actor, Principal};
pub use record::audit;
pub use revoked::Revocations;
pub use secret::Secret;
pub use session::{Admitted, Signed, sign_in, sign_out, with_session};
pub use setup::{adopt_time_zone, announce_setup_link, default_workspace, set_up};
pub use throttle::admit_subscription;
pub use token::{ApiPrincipal, TOKEN_DAYS, TokenCache, bearer, new_token, token_end};
pub use visit::{Visit, browser_of};
