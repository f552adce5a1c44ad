//! Conditions as SQL. Values are bound, never written; what is written comes from this file alone.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
};

use domain::{
    EventKind, Evidence, Refusal,
    audience::{CONDITION_DEPTH_MAX, CONDITIONS_MAX, Compare, Condition},
    message::Standing,
};

use crate::contact::{is_attribute_name, like};

/// A value bound to a statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Arg {
    Int(i64),
    Real(f64),
    Text(String),
}

/// Internal keys of the lists and campaigns that conditions name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) lists: HashMap<String, i64>,
    pub(crate) campaigns: HashMap<String, i64>,
}

/// Writes conditions on a contact `c`. The workspace is `$1`, and the bound values follow from `$2`.
#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    pub(crate) is_sqlite: bool,
    pub(crate) now_us: i64,
    pub(crate) names: &'a Names,
    pub(crate) args: Vec<Arg>,
    n_conditions: usize,
}

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;

impl<'a> Compiler<'a> {
    pub(crate) fn new(is_sqlite: bool, now_us: i64, names: &'a Names) -> Self {
        Self {
            is_sqlite,
            now_us,
            names,
            args: Vec::new(),
            n_conditions: 0,
        }
    }

    fn bind(&mut self, arg: Arg) -> String {
        self.args.push(arg);
        format!("${}", self.args.len() + 1)
    }

    /// A condition that is true or false, never NULL: it can be negated.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for one that is too deep or long, names what isn't there, or compares a number with none.
    pub(crate) fn condition(&mut self, condition: &Condition) -> Result<String, Refusal> {
        self.nested(condition, 1)
    }

    fn nested(&mut self, condition: &Condition, depth: usize) -> Result<String, Refusal> {
        self.n_conditions += 1;
        if depth > CONDITION_DEPTH_MAX || self.n_conditions > CONDITIONS_MAX {
            return Err(Refusal::invalid(
                "audience",
                format!(
                    "a filter has at most {CONDITIONS_MAX} conditions, {CONDITION_DEPTH_MAX} levels deep"
                ),
            ));
        }
        Ok(match condition {
            Condition::All { of } => self.joined(of, depth, " AND ", "1 = 1")?,
            Condition::Any { of } => self.joined(of, depth, " OR ", "1 = 0")?,
            Condition::Not { of } => format!("NOT ({})", self.nested(of, depth + 1)?),
            Condition::OnList { list } => {
                let pk = *self.names.lists.get(list).ok_or_else(|| gone("list"))?;
                self.on_list(pk)
            }
            Condition::Attribute {
                name,
                compare,
                value,
            } => self.attribute(name, *compare, value)?,
            Condition::Did {
                event,
                campaign,
                days,
            } => self.did(*event, campaign.as_deref(), *days)?,
        })
    }

    fn joined(
        &mut self,
        of: &[Condition],
        depth: usize,
        word: &str,
        empty: &str,
    ) -> Result<String, Refusal> {
        let parts: Vec<String> = of
            .iter()
            .map(|part| self.nested(part, depth + 1))
            .collect::<Result<_, _>>()?;
        Ok(if parts.is_empty() {
            empty.to_owned()
        } else {
            format!("({})", parts.join(word))
        })
    }

    /// Asked of one contact after the other, by the list's own key: a page never reads a whole list.
    pub(crate) fn on_list(&mut self, pk: i64) -> String {
        let list = self.bind(Arg::Int(pk));
        format!(
            "EXISTS (SELECT 1 FROM contact_list_member m WHERE m.list = {list} AND m.contact = c.pk)"
        )
    }

