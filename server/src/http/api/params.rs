//! Query parameters, every one of them checked: a mistyped value is told, never guessed at.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::{
    EvidenceFilter, Refusal, ReportQuery,
    report::{Bucket, Clock},
};
use http::request::Parts;

use crate::http::problem::Problem;

/// Longest value of any parameter, in characters.
const VALUE_CHARS_MAX: usize = 512;

/// The query string as pairs. Empty values count as absent, names we don't know are left alone.
pub(super) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_unreadable| Refusal::invalid("query", "can't be read"))?;
        Ok(Self(pairs.0))
    }
}

impl Params {
    #[cfg(test)]
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    /// The value of a parameter, given at most once.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut given = self
            .0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        let value = given.next();
        if given.next().is_some() {
            return Err(Refusal::invalid(name, "is given more than once"));
        }
        if value.is_some_and(|value| value.chars().count() > VALUE_CHARS_MAX) {
            return Err(Refusal::invalid(
                name,
                format!("is longer than {VALUE_CHARS_MAX} characters"),
            ));
        }
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// A parameter of any type that is read from text.
    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &str,
        expected: &str,
    ) -> Result<Option<T>, Refusal> {
        let read = |text: &str| {
            text.parse()
                .map_err(|_unreadable| Refusal::invalid(name, expected))
        };
        self.text(name)?.map(read).transpose()
    }

    /// A parameter that names one of a few values.
    pub(super) fn one_of<T: Copy>(
        &self,
        name: &str,
        values: &[(&str, T)],
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match values.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let words: Vec<&str> = values.iter().map(|(word, _)| *word).collect();
                Err(Refusal::invalid(
                    name,
                    format!("is not one of {}", words.join(", ")),
                ))
            }
        }
    }

    /// `from` and `to`: local dates, both included, in order.
    pub(super) fn dates(&self) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Refusal> {
        let date = |name: &str| {
            let Some(text) = self.text(name)? else {
                return Ok(None);
            };
            // chrono reads `+1-1-1`, too.
            let is_plain =
                text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()
                .filter(|_| is_plain)
                .map(Some)
                .ok_or_else(|| Refusal::invalid(name, "is not a date such as 2026-03-29"))
        };
        let (from, to) = (date("from")?, date("to")?);
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(Refusal::invalid("from", "is after to"));
        }
        Ok((from, to))
    }

    /// `tz`: an IANA zone.
    pub(super) fn zone(&self) -> Result<Option<Tz>, Refusal> {
        self.parsed("tz", "is no IANA time zone such as Europe/Madrid")
    }

    /// `limit`: how many rows a page has.
    pub(super) fn limit(&self, default: u32, max: u32) -> Result<u32, Refusal> {
        let expected = format!("is not a number from 1 to {max}");
        match self.parsed::<u32>("limit", &expected)? {
            None => Ok(default),
            Some(limit) if (1..=max).contains(&limit) => Ok(limit),
            Some(_) => Err(Refusal::invalid("limit", expected)),
        }
    }

    /// The question of a report.
    pub(super) fn report_query(&self) -> Result<ReportQuery, Refusal> {
        let (from, to) = self.dates()?;
        let clock = [Clock::Send, Clock::Event].map(|clock| (clock.as_str(), clock));
        let bucket = [
            Bucket::Auto,
            Bucket::Quarter,
            Bucket::Hour,
            Bucket::Day,
            Bucket::Week,
            Bucket::Month,
        ]
        .map(|bucket| (bucket.as_str(), bucket));
        let evidence = [EvidenceFilter::Human, EvidenceFilter::All].map(|e| (e.as_str(), e));
        Ok(ReportQuery {
            clock: self.one_of("clock", &clock)?.unwrap_or_default(),
            from,
            to,
            tz: self.zone()?.map(|zone| zone.name().to_owned()),
            bucket: self.one_of("bucket", &bucket)?.unwrap_or_default(),
            evidence: self.one_of("evidence", &evidence)?.unwrap_or_default(),
            variant: self.text("variant")?.map(str::to_owned),
        })
    }
}
