//! The standing of a message, order by order, and the bars it can fall into.

use proptest::prelude::*;

use super::*;
use crate::event::Dimension;

fn fact(kind: EventKind, at_us: i64) -> Fact {
    Fact {
        id: String::new(),
        campaign: String::new(),
        message: String::new(),
        recipient: String::new(),
        kind,
        at_us,
        received_us: at_us,
        evidence: Evidence::Unknown,
        raw_status: None,
        dimensions: [const { None }; Dimension::COUNT],
        value: None,
        user_agent: None,
        ip: None,
        props: None,
    }
}

fn state_of(facts: &[Fact]) -> MessageState {
    let mut state = MessageState::default();
    facts.iter().for_each(|fact| state.apply(fact));
    state
}

#[test]
fn the_highest_standing_wins() {
    use EventKind as K;
    for (kinds, standing) in [
        (&[][..], Standing::None),
        (&[K::Visited], Standing::None),
        (&[K::Unsubscribed, K::Complained], Standing::None),
        (&[K::Queued], Standing::Queued),
        (&[K::Queued, K::Unsent], Standing::Unsent),
        (&[K::Unsent, K::Sent], Standing::Sent),
        (&[K::Sent, K::SoftFailed], Standing::SoftFailed),
        (&[K::SoftFailed, K::Delivered], Standing::Delivered),
        (&[K::Delivered, K::Failed], Standing::Failed),
        (&[K::Failed, K::Opened], Standing::Engaged),
        (&[K::Failed, K::Read], Standing::Engaged),
        (&[K::Failed, K::Clicked], Standing::Engaged),
        (&[K::Failed, K::Replied], Standing::Engaged),
        (&[K::Failed, K::Converted], Standing::Engaged),
    ] {
        let facts: Vec<Fact> = kinds.iter().map(|kind| fact(*kind, 1)).collect();
        assert_eq!(state_of(&facts).standing(), standing, "{kinds:?}");
    }
}

#[test]
fn what_a_standing_counts_as() {
    for (standing, sent, delivered, failed) in [
        (Standing::None, false, false, false),
        (Standing::Queued, false, false, false),
        (Standing::Unsent, false, false, false),
        (Standing::Sent, true, false, false),
        (Standing::SoftFailed, true, false, true),
        (Standing::Delivered, true, true, false),
        (Standing::Failed, true, false, true),
        (Standing::Engaged, true, true, false),
    ] {
        let counts = (
            standing.is_sent(),
            standing.is_delivered(),
            standing.is_failed(),
        );
        assert_eq!(counts, (sent, delivered, failed), "{standing:?}");
    }
}

#[test]
fn an_open_proves_what_no_receipt_said() {
    let state = state_of(&[fact(EventKind::Opened, 9)]);
    assert_eq!(
        (state.sent_us(), state.delivered_us(), state.failed_us()),
        (Some(9), Some(9), None)
    );
    assert_eq!(state.cohort_us(), Some(9));
    let late = state_of(&[
        fact(EventKind::Opened, 9),
        fact(EventKind::Sent, 2),
        fact(EventKind::Delivered, 4),
    ]);
    assert_eq!((late.sent_us(), late.delivered_us()), (Some(2), Some(4)));
}

#[test]
fn times_follow_the_standing() {
    let state = state_of(&[fact(EventKind::Queued, 1), fact(EventKind::Unsent, 3)]);
    assert_eq!(
        (state.queued_us(), state.unsent_us(), state.cohort_us()),
        (None, Some(3), Some(3))
    );
    let state = state_of(&[
        fact(EventKind::Unsent, 3),
        fact(EventKind::Sent, 5),
        fact(EventKind::Failed, 8),
    ]);
    assert_eq!(
        (state.unsent_us(), state.sent_us(), state.failed_us()),
        (None, Some(5), Some(8))
    );
    let state = state_of(&[fact(EventKind::Failed, 8), fact(EventKind::Clicked, 12)]);
    assert_eq!((state.failed_us(), state.delivered_us()), (None, Some(12)));
}

