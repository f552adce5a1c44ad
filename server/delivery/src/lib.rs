#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod answers;
mod arms;
mod clicks;
mod engine;
mod inbox;
mod missing;
mod objections;
mod outcome;
mod pace;
mod prepare;
mod render;
mod seams;
pub mod work;

pub use arms::{Arms, links};
pub use engine::{Engine, Options, StepOutcome};
pub use missing::missing_values;
pub use prepare::{obstacles, prepare, sentence};
pub use render::{TestMessage, test_message};
pub use seams::{Account, Accounts, Clock, Facts, PlainFacts, Unusable};
