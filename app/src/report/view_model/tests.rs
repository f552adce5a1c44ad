//! From reports to what is shown of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignKind, CampaignStatus, CampaignType as Type, EventKind, EvidenceFilter,
    Report,
    campaign::{CampaignCard, CardFigures},
    event::Dimension,
    message::Category,
    report::{
        BreakdownRow, Breakdowns, Bucket, Clock, Kpis, Rates, RawStatusCount, ReportRange, Series,
        SeriesPoint, StatusBar, Tally, funnel,
    },
};

use super::*;
use crate::{
    chart::{Cell, Shape},
    number::NONE,
    report::{answer::ReportAnswer, params::Lines},
};

const AT: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

fn answer(campaign_type: Type, kpis: Kpis, points: Vec<SeriesPoint>) -> ReportAnswer {
    let campaign = Campaign {
        id: "c".to_owned(),
        number: 7,
        external_id: None,
        name: "<img src=x onerror=alert(1)>".to_owned(),
        kind: campaign_type.kind(),
        campaign_type,
        sender: "AURORA".to_owned(),
        status: CampaignStatus::Completed,
        created_at: AT,
        scheduled_at: None,
        was_live: true,
        first_event_at: Some(AT),
        last_event_at: Some(AT),
        version: 3,
    };
    let bar = |category, status: &str, count| StatusBar {
        category,
        count,
        raw: if count > 0 {
            vec![RawStatusCount {
                status: status.to_owned(),
                count,
            }]
        } else {
            vec![]
        },
    };
    let report = Report {
        campaign: Some(campaign.clone()),
        range: ReportRange {
            from: None,
            to: None,
            tz: "Europe/Madrid".to_owned(),
            clock: Clock::Event,
        },
        as_of: AT,
        evidence: EvidenceFilter::Human,
        rates: Rates::of(&kpis),
        funnel: funnel(campaign_type, &kpis),
        series: Series {
            bucket: Bucket::Hour,
            points,
        },
        statuses: vec![
            bar(Category::Unsent, "BLACKLISTED", kpis.unsent),
            bar(Category::Fallback, "FALLBACK", 2),
            bar(Category::Failed, "UNDELIV", kpis.failed),
        ],
        breakdowns: Breakdowns::new(),
        kpis,
    };
    ReportAnswer::of(
        CampaignCard {
            campaign,
            figures: CardFigures::default(),
        },
        report,
    )
}

fn some() -> Kpis {
    let tally = |total, unique| Tally { total, unique };
    Kpis {
        unsent: 10,
        sent: 990,
        delivered: 900,
        failed: 60,
        transit: 30,
        opened: tally(500, 400),
        read: tally(300, 300),
        clicked: tally(120, 90),
        visited: tally(80, 70),
        played: tally(60, 50),
        completed: tally(30, 30),
        submitted: tally(21, 20),
        prize_assigned: tally(5, 5),
        ..Kpis::default()
    }
}

fn ids(campaign_type: Type, kpis: Kpis) -> Vec<&'static str> {
    figures(campaign_type, &answer(campaign_type, kpis, vec![]).report)
        .iter()
        .map(|figure| figure.id)
        .collect()
}

#[test]
fn each_channel_has_its_figures() {
    let no_clicks = || Kpis {
        clicked: Tally::default(),
        ..some()
    };
    for (campaign_type, kpis, expected) in [
        (Type::Sms, no_clicks(), "sent delivery transit failure"),
        (
            Type::Sms,
            some(),
            "sent delivery transit failure click total_clicks",
        ),
        (
            Type::Email,
            some(),
            "sent delivery open click click_to_open bounce unsubscribe complaint",
        ),
        (Type::Push, some(), "sent delivery failure open"),
        (
            Type::WhatsApp,
            some(),
            "sent delivery read click reply failure",
        ),
        (
            Type::Rcs,
            some(),
            "sent delivery read click reply fallback transit failure",
        ),
        (
            Type::Raffle,
            Kpis::default(),
            "visited played completed prizes",
        ),
        (Type::SubscriptionForm, Kpis::default(), "visited submitted"),
        (
            Type::DigitalCoupon,
            Kpis::default(),
            "visited pass_added redeemed",
        ),
        (Type::MemberCard, Kpis::default(), "visited pass_added"),
        (Type::Keyword, Kpis::default(), "sent delivery received"),
    ] {
        assert_eq!(
            ids(campaign_type, kpis).join(" "),
            expected,
            "{campaign_type}"
        );
    }
}

