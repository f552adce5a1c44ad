//! Figures that are counts: of messages, of people, of events.

use domain::{EventKind, money::Amount, report::Tally};

use super::{Definition, Figure, Maker, clock_text, evidence_text, recipients, term};
use crate::number::{count, group, people, plural};

impl Maker<'_> {
    pub(super) fn sent(&self) -> Figure {
        let (kpis, all) = (&self.report.kpis, recipients(self.report));
        Figure {
            id: "sent",
            label: "Sent",
            value: count(kpis.sent),
            note: format!("of {}", plural(all, "recipient", "recipients")),
            definition: Definition {
                sentence: "Messages the carrier or provider accepted. A delivered, failed, opened or \
                           clicked message was sent, even if no receipt says so.",
                terms: vec![
                    term("Count", "Messages sent", count(kpis.sent)),
                    term(
                        "Of",
                        "Messages in the range, unsent and queued included",
                        count(all),
                    ),
                ],
                clock: clock_text(self.report.range.clock),
                evidence: None,
            },
        }
    }

    pub(super) fn total_clicks(&self) -> Figure {
        let kpis = &self.report.kpis;
        self.tally(
            ("total_clicks", "Total clicks"),
            kpis.clicked,
            "Clicks on tracked links. One person can click often.",
            true,
            true,
        )
    }

    /// A count of facts (`by_facts`) or of people.
    fn tally(
        &self,
        (id, label): (&'static str, &'static str),
        tally: Tally,
        sentence: &'static str,
        by_facts: bool,
        reacts_to_evidence: bool,
    ) -> Figure {
        let (value, note) = if by_facts {
            (count(tally.total), format!("by {}", people(tally.unique)))
        } else {
            (
                count(tally.unique),
                format!("{} in total", count(tally.total)),
            )
        };
        Figure {
            id,
            label,
            value,
            note,
            definition: Definition {
                sentence,
                terms: vec![
                    term("People", "Distinct recipients, exact", count(tally.unique)),
                    term("Events", "Everything that happened", count(tally.total)),
                ],
                clock: clock_text(self.report.range.clock),
                evidence: reacts_to_evidence.then(|| evidence_text(self.report.evidence)),
            },
        }
    }

    pub(super) fn conversions(&self) -> Figure {
        let converted = &self.report.kpis.converted;
        let worth = |amount: &Amount, currency: &str| {
            format!("{} {currency}", group(&amount.to_string()))
                .trim_end()
                .to_owned()
        };
        let mut terms = vec![
            term(
                "People",
                "Distinct recipients, exact",
                count(converted.unique),
            ),
            term("Events", "Conversions", count(converted.total)),
        ];
        let currency = converted.currency.as_deref().unwrap_or_default();
        let mut note = people(converted.unique);
        if converted.value.0 != 0 {
            note = worth(&converted.value, currency);
            terms.push(term(
                "Worth",
                "Sum of the conversions in one currency",
                note.clone(),
            ));
        }
        for (other, amount) in &converted.other_values {
            terms.push(term(
                "Worth",
                "In another currency, never mixed",
                worth(amount, other),
            ));
        }
        Figure {
            id: "converted",
            label: "Conversions",
            value: count(converted.total),
            note,
            definition: Definition {
                sentence: "Times a recipient did what the campaign is for.",
                terms,
                clock: clock_text(self.report.range.clock),
                evidence: None,
            },
        }
    }

    /// The steps of an interactive campaign's funnel, as figures.
    pub(super) fn interactive(&self) -> Vec<Figure> {
        let kpis = &self.report.kpis;
        let mut strip = Vec::new();
        let is_sent = |stage: &str| matches!(stage, "sent" | "delivered");
        if kpis.sent > 0 || self.report.funnel.iter().any(|stage| is_sent(&stage.stage)) {
            strip.extend([self.sent(), self.delivery()]);
        }
        for stage in &self.report.funnel {
            if let Ok(kind) = stage.stage.parse::<EventKind>()
                && let Some(tally) = kpis.tally(kind)
            {
                strip.push(self.reaction(kind, tally));
            }
        }
        strip
    }

    fn reaction(&self, kind: EventKind, tally: Tally) -> Figure {
        let (id, label, sentence, by_facts) = match kind {
            EventKind::Visited => (
                "visited",
                "Visited",
                "People who opened the landing page.",
                false,
            ),
            EventKind::Played => (
                "played",
                "Played",
                "People who began: pressed start, swiped, scratched or spun.",
                false,
            ),
            EventKind::Answered => (
                "answered",
                "Answered",
                "People who answered a question.",
                false,
            ),
            EventKind::Submitted => (
                "submitted",
                "Submissions",
                "Forms and answers handed in.",
                true,
            ),
            EventKind::Completed => (
                "completed",
                "Completed",
                "People who took part to the end.",
                false,
            ),
            EventKind::PrizeAssigned => ("prizes", "Prizes assigned", "Prizes given away.", true),
            EventKind::Redeemed => (
                "redeemed",
                "Redeemed",
                "People who redeemed their coupon.",
                false,
            ),
            EventKind::PassAdded => (
                "pass_added",
                "Passes added",
                "People who added the pass to their wallet.",
                false,
            ),
            EventKind::Received => ("received", "Wrote in", "People who wrote in.", false),
            EventKind::Opened => ("opened", "Opened", "People who opened it.", false),
            EventKind::Converted => return self.conversions(),
            _ => ("reacted", "Reactions", "People who reacted.", false),
        };
        self.tally(
            (id, label),
            tally,
            sentence,
            by_facts,
            kind.can_be_machine(),
        )
    }
}
