//! Whether settings can be used, as far as that shows without a call.

use domain::carrier::Protocol;
use url::Url;

use super::{sendgrid, svix};
use crate::{Settings, SettingsError};

/// Checks what verifying needs. That required fields are there is checked before.
pub(crate) fn check(protocol: Protocol, settings: &Settings) -> Result<(), SettingsError> {
    match protocol {
        Protocol::SendGridEvents => {
            sendgrid::public_key(settings.require("public_key")?).map(|_| ())
        }
        Protocol::SesEvents => {
            is_topic(settings.require("topic_arn")?)?;
            settings.get("certificate_base").map_or(Ok(()), is_base)
        }
        Protocol::ResendEvents | Protocol::StandardEvents => svix::keys(settings).map(|_| ()),
        Protocol::PostmarkEvents | Protocol::InfobipEvents => {
            if settings.require("username")?.contains(':') {
                return Err(SettingsError::new(
                    "username",
                    "can't have a colon in it: basic authentication ends the name there",
                ));
            }
            Ok(())
        }
        Protocol::Smtp => settings.get("bounce_token").map_or(Ok(()), is_long_enough),
        _ => Ok(()),
    }
}

fn is_topic(arn: &str) -> Result<(), SettingsError> {
    let parts: Vec<&str> = arn.split(':').collect();
    let is_arn = parts.len() == 6
        && parts[0] == "arn"
        && parts[1].starts_with("aws")
        && parts[2] == "sns"
        && parts[3..].iter().all(|part| !part.is_empty());
    if is_arn {
        return Ok(());
    }
    Err(SettingsError::new(
        "topic_arn",
        "is not the ARN of an SNS topic: arn:aws:sns:REGION:ACCOUNT:NAME is expected",
    ))
}

fn is_base(address: &str) -> Result<(), SettingsError> {
    match Url::parse(address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(SettingsError::new(
            "certificate_base",
            "is not an address: http:// or https:// and a host are expected",
        )),
    }
}

/// A bearer token is all that keeps strangers from marking addresses as gone.
fn is_long_enough(token: &str) -> Result<(), SettingsError> {
    const TOKEN_CHARS_MIN: usize = 16;
    if token.chars().count() < TOKEN_CHARS_MIN {
        return Err(SettingsError::new(
            "bounce_token",
            "is too short: take 16 characters or more that nobody guesses",
        ));
    }
    if token.chars().any(char::is_whitespace) {
        return Err(SettingsError::new(
            "bounce_token",
            "can't have blanks in it",
        ));
    }
    Ok(())
}