#[test]
fn a_figure_explains_itself() {
    let report = answer(Type::Email, some(), vec![]).report;
    let all = figures(Type::Email, &report);
    let open = all
        .iter()
        .find(|figure| figure.id == "open")
        .expect("an open rate");
    assert_eq!(
        (open.value.as_str(), open.note.as_str()),
        ("44.4%", "400 people")
    );
    assert_eq!(
        open.definition.terms,
        [
            ("Numerator", "People who opened".into(), "400".to_owned()),
            ("Denominator", "Delivered".into(), "900".to_owned())
        ]
    );
    // Counts go by the clock asked for, rates always by the cohort.
    assert!(open.definition.clock.starts_with("Send time"));
    assert!(
        open.definition
            .evidence
            .is_some_and(|text| text.starts_with("Human-likely"))
    );
    let sent = &all[0];
    assert!(sent.definition.clock.starts_with("Event time"));
    assert_eq!(sent.definition.evidence, None);
}

#[test]
fn without_a_base_every_rate_is_a_dash() {
    for campaign_type in [
        Type::Sms,
        Type::Email,
        Type::Push,
        Type::WhatsApp,
        Type::Rcs,
    ] {
        let report = answer(campaign_type, Kpis::default(), vec![]).report;
        for figure in figures(campaign_type, &report)
            .iter()
            .filter(|figure| figure.id != "sent")
        {
            assert_eq!(figure.value, NONE, "{campaign_type} {}", figure.id);
        }
    }
}

#[test]
fn funnels_write_counts_and_shares() {
    let spec = funnel_chart(&answer(Type::Email, some(), vec![]).report);
    assert_eq!(spec.categories, ["Sent", "Delivered", "Opened", "Clicked"]);
    assert_eq!(
        spec.notes,
        ["990 · 100.0%", "900 · 90.9%", "400 · 44.4%", "90 · 22.5%"]
    );
    let empty = funnel_chart(&answer(Type::Email, Kpis::default(), vec![]).report);
    assert_eq!(empty.notes, ["0 · —"; 4]);
    assert!(empty.is_empty());
}

#[test]
fn statuses_are_stacks_of_raw_statuses() {
    let spec = statuses_chart(&answer(Type::Sms, some(), vec![]).report);
    assert_eq!(spec.shape, Shape::Stack);
    assert_eq!(spec.categories, ["Unsent", "Fallback", "Failed"]);
    assert_eq!(spec.notes, ["10 · 13.9%", "2 · 2.8%", "60 · 83.3%"]);
    assert_eq!(spec.describe(2), "Failed: 60 · 83.3%: UNDELIV 60");
    assert_eq!(spec.unit, "messages, Europe/Madrid");
}

fn point(at: &str, counts: &[(&str, u64)]) -> SeriesPoint {
    let counts = counts
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count))
        .collect();
    SeriesPoint {
        at: at.to_owned(),
        counts,
    }
}

