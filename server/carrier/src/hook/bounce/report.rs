//! Delivery status notifications (RFC 3464).

use domain::Channel;

use super::{Status, fields, text, verdict};
use crate::hook::words::Word;

/// One status for each recipient of a report.
pub(super) fn read(part: &str, base: &Status) -> Vec<Status> {
    fields::groups(part)
        .iter()
        // The first group is about the report; those about recipients have an action.
        .filter_map(|group| {
            let action = group.word("action")?;
            let said = group.typed("diagnostic-code");
            let status = verdict::code(&group.word("status").unwrap_or_default(), said);
            let word = word(&action, &status, said);
            let recipient = group
                .typed("original-recipient")
                .or_else(|| group.typed("final-recipient"))
                .map(|address| address.trim_matches(['<', '>']));
            let is_trouble = matches!(action.as_str(), "failed" | "delayed" | "expired");
            Some(Status {
                recipient: recipient.map(str::to_owned),
                kind: word.kind,
                raw: word.raw,
                suppress: word.suppress,
                reason: is_trouble
                    .then(|| reason(&status, said))
                    .and_then(|reason| text::reason(&reason)),
                ..base.clone()
            })
        })
        .collect()
}

/// What an action means. A `relayed` or `expanded` message left for where no reports come from.
fn word(action: &str, status: &str, said: Option<&str>) -> Word {
    let of_email = |raw| Word::new(Channel::Email, raw);
    match action {
        "failed" => verdict::failure(status, said.unwrap_or_default()),
        "expired" => of_email("EXHAUSTED"),
        "delayed" => of_email("BOUNCED"),
        "delivered" => of_email("DELIVERED"),
        "relayed" | "expanded" => of_email("SENT"),
        other => of_email(other),
    }
}

/// What the other server said, else the status code.
fn reason(status: &str, said: Option<&str>) -> String {
    match said {
        Some(said) if said.contains(status) => said.to_owned(),
        Some(said) => format!("{status} {said}"),
        None => status.to_owned(),
    }
}
