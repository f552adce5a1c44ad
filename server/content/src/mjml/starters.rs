//! Designs to begin with.

/// A design to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starter {
    /// Wire name.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// The MJML.
    pub mjml: &'static str,
}

/// The designs to begin with, in menu order.
#[must_use]
pub fn starters() -> &'static [Starter] {
    &[
        Starter {
            id: "newsletter",
            label: "Newsletter",
            mjml: include_str!("../starters/newsletter.mjml"),
        },
        Starter {
            id: "offer",
            label: "Offer",
            mjml: include_str!("../starters/offer.mjml"),
        },
        Starter {
            id: "letter",
            label: "Plain letter",
            mjml: include_str!("../starters/letter.mjml"),
        },
    ]
}
