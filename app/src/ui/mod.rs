//! Widgets that know nothing about campaigns.

mod area;
mod ask;
mod date_range;
mod deed;
mod finder;
mod icon;
mod menu;
mod notice;
pub(crate) mod popover;
mod returned;
pub(crate) mod roving;
mod search;

pub use area::area_text;
pub use ask::{Ask, Words};
pub use date_range::{CalendarSetting, DateRangeFilter};
pub use deed::{Deed, DeedForm, form_text};
pub use finder::Finder;
pub use icon::{Icon, IconName};
pub use menu::{Menu, MenuOption};
pub use notice::{Notice, Tone, sentence};
pub use returned::{PAGE_FIELD, Returned, SAID, Typed, name_of};
pub(crate) use returned::{follow_returned, provide_returned, returned_to};
pub use search::Search;
