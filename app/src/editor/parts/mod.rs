//! What several steps are made of.

mod arms;
mod field;
mod frame;
mod insert;
mod lacking;
mod links;
mod phone;
mod stepper;
mod upload;

pub(super) use arms::{ArmTabs, Arms};
pub(super) use field::{Area, Line, check, radios, select};
pub(super) use frame::StepForm;
pub(crate) use lacking::LackingValues;
pub(super) use links::links_in;
pub(super) use phone::{Phone, SmsCounter, as_received, marked, plain};
pub(super) use stepper::Stepper;
pub(super) use upload::Upload;