#[test]
fn machines_don_t_make_people() {
    let by = |evidence| Fact {
        evidence,
        ..fact(EventKind::Opened, 1)
    };
    assert_eq!(
        state_of(&[by(Evidence::Scanner)]).engagement(),
        Engagement::Machine
    );
    assert_eq!(
        state_of(&[by(Evidence::Scanner), by(Evidence::Proxy)]).engagement(),
        Engagement::Human
    );
    assert_eq!(
        state_of(&[fact(EventKind::Delivered, 1)]).engagement(),
        Engagement::None
    );
}

/// A gateway follows links while it decides whether to take the message: before the bounce, or after.
#[test]
fn a_fetch_by_a_machine_proves_no_delivery() {
    for (evidence, proves) in [
        (Evidence::Machine, false),
        (Evidence::Scanner, false),
        (Evidence::Prefetch, true),
        (Evidence::Human, true),
        (Evidence::Proxy, true),
        (Evidence::Unknown, true),
    ] {
        for kind in [EventKind::Opened, EventKind::Read, EventKind::Clicked] {
            for at_us in [2, 9] {
                let fetch = Fact {
                    evidence,
                    ..fact(kind, at_us)
                };
                let state = state_of(&[
                    fact(EventKind::Sent, 1),
                    fetch.clone(),
                    fact(EventKind::Failed, 5),
                ]);
                let (standing, times) = if proves {
                    (Standing::Engaged, (Some(1), Some(at_us), None))
                } else {
                    (Standing::Failed, (Some(1), None, Some(5)))
                };
                assert_eq!(
                    state.standing(),
                    standing,
                    "{evidence:?} {kind:?} at {at_us}"
                );
                assert_eq!(
                    (state.sent_us(), state.delivered_us(), state.failed_us()),
                    times,
                    "{evidence:?} {kind:?} at {at_us}"
                );
                let alone = state_of(&[fetch]);
                assert_eq!(alone.sent_us().is_some(), proves, "{evidence:?} {kind:?}");
                assert_eq!(alone.cohort_us(), Some(at_us));
            }
        }
    }
    // Nobody but a person answers or buys.
    let bought = Fact {
        evidence: Evidence::Machine,
        ..fact(EventKind::Converted, 1)
    };
    assert_eq!(state_of(&[bought]).standing(), Standing::Engaged);
}

/// A machine that came first doesn't say when the message arrived.
#[test]
fn a_machine_beside_a_mailbox_moves_no_time() {
    let by = |evidence, at_us| Fact {
        evidence,
        ..fact(EventKind::Opened, at_us)
    };
    let state = state_of(&[
        by(Evidence::Scanner, 2),
        by(Evidence::Prefetch, 7),
        by(Evidence::Human, 9),
    ]);
    assert_eq!((state.sent_us(), state.delivered_us()), (Some(7), Some(7)));
}

