//! Rates, funnels and the words on the wire.

use serde_json::json;

use super::*;

fn cohort() -> Kpis {
    let tally = |total, unique| Tally { total, unique };
    Kpis {
        queued: 3,
        unsent: 5,
        sent: 200,
        delivered: 160,
        failed: 30,
        transit: 10,
        opened: tally(100, 80),
        read: tally(64, 64),
        clicked: tally(30, 20),
        replied: tally(9, 8),
        unsubscribed: tally(2, 2),
        complained: tally(1, 1),
        received: tally(8, 7),
        answered: tally(14, 6),
        visited: tally(90, 60),
        played: tally(50, 45),
        completed: tally(15, 15),
        submitted: tally(12, 10),
        redeemed: tally(4, 4),
        pass_added: tally(3, 3),
        prize_assigned: tally(5, 5),
        ..Kpis::default()
    }
}

#[test]
fn rates_are_of_one_cohort() {
    let rates = Rates::of(&cohort());
    for (rate, n, d, value) in [
        (rates.delivery, 160, 200, 0.8),
        (rates.failure, 30, 200, 0.15),
        (rates.transit, 10, 200, 0.05),
        (rates.open, 80, 160, 0.5),
        (rates.read, 64, 160, 0.4),
        (rates.click, 20, 160, 0.125),
        (rates.click_to_open, 20, 80, 0.25),
        (rates.reply, 8, 160, 0.05),
        (rates.unsubscribe, 2, 160, 0.0125),
        (rates.complaint, 1, 160, 0.00625),
        (rates.bounce, 30, 200, 0.15),
    ] {
        assert_eq!(
            rate,
            Rate {
                n,
                d,
                value: Some(value)
            }
        );
    }
}

#[test]
fn a_zero_base_gives_no_rate() {
    let rates = serde_json::to_value(Rates::of(&Kpis::default())).expect("JSON");
    let rates = rates.as_object().expect("an object");
    assert_eq!(rates.len(), 11);
    for (name, rate) in rates {
        assert_eq!(*rate, json!({ "n": 0, "d": 0, "value": null }), "{name}");
    }
    assert_eq!(Rate::new(3, 0).value, None);
    assert_eq!(ratio(0, 3), Some(0.0));
}

#[test]
fn funnels_by_type() {
    let stages = |campaign_type| {
        funnel(campaign_type, &cohort())
            .iter()
            .map(|stage| format!("{} {}", stage.stage, stage.count))
            .collect::<Vec<_>>()
            .join(", ")
    };
    for (campaign_type, expected) in [
        (CampaignType::Sms, "sent 200, delivered 160, clicked 20"),
        (
            CampaignType::Email,
            "sent 200, delivered 160, opened 80, clicked 20",
        ),
        (
            CampaignType::Push,
            "sent 200, delivered 160, opened 80, clicked 20",
        ),
        (
            CampaignType::WhatsApp,
            "sent 200, delivered 160, read 64, clicked 20",
        ),
        (
            CampaignType::Rcs,
            "sent 200, delivered 160, read 64, clicked 20",
        ),
        (
            CampaignType::Raffle,
            "visited 60, played 45, completed 15, prize_assigned 5",
        ),
        (
            CampaignType::ESwipe,
            "visited 60, played 45, completed 15, prize_assigned 5",
        ),
        (
            CampaignType::WebTrivia,
            "visited 60, played 45, completed 15, prize_assigned 5",
        ),
        (
            CampaignType::Trivia,
            "delivered 160, received 7, answered 6, completed 15, prize_assigned 5",
        ),
        (CampaignType::SubscriptionForm, "visited 60, submitted 10"),
        (
            CampaignType::WebPoll,
            "visited 60, answered 6, submitted 10",
        ),
        (
            CampaignType::Poll,
            "delivered 160, answered 6, submitted 10",
        ),
        (CampaignType::Keyword, "received 7, sent 200, delivered 160"),
        (CampaignType::Chatbot, "received 7, completed 15"),
        (
            CampaignType::DigitalCoupon,
            "visited 60, pass_added 3, redeemed 4",
        ),
        (CampaignType::MemberCard, "visited 60, pass_added 3"),
        (
            CampaignType::Geofence,
            "sent 200, delivered 160, opened 80, converted 0",
        ),
    ] {
        assert_eq!(stages(campaign_type), expected, "{campaign_type}");
    }
}

