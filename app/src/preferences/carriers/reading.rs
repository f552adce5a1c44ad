//! From the form of an account to what is saved.

use std::collections::BTreeMap;

use domain::{Refusal, carrier::AccountForm, sending::PER_SECOND_MAX};

use crate::number::count;

/// What a form says. Empty fields are left out: an absent secret stays, an absent setting has its default.
///
/// # Errors
/// [`Refusal::Invalid`] for a limit that is no number from 1 to 10,000. Fields are checked by the backend, which knows
/// what is set already.
pub fn form_of(
    name: &str,
    protocol: &str,
    fields: BTreeMap<String, String>,
    senders: &str,
    per_second: &str,
) -> Result<AccountForm, Refusal> {
    let per_second = match per_second.trim() {
        "" => None,
        text => Some(
            text.parse()
                .ok()
                .filter(|n| (1..=PER_SECOND_MAX).contains(n))
                .ok_or_else(|| {
                    Refusal::invalid(
                        "per_second",
                        format!(
                            "give a number from 1 to {}",
                            count(u64::from(PER_SECOND_MAX))
                        ),
                    )
                })?,
        ),
    };
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name, value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let senders = senders
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    Ok(AccountForm {
        name: name.trim().to_owned(),
        protocol: protocol.to_owned(),
        fields,
        senders,
        per_second,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_what_was_filled_in() {
        let fields = [
            ("account_sid".to_owned(), " AC1 ".to_owned()),
            ("auth_token".to_owned(), String::new()),
        ];
        let form = form_of(
            " T ",
            "twilio",
            fields.into(),
            " +34600\r\n\r\n+34601",
            "20",
        )
        .unwrap();
        assert_eq!(form.name, "T");
        assert_eq!(
            form.fields,
            [("account_sid".to_owned(), "AC1".to_owned())].into()
        );
        assert_eq!(form.senders, ["+34600", "+34601"]);
        assert_eq!(form.per_second, Some(20));
        for wrong in ["0", "-1", "10001", "many"] {
            assert!(form_of("T", "twilio", BTreeMap::new(), "", wrong).is_err());
        }
    }
}
