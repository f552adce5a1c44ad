#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod bounded;
mod build;
mod check;
mod click_map;
mod compiled;
mod html;
mod links;
mod mjml;
mod obstacles;
mod parts;
mod preview;
mod rules;
mod template;
pub mod track;
mod values;

pub use check::{Placeholders, check, limit, placeholders, required};
pub use click_map::click_map;
pub use compiled::{CompileOptions, Compiled, MessageUrls, RenderError, Rendered, RenderedEmail};
pub use mjml::{Mjml, MjmlError, Starter, mjml, starters};
pub use obstacles::obstacles;
pub use preview::preview;
pub use values::{ContactFields, Values};

#[cfg(test)]
mod tests;
