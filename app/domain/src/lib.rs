#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod account;
pub mod audience;
pub mod campaign;
pub mod carrier;
pub mod channel;
pub mod contact;
pub mod content;
pub mod csv;
pub mod event;
pub mod evidence;
pub mod experiment;
pub mod filter;
pub mod import;
pub mod live;
pub mod masking;
pub mod message;
pub mod money;
pub mod recipient;
pub mod refusal;
pub mod report;
pub mod sending;
pub mod time;
pub mod uplift;
pub mod user;

pub use campaign::{Campaign, CampaignKind, CampaignStatus, CampaignType};
pub use channel::Channel;
pub use event::{Event, EventKind, Fact};
pub use evidence::{Evidence, EvidenceFilter};
pub use filter::CampaignFilter;
pub use refusal::Refusal;
pub use report::{Report, ReportQuery};
