//! Groups of header-like fields, as `message/delivery-status` and `message/feedback-report` are made of.

/// Fields of one group: names in lower case, folded lines joined.
pub(super) struct Fields(Vec<(String, String)>);

/// Most groups that are read.
const GROUPS_MAX: usize = 200;

/// The groups of a text; blank lines lie between them.
pub(super) fn groups(text: &str) -> Vec<Fields> {
    let mut found: Vec<Fields> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            is_open = false;
            continue;
        }
        let is_folded = line.starts_with([' ', '\t']);
        if is_folded && is_open {
            if let Some((_, value)) = found.last_mut().and_then(|fields| fields.0.last_mut()) {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if !is_open {
            if found.len() == GROUPS_MAX {
                break;
            }
            found.push(Fields(Vec::new()));
            is_open = true;
        }
        if let Some(fields) = found.last_mut() {
            let name = name.trim().to_ascii_lowercase();
            fields.0.push((name, value.trim().to_owned()));
        }
    }
    found
}

impl Fields {
    /// The first field of this name (in lower case).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(held, _)| held == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The first word of a field, without comments in parentheses (RFC 3464 §2.1.1), in lower case.
    pub(super) fn word(&self, name: &str) -> Option<String> {
        let plain = without_comments(self.get(name)?);
        let word = plain.split_whitespace().next()?;
        Some(word.to_ascii_lowercase())
    }

    /// The same without its type: `user@example.com` of `rfc822; user@example.com`.
    pub(super) fn typed(&self, name: &str) -> Option<&str> {
        let value = self.get(name)?;
        let value = value.split_once(';').map_or(value, |(_, rest)| rest);
        Some(value.trim()).filter(|value| !value.is_empty())
    }
}

/// A value without what is in parentheses.
fn without_comments(value: &str) -> String {
    let mut depth = 0_usize;
    value
        .chars()
        .filter(|c| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}
