use super::*;
use crate::{
    audience::{Audience, Compare, Condition},
    recipient::RecipientRow,
};

#[test]
fn keys_show_no_more_than_a_person_needs_to_recognize_theirs() {
    for (key, shown) in [
        ("ada@x.de", "a…@x.de"),
        ("\"a@b\"@x.de", "\"…@x.de"),
        ("+34600123456", "+34…56"),
        ("1234", "…"),
        ("12345", "1…45"),
    ] {
        assert_eq!(mask_key(key), shown);
    }
}

#[test]
fn numbers_and_addresses_are_hidden_wherever_they_stand() {
    for (text, shown) in [
        ("ada@x.de", "a…@x.de"),
        ("+34600123456", "+34…56"),
        ("600 123 456", "600…56"),
        ("Ada +34 600 123 456", "Ada +34…56"),
        ("Ada (mobile: 600-123-456)", "Ada (mobile: 600…56)"),
        ("Ada600123456Ruiz", "Ada600…56Ruiz"),
        ("06.12.34.56.78", "06.…78"),
        ("600\u{200b}123\u{200b}456", "600…56"),
        ("٦٠٠١٢٣٤٥٦", "٦٠٠…٥٦"),
        ("Ada <ada@x.de>, Bob", "Ada <a…@x.de>, Bob"),
        (
            "550 5.1.1 <ana.perez@example.com>: no; tel +34600123456",
            "550 5.1.1 <a…@example.com>: no; tel +34…56",
        ),
        (
            "https://x.example/?e=ada%40x.de&p=600123456",
            "https://x.example/?e…@x.de&p=600…56",
        ),
        ("mailto:ada@x.de", "mailto:a…@x.de"),
        ("ada＠x.de", "a…@x.de"),
    ] {
        assert_eq!(mask_text(text), shown, "{text}");
    }
}

#[test]
fn what_is_nobodys_stays() {
    for text in [
        "",
        "gold",
        "1990-05",
        "1990-05-12",
        "2026-11-30T10:00:00Z",
        "12 Main St",
        "550 5.7.26 unauthenticated",
        "Chrome 131.0.0.0",
        "@x.de",
        "€1,204.50",
        "Error 63016",
    ] {
        assert_eq!(mask_text(text), text);
        assert_eq!(clean_word(text), text);
    }
}

#[test]
fn reasons_are_kept_in_one_short_line_without_contact_data() {
    let said = "smtp;550 5.1.1\r\n <ana.perez@example.com>:  no such user; tel +34600123456";
    let kept = "smtp;550 5.1.1 [address] no such user; tel [number]";
    assert_eq!(clean_reason(said).as_deref(), Some(kept));
    assert_eq!(clean_reason(" \n"), None);
    assert_eq!(
        clean_reason(&"ab ".repeat(4_000))
            .unwrap_or_default()
            .chars()
            .count(),
        300
    );
}

fn filter(name: &str, compare: Compare, value: &str) -> Audience {
    let condition = Condition::Attribute {
        name: name.to_owned(),
        compare,
        value: value.to_owned(),
    };
    let of = Box::new(Condition::Any {
        of: vec![condition],
    });
    Audience::Filter {
        condition: Condition::Not { of },
    }
}

#[test]
fn no_comparison_finds_an_address_part_by_part() {
    use Compare::{Above, Absent, Begins, Below, Contains, Is, IsNot, Present};
    for (name, compare, value) in [
        ("email", Is, "ada@x.de"),
        ("email", IsNot, "ada@x.de"),
        ("email", Present, ""),
        ("phone", Absent, ""),
        ("email", Contains, "@x.de"),
        ("phone", Begins, "+34"),
        ("phone", Begins, "+1"),
        ("phone", Begins, "+351"),
        ("time_zone", Begins, "Europe"),
    ] {
        let names = check_comparisons(&filter(name, compare, value));
        assert_eq!(names, Ok(Vec::new()), "{name} {value}");
    }
    for (name, compare, value) in [
        ("email", Begins, "a"),
        ("email", Begins, "@"),
        ("email", Contains, "a@x.de"),
        ("email", Contains, ""),
        ("phone", Begins, "+"),
        ("phone", Begins, "+3"),
        ("phone", Begins, "+346"),
        ("phone", Begins, "+12"),
        ("phone", Contains, "+34"),
        ("phone", Above, "34"),
        ("phone", Below, "34"),
    ] {
        let refused = check_comparisons(&filter(name, compare, value));
        assert!(refused.is_err(), "{name} {value}");
    }
    let asked = check_comparisons(&filter("second", Begins, "+3"));
    assert_eq!(asked, Ok(vec!["second".to_owned()]));
}

fn typed(addresses: &[&str]) -> Audience {
    Audience::Typed {
        addresses: addresses.iter().map(|&text| text.to_owned()).collect(),
    }
}

#[test]
fn what_was_only_seen_masked_is_kept() {
    let known = typed(&["ada@x.de", "+34600123456", "anna@x.de"]);
    let mut shown = known.clone();
    shown.mask();
    assert_eq!(shown, typed(&["a…@x.de", "+34…56", "a…@x.de"]));
    assert_eq!(restore(shown, &known), Ok(known.clone()));
    // One more, one less, another order.
    let given = typed(&["bob@x.de", "a…@x.de", "a…@x.de"]);
    assert_eq!(
        restore(given, &known),
        Ok(typed(&["bob@x.de", "ada@x.de", "anna@x.de"]))
    );
    // Ada or Anna?
    assert!(restore(typed(&["a…@x.de"]), &known).is_err());
    assert_eq!(
        restore(typed(&["+34…56"]), &known),
        Ok(typed(&["+34600123456"]))
    );

    let known = filter("email", Compare::Begins, "ada");
    let mut shown = known.clone();
    shown.mask();
    assert_eq!(shown, filter("email", Compare::Begins, "…"));
    assert_eq!(restore(shown, &known), Ok(known));
    for open in [
        filter("email", Compare::Contains, "@x.de"),
        filter("phone", Compare::Begins, "+34"),
        filter("city", Compare::Is, "Madrid"),
    ] {
        let mut shown = open.clone();
        shown.mask();
        assert_eq!(shown, open);
    }
}

#[test]
fn a_message_key_says_nothing_about_whose_it_is() {
    let row = |message: &str, recipient: &str| {
        let mut row = RecipientRow {
            recipient: recipient.to_owned(),
            message: message.to_owned(),
            status: None,
            raw_status: Some(format!("REJECTED {recipient}")),
            status_at: None,
            sent_at: None,
            delivered_at: None,
            opened_at: None,
            clicks: 0,
            variant: None,
        };
        row.mask();
        (row.message, row.raw_status.unwrap_or_default())
    };
    assert_eq!(
        row("m1", "ada@x.de"),
        ("m1".to_owned(), "REJECTED a…@x.de".to_owned())
    );
    assert_eq!(row("34600123456", "+34600123456").0, "+34…56");
    assert_eq!(row("visit-+34600123456", "+34600123456").0, "visit-+34…56");
}