#[test]
fn the_time_chart_draws_what_happened() {
    let points = vec![
        point(
            "2026-11-11T08:00:00+01:00",
            &[("sent", 5), ("opened", 2), ("clicked", 0)],
        ),
        point(
            "2026-11-11T09:00:00+01:00",
            &[("sent", 0), ("opened", 1), ("clicked", 1)],
        ),
    ];
    let some = answer(Type::Email, some(), points);
    assert_eq!(lines_offered(&some), [Lines::Engagement, Lines::Delivery]);
    let spec = time_chart(&some, None);
    assert_eq!(spec.title, "Opens and clicks");
    assert_eq!(spec.unit, "events per hour, Europe/Madrid");
    assert_eq!(spec.categories, ["11 Nov 08:00", "11 Nov 09:00"]);
    assert_eq!(spec.series[1].values, [0, 1]);
    assert_eq!(time_chart(&some, Some(Lines::Delivery)).title, "Sent");

    // Nobody did anything yet: the deliveries are what there is to see.
    let quiet = answer(
        Type::Sms,
        Kpis::default(),
        vec![point("2026-11-11T08:00:00+01:00", &[("sent", 5)])],
    );
    assert_eq!(default_lines(&quiet), Lines::Delivery);
}

fn row(value: &str, kinds: &[(EventKind, u64, u64)]) -> BreakdownRow {
    let by_kind: BTreeMap<EventKind, Tally> = kinds
        .iter()
        .map(|(kind, total, unique)| {
            (
                *kind,
                Tally {
                    total: *total,
                    unique: *unique,
                },
            )
        })
        .collect();
    BreakdownRow {
        value: value.to_owned(),
        total: by_kind.values().map(|tally| tally.total).sum(),
        unique: by_kind
            .values()
            .map(|tally| tally.unique)
            .max()
            .unwrap_or(0),
        by_kind,
    }
}

#[test]
fn breakdowns_are_named_and_shared_out() {
    use EventKind::{Clicked, Failed, Opened, Unsubscribed};
    let breakdowns = Breakdowns::from([
        (
            Dimension::Country,
            vec![
                row("ES", &[(Opened, 9, 6), (Clicked, 1, 1)]),
                row("PT", &[(Opened, 2, 2)]),
            ],
        ),
        (
            Dimension::Reason,
            vec![
                row("Mailbox full", &[(Failed, 3, 3)]),
                row("Too many", &[(Unsubscribed, 2, 2)]),
            ],
        ),
        (
            Dimension::Link,
            vec![
                row("https://shop.example/a", &[(Clicked, 3, 2)]),
                row("https://shop.example/b", &[(Clicked, 1, 1)]),
            ],
        ),
        (Dimension::Device, vec![]),
    ]);
    let names = |list: Option<Breakdown>| {
        list.map(|list| {
            list.rows
                .iter()
                .map(|row| format!("{} {} {}", row.name, row.shown, row.share))
                .collect::<Vec<_>>()
        })
    };
    let some = |rows: &[&str]| Some(rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        names(breakdown(&breakdowns, Dimension::Country)),
        some(&["Spain 6 75.0%", "Portugal 2 25.0%"])
    );
    assert_eq!(
        names(clicks_by(&breakdowns, Dimension::Country)),
        some(&["Spain 1 100.0%"])
    );
    assert_eq!(
        names(failure_reasons(&breakdowns)),
        some(&["Mailbox full 3 100.0%"])
    );
    assert_eq!(
        names(opt_out_reasons(&breakdowns)),
        some(&["Too many 2 100.0%"])
    );
    assert_eq!(
        names(breakdown(&breakdowns, Dimension::Link)),
        some(&["/a 2 66.7%", "/b 1 33.3%"])
    );
    assert_eq!(names(breakdown(&breakdowns, Dimension::Device)), None);
    assert_eq!(names(breakdown(&breakdowns, Dimension::Os)), None);
}

#[test]
fn the_outline_decides_which_elements_there_are() {
    let mut full = answer(Type::Email, some(), vec![]);
    let outline = Outline::of(&full, Some("B"));
    assert_eq!(
        (outline.content, outline.has_links),
        (Content::Figures, false)
    );
    assert_eq!(outline.variants, ["B"]);
    full.report.breakdowns.insert(
        Dimension::Link,
        vec![row("x", &[(EventKind::Clicked, 1, 1)])],
    );
    assert!(Outline::of(&full, None).has_links);

    let mut none = answer(Type::Email, Kpis::default(), vec![]);
    none.report.statuses.clear();
    assert_eq!(Outline::of(&none, None).content, Content::NothingInRange);
    none.card.campaign.first_event_at = None;
    assert_eq!(Outline::of(&none, None).content, Content::NothingYet);
}

