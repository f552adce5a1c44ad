//! A campaign that goes out, or went out, from here.

mod controls;
mod held;
mod panel;

pub(in crate::details) use held::HeldPanel;
pub(in crate::details) use panel::SendingPanel;
