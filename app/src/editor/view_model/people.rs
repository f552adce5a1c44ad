//! The audience, and its filter as rows of a form.
//!
//! A filter is groups of conditions: `join` says how groups combine, `g.0.join` how the conditions of the first do,
//! `g.0.r.1.kind` what its second one is about. Filters that don't fit, made by the API, are kept as they are.

use domain::{
    EventKind, Refusal,
    audience::{Audience, CONDITIONS_MAX, Compare, Condition, FollowUp, TYPED_MAX},
};

use crate::editor::fields::Fields;

pub(super) fn fill(fields: &mut Fields, audience: &Audience, add: &str) {
    let kind = match audience {
        Audience::Nobody => "",
        Audience::Everyone => "everyone",
        Audience::List { list } => {
            fields.set("list", list.clone());
            "list"
        }
        Audience::Filter { condition } => match Groups::of(condition) {
            Some(groups) => {
                groups.fill(fields);
                "filter"
            }
            None => "kept",
        },
        Audience::Typed { addresses } => {
            fields.set("typed", addresses.join("\n"));
            "typed"
        }
        Audience::FollowUp { campaign, who } => {
            fields.set("campaign", campaign.clone());
            fields.set("who", who.as_str());
            "follow_up"
        }
    };
    fields.set("audience", kind);
    let groups = fields.rows("g");
    if add == "g" || groups.is_empty() {
        let next = groups.last().map_or(0, |last| last + 1);
        fields.set(format!("g.{next}.join"), "all");
        fields.set(format!("g.{next}.r.0.kind"), "");
    }
    if groups.iter().any(|group| add == format!("g.{group}.r")) {
        let next = fields.rows(add).last().map_or(0, |last| last + 1);
        fields.set(format!("{add}.{next}.kind"), "");
    }
}

/// The audience a form describes. `before` is what was saved: a filter that the form can't show is taken from there.
///
/// # Errors
/// [`Refusal::Invalid`] for a number of days that is none, too many addresses or conditions.
pub(in crate::editor) fn audience(fields: &Fields, before: &Audience) -> Result<Audience, Refusal> {
    Ok(match fields.trimmed("audience") {
        "everyone" => Audience::Everyone,
        "list" if fields.has("list") => Audience::List {
            list: fields.trimmed("list").to_owned(),
        },
        "filter" => match Groups::read(fields)?.condition() {
            Some(condition) => Audience::Filter { condition },
            None => Audience::Nobody,
        },
        "kept" => before.clone(),
        "typed" => {
            let addresses = addresses(fields.get("typed"));
            if addresses.len() > TYPED_MAX {
                let why = format!("type at most {TYPED_MAX} addresses; import a file for more");
                return Err(Refusal::invalid("typed", why));
            }
            if addresses.is_empty() {
                Audience::Nobody
            } else {
                Audience::Typed { addresses }
            }
        }
        "follow_up" if fields.has("campaign") => Audience::FollowUp {
            campaign: fields.trimmed("campaign").to_owned(),
            who: FollowUp::ALL
                .into_iter()
                .find(|who| who.as_str() == fields.trimmed("who"))
                .unwrap_or(FollowUp::NotOpened),
        },
        _ => Audience::Nobody,
    })
}

