//! The parts of a list.

mod card;
mod cards;
mod filters;
mod foot;
mod paging;
mod place;
mod states;
mod tabs;

pub(super) use cards::Cards;
pub(super) use filters::Filters;
pub(super) use place::Place;
pub(super) use states::ListSkeleton;
pub(super) use tabs::Tabs;
