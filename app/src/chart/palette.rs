//! The colours a chart is drawn with: the design tokens, read from the page.

use super::spec::Tone;

/// Values of the tokens in the theme at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Custom properties by name.
    values: Vec<(&'static str, String)>,
}

/// Tokens a chart needs.
const TOKENS: [&str; 12] = [
    "c1", "c2", "c3", "c4", "c5", "c6", "ink", "ink-2", "ink-3", "line", "raised", "surface",
];

impl Palette {
    /// Reads the tokens with `get`, which is asked for `--c1` and so on.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let values = TOKENS.map(|name| (name, get(&format!("--{name}")).trim().to_owned()));
        Self {
            values: values.to_vec(),
        }
    }

    /// The value of a token; nothing drawn for one that doesn't exist.
    #[must_use]
    pub fn token(&self, name: &str) -> &str {
        let held = self
            .values
            .iter()
            .find(|(held, value)| *held == name && !value.is_empty());
        held.map_or("transparent", |(_, value)| value)
    }

    /// The colour of a tone.
    #[must_use]
    pub fn tone(&self, tone: Tone) -> &str {
        self.token(tone.token())
    }
}
