//! The description says what the server says.

use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignKind, CampaignStatus, CampaignType, Channel, EventKind, EvidenceFilter,
    Report,
    campaign::{CampaignPatch, CardFigures, NewCampaign},
    contact::{
        Consent, Contact, ContactCounts, ContactList, ContactPage, NewContact, Suppression,
        SuppressionPage, SuppressionSource,
    },
    event::{Dimension, IngestAnswer, RejectedEvent},
    import::{Column, ImportInfo, ImportStatus, Mapping, RowError},
    message::Category,
    money::Amount,
    recipient::{RecipientPage, RecipientRow},
    report::{
        BreakdownRow, FunnelStage, Kpis, Rates, RawStatusCount, ReportRange, Series, SeriesPoint,
        StatusBar, Tally,
    },
};
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{
    campaigns::{CampaignList, CampaignWithFigures},
    contacts::{Rejected, Taken},
    imports::ImportErrors,
    lists::{Members, NewList},
    params::Params,
    routes,
    suppressions::NewSuppression,
    uploads,
};
use crate::http::{answers, ingest, openapi::Description};

pub(super) fn document() -> Value {
    let (_, mut document) =
        utoipa_axum::router::OpenApiRouter::with_openapi(Description::openapi())
            .merge(routes())
            .merge(uploads())
            .merge(ingest::routes())
            .split_for_parts();
    answers::complete(&mut document);
    serde_json::to_value(document).expect("JSON")
}

/// Whether `value` is what `schema` describes: the same fields, no more, none missing, the same types.
pub(super) fn compare(
    document: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    findings: &mut Vec<String>,
) {
    if let Some(path) = schema["$ref"].as_str() {
        let schema = document.pointer(&path[1..]).unwrap_or(&Value::Null);
        return compare(document, schema, value, at, findings);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &Value| {
            let mut wrong = Vec::new();
            compare(document, choice, value, at, &mut wrong);
            wrong
        };
        let wrongs: Vec<_> = choices.iter().map(fits).collect();
        if wrongs.iter().all(|wrong| !wrong.is_empty()) {
            findings.extend(wrongs.into_iter().last().unwrap_or_default());
        }
        return;
    }
    let word = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let fits = types.contains(&word) || (word == "integer" && types.contains(&"number"));
    if !types.is_empty() && !fits {
        findings.push(format!("{at} is {word}, described as {types:?}"));
    }
    if let (Some(words), Some(text)) = (schema["enum"].as_array(), value.as_str())
        && !words.iter().any(|word| word == text)
    {
        findings.push(format!("{at} is {text:?}, which is not described"));
    }
    if let Some(items) = value.as_array() {
        for (n, item) in items.iter().enumerate() {
            compare(
                document,
                &schema["items"],
                item,
                &format!("{at}[{n}]"),
                findings,
            );
        }
    }
    let Some(fields) = value.as_object() else {
        return;
    };
    let parts = schema["allOf"]
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![schema.clone()]);
    let resolved: Vec<Value> = parts
        .into_iter()
        .map(|part| match part["$ref"].as_str() {
            Some(path) => document.pointer(&path[1..]).cloned().unwrap_or_default(),
            None => part,
        })
        .collect();
    for (name, value) in fields {
        let described = resolved
            .iter()
            .find_map(|part| part["properties"].get(name));
        let rest = resolved
            .iter()
            .map(|part| &part["additionalProperties"])
            .find(|rest| !rest.is_null());
        match described.or(rest) {
            Some(schema) => compare(document, schema, value, &format!("{at}.{name}"), findings),
            None => findings.push(format!("{at}.{name} is not described")),
        }
    }
    for required in resolved
        .iter()
        .filter_map(|part| part["required"].as_array())
        .flatten()
    {
        if required
            .as_str()
            .is_some_and(|name| !fields.contains_key(name))
        {
            findings.push(format!("{at} lacks {required}"));
        }
    }
}

pub(super) fn time() -> DateTime<Utc> {
    "2026-03-29T01:00:00Z".parse().expect("a time")
}

