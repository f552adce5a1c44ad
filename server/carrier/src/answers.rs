//! What is answered to HELP, STOP and START by itself.
//!
//! Twilio answers these words on its long codes and toll-free numbers unless it was asked not to (Twilio support,
//! "Support for opt-out keywords (SMS STOP filtering)", help.twilio.com/hc/en-us/articles/223134027; its documentation
//! "Advanced Opt-Out" for Messaging Services), so nothing is answered there unless the account says so: people would get
//! two answers. Short codes outside of a Messaging Service are not answered for by Twilio.

use domain::carrier::Protocol;

use crate::{Settings, SettingsError, hook::Keyword};

/// Longest answer, in characters: three segments of a text message.
const CHARS_MAX: usize = 459;

/// The answer of an account to a word by SMS; none where it gives none. What an account doesn't say is as its protocol's
/// fields have it.
#[must_use]
pub fn answer(protocol: Protocol, settings: &Settings, keyword: Keyword) -> Option<String> {
    let named = |name: &str| protocol.fields().iter().find(|field| field.name == name);
    let standard = named("answers")?.choices.first()?.0;
    let is_on = settings.get("answers").unwrap_or(standard);
    if !is_on.eq_ignore_ascii_case("on") {
        return None;
    }
    let text = named(match keyword {
        Keyword::Help => "help_text",
        Keyword::Stop => "stop_text",
        Keyword::Start => "start_text",
    })?;
    Some(settings.get(text.name).unwrap_or(text.standard).to_owned())
}

/// Whether what an account says of its answers can be used.
///
/// # Errors
/// The field that can't be.
pub(crate) fn check(settings: &Settings) -> Result<(), SettingsError> {
    if let Some(word) = settings.get("answers")
        && !["on", "off"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    {
        return Err(SettingsError::new("answers", "say on or off, or nothing"));
    }
    for field in ["help_text", "stop_text", "start_text"] {
        let is_long = settings
            .get(field)
            .is_some_and(|text| text.chars().count() > CHARS_MAX);
        if is_long {
            let message = format!("use at most {CHARS_MAX} characters: three text messages");
            return Err(SettingsError::new(field, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(fields: &[(&str, &str)]) -> Settings {
        fields
            .iter()
            .fold(Settings::default(), |all, (name, value)| {
                all.with(*name, *value)
            })
    }

    fn stop(protocol: Protocol, settings: &Settings) -> Option<String> {
        answer(protocol, settings, Keyword::Stop)
    }

    #[test]
    fn who_answers_is_the_account_or_its_carrier() {
        let none = settings(&[]);
        assert!(stop(Protocol::Sandbox, &none).is_some());
        assert_eq!(stop(Protocol::Twilio, &none), None, "Twilio does it itself");
        assert!(stop(Protocol::Twilio, &settings(&[("answers", "On")])).is_some());
        assert_eq!(
            stop(Protocol::Sandbox, &settings(&[("answers", "off")])),
            None
        );
        assert_eq!(
            stop(Protocol::Smtp, &settings(&[("answers", "on")])),
            None,
            "no SMS"
        );
        let own = settings(&[("help_text", "Call 600."), ("stop_text", " ")]);
        assert_eq!(
            answer(Protocol::Sandbox, &own, Keyword::Help).as_deref(),
            Some("Call 600.")
        );
        let usual = stop(Protocol::Sandbox, &own).unwrap();
        assert!(usual.contains("START") && usual.chars().count() <= 160);
    }

    #[test]
    fn what_cant_be_used_is_said_at_its_field() {
        assert_eq!(
            check(&settings(&[("answers", "OFF"), ("help_text", "x")])),
            Ok(())
        );
        for (field, value) in [("answers", "perhaps"), ("start_text", &"x".repeat(460))] {
            assert_eq!(
                check(&settings(&[(field, value)])).unwrap_err().field,
                field
            );
        }
    }
}
