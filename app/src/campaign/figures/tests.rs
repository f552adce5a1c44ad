//! Which figures, and how each is explained.

use domain::{
    Campaign,
    time::ZoneOffsets,
    user::{Role, Viewer, WorkspaceInfo},
};

use super::*;

fn session() -> Session {
    Session {
        viewer: Viewer {
            email: "a@b.example".into(),
            role: Role::Viewer,
            workspace: WorkspaceInfo {
                name: "Aurora".into(),
                time_zone: "UTC".into(),
                week_start: 1,
                is_demo: false,
                today: "2026-11-23".parse().expect("a date"),
            },
        },
        zone: ZoneOffsets::default(),
    }
}

fn card(campaign_type: CampaignType, status: CampaignStatus, figures: CardFigures) -> CampaignCard {
    let at = DateTime::<Utc>::UNIX_EPOCH;
    CampaignCard {
        campaign: Campaign {
            id: "c".into(),
            number: 1,
            external_id: None,
            name: "n".into(),
            kind: campaign_type.kind(),
            campaign_type,
            sender: String::new(),
            status,
            created_at: at,
            scheduled_at: Some(at),
            was_live: false,
            first_event_at: None,
            last_event_at: None,
            version: 1,
        },
        figures,
    }
}

fn shown(campaign_type: CampaignType, status: CampaignStatus) -> Vec<String> {
    let counts = CardFigures {
        recipients: 200,
        sent: 100,
        delivered: 80,
        opened: 40,
        read: 20,
        clicked: 8,
        visited: 50,
        played: 25,
        completed: 10,
        prizes: 5,
        ..CardFigures::default()
    };
    figures(&card(campaign_type, status, counts), &session())
        .into_iter()
        .map(|f| format!("{} {}", f.label, f.value))
        .collect()
}

#[test]
fn each_channel_and_status_has_its_figures() {
    use CampaignStatus::{Completed, Draft, InProgress, Live, Pending, Scheduled};
    use CampaignType::{Email, Raffle, Rcs, Sms};
    for (t, s, expected) in [
        (
            Sms,
            Completed,
            vec!["Sent 100", "Delivered 80.0%", "Clicked 10.0%"],
        ),
        (
            Email,
            Completed,
            vec![
                "Sent 100",
                "Delivered 80.0%",
                "Opened 50.0%",
                "Clicked 10.0%",
            ],
        ),
        (
            Rcs,
            Completed,
            vec!["Sent 100", "Delivered 80.0%", "Read 25.0%", "Clicked 10.0%"],
        ),
        (
            Email,
            InProgress,
            vec![
                "Submitted 100",
                "Progress 50.0%",
                "Delivered 80.0%",
                "Opened 50.0%",
            ],
        ),
        (Sms, Scheduled, vec!["Goes out 1 Jan", "Recipients 200"]),
        (Sms, Pending, vec!["No date —", "Recipients 200"]),
        (
            Raffle,
            Live,
            vec!["Visited 50", "Played 50.0%", "Completed 20.0%", "Prizes 5"],
        ),
        (Raffle, Draft, vec!["Unpublished —", "Recipients 200"]),
    ] {
        assert_eq!(shown(t, s), expected, "{t} {s}");
    }
}

#[test]
fn no_base_no_rate() {
    let empty = card(
        CampaignType::Sms,
        CampaignStatus::Completed,
        CardFigures::default(),
    );
    let values: Vec<_> = figures(&empty, &session())
        .into_iter()
        .map(|f| f.value)
        .collect();
    assert_eq!(values, ["0", "—", "—"]);
}

#[test]
fn every_counted_figure_explains_itself() {
    use CampaignStatus::{Completed, InProgress, Live, Scheduled};
    let counts = CardFigures {
        recipients: 200,
        sent: 100,
        delivered: 80,
        clicked: 8,
        ..CardFigures::default()
    };
    let every = CampaignType::ALL.iter().flat_map(|campaign_type| {
        [Completed, InProgress, Live, Scheduled]
            .into_iter()
            .flat_map(move |status| {
                let card = card(*campaign_type, status, counts);
                let all = statistics(&card).into_iter();
                all.chain(figures(&card, &session())).collect::<Vec<_>>()
            })
    });
    for figure in every {
        let is_date = figure.label == "Goes out";
        assert_eq!(figure.about.is_none(), is_date, "{}", figure.label);
        if let Some(about) = figure.about {
            assert_ne!(
                about.sentence, "Counted from the campaign’s events.",
                "{}",
                figure.label
            );
        }
    }
    let all = figures(&card(CampaignType::Sms, Completed, counts), &session());
    let clicked = all.last().and_then(|figure| figure.about.clone());
    let clicked = clicked.expect("an explanation");
    assert_eq!(
        clicked.terms,
        [
            ("Numerator", "Clicked".to_owned(), "8".to_owned()),
            ("Denominator", "Delivered".to_owned(), "80".to_owned())
        ]
    );
    assert!(
        clicked
            .evidence
            .is_some_and(|text| text.starts_with("Human-likely"))
    );
}
