//! Numbers that providers write in another way than the person who gave them.

use domain::{Channel, channel::AddressKind};

use crate::{Address, dialed};

/// One way in which a country's numbers are written longer or shorter.
struct Rule {
    /// Country code, with its plus.
    country: &'static str,
    /// Digits of the area code that stand before what is put in.
    area: usize,
    /// What the long form has and the short form lacks.
    infix: &'static str,
    /// Digits that follow it.
    rest: usize,
    /// First digits that the rest may have; empty for any.
    begins: &'static str,
}

/// WhatsApp's `wa_id` and mobile operators keep forms that the numbering plan gave up, or leave digits out that only callers
/// from abroad need. Sources: Meta, *WhatsApp Cloud API, phone numbers* (Brazil, Mexico, Argentina: the id may differ from the
/// number that was written to); ITU-T operational bulletins on the national plans.
const RULES: [Rule; 4] = [
    // Brazil: mobiles got a 9 between 2012 and 2016; ids of before lack it.
    Rule {
        country: "+55",
        area: 2,
        infix: "9",
        rest: 8,
        begins: "6789",
    },
    // Mexico: a 1 for mobiles until 2019.
    Rule {
        country: "+52",
        area: 0,
        infix: "1",
        rest: 10,
        begins: "",
    },
    // Argentina: a 9 for mobiles called from abroad.
    Rule {
        country: "+54",
        area: 0,
        infix: "9",
        rest: 10,
        begins: "",
    },
    // Benin: 01 before every number since November 2024.
    Rule {
        country: "+229",
        area: 0,
        infix: "01",
        rest: 8,
        begins: "",
    },
];

impl Rule {
    /// The other way to write a number; none when the rule says nothing of it.
    fn other(&self, number: &str) -> Option<String> {
        let national = number.strip_prefix(self.country)?;
        let (area, rest) = national.split_at_checked(self.area)?;
        let is_rest = |rest: &str| {
            rest.len() == self.rest
                && (self.begins.is_empty() || rest.starts_with(|c| self.begins.contains(c)))
        };
        let Self { country, infix, .. } = self;
        if is_rest(rest) {
            return Some(format!("{country}{area}{infix}{rest}"));
        }
        let rest = rest.strip_prefix(infix)?;
        is_rest(rest).then(|| format!("{country}{area}{rest}"))
    }
}

/// The texts under which the owner of an address that a provider names may be stored, the likeliest first. A number may come
/// without its plus. Empty for what is no address of this channel.
#[must_use]
pub fn lookup_forms(channel: Channel, text: &str) -> Vec<String> {
    let is_phone = channel.address_kind() == AddressKind::Phone;
    let given = match dialed(text) {
        Some(digits) if is_phone && !digits.starts_with('+') => format!("+{digits}"),
        _ => text.to_owned(),
    };
    let Ok(address) = Address::new(channel, &given) else {
        return Vec::new();
    };
    let first = address.into_string();
    let others = RULES.iter().filter(|_| is_phone);
    let others: Vec<String> = others.filter_map(|rule| rule.other(&first)).collect();
    std::iter::once(first).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_writes_leads_to_the_number_that_was_given() {
        for (written, given) in [
            ("551187650256", "+5511987650256"),
            ("+5511987650256", "+551187650256"),
            ("5215512345678", "+525512345678"),
            ("525512345678", "+5215512345678"),
            ("5491123456789", "+541123456789"),
            ("541123456789", "+5491123456789"),
            ("22997123456", "+2290197123456"),
            ("34600070252", "+34600070252"),
            ("+34 600 070 252", "+34600070252"),
        ] {
            let forms = lookup_forms(Channel::WhatsApp, written);
            assert!(forms.iter().any(|form| form == given), "{written}");
            assert!(forms.len() <= 2, "{written}");
        }
    }

    #[test]
    fn a_landline_is_no_mobile_and_a_mailbox_has_one_form() {
        // Landlines of São Paulo begin with 2 to 5.
        assert_eq!(
            lookup_forms(Channel::Sms, "+551132650256"),
            ["+551132650256"]
        );
        assert_eq!(
            lookup_forms(Channel::Email, "Ada@Example.org"),
            ["ada@example.org"]
        );
        assert!(lookup_forms(Channel::Sms, "someone").is_empty());
        assert!(lookup_forms(Channel::Email, "+34600070252").is_empty());
    }
}