pub(super) fn campaign(is_full: bool) -> Campaign {
    Campaign {
        id: "abc".to_owned(),
        number: 1,
        external_id: is_full.then(|| "x".to_owned()),
        name: "n".to_owned(),
        kind: CampaignKind::Messaging,
        campaign_type: CampaignType::Rcs,
        sender: "s".to_owned(),
        status: CampaignStatus::InProgress,
        created_at: time(),
        scheduled_at: is_full.then(time),
        was_live: false,
        first_event_at: is_full.then(time),
        last_event_at: is_full.then(time),
        version: 3,
    }
}

fn report(is_full: bool) -> Report {
    let mut kpis = Kpis::default();
    if is_full {
        kpis.converted.currency = Some("EUR".to_owned());
        kpis.converted
            .other_values
            .insert("USD".to_owned(), Amount(5));
    }
    let row = BreakdownRow {
        value: "v".to_owned(),
        total: 2,
        unique: 1,
        by_kind: [(
            EventKind::Opened,
            Tally {
                total: 2,
                unique: 1,
            },
        )]
        .into(),
    };
    let point = SeriesPoint {
        at: "2026-03-29T00:00:00+01:00".to_owned(),
        counts: [("sent".to_owned(), 1)].into(),
    };
    Report {
        campaign: is_full.then(|| campaign(true)),
        range: ReportRange::default(),
        as_of: time(),
        evidence: EvidenceFilter::Human,
        rates: Rates::of(&kpis),
        kpis,
        funnel: vec![FunnelStage {
            stage: "sent".to_owned(),
            count: 1,
            of_previous: None,
            of_first: Some(1.0),
        }],
        series: Series {
            points: vec![point],
            ..Series::default()
        },
        statuses: vec![StatusBar {
            category: Category::NotOpen,
            count: 1,
            raw: vec![RawStatusCount {
                status: "OK".to_owned(),
                count: 1,
            }],
        }],
        breakdowns: Dimension::ALL
            .into_iter()
            .map(|dimension| (dimension, vec![row.clone()]))
            .collect(),
    }
}