    /// People who have one of these addresses.
    pub(crate) fn has_address(&mut self, addresses: &[String]) -> Result<String, Refusal> {
        let of = |wanted: fn(&str) -> bool| {
            let some: Vec<&String> = addresses.iter().filter(|a| wanted(a)).collect();
            serde_json::to_string(&some).map_err(|_| Refusal::invalid("audience", "can't be read"))
        };
        let is_mailbox: fn(&str) -> bool = |address| address.contains('@');
        let is_number: fn(&str) -> bool =
            |address| !address.contains('@') && address.starts_with('+');
        let is_device: fn(&str) -> bool =
            |address| !address.contains('@') && !address.starts_with('+');
        let email = self.bind(Arg::Text(of(is_mailbox)?));
        let phone = self.bind(Arg::Text(of(is_number)?));
        let device = self.bind(Arg::Text(of(is_device)?));
        Ok(format!(
            "c.pk IN (SELECT x.pk FROM contact x WHERE x.workspace = $1 AND x.email IN TEXTS({email})
             UNION SELECT x.pk FROM contact x WHERE x.workspace = $1 AND x.phone IN TEXTS({phone})
             UNION SELECT d.contact FROM device d WHERE d.workspace = $1 AND d.address IN TEXTS({device}))"
        ))
    }

    fn attribute(&mut self, name: &str, compare: Compare, value: &str) -> Result<String, Refusal> {
        if value.contains('\0') {
            return Err(Refusal::invalid(
                "audience",
                "a value can't be compared with that",
            ));
        }
        // As it is, and in lower case: neither engine folds all of Unicode alike, so names are folded when kept, and the
        // rest folds ASCII letters alone.
        let (plain, folded, value) = match name {
            "name" => (
                "NULLIF(c.name, '')".to_owned(),
                "NULLIF(c.name_folded, '')".to_owned(),
                value.to_lowercase(),
            ),
            "email" => (
                "c.email".to_owned(),
                "c.email".to_owned(),
                value.to_lowercase(),
            ),
            "phone" => ("c.phone".to_owned(), "c.phone".to_owned(), value.to_owned()),
            "time_zone" => (
                "c.time_zone".to_owned(),
                self.folded("c.time_zone"),
                value.to_ascii_lowercase(),
            ),
            name => {
                if !is_attribute_name(name) {
                    return Err(Refusal::invalid(
                        "audience",
                        "there can be no such attribute",
                    ));
                }
                let key = self.bind(Arg::Text(name.to_owned()));
                let plain = if self.is_sqlite {
                    format!("(c.attributes ->> {key})")
                } else {
                    format!("(c.attributes::json ->> {key})")
                };
                (
                    plain.clone(),
                    self.folded(&plain),
                    value.to_ascii_lowercase(),
                )
            }
        };
        let held = match compare {
            Compare::Present => return Ok(format!("({plain} IS NOT NULL)")),
            Compare::Absent => return Ok(format!("({plain} IS NULL)")),
            Compare::Is => format!("{folded} = {}", self.bind(Arg::Text(value))),
            Compare::IsNot => {
                let value = self.bind(Arg::Text(value));
                return Ok(format!("COALESCE({folded} <> {value}, 1 = 1)"));
            }
            Compare::Contains => self.is_like(&folded, format!("%{}%", like(&value))),
            Compare::Begins => self.is_like(&folded, format!("{}%", like(&value))),
            Compare::Above => format!("{} > {}", self.number(&plain), self.bound_number(&value)?),
            Compare::Below => format!("{} < {}", self.number(&plain), self.bound_number(&value)?),
        };
        Ok(format!("COALESCE({held}, 1 = 0)"))
    }

    fn folded(&self, text: &str) -> String {
        if self.is_sqlite {
            format!("LOWER({text})")
        } else {
            format!("LOWER({text} COLLATE \"C\")")
        }
    }

    fn is_like(&mut self, text: &str, pattern: String) -> String {
        format!("{text} LIKE {} ESCAPE '!'", self.bind(Arg::Text(pattern)))
    }

    /// A text as the number it is; NULL when it is none. Both engines take a number as JSON writes one.
    fn number(&self, text: &str) -> String {
        if self.is_sqlite {
            format!(
                "(CASE WHEN json_valid({text}) THEN CASE WHEN json_type({text}) IN ('integer', 'real')
                  THEN CAST({text} AS REAL) END END)"
            )
        } else {
            format!(
                r"(CASE WHEN {text} ~ '^\s*-?(0|[1-9][0-9]{{0,200}})(\.[0-9]{{1,200}})?([eE][-+]?[0-9]{{1,2}})?\s*$'
                  THEN {text}::double precision END)"
            )
        }
    }

    fn bound_number(&mut self, value: &str) -> Result<String, Refusal> {
        let number: Option<f64> = value.trim().parse().ok().filter(|n: &f64| n.is_finite());
        let number =
            number.ok_or_else(|| Refusal::invalid("audience", "give a number to compare with"))?;
        Ok(self.bind(Arg::Real(number)))
    }

    /// Facts lead to messages, messages to the addresses they went to, and these to contacts. The set is made once.
    fn did(
        &mut self,
        event: EventKind,
        campaign: Option<&str>,
        days: Option<u32>,
    ) -> Result<String, Refusal> {
        let since = days.map_or(i64::MIN, |days| self.now_us - i64::from(days) * DAY_US);
        let since = self.bind(Arg::Int(since));
        let of = match campaign.filter(|id| !id.is_empty()) {
            Some(id) => {
                let pk = *self
                    .names
                    .campaigns
                    .get(id)
                    .ok_or_else(|| gone("campaign"))?;
                format!("e.campaign = {}", self.bind(Arg::Int(pk)))
            }
            None => format!(
                "e.campaign IN (SELECT pk FROM campaign WHERE workspace = $1 AND last_event_us >= {since})"
            ),
        };
        let proof = proof_of(event);
        Ok(format!(
            "c.pk IN (WITH did AS MATERIALIZED (
                 SELECT DISTINCT LOWER(m.recipient) AS address
                 FROM event e JOIN message m ON m.campaign = e.campaign AND m.m = e.m
                 WHERE {of} AND e.at >= {since} AND {proof})
             SELECT x.pk FROM did JOIN contact x ON x.workspace = $1 AND x.phone = did.address
             UNION SELECT x.pk FROM did JOIN contact x ON x.workspace = $1 AND x.email = did.address
             UNION SELECT d.contact FROM did JOIN device d ON d.workspace = $1 AND d.address = did.address)"
        ))
    }
}