#[test]
fn a_tab_that_is_not_there_is_not_shown() {
    assert_eq!(
        tab_shown(Tab::Links, CampaignKind::Messaging, false),
        Tab::Performance
    );
    assert_eq!(
        tab_shown(Tab::Links, CampaignKind::Messaging, true),
        Tab::Links
    );
    let names: Vec<_> = tabs(CampaignKind::Interactive, false)
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    assert_eq!(names, ["Performance", "Campaign Overview", "Participants"]);
}

#[test]
fn granularities_that_would_be_refused_are_not_offered() {
    let range = |from: &str, to: &str| ReportRange {
        from: from.parse().ok(),
        to: to.parse().ok(),
        tz: "Europe/Madrid".to_owned(),
        clock: Clock::Event,
    };
    let names = |range: &ReportRange| {
        let offered = buckets_offered(range);
        let names: Vec<_> = offered.into_iter().map(bucket_name).collect();
        names.join(" ")
    };
    let all = "Auto 15 min Hour Day Week Month";
    let no_quarters = "Auto Hour Day Week Month";
    for (from, to, expected) in [
        ("2026-11-11", "2026-11-11", all),
        // 208 days of 96 quarters are the last that fit 20,000 points.
        ("2026-01-01", "2026-07-27", all),
        ("2026-01-01", "2026-07-28", no_quarters),
        // So are 833 days of 24 hours, and one hour more.
        ("2024-01-01", "2026-04-12", no_quarters),
        ("2024-01-01", "2026-04-13", "Auto Day Week Month"),
        ("1970-01-01", "2026-11-11", "Auto Day Week Month"),
    ] {
        assert_eq!(names(&range(from, to)), expected, "{from} to {to}");
    }
    // Before the first event there is no range to be too long.
    assert_eq!(names(&ReportRange::default()), all);
}

#[test]
fn a_failure_says_why_and_what_helps() {
    use crate::error::AppError;
    use domain::Refusal;

    let refused = |refusal: Refusal| failure(&AppError::Refused(refusal));
    let too_many = refused(Refusal::invalid(
        "bucket",
        "this range would have more than 20000 points; use a wider bucket",
    ));
    assert_eq!(
        too_many.text,
        "This range would have more than 20000 points; use a wider bucket."
    );
    assert_eq!(too_many.remedy, Remedy::Reset);
    assert_ne!(too_many.title, refused(Refusal::Forbidden).title);

    let ended = refused(Refusal::Unauthenticated);
    assert_eq!(
        (ended.title, ended.remedy),
        ("Your session ended", Remedy::SignIn)
    );
    assert_eq!(refused(Refusal::Forbidden).remedy, Remedy::None);
    assert_eq!(
        refused(Refusal::not_found("campaign")).title,
        "There is no such campaign"
    );
    for error in [
        AppError::Transport,
        AppError::Internal {
            trace_id: "abc".to_owned(),
        },
        AppError::Refused(Refusal::Throttled { retry_after_s: 3 }),
    ] {
        let told = failure(&error);
        assert_eq!(told.remedy, Remedy::Retry, "{error}");
        assert!(told.text.starts_with(&error.to_string()), "{error}");
    }
}

