//! Cutting bodies into events, without a server.

use domain::{EventKind, event::Rejection};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    body::{Format, each_event, unpack},
    *,
};

fn read(bytes: &[u8], format: Format) -> Result<Vec<Result<Event, Rejection>>, Problem> {
    let mut events = Vec::new();
    each_event(bytes, format, |event| {
        events.push(event);
        Ok(())
    })?;
    Ok(events)
}

fn codes(read: Result<Vec<Result<Event, Rejection>>, Problem>) -> Vec<String> {
    let events = read.expect("a batch");
    events
        .into_iter()
        .map(|event| event.map_or_else(|r| r.code, |event| event.id))
        .collect()
}

fn event(id: &str) -> Value {
    json!({"id": id, "campaign": "c", "message": "m", "recipient": "r", "kind": "clicked",
        "at": "2026-03-29T03:30:00+02:00", "link": "https://example.org/ü?\"", "props": {"a": {"b": [null]}}})
}

#[test]
fn times_keep_their_instant_and_props_their_text() {
    let read = read(event("1").to_string().as_bytes(), Format::Json).expect("a batch");
    let event = read[0].clone().expect("an event");
    assert_eq!(event.at.to_rfc3339(), "2026-03-29T01:30:00+00:00");
    assert_eq!(event.props.as_deref(), Some(r#"{"a":{"b":[null]}}"#));
    assert_eq!(event.link.as_deref(), Some("https://example.org/ü?\""));
}

#[test]
fn one_bad_element_leaves_the_others_alone() {
    let bad = [
        json!({"id": "x"}),
        json!(1),
        json!({"id": "y", "kind": "clicked", "kind2": 1}),
    ];
    for (at, bad) in bad.iter().enumerate() {
        let mut batch = vec![event("1"), event("2"), event("3")];
        batch.insert(at, bad.clone());
        let body = serde_json::to_string_pretty(&batch).expect("JSON");
        let mut found = codes(read(body.as_bytes(), Format::Json));
        let code = found.remove(at);
        assert!(
            ["missing_field", "malformed"].contains(&code.as_str()),
            "{code}"
        );
        assert_eq!(found, ["1", "2", "3"]);
    }
}

#[test]
fn a_conversion_of_no_message_is_what_a_person_did() {
    let taken = |kind: &str, has_message: bool| {
        let mut event = event("1");
        event["kind"] = json!(kind);
        if !has_message {
            event.as_object_mut().expect("an object").remove("message");
        }
        let mut read = read(event.to_string().as_bytes(), Format::Json).expect("a batch");
        let event = read.remove(0);
        event.map(|event| (event.kind, event.message == event.recipient))
    };
    assert_eq!(taken("converted", true), Ok((EventKind::Converted, false)));
    assert_eq!(taken("converted", false), Ok((EventKind::Achieved, true)));
    assert_eq!(taken("achieved", false), Ok((EventKind::Achieved, true)));
    assert_eq!(taken("achieved", true), Ok((EventKind::Achieved, false)));
    assert_eq!(
        taken("clicked", false).map_err(|r| r.code),
        Err("missing_field".to_owned())
    );
}

#[test]
fn a_field_given_twice_is_told() {
    let twice = br#"{"id":"1","id":"2","campaign":"c","message":"m","recipient":"r","kind":"sent","at":"2026-03-29T03:30:00Z"}"#;
    assert_eq!(codes(read(twice, Format::Json)), ["malformed"]);
    let both = [&b"["[..], twice, b"]"].concat();
    assert_eq!(codes(read(&both, Format::Json)), ["malformed"]);
}

#[test]
fn text_that_is_no_utf8_spoils_its_line_only() {
    let body = [
        event("1").to_string().as_bytes(),
        b"\n{\"id\":\"\xff\"}\n",
        event("2").to_string().as_bytes(),
    ]
    .concat();
    assert_eq!(codes(read(&body, Format::Lines)), ["1", "malformed", "2"]);
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    let deep = "[".repeat(100_000);
    assert!(read(deep.as_bytes(), Format::Json).is_err());
    let line = format!("{{\"props\":{}\n{}", "{\"a\":".repeat(50_000), event("1"));
    assert_eq!(
        codes(read(line.as_bytes(), Format::Lines)),
        ["malformed", "1"]
    );
}

#[test]
fn what_is_packed_is_unpacked_up_to_the_limit() {
    use std::io::Write;
    let pack = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).expect("memory");
        packer.finish().expect("memory")
    };
    assert_eq!(&unpack(&pack(b"abc")).expect("gzip")[..], b"abc");
    // Several members one after the other are one stream, too (RFC 1952, 2.2).
    assert_eq!(
        &unpack(&[pack(b"ab"), pack(b"c")].concat()).expect("gzip")[..],
        b"abc"
    );
    assert!(unpack(&pack(&vec![0; BODY_BYTES_MAX])).is_ok());
    assert!(unpack(&pack(&vec![0; BODY_BYTES_MAX + 1])).is_err());
    assert!(unpack(&pack(b"abc")[..8]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Array or lines: the same events, the same verdicts, in the same order.
    #[test]
    fn the_form_of_a_batch_changes_nothing(picks in prop::collection::vec((0_usize..6, 0_u32..1_000), 1..40)) {
        let batch: Vec<Value> = picks
            .into_iter()
            .map(|(shape, n)| {
                let mut event = event(&n.to_string());
                match shape {
                    0 => event["kind"] = json!("none"),
                    1 => event["at"] = json!("soon"),
                    2 => { event.as_object_mut().expect("an object").remove("message"); }
                    3 => event["value"] = json!(0.1 + f64::from(n)),
                    _ => {}
                }
                event
            })
            .collect();
        let array = read(json!(batch).to_string().as_bytes(), Format::Json).expect("a batch");
        let lines: Vec<String> = batch.iter().map(Value::to_string).collect();
        let lines = read(lines.join("\n").as_bytes(), Format::Lines).expect("a batch");
        prop_assert_eq!(array, lines);
    }

    /// Nothing a client can send makes it panic.
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in [Format::Json, Format::Lines] {
            let _ = read(&bytes, format);
        }
    }
}