#[test]
fn bodies_are_as_described() {
    let document = document();
    let row = |is_full: bool| {
        let text = || is_full.then(|| "2026-03-29T01:00:00Z".to_owned());
        RecipientRow {
            recipient: "r".to_owned(),
            message: "m".to_owned(),
            status: is_full.then_some(Category::Fallback),
            raw_status: text(),
            status_at: text(),
            sent_at: text(),
            delivered_at: text(),
            opened_at: text(),
            clicks: 0,
            variant: text(),
        }
    };
    let figures = |is_full| CampaignWithFigures {
        campaign: campaign(is_full),
        figures: CardFigures::default(),
    };
    let list = CampaignList {
        campaigns: vec![figures(true), figures(false)],
        next_cursor: None,
        total: 2,
    };
    let rejected = RejectedEvent {
        index: 1,
        code: "c".to_owned(),
        message: "m".to_owned(),
    };
    let answer = IngestAnswer {
        accepted: 1,
        duplicate: 0,
        rejected: vec![rejected],
    };
    let page = RecipientPage {
        rows: vec![row(true), row(false)],
        next_cursor: Some("c".to_owned()),
    };
    let json = |value: Result<Value, serde_json::Error>| value.expect("JSON");
    let new = NewCampaign {
        name: "n".to_owned(),
        ..NewCampaign::default()
    };
    let bodies = [
        ("Campaign", json(serde_json::to_value(campaign(true)))),
        ("Campaign", json(serde_json::to_value(campaign(false)))),
        (
            "CampaignWithFigures",
            json(serde_json::to_value(figures(true))),
        ),
        ("CampaignList", json(serde_json::to_value(list))),
        ("NewCampaign", json(serde_json::to_value(new))),
        (
            "CampaignPatch",
            json(serde_json::to_value(CampaignPatch::default())),
        ),
        ("Report", json(serde_json::to_value(report(true)))),
        ("Report", json(serde_json::to_value(report(false)))),
        ("RecipientPage", json(serde_json::to_value(page))),
        ("IngestAnswer", json(serde_json::to_value(answer))),
    ];
    let mut findings = Vec::new();
    for (name, value) in bodies {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        compare(&document, &schema, &value, name, &mut findings);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// Bodies about contacts, with everything in them and with nothing.
fn of_contacts(is_full: bool) -> Vec<(&'static str, Value)> {
    let text = || is_full.then(|| "x".to_owned());
    let json = |value: Result<Value, serde_json::Error>| value.expect("JSON");
    let contact = Contact {
        id: "i".to_owned(),
        external_id: text(),
        name: "n".to_owned(),
        phone: text(),
        email: text(),
        time_zone: text(),
        attributes: [("a".to_owned(), "b".to_owned())].into(),
        consents: [Consent::Subscribed; 5],
        suppressed: vec![(Channel::WhatsApp, SuppressionSource::HardFailure)],
        devices: 1,
        created_at: time(),
        updated_at: time(),
    };
    let list = ContactList {
        id: "i".to_owned(),
        name: "n".to_owned(),
        members: 1,
        created_at: time(),
    };
    let entries = SuppressionSource::ALL.iter().map(|source| Suppression {
        channel: Channel::Rcs,
        address: "a".to_owned(),
        source: *source,
        reason: text(),
        campaign: text(),
        at: time(),
    });
    let mapping = Mapping {
        columns: vec![
            Column::Skip,
            Column::ExternalId,
            Column::Name,
            Column::Phone,
            Column::Email,
            Column::TimeZone,
            Column::Attribute("a".to_owned()),
        ],
        country: text(),
        consents: [(Channel::Sms, Consent::Subscribed)].into(),
        list: text(),
    };
    let error = RowError {
        row: 2,
        column: "c".to_owned(),
        message: "m".to_owned(),
    };
    let import = |status| ImportInfo {
        id: "i".to_owned(),
        file: "f".to_owned(),
        status,
        header: vec!["h".to_owned()],
        sample: vec![vec!["s".to_owned()]],
        mapping: mapping.clone(),
        rows: is_full.then_some(1),
        done: 1,
        created: 1,
        updated: 1,
        rejected: 1,
        errors: vec![error.clone()],
        problem: text(),
        created_at: time(),
    };
    let new = NewContact {
        external_id: text(),
        consents: [(Channel::Email, Consent::Unsubscribed)].into(),
        ..NewContact::default()
    };
    let taken = Taken {
        rejected: vec![Rejected {
            line: 1,
            field: text(),
            message: "m".to_owned(),
        }],
        ..Taken::default()
    };
    let errors = ImportErrors {
        errors: vec![error.clone()],
        next_cursor: text(),
    };
    let mut bodies = vec![
        ("Contact", json(serde_json::to_value(&contact))),
        (
            "ContactPage",
            json(serde_json::to_value(ContactPage {
                contacts: vec![contact],
                next_cursor: text(),
            })),
        ),
        ("NewContact", json(serde_json::to_value(new))),
        ("ContactsTaken", json(serde_json::to_value(taken))),
        (
            "ContactCounts",
            json(serde_json::to_value(ContactCounts::default())),
        ),
        ("ContactList", json(serde_json::to_value(list))),
        (
            "SuppressionPage",
            json(serde_json::to_value(SuppressionPage {
                entries: entries.collect(),
                next_cursor: text(),
            })),
        ),
        ("ImportMapping", json(serde_json::to_value(&mapping))),
        ("ImportErrors", json(serde_json::to_value(errors))),
        (
            "NewContactList",
            json(serde_json::to_value(NewList {
                name: "n".to_owned(),
            })),
        ),
        (
            "ListMembers",
            json(serde_json::to_value(Members::default())),
        ),
        (
            "NewSuppression",
            json(serde_json::to_value(NewSuppression {
                channel: Channel::Sms,
                address: "a".to_owned(),
            })),
        ),
    ];
    use ImportStatus::{Checked, Checking, Done, Failed, Running, Uploaded};
    for status in [Uploaded, Checking, Checked, Running, Done, Failed] {
        bodies.push(("Import", json(serde_json::to_value(import(status)))));
    }
    bodies
}

#[test]
fn bodies_about_contacts_are_as_described() {
    let document = document();
    let mut findings = Vec::new();
    for (name, value) in [of_contacts(true), of_contacts(false)].concat() {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        compare(&document, &schema, &value, name, &mut findings);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn an_event_alone_and_a_list_of_them_are_described() {
    let document = document();
    let content = &document["paths"]["/ingest/v1/events"]["post"]["requestBody"]["content"];
    let event = json!({"id": "1", "campaign": "c", "message": "m", "recipient": "r", "kind": "sent",
        "at": "2026-03-29T01:00:00Z"});
    let wrong = |kind: &str, value: Value| {
        let mut findings = Vec::new();
        compare(
            &document,
            &content[kind]["schema"],
            &value,
            kind,
            &mut findings,
        );
        findings
    };
    assert_eq!(wrong("application/json", event.clone()), [""; 0]);
    assert_eq!(wrong("application/json", json!([event, event])), [""; 0]);
    assert_eq!(wrong("application/x-ndjson", event), [""; 0]);
    assert_ne!(wrong("application/json", json!({"id": 1})), [""; 0]);
    assert_ne!(wrong("application/json", json!("event")), [""; 0]);
}

#[test]
fn every_operation_says_how_it_can_fail() {
    let document = document();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let at = format!("{method} {path}");
            let answers = &operation["responses"];
            let mut needed = vec!["401", "403", "500", "503"];
            if operation["requestBody"].is_object() {
                needed.extend(["400", "413"]);
            }
            if path.contains('{') {
                needed.extend(["400", "404"]);
            }
            if path.starts_with("/ingest") {
                needed.extend(["408", "415"]);
            }
            for status in needed {
                let answer = &answers[status];
                let body = &answer["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(body, "#/components/schemas/Problem", "{at} {status}");
            }
            for (status, name) in [
                ("201", "Location"),
                ("401", "WWW-Authenticate"),
                ("503", "Retry-After"),
            ] {
                let answer = &answers[status];
                let is_told = answer["headers"][name]["schema"]["type"].is_string();
                assert!(answer.is_null() || is_told, "{at} {status} lacks {name}");
            }
        }
    }
}

#[test]
fn every_reference_of_the_description_resolves() {
    fn walk(document: &Value, value: &Value, missing: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(path) = fields.get("$ref").and_then(Value::as_str)
                    && document.pointer(&path[1..]).is_none()
                {
                    missing.push(path.to_owned());
                }
                fields
                    .values()
                    .for_each(|value| walk(document, value, missing));
            }
            Value::Array(items) => items
                .iter()
                .for_each(|value| walk(document, value, missing)),
            _ => {}
        }
    }
    let document = document();
    let mut missing = Vec::new();
    walk(&document, &document, &mut missing);
    assert!(missing.is_empty(), "{missing:?}");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(
                operation["summary"].is_string(),
                "{method} {path} has no summary"
            );
            assert!(
                operation["responses"]["401"].is_object(),
                "{method} {path} names no 401"
            );
        }
    }
}

