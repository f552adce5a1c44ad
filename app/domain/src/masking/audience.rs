//! Audiences of people who may not see contacts: what they see of them, and what they may ask.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    Refusal,
    audience::{Audience, Compare, Condition},
};

use super::{Mask, mask_key, mask_text};

/// Calling codes of two digits (ITU-T E.164, 2016): every other begins with 1 or 7, which are one digit, or has three.
const TWO_DIGIT_CODES: [&str; 44] = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65",
    "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

impl Mask for Audience {
    fn mask(&mut self) {
        each_text(self, &mut |name, text| *text = masked(name, text));
    }
}

/// A text of an audience as it is shown. A host or a calling code alone belongs to nobody.
fn masked(name: Option<&str>, text: &str) -> String {
    match name {
        None => mask_key(text),
        Some("email" | "phone") if !text.starts_with('@') && !is_calling_code(text) => {
            if text.is_empty() {
                return String::new();
            }
            mask_key(text)
        }
        Some(_) => mask_text(text),
    }
}

/// Calls for each text that may hold contact data, with the attribute it is compared with; with none where it is an address.
fn each_text(audience: &mut Audience, call: &mut impl FnMut(Option<&str>, &mut String)) {
    match audience {
        Audience::Typed { addresses } => addresses.iter_mut().for_each(|text| call(None, text)),
        Audience::Filter { condition } => each_value(condition, call),
        Audience::Nobody
        | Audience::Everyone
        | Audience::List { .. }
        | Audience::FollowUp { .. } => {}
    }
}

fn each_value(condition: &mut Condition, call: &mut impl FnMut(Option<&str>, &mut String)) {
    match condition {
        Condition::All { of } | Condition::Any { of } => {
            of.iter_mut().for_each(|part| each_value(part, call));
        }
        Condition::Not { of } => each_value(of, call),
        Condition::Attribute { name, value, .. } => call(Some(name), value),
        Condition::OnList { .. } | Condition::Did { .. } => {}
    }
}

/// The audience as its editor means it: what they only saw masked and left as it was stands in it as it is known.
///
/// # Errors
/// [`Refusal::Invalid`] where some of several texts that look alike were taken away: nobody knows which.
pub fn restore(mut given: Audience, known: &Audience) -> Result<Audience, Refusal> {
    let mut hidden: BTreeMap<String, VecDeque<String>> = BTreeMap::new();
    each_text(&mut known.clone(), &mut |name, text| {
        let shown = masked(name, text);
        if shown != *text {
            hidden.entry(shown).or_default().push_back(text.clone());
        }
    });
    let mut used: BTreeMap<String, bool> = BTreeMap::new();
    each_text(&mut given, &mut |_, text| {
        let shown = text.trim().to_owned();
        if let Some(plain) = hidden.get_mut(&shown).and_then(VecDeque::pop_front) {
            used.insert(shown, true);
            *text = plain;
        }
    });
    let is_unclear = used
        .keys()
        .any(|shown| hidden.get(shown).is_some_and(|left| !left.is_empty()));
    if is_unclear {
        let text = "Some of the hidden addresses look alike: keep all of those, or none of them.";
        return Err(Refusal::invalid("audience", text));
    }
    Ok(given)
}

/// Refuses comparisons by which somebody finds out a masked address part by part, and names the attributes that are
/// compared by parts: none of their values may be an address.
///
/// # Errors
/// [`Refusal::Invalid`] with a sentence that says what can be asked.
pub fn check_comparisons(audience: &Audience) -> Result<Vec<String>, Refusal> {
    let mut names = Vec::new();
    if let Audience::Filter { condition } = audience {
        check(condition, &mut names)?;
    }
    Ok(names)
}

fn check(condition: &Condition, names: &mut Vec<String>) -> Result<(), Refusal> {
    match condition {
        Condition::All { of } | Condition::Any { of } => {
            of.iter().try_for_each(|part| check(part, names))
        }
        Condition::Not { of } => check(of, names),
        Condition::OnList { .. } | Condition::Did { .. } => Ok(()),
        Condition::Attribute {
            name,
            compare,
            value,
        } => compared(name, *compare, value, names),
    }
}

fn compared(
    name: &str,
    compare: Compare,
    value: &str,
    names: &mut Vec<String>,
) -> Result<(), Refusal> {
    if matches!(
        compare,
        Compare::Is | Compare::IsNot | Compare::Present | Compare::Absent
    ) {
        return Ok(());
    }
    let text = match name {
        "email" if compare == Compare::Contains && value.starts_with('@') => return Ok(()),
        "email" => {
            "Addresses are masked for you: compare email by is, present, absent, or contains @ and a domain."
        }
        "phone" if compare == Compare::Begins && is_calling_code(value) => return Ok(()),
        "phone" => {
            "Numbers are masked for you: compare phone by is, present, absent, or begins with a country's code, such as +34."
        }
        "time_zone" => return Ok(()),
        name => {
            names.push(name.to_owned());
            return Ok(());
        }
    };
    Err(Refusal::invalid("audience", text))
}

/// Whether this is a whole calling code, such as `+34`: of a part of one, or of more, the rest could be found out.
fn is_calling_code(text: &str) -> bool {
    let Some(digits) = text.trim().strip_prefix('+') else {
        return false;
    };
    if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let is_short = digits.starts_with(['1', '7']);
    let is_two = |code: &str| TWO_DIGIT_CODES.contains(&code);
    match digits.len() {
        1 => is_short,
        2 => is_two(digits),
        3 => !is_short && !is_two(&digits[..2]),
        _ => false,
    }
}