fn gone(what: &str) -> Refusal {
    Refusal::invalid(
        "audience",
        format!("names a {what} that isn't there any more; choose another"),
    )
}

/// The condition on facts `e` that prove an event.
fn proof_of(event: EventKind) -> String {
    let wanted = |kind: EventKind, evidence: Evidence| match event {
        EventKind::Sent => Standing::of(kind, evidence).is_sent(),
        EventKind::Delivered => matches!(
            Standing::of(kind, evidence),
            Standing::Delivered | Standing::Engaged
        ),
        event => kind == event && (!kind.can_be_machine() || evidence.is_human_likely()),
    };
    // Kinds that need the same evidence share a condition: most need none.
    let mut kinds_by_evidence: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for kind in EventKind::ALL {
        let proving = Evidence::ALL
            .into_iter()
            .filter(|evidence| wanted(*kind, *evidence));
        let evidence = codes(proving.map(Evidence::code));
        if !evidence.is_empty() {
            kinds_by_evidence
                .entry(evidence)
                .or_default()
                .push(kind.code());
        }
    }
    let every = codes(Evidence::ALL.into_iter().map(Evidence::code));
    let alternatives: Vec<String> = kinds_by_evidence
        .into_iter()
        .map(|(evidence, kinds)| {
            let kinds = codes(kinds.into_iter());
            if evidence == every {
                format!("e.kind IN ({kinds})")
            } else {
                format!("e.kind IN ({kinds}) AND e.evidence IN ({evidence})")
            }
        })
        .collect();
    format!("({})", alternatives.join(" OR "))
}

fn codes(codes: impl Iterator<Item = u8>) -> String {
    let mut text = String::new();
    for code in codes {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}{code}");
    }
    text
}
