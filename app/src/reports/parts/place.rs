//! Where one is in a list.

use leptos::{prelude::*, wasm_bindgen::JsValue, web_sys::Element};

/// Frames that a page may take until it stands still: about half a second.
const FRAMES_MAX: u32 = 30;

/// The card in the middle of the window and where its upper edge is, in pixels from the window's. Not how far the page is
/// scrolled: cards that were never in view have estimated heights, so the same number may be another place.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::reports) struct Place {
    campaign: String,
    top: f64,
}

impl Place {
    /// The place now; none when no card is in the middle.
    pub(super) fn now() -> Option<Self> {
        let middle = |side: Result<JsValue, JsValue>| {
            // Pixels of a window are exact in either type.
            Some(side.ok()?.as_f64()? as f32 / 2.0)
        };
        let (x, y) = (
            middle(window().inner_width())?,
            middle(window().inner_height())?,
        );
        let card = document().element_from_point(x, y)?;
        let card = card.closest("[data-campaign]").ok()??;
        Some(Self {
            campaign: card.get_attribute("data-campaign")?,
            top: top(&card),
        })
    }

    /// Scrolls to where one was. Over some frames: the page is put into the document only after it was made, and cards
    /// take their true heights as they come into view.
    pub(super) fn take_up(self) {
        self.approach(FRAMES_MAX);
    }

    fn approach(self, frames: u32) {
        request_animation_frame(move || {
            let card = document()
                .query_selector(&format!("[data-campaign='{}']", self.campaign))
                .ok()
                .flatten();
            if let Some(card) = card {
                window().scroll_by_with_x_and_y(0.0, top(&card) - self.top);
            }
            if frames > 0 {
                self.approach(frames - 1);
            }
        });
    }
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}
