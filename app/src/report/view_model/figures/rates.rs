//! Figures that are rates: always of one cohort.

use domain::{message::Category, report::Rate};

use super::{BY_SEND, Definition, Figure, Maker, Term, evidence_text, term};
use crate::number::{count, people, plural, rate};

/// Words of providers that a definition names; *Messages by status* has all.
const WORDS_SHOWN: usize = 5;

impl Maker<'_> {
    fn rate(
        &self,
        (id, label): (&'static str, &'static str),
        value: Rate,
        note: String,
        sentence: &'static str,
        terms: [&'static str; 2],
        reacts_to_evidence: bool,
    ) -> Figure {
        let terms = vec![
            term("Numerator", terms[0], count(value.n)),
            term("Denominator", terms[1], count(value.d)),
        ];
        let evidence = reacts_to_evidence.then(|| evidence_text(self.report.evidence));
        // Rates are always of one cohort, whatever clock the counts go by.
        let definition = Definition {
            sentence,
            terms,
            clock: BY_SEND,
            evidence,
        };
        Figure {
            id,
            label,
            value: rate(value),
            note,
            definition,
        }
    }

    pub(super) fn delivery(&self) -> Figure {
        let value = self.report.rates.delivery;
        let note = format!("{} delivered", count(value.n));
        let sentence = "Share of the sent messages that reached the handset, mailbox or device.";
        self.rate(
            ("delivery", "Delivery rate"),
            value,
            note,
            sentence,
            ["Delivered", "Sent"],
            false,
        )
    }

    pub(super) fn failure(&self) -> Figure {
        let value = self.report.rates.failure;
        let note = format!("{} failed", count(value.n));
        let sentence = "Share of the sent messages that failed, for now or for good.";
        self.rate(
            ("failure", "Failed rate"),
            value,
            note,
            sentence,
            ["Failed", "Sent"],
            false,
        )
    }

    pub(super) fn transit(&self) -> Figure {
        let value = self.report.rates.transit;
        let note = format!("{} without an outcome", count(value.n));
        let sentence = "Share of the sent messages that are neither delivered nor failed yet.";
        let terms = ["Sent − delivered − failed", "Sent"];
        self.rate(
            ("transit", "Transit rate"),
            value,
            note,
            sentence,
            terms,
            false,
        )
    }

    pub(super) fn bounce(&self) -> Figure {
        let value = self.report.rates.bounce;
        let note = plural(value.n, "bounce", "bounces");
        let sentence = "Share of the sent emails that bounced, permanently or for now. Which it was, the \
                        provider’s words tell.";
        let mut figure = self.rate(
            ("bounce", "Bounce rate"),
            value,
            note,
            sentence,
            ["Bounced", "Sent"],
            false,
        );
        figure.definition.terms.extend(self.words_of_failure());
        figure
    }

    /// What providers called the failures, most frequent first.
    fn words_of_failure(&self) -> Vec<Term> {
        let bars = self.report.statuses.iter();
        bars.filter(|bar| bar.category == Category::Failed)
            .flat_map(|bar| &bar.raw)
            .take(WORDS_SHOWN)
            .map(|raw| term("Of these", raw.status.clone(), count(raw.count)))
            .collect()
    }

    pub(super) fn open(&self, sentence: &'static str) -> Figure {
        let value = self.report.rates.open;
        let note = people(value.n);
        let terms = ["People who opened", "Delivered"];
        self.rate(("open", "Open rate"), value, note, sentence, terms, true)
    }

    pub(super) fn read(&self) -> Figure {
        let value = self.report.rates.read;
        let note = people(value.n);
        let sentence = "Share of the delivered messages that were read. People who switched read receipts \
                        off are missing.";
        self.rate(
            ("read", "Read rate"),
            value,
            note,
            sentence,
            ["People who read", "Delivered"],
            true,
        )
    }

    pub(super) fn click(&self) -> Figure {
        let value = self.report.rates.click;
        let note = people(value.n);
        let sentence = "Share of the delivered messages with at least one click on a tracked link.";
        let terms = ["People who clicked", "Delivered"];
        self.rate(("click", "Click rate"), value, note, sentence, terms, true)
    }

    pub(super) fn click_to_open(&self) -> Figure {
        let value = self.report.rates.click_to_open;
        let note = format!("of {}", people(value.d));
        let sentence = "Share of the people who opened that also clicked.";
        let terms = ["People who clicked", "People who opened"];
        self.rate(
            ("click_to_open", "Click-to-open"),
            value,
            note,
            sentence,
            terms,
            true,
        )
    }

    pub(super) fn reply(&self) -> Figure {
        let value = self.report.rates.reply;
        let note = people(value.n);
        let sentence = "Share of the delivered messages that were answered.";
        self.rate(
            ("reply", "Reply rate"),
            value,
            note,
            sentence,
            ["People who replied", "Delivered"],
            false,
        )
    }

    pub(super) fn unsubscribe(&self) -> Figure {
        let value = self.report.rates.unsubscribe;
        let note = people(value.n);
        let sentence = "Share of the delivered messages whose recipient opted out.";
        let terms = ["People who opted out", "Delivered"];
        self.rate(
            ("unsubscribe", "Unsubscribed"),
            value,
            note,
            sentence,
            terms,
            false,
        )
    }

    pub(super) fn complaint(&self) -> Figure {
        let value = self.report.rates.complaint;
        let note = people(value.n);
        let sentence = "Share of the delivered messages reported as spam.";
        let terms = ["People who complained", "Delivered"];
        self.rate(
            ("complaint", "Complaints"),
            value,
            note,
            sentence,
            terms,
            false,
        )
    }

    pub(super) fn fallback(&self) -> Figure {
        let bar = self
            .report
            .statuses
            .iter()
            .find(|bar| bar.category == Category::Fallback);
        let value = Rate::new(bar.map_or(0, |bar| bar.count), self.report.rates.delivery.d);
        let note = plural(value.n, "message", "messages");
        let sentence =
            "Share of the sent messages that went out by another channel instead of RCS.";
        self.rate(
            ("fallback", "Fallback rate"),
            value,
            note,
            sentence,
            ["Fallback", "Sent"],
            false,
        )
    }
}