#[test]
fn no_kind_is_missing_from_table_and_file() {
    let kinds = [
        "opened",
        "read",
        "clicked",
        "replied",
        "unsubscribed",
        "complained",
        "converted",
    ];
    let counts: Vec<(&str, u64)> = kinds.iter().map(|kind| (*kind, 3)).collect();
    let points = vec![point("2026-11-11T08:00:00+01:00", &counts)];
    let spec = time_chart(&answer(Type::Email, some(), points), None);
    assert_eq!(spec.series.len(), 6);
    assert_eq!(spec.rest, "1 more in the table");
    let head = spec.table.head.join(" ");
    assert_eq!(
        head,
        "Time Opens Reads Clicks Replies Opt-outs Complaints Conversions"
    );
    assert!(spec.table.rows.iter().all(|row| row.len() == 8));

    // The links that are not drawn are named too.
    let mut many = answer(Type::Email, some(), vec![]);
    let links = (0..11).map(|n| {
        row(
            &format!("https://a.example/{n}"),
            &[(EventKind::Clicked, 1, 1)],
        )
    });
    many.report
        .breakdowns
        .insert(Dimension::Link, links.collect());
    let spec = links_chart(&many.report);
    assert_eq!((spec.categories.len(), spec.table.rows.len()), (8, 11));
    assert_eq!(spec.rest, "3 more in the table");
}

#[test]
fn panels_explain_themselves() {
    let terms = |figure: &Figure| {
        let terms = figure.definition.terms.iter();
        terms
            .map(|(role, name, shown)| format!("{role} {name} {shown}"))
            .collect::<Vec<_>>()
    };
    let mut email = answer(
        Type::Email,
        some(),
        vec![
            point("2026-11-11T08:00:00+01:00", &[("opened", 2)]),
            point(
                "2026-11-11T09:00:00+01:00",
                &[("opened", 1), ("clicked", 4)],
            ),
        ],
    );
    let funnel = funnel_about(&email.report);
    assert_eq!(
        terms(&funnel),
        [
            "Step Sent 990",
            "Step Delivered ÷ sent 900 ÷ 990",
            "Step Opened ÷ delivered 400 ÷ 900",
            "Step Clicked ÷ opened 90 ÷ 400"
        ]
    );
    assert!(funnel.definition.clock.starts_with("Send time"));
    assert_eq!(funnel.value, "9.1%");

    let statuses = statuses_about(&email.report);
    assert_eq!(
        terms(&statuses),
        [
            "Bar Unsent 10 of 72",
            "Bar Fallback 2 of 72",
            "Bar Failed 60 of 72"
        ]
    );
    // None of these bars depends on machines.
    assert_eq!(statuses.definition.evidence, None);

    let time = time_about(&time_chart(&email, None), &email.report);
    assert_eq!(terms(&time), ["Sum Opens 3", "Sum Clicks 4"]);
    assert!(time.definition.clock.starts_with("Event time"));

    let links = links_about(&email.report);
    assert_eq!(terms(&links)[0], "Total Clicks on tracked links 120");
    let interactions = interactions_about(&email.report);
    assert_eq!(terms(&interactions)[0], "Events Opens 500 by 400 people");

    let rows = vec![
        row("ES", &[(EventKind::Opened, 9, 6)]),
        row("PT", &[(EventKind::Opened, 2, 2)]),
    ];
    email.report.breakdowns.insert(Dimension::Country, rows);
    let list = breakdown(&email.report.breakdowns, Dimension::Country).expect("countries");
    assert_eq!(
        terms(&breakdown_about(&list, &email.report)),
        [
            "Counted people 8",
            "Rows Different values seen 2",
            "Share Spain ÷ all rows 6 ÷ 8 = 75.0%"
        ]
    );
    let table = breakdown_table(&list);
    assert_eq!(table.head, ["Name", "Events", "People"]);
    assert_eq!(
        table.rows[0],
        [Cell::text("Spain"), Cell::Count(9), Cell::Count(6)]
    );
}

#[test]
fn the_bounce_rate_tells_hard_from_soft_in_the_providers_words() {
    let all = figures(Type::Email, &answer(Type::Email, some(), vec![]).report);
    let bounce = all
        .iter()
        .find(|figure| figure.id == "bounce")
        .expect("a bounce rate");
    let last = bounce.definition.terms.last().expect("terms");
    assert_eq!(*last, ("Of these", "UNDELIV".into(), "60".to_owned()));
}
