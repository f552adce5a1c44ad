#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod campaign;
pub mod event;
pub mod evidence;
pub mod filter;
pub mod live;
pub mod message;
pub mod money;
pub mod recipient;
pub mod refusal;
pub mod report;
pub mod time;
pub mod user;

pub use campaign::{Campaign, CampaignKind, CampaignStatus, CampaignType};
pub use event::{Event, EventKind, Fact};
pub use evidence::{Evidence, EvidenceFilter};
pub use filter::CampaignFilter;
pub use refusal::Refusal;
pub use report::{Report, ReportQuery};
