//! What making a campaign asks of the server. Each function leaves authorising to the backend.

#[cfg(feature = "ssr")]
mod assemble;
mod count;
mod create;
#[cfg(feature = "ssr")]
mod keep;
mod launch;
mod load;
mod save;
#[cfg(feature = "ssr")]
mod templates;

pub use count::CountRecipients;
pub use create::CreateCampaign;
pub use launch::{LaunchCampaign, TestMessage};
pub use load::load_step;
pub use save::SaveStep;

#[cfg(all(test, feature = "ssr"))]
pub(super) use {
    assemble::given,
    keep::{Form, keep},
};
