//! The KPI strip: which figures a channel has, and how each one is made.

mod counts;
mod panels;
mod rates;

pub use panels::{
    breakdown_about, funnel_about, interactions_about, links_about, statuses_about, time_about,
};

use std::borrow::Cow;

use domain::{
    CampaignType as Type, EvidenceFilter,
    report::{Clock, Report},
};

use crate::number::count;

/// A figure with everything needed to explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Stable within the page; part of the popover's id.
    pub id: &'static str,
    /// What it is.
    pub label: &'static str,
    /// What it says.
    pub value: String,
    /// What it is out of.
    pub note: String,
    /// How it is made.
    pub definition: Definition,
}

/// A part of a definition: its role, what it counts, and how much it is.
pub type Term = (&'static str, Cow<'static, str>, String);

fn term(role: &'static str, name: impl Into<Cow<'static, str>>, shown: String) -> Term {
    (role, name.into(), shown)
}

/// How a figure is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// One sentence.
    pub sentence: &'static str,
    /// Terms with their counts: a rate's numerator and denominator, or what a count is made of.
    pub terms: Vec<Term>,
    /// Which time places it.
    pub clock: &'static str,
    /// Which events count; none when machines make no difference.
    pub evidence: Option<&'static str>,
}

const BY_SEND: &str =
    "Send time: messages sent in the range, with everything that ever happened to them";
const BY_EVENT: &str = "Event time: everything that happened in the range";

/// In words.
#[must_use]
pub fn clock_text(clock: Clock) -> &'static str {
    match clock {
        Clock::Send => BY_SEND,
        Clock::Event => BY_EVENT,
    }
}

/// In words.
#[must_use]
pub fn evidence_text(evidence: EvidenceFilter) -> &'static str {
    match evidence {
        EvidenceFilter::Human => {
            "Human-likely events; machines, scanners and prefetching are left out"
        }
        EvidenceFilter::All => "All events, machines included",
    }
}

/// Messages of the cohort, whatever became of them.
#[must_use]
pub fn recipients(report: &Report) -> u64 {
    report.statuses.iter().map(|bar| bar.count).sum()
}

/// The figures of a campaign, in order.
#[must_use]
pub fn figures(campaign_type: Type, report: &Report) -> Vec<Figure> {
    let make = Maker { report };
    let mut strip = match campaign_type {
        Type::Sms => vec![make.sent(), make.delivery(), make.transit(), make.failure()],
        Type::Email => vec![
            make.sent(),
            make.delivery(),
            make.open("Email pixels and clicks of a person prove it"),
            make.click(),
            make.click_to_open(),
            make.bounce(),
            make.unsubscribe(),
            make.complaint(),
        ],
        Type::Push => vec![
            make.sent(),
            make.delivery(),
            make.failure(),
            make.open("Reported by the app when the notification is tapped"),
        ],
        Type::WhatsApp => vec![
            make.sent(),
            make.delivery(),
            make.read(),
            make.click(),
            make.reply(),
            make.failure(),
        ],
        Type::Rcs => vec![
            make.sent(),
            make.delivery(),
            make.read(),
            make.click(),
            make.reply(),
            make.fallback(),
            make.transit(),
            make.failure(),
        ],
        _ => make.interactive(),
    };
    let kpis = &report.kpis;
    if campaign_type == Type::Sms && kpis.clicked.total > 0 {
        strip.extend([make.click(), make.total_clicks()]);
    }
    if kpis.converted.total > 0 && strip.iter().all(|figure| figure.id != "converted") {
        strip.push(make.conversions());
    }
    strip
}

/// Messages nobody knows the fate of; no figure while there are none. They stand in no other figure.
#[must_use]
pub fn held(n: u64) -> Option<Figure> {
    (n > 0).then(|| Figure {
        id: "held",
        label: "Held",
        value: count(n),
        note: "fate unknown".to_owned(),
        definition: Definition {
            sentence: "Messages whose submission broke off: the carrier may have taken them or not. They are never \
                       sent again by themselves; a receipt or a person settles them, in Details.",
            terms: vec![term("Count", "Messages held now", count(n))],
            clock: "As of now, whatever the range",
            evidence: None,
        },
    })
}

/// How many tiles stand side by side on a wide page.
#[must_use]
pub fn columns(n_figures: usize) -> usize {
    match n_figures {
        0..=6 => n_figures.max(1),
        7 | 8 => 4,
        _ => 5,
    }
}

/// Makes the figures of one report.
struct Maker<'a> {
    report: &'a Report,
}
