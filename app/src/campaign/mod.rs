//! What several features show of a campaign, and what can be done to it.

mod api;
mod confirm;
mod figures;
mod icon;
mod marks;
mod preview;
mod status;

pub(crate) use api::{ChangeStatus, DeleteCampaign, Reschedule};
pub use confirm::{ConfirmDelete, ConfirmStatus, PauseDialog};
pub use figures::{Figure, Figures, figures, statistics};
pub use icon::type_icon;
pub(crate) use marks::{Mark, placeholders, whatsapp};
pub use preview::Preview;
pub use status::{StatusPill, status_class};