#[test]
fn parameters_are_read_or_refused() {
    let query = Params::of(&[
        ("clock", "event"),
        ("from", "2026-03-01"),
        ("to", "2026-03-31"),
        ("tz", "Europe/Madrid"),
        ("bucket", "15m"),
        ("evidence", "all"),
        ("variant", "B"),
        ("utm_source", "mail"),
        ("cursor", ""),
    ])
    .report_query()
    .expect("a question");
    assert_eq!(query.tz.as_deref(), Some("Europe/Madrid"));
    assert_eq!(
        (query.bucket.as_str(), query.clock.as_str()),
        ("15m", "event")
    );
    for bad in [
        "2026-3-1",
        "+026-03-01",
        "2026-02-29",
        "20260301",
        "2026-03-01T00:00:00Z",
    ] {
        assert!(Params::of(&[("from", bad)]).dates().is_err(), "{bad}");
    }
    for (text, read) in [
        ("1", Some(1)),
        ("200", Some(200)),
        ("0", None),
        ("201", None),
        ("-1", None),
        ("x", None),
    ] {
        assert_eq!(
            Params::of(&[("limit", text)]).limit(50, 200).ok(),
            read,
            "{text}"
        );
    }
    assert_eq!(Params::of(&[]).limit(50, 200), Ok(50));
    assert!(Params::of(&[("q", &"x".repeat(600))]).text("q").is_err());
}