#[test]
fn each_step_has_its_shares() {
    let steps = funnel(CampaignType::Email, &cohort());
    let shares: Vec<_> = steps
        .iter()
        .map(|step| (step.of_previous, step.of_first))
        .collect();
    assert_eq!(
        shares,
        [
            (None, Some(1.0)),
            (Some(0.8), Some(0.8)),
            (Some(0.5), Some(0.4)),
            (Some(0.25), Some(0.1))
        ]
    );
    for step in funnel(CampaignType::Email, &Kpis::default()) {
        assert_eq!(
            (step.count, step.of_previous, step.of_first),
            (0, None, None)
        );
    }
}

#[test]
fn every_reaction_has_a_tally_and_no_delivery_has() {
    for kind in EventKind::ALL {
        let mut kpis = Kpis::default();
        kpis.set_tally(
            *kind,
            Tally {
                total: 7,
                unique: 5,
            },
        );
        let expected = (!kind.is_delivery()).then_some(Tally {
            total: 7,
            unique: 5,
        });
        assert_eq!(kpis.tally(*kind), expected, "{kind}");
    }
}

#[test]
fn questions_are_read_as_the_api_writes_them() {
    let asked: ReportQuery = serde_json::from_value(json!({
        "clock": "event", "from": "2026-03-29", "to": "2026-03-29", "bucket": "15m", "evidence": "all",
    }))
    .expect("a question");
    assert_eq!((asked.clock, asked.bucket), (Clock::Event, Bucket::Quarter));
    let default = serde_json::to_value(ReportQuery::default()).expect("JSON");
    assert_eq!(
        default,
        json!({ "clock": "send", "bucket": "auto", "evidence": "human" })
    );
    for bucket in [
        Bucket::Auto,
        Bucket::Quarter,
        Bucket::Hour,
        Bucket::Day,
        Bucket::Week,
        Bucket::Month,
    ] {
        assert_eq!(serde_json::to_value(bucket).expect("JSON"), bucket.as_str());
    }
}

#[test]
fn email_tells_bounces_from_other_failures() {
    use crate::{CampaignType as T, message::Standing as S};
    for (channel, standing, raw, expected) in [
        (T::Email, S::Failed, "BOUNCED_PERMANENT", true),
        (T::Email, S::SoftFailed, "BOUNCED", true),
        (T::Email, S::Failed, "hard_bounce", true),
        (T::Email, S::Failed, "FAILED", true),
        (T::Email, S::SoftFailed, "SOFT_FAILED", true),
        (T::Email, S::Failed, "EXHAUSTED", false),
        (T::Email, S::Failed, "BLOCKED_DUE_BAD_BEHAVIOUR", false),
        (T::Email, S::Engaged, "BOUNCED", false),
        (T::Email, S::Unsent, "BOUNCED", false),
        (T::Sms, S::Failed, "EXPIRED", true),
        (T::Push, S::SoftFailed, "SERVER_UNAVAILABLE", true),
        (T::Sms, S::Delivered, "DELIVRD", false),
    ] {
        assert_eq!(
            is_bounce(channel, standing, raw),
            expected,
            "{channel} {standing:?} {raw}"
        );
    }
    let rates = Rates::of(&cohort()).with_bounces(12);
    assert_eq!(rates.bounce, Rate::new(12, 200));
    assert_eq!(rates.failure, Rate::new(30, 200));
}

#[test]
fn a_series_has_every_kind_the_kpis_count() {
    let kinds: Vec<EventKind> = series_kinds().collect();
    let by_state = [
        EventKind::Queued,
        EventKind::Unsent,
        EventKind::Sent,
        EventKind::Delivered,
        EventKind::Failed,
    ];
    for kind in EventKind::ALL {
        let is_counted = by_state.contains(kind) || Kpis::default().tally(*kind).is_some();
        assert_eq!(kinds.contains(kind), is_counted, "{kind}");
    }
}
