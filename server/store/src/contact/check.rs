//! What a contact must satisfy. Numbers and addresses are checked more strictly where they come in (crate `people`); here
//! stands what the tables rely on.

use address::Address;
use chrono_tz::Tz;
use domain::{
    Channel, Refusal,
    contact::{ATTRIBUTE_CHARS_MAX, ATTRIBUTE_NAME_CHARS_MAX, ATTRIBUTES_MAX, NewContact},
};

/// Longest `external_id`, in characters.
const EXTERNAL_ID_CHARS_MAX: usize = 128;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 200;

/// An address in the one form in which it is stored and compared ([`address::Address`]).
///
/// # Errors
/// [`Refusal::Invalid`] when it can't be an address of this channel.
pub fn normal_address(channel: Channel, address: &str) -> Result<String, Refusal> {
    Address::new(channel, address).map(Address::into_string)
}

/// Checks what a caller gives and puts it in the form in which it is kept. Empty texts stay: they take a value away.
pub(super) fn checked(mut new: NewContact) -> Result<NewContact, Refusal> {
    if let Some(id) = &mut new.external_id {
        *id = id.trim().to_owned();
        if id.chars().count() > EXTERNAL_ID_CHARS_MAX || has_control(id) {
            return Err(Refusal::invalid(
                "external_id",
                format!("use at most {EXTERNAL_ID_CHARS_MAX} characters on one line"),
            ));
        }
    }
    if let Some(name) = &mut new.name {
        *name = name.trim().to_owned();
        if name.chars().count() > NAME_CHARS_MAX || has_control(name) {
            return Err(Refusal::invalid(
                "name",
                format!("use at most {NAME_CHARS_MAX} characters on one line"),
            ));
        }
    }
    if let Some(phone) = &mut new.phone
        && !phone.is_empty()
    {
        *phone = normal_address(Channel::Sms, phone)?;
    }
    if let Some(email) = &mut new.email
        && !email.is_empty()
    {
        *email = normal_address(Channel::Email, email)?;
    }
    if let Some(zone) = &new.time_zone
        && !zone.is_empty()
        && zone.parse::<Tz>().is_err()
    {
        return Err(Refusal::invalid(
            "time_zone",
            "use an IANA zone such as Europe/Madrid",
        ));
    }
    check_attributes(&new)?;
    Ok(new)
}

fn check_attributes(new: &NewContact) -> Result<(), Refusal> {
    if new.attributes.len() > ATTRIBUTES_MAX {
        return Err(Refusal::invalid(
            "attributes",
            format!("use at most {ATTRIBUTES_MAX}"),
        ));
    }
    for (name, value) in &new.attributes {
        if !is_attribute_name(name) {
            return Err(Refusal::invalid(
                format!("attributes.{name}")
                    .chars()
                    .take(80)
                    .collect::<String>(),
                format!(
                    "begin a name with a letter and use letters, digits and _, at most {ATTRIBUTE_NAME_CHARS_MAX}"
                ),
            ));
        }
        if value.chars().count() > ATTRIBUTE_CHARS_MAX || value.contains('\0') {
            return Err(Refusal::invalid(
                format!("attributes.{name}"),
                format!("use at most {ATTRIBUTE_CHARS_MAX} characters"),
            ));
        }
    }
    Ok(())
}

/// Whether an attribute may be called so.
pub(crate) fn is_attribute_name(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().count() <= ATTRIBUTE_NAME_CHARS_MAX
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
}

pub(super) fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}
