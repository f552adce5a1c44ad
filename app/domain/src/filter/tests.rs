//! Tests.

use proptest::prelude::*;

use super::*;
use crate::time::Preset;

/// Reads a filter from parameters as an address has them.
fn read(kind: CampaignKind, params: &[(&str, String)]) -> CampaignFilter {
    CampaignFilter::from_params(kind, |name| {
        params
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, value)| value.as_str())
    })
}

fn days() -> impl Strategy<Value = chrono::NaiveDate> {
    (0_u64..80_000).prop_map(|n| {
        chrono::NaiveDate::default()
            .checked_add_days(chrono::Days::new(n))
            .expect("a day")
    })
}

fn ranges() -> impl Strategy<Value = RangeChoice> {
    prop_oneof![
        Just(RangeChoice::All),
        prop::sample::select(Preset::ALL.to_vec()).prop_map(RangeChoice::Preset),
        (days(), days()).prop_map(|(a, b)| RangeChoice::Custom(DateRange::between(a, b))),
    ]
}

fn filters() -> impl Strategy<Value = CampaignFilter> {
    prop::sample::select(CampaignKind::ALL.to_vec()).prop_flat_map(|kind| {
        let types: Vec<_> = CampaignType::of_kind(kind).collect();
        let statuses = CampaignStatus::of_kind(kind).to_vec();
        (
            ranges(),
            prop::option::of(prop::sample::select(types)),
            prop::option::of(prop::sample::select(statuses)),
            "[^\\p{Cc}\\p{Z}]([^\\p{Cc}]{0,40}[^\\p{Cc}\\p{Z}])?",
            prop::option::of("[A-Za-z0-9_-]{1,30}"),
        )
            .prop_map(move |(range, campaign_type, status, query, cursor)| {
                CampaignFilter {
                    kind,
                    range,
                    campaign_type,
                    status,
                    query: query.trim().to_owned(),
                    cursor,
                }
            })
    })
}

proptest! {
    #[test]
    fn a_filter_survives_the_address(filter in filters()) {
        prop_assert_eq!(read(filter.kind, &filter.to_params()), filter);
    }

    #[test]
    fn any_address_gives_a_filter(range in ".{0,30}", kind in ".{0,12}", status in ".{0,12}", q in ".{0,300}") {
        let params = [("range", range), ("type", kind), ("status", status), ("q", q)];
        for kind in CampaignKind::ALL {
            let filter = read(kind, &params);
            prop_assert!(filter.query.chars().count() <= 200);
            prop_assert_eq!(read(kind, &filter.to_params()), filter);
        }
    }
}

#[test]
fn defaults_leave_the_address_empty() {
    for kind in CampaignKind::ALL {
        assert_eq!(CampaignFilter::of_kind(kind).to_params(), []);
    }
}

#[test]
fn what_belongs_to_the_other_tab_is_ignored() {
    let params = [("type", "raffle".to_owned()), ("status", "live".to_owned())];
    let filter = read(CampaignKind::Messaging, &params);
    assert_eq!((filter.campaign_type, filter.status), (None, None));
    let filter = read(CampaignKind::Interactive, &params);
    assert_eq!(filter.campaign_type, Some(CampaignType::Raffle));
    assert_eq!(filter.status, Some(CampaignStatus::Live));
}

#[test]
fn a_form_without_scripts_sends_two_dates() {
    for (from, to) in [("2026-10-25", "2026-11-23"), ("2026-11-23", "2026-10-25")] {
        let params = [
            ("range", "today".to_owned()),
            ("from", from.to_owned()),
            ("to", to.to_owned()),
        ];
        let filter = read(CampaignKind::Messaging, &params);
        assert_eq!(filter.range.to_string(), "2026-10-25..2026-11-23");
    }
}
