use super::{json, text, verify};

#[test]
fn reasons_are_short_and_hold_no_contact_data() {
    let clean = |said: &str| text::reason(said);
    assert_eq!(
        clean("550 5.1.1 <ana@example.com>:\r\n Recipient   rejected").as_deref(),
        Some("550 5.1.1 [address] Recipient rejected")
    );
    assert_eq!(
        clean("no route to +34600000001, error 30005").as_deref(),
        Some("no route to [number], error 30005")
    );
    assert_eq!(clean(" \u{0}\n"), None);
    assert_eq!(
        clean(&"é ".repeat(5_000)).map(|t| t.chars().count()),
        Some(300)
    );
}

#[test]
fn keys_are_found_where_we_put_them_and_nowhere_else() {
    let envelope = |text: &str| text::key_of_envelope(text);
    assert_eq!(
        envelope("<bounce+Key123456@x.org>").as_deref(),
        Some("Key123456")
    );
    assert_eq!(
        envelope("Bounces <a@x.org>, \"b\" <news+a+Key123456@x.org>").as_deref(),
        Some("Key123456")
    );
    for none in [
        "",
        "bounce@x.org",
        "bounce+@x.org",
        "bounce+a.b@x.org",
        "bounce+short@x",
        "+Key123456",
    ] {
        assert_eq!(envelope(none), None, "{none}");
    }
    let id = |text: &str| text::key_of_message_id(text);
    assert_eq!(id("<Key123456@x.org>").as_deref(), Some("Key123456"));
    for none in ["", "Key123456", "<14c5.dfd@ismtpd-5>", "<@x>", "<a@x>"] {
        assert_eq!(id(none), None, "{none}");
    }
}

#[test]
fn status_codes_are_found_in_what_servers_say() {
    let of = |said: &str| text::status_code(said);
    assert_eq!(of("550 5.1.1 unknown").as_deref(), Some("5.1.1"));
    assert_eq!(
        of("host mx said: 550-5.7.26 see").as_deref(),
        Some("5.7.26")
    );
    for none in [
        "",
        "550 unknown",
        "from 192.0.2.1",
        "version 1.2.3",
        "5.1",
        "5.1.1.1",
    ] {
        assert_eq!(of(none), None, "{none}");
    }
}

#[test]
fn texts_are_decoded_and_refused_as_they_should() {
    assert_eq!(verify::unhex("00fF"), Some(vec![0, 255]));
    assert_eq!(verify::unhex("0"), None);
    assert_eq!(verify::unhex("é0"), None);
    assert_eq!(verify::decode("-_8"), Some(vec![0xfb, 0xff]));
    assert_eq!(verify::decode("+/8="), Some(vec![0xfb, 0xff]));
    assert_eq!(verify::decode("a b"), None);
    assert!(verify::is_same(b"secret", b"secret"));
    assert!(!verify::is_same(b"secret", b"secrets"));
    assert_ne!(verify::hash(&[b"ab", b"c"]), verify::hash(&[b"a", b"bc"]));
}

#[test]
fn times_are_read_in_every_form_that_providers_use() {
    let value = serde_json::json!({
        "a": "2026-11-25T09:00:05Z", "b": "2026-11-25T09:00:05.000+0000", "c": "2026-11-25 09:00:05+00", "d": "2026-11-25T04:00:05.1234567-05:00",
        "s": 1_795_597_205, "t": "1795597205", "f": 1_795_597_205.25,
        "bad": "yesterday", "far": 1e300, "millis": 1_795_597_205_000_u64, "old": "1970-01-01T00:00:00Z",
    });
    for name in ["/a", "/b", "/c", "/d"] {
        assert_eq!(
            json::moment(&value, name).map(|at| at.timestamp()),
            Some(1_795_597_205),
            "{name}"
        );
    }
    for name in ["/s", "/t", "/f"] {
        assert_eq!(
            json::unix(&value, name).map(|at| at.timestamp()),
            Some(1_795_597_205),
            "{name}"
        );
    }
    for name in ["/bad", "/far", "/millis", "/none"] {
        assert_eq!(json::unix(&value, name), None, "{name}");
        assert_eq!(json::moment(&value, name), None, "{name}");
    }
    assert_eq!(json::moment(&value, "/old"), None);
}