#[test]
fn the_bars_of_each_channel() {
    use Category as C;
    use Standing as S;
    let human = Engagement::Human;
    let none = Engagement::None;
    for (channel, standing, engagement, raw, bar) in [
        (CampaignType::Sms, S::Queued, none, "QUEUE", C::Queued),
        (CampaignType::Sms, S::Unsent, none, "BLACKLISTED", C::Unsent),
        (CampaignType::Sms, S::Sent, none, "SENT", C::Sent),
        (CampaignType::Sms, S::Sent, none, "enroute", C::Transit),
        (CampaignType::Sms, S::Sent, none, "ACCEPTD", C::Transit),
        (
            CampaignType::Sms,
            S::Delivered,
            none,
            "DELIVRD",
            C::Delivered,
        ),
        (
            CampaignType::Sms,
            S::Engaged,
            human,
            "CLICKED",
            C::Delivered,
        ),
        (CampaignType::Sms, S::Failed, none, "UNDELIV", C::Failed),
        (CampaignType::Sms, S::SoftFailed, none, "EXPIRED", C::Failed),
        (CampaignType::Email, S::Sent, none, "SENT", C::Sent),
        (
            CampaignType::Email,
            S::Delivered,
            none,
            "DELIVERED",
            C::NotOpen,
        ),
        (CampaignType::Email, S::Engaged, human, "OPEN", C::Open),
        (CampaignType::Push, S::Sent, none, "ENROUTE", C::Sent),
        (CampaignType::Push, S::Delivered, none, "", C::Delivered),
        (CampaignType::Push, S::Engaged, human, "", C::Opened),
        (CampaignType::WhatsApp, S::Engaged, human, "READ", C::Read),
        (
            CampaignType::WhatsApp,
            S::Delivered,
            none,
            "FALLBACK",
            C::Delivered,
        ),
        (CampaignType::Rcs, S::Engaged, human, "READ", C::Read),
        (
            CampaignType::Rcs,
            S::Delivered,
            none,
            "fallback",
            C::Fallback,
        ),
        (CampaignType::Rcs, S::Unsent, none, "FALLBACK", C::Unsent),
    ] {
        let found = Category::of(channel, standing, engagement, raw, EvidenceFilter::Human);
        assert_eq!(found, Some(bar), "{channel} {standing:?} {raw}");
        let bars = Category::of_channel(channel);
        assert!(
            bar == C::Queued || bars.contains(&bar),
            "{channel} shows no {bar:?}"
        );
    }
    let of = |filter| {
        Category::of(
            CampaignType::Email,
            S::Engaged,
            Engagement::Machine,
            "OPEN",
            filter,
        )
    };
    assert_eq!(of(EvidenceFilter::Human), Some(C::NotOpen));
    assert_eq!(of(EvidenceFilter::All), Some(C::Open));
    assert_eq!(
        Category::of(CampaignType::Sms, S::None, none, "", EvidenceFilter::All),
        None
    );
}

#[test]
fn lanes_tell_people_and_machines_apart_where_machines_can_be() {
    for kind in EventKind::ALL {
        let machine = Lane::of(*kind, Evidence::Machine);
        assert_eq!(machine.kind(), *kind);
        assert_eq!(machine.is_machine(), kind.can_be_machine());
        assert!(Lane::human(*kind).counts_under(EvidenceFilter::Human));
        assert!(!Lane::machine(*kind).counts_under(EvidenceFilter::Human));
        assert_eq!(Lane::from_code(machine.code()), Some(machine));
    }
    assert_eq!(Lane::from_code(255), None);
}

fn any_fact() -> impl Strategy<Value = Fact> {
    (
        0..EventKind::ALL.len(),
        0i64..6,
        0..Evidence::ALL.len(),
        proptest::option::of("[A-C]"),
        proptest::option::of("[a-b]"),
        proptest::option::of((0i64..50, "[XY]")),
    )
        .prop_map(|(kind, at, evidence, raw_status, variant, value)| {
            let mut made = fact(EventKind::ALL[kind], at);
            made.evidence = Evidence::ALL[evidence];
            made.raw_status = raw_status;
            made.dimensions[Dimension::Variant as usize] = variant;
            made.value = value.map(|(units, currency)| (Amount(units), currency));
            made
        })
}

proptest! {
    /// Any order of the same facts gives the same state.
    #[test]
    fn order_does_not_matter(
        (facts, shuffled) in proptest::collection::vec(any_fact(), 0..12)
            .prop_flat_map(|facts| (Just(facts.clone()), Just(facts).prop_shuffle()))
    ) {
        prop_assert_eq!(state_of(&facts), state_of(&shuffled));
    }

    /// Facts told again change nothing but how often each kind was told.
    #[test]
    fn repetition_does_not_change_the_standing(facts in proptest::collection::vec(any_fact(), 0..12)) {
        let once = state_of(&facts);
        let twice = state_of(&facts.iter().chain(&facts).cloned().collect::<Vec<_>>());
        prop_assert_eq!(&once.decisive, &twice.decisive);
        prop_assert_eq!(&once.variant, &twice.variant);
        prop_assert_eq!(once.engagement(), twice.engagement());
        prop_assert_eq!(once.cohort_us(), twice.cohort_us());
    }
}