/// Addresses as people type them: one a line, or with commas or semicolons between.
fn addresses(text: &str) -> Vec<String> {
    text.split(['\n', ',', ';'])
        .map(str::trim)
        .filter(|address| !address.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A filter as the form has it. Empty groups and rows are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Groups {
    is_any: bool,
    groups: Vec<(bool, Vec<Condition>)>,
}

impl Groups {
    /// None for a filter that is nested deeper, or has what the form doesn't offer.
    pub(super) fn of(condition: &Condition) -> Option<Self> {
        let (is_any, of) = match condition {
            Condition::All { of } => (false, of.clone()),
            Condition::Any { of } => (true, of.clone()),
            leaf => (false, vec![leaf.clone()]),
        };
        if of.iter().all(is_leaf) {
            let groups = vec![(is_any, of)];
            return Some(Self {
                is_any: false,
                groups,
            });
        }
        let group = |condition: Condition| match condition {
            Condition::All { of } if of.iter().all(is_leaf) => Some((false, of)),
            Condition::Any { of } if of.iter().all(is_leaf) => Some((true, of)),
            leaf if is_leaf(&leaf) => Some((false, vec![leaf])),
            _ => None,
        };
        let groups = of.into_iter().map(group).collect::<Option<_>>()?;
        Some(Self { is_any, groups })
    }

    /// None when nothing was filled in.
    pub(super) fn condition(mut self) -> Option<Condition> {
        let join = |is_any: bool, of: Vec<Condition>| {
            if is_any {
                Condition::Any { of }
            } else {
                Condition::All { of }
            }
        };
        self.groups.retain(|(_, of)| !of.is_empty());
        if self.groups.len() < 2 {
            return self.groups.pop().map(|(is_any, of)| join(is_any, of));
        }
        let groups = self.groups.into_iter();
        let groups = groups.map(|(is_any, of)| join(is_any, of)).collect();
        Some(join(self.is_any, groups))
    }

    fn fill(&self, fields: &mut Fields) {
        fields.set("join", word(self.is_any));
        for (n, (is_any, rows)) in self.groups.iter().enumerate() {
            fields.set(format!("g.{n}.join"), word(*is_any));
            for (row, condition) in rows.iter().enumerate() {
                fill_row(fields, &format!("g.{n}.r.{row}"), condition);
            }
        }
    }

    fn read(fields: &Fields) -> Result<Self, Refusal> {
        let mut groups = Vec::new();
        for n in fields.rows("g") {
            let mut of = Vec::new();
            for row in fields.rows(&format!("g.{n}.r")) {
                of.extend(read_row(fields, &format!("g.{n}.r.{row}"))?);
            }
            groups.push((fields.get(&format!("g.{n}.join")) == "any", of));
        }
        let total: usize = groups.iter().map(|(_, of)| of.len()).sum();
        if total > CONDITIONS_MAX {
            let why = format!("use at most {CONDITIONS_MAX} conditions");
            return Err(Refusal::invalid("audience", why));
        }
        let is_any = fields.get("join") == "any";
        Ok(Self { is_any, groups })
    }
}

fn word(is_any: bool) -> &'static str {
    if is_any { "any" } else { "all" }
}

fn is_leaf(condition: &Condition) -> bool {
    match condition {
        Condition::OnList { .. } | Condition::Attribute { .. } | Condition::Did { .. } => true,
        Condition::Not { of } => {
            matches!(**of, Condition::OnList { .. } | Condition::Did { .. })
        }
        Condition::All { .. } | Condition::Any { .. } => false,
    }
}

fn fill_row(fields: &mut Fields, row: &str, condition: &Condition) {
    let (is_not, condition) = match condition {
        Condition::Not { of } => (true, &**of),
        other => (false, other),
    };
    let mut set = |name: &str, value: &str| fields.set(format!("{row}.{name}"), value);
    match condition {
        Condition::OnList { list } => {
            set("kind", if is_not { "not_on_list" } else { "on_list" });
            set("list", list);
        }
        Condition::Attribute {
            name,
            compare,
            value,
        } => {
            set("kind", "attribute");
            set("name", name);
            set("compare", compare.as_str());
            set("value", value);
        }
        Condition::Did {
            event,
            campaign,
            days,
        } => {
            set("kind", if is_not { "did_not" } else { "did" });
            set("event", event.as_str());
            set("campaign", campaign.as_deref().unwrap_or_default());
            let days = days.map(|days| days.to_string());
            set("days", &days.unwrap_or_default());
        }
        _ => {}
    }
}

/// The condition of a row; none while it says nothing yet.
fn read_row(fields: &Fields, row: &str) -> Result<Option<Condition>, Refusal> {
    let get = |name: &str| fields.trimmed(&format!("{row}.{name}")).to_owned();
    let kind = get("kind");
    let is_not = matches!(kind.as_str(), "did_not" | "not_on_list");
    let condition = match kind.as_str() {
        "attribute" if !get("name").is_empty() => Condition::Attribute {
            name: get("name"),
            compare: Compare::ALL
                .into_iter()
                .find(|compare| compare.as_str() == get("compare"))
                .unwrap_or_default(),
            value: get("value"),
        },
        "on_list" | "not_on_list" if !get("list").is_empty() => {
            Condition::OnList { list: get("list") }
        }
        "did" | "did_not" => {
            let days = get("days");
            let field = format!("{row}.days");
            let why = "give a whole number of days from 1 to 3650, or leave it empty";
            let days = (!days.is_empty())
                .then(|| days.parse().ok().filter(|days| (1..=3650).contains(days)))
                .map(|days| days.ok_or_else(|| Refusal::invalid(field, why)))
                .transpose()?;
            Condition::Did {
                event: get("event").parse().unwrap_or(EventKind::Opened),
                campaign: Some(get("campaign")).filter(|id| !id.is_empty()),
                days,
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(if is_not {
        Condition::Not {
            of: Box::new(condition),
        }
    } else {
        condition
    }))
}
