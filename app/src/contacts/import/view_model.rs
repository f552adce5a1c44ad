//! From an import to words, and from its form to a mapping. Pure, and the same on both sides.

use std::collections::BTreeMap;

use domain::{
    Channel, Refusal,
    contact::ATTRIBUTE_NAME_CHARS_MAX,
    import::{Column, ImportInfo, ImportStatus, Mapping},
};

use crate::{
    contacts::view_model::consent_named,
    number::{count, people, plural},
};

/// What a column can be, with the words for it. An attribute has a name besides.
pub const MEANINGS: [(&str, &str); 7] = [
    ("skip", "Leave it out"),
    ("name", "Name"),
    ("phone", "Phone"),
    ("email", "Email"),
    ("external_id", "Your own id"),
    ("time_zone", "Time zone"),
    ("attribute", "Attribute"),
];

/// Where an import stands, for people.
#[must_use]
pub fn status_label(status: ImportStatus) -> &'static str {
    match status {
        ImportStatus::Uploaded => "Uploaded",
        ImportStatus::Checking => "Checking",
        ImportStatus::Checked => "Checked",
        ImportStatus::Running => "Importing",
        ImportStatus::Done => "Done",
        ImportStatus::Failed => "Failed",
    }
}

/// Class that gives a status its colour.
#[must_use]
pub fn status_class(status: ImportStatus) -> &'static str {
    match status {
        ImportStatus::Uploaded | ImportStatus::Checked => "tone--wait",
        ImportStatus::Checking | ImportStatus::Running => "tone--run",
        ImportStatus::Done => "tone--ok",
        ImportStatus::Failed => "tone--bad",
    }
}

/// Whether it moves by itself.
#[must_use]
pub fn is_moving(status: ImportStatus) -> bool {
    matches!(status, ImportStatus::Checking | ImportStatus::Running)
}

/// The form's word for what a column holds.
#[must_use]
pub fn meaning(column: &Column) -> &'static str {
    match column {
        Column::Skip => "skip",
        Column::ExternalId => "external_id",
        Column::Name => "name",
        Column::Phone => "phone",
        Column::Email => "email",
        Column::TimeZone => "time_zone",
        Column::Attribute(_) => "attribute",
    }
}

/// The name an attribute of this column has: the one it was given, else the header in the letters a name may have.
#[must_use]
pub fn attribute_name(column: Option<&Column>, header: &str) -> String {
    if let Some(Column::Attribute(name)) = column {
        return name.clone();
    }
    let mut name = String::new();
    for letter in header.trim().chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name
        .trim_start_matches(|letter: char| !letter.is_ascii_alphabetic())
        .trim_end_matches('_');
    name.chars().take(ATTRIBUTE_NAME_CHARS_MAX).collect()
}

/// The mapping a form says, for a file of `width` columns.
///
/// # Errors
/// [`Refusal::Invalid`] when nothing says who somebody is, a meaning is unknown or given twice, an attribute has no
/// name, or the country isn't two letters.
pub fn mapping_of(
    width: usize,
    columns: &BTreeMap<String, String>,
    names: &BTreeMap<String, String>,
    consents: BTreeMap<String, String>,
    country: &str,
    list: &str,
) -> Result<Mapping, Refusal> {
    let mut mapped = Vec::with_capacity(width);
    for at in 0..width {
        let key = format!("c{at}");
        let column = match columns.get(&key).map_or("skip", String::as_str) {
            "skip" => Column::Skip,
            "external_id" => Column::ExternalId,
            "name" => Column::Name,
            "phone" => Column::Phone,
            "email" => Column::Email,
            "time_zone" => Column::TimeZone,
            "attribute" => {
                let name = names.get(&key).map_or("", |name| name.trim());
                if name.is_empty() {
                    let text = format!("give the attribute of column {} a name", at + 1);
                    return Err(Refusal::invalid("Columns", text));
                }
                Column::Attribute(name.to_owned())
            }
            _ => return Err(Refusal::invalid("Columns", "choose one of the meanings")),
        };
        if column != Column::Skip && mapped.contains(&column) {
            let text = format!("column {} means the same as one before it", at + 1);
            return Err(Refusal::invalid("Columns", text));
        }
        mapped.push(column);
    }
    let names_people = [Column::Phone, Column::Email, Column::ExternalId];
    if !names_people.iter().any(|column| mapped.contains(column)) {
        let text = "say which column has phone numbers, e-mail addresses or your own ids";
        return Err(Refusal::invalid("Columns", text));
    }
    let country = country.trim().to_ascii_uppercase();
    if !country.is_empty()
        && (country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()))
    {
        return Err(Refusal::invalid(
            "Country",
            "give its two letters, such as ES",
        ));
    }
    let consents = consents
        .into_iter()
        .filter_map(|(channel, consent)| {
            Some((channel.parse::<Channel>().ok()?, consent_named(&consent)?))
        })
        .collect();
    Ok(Mapping {
        columns: mapped,
        country: Some(country).filter(|country| !country.is_empty()),
        consents,
        list: Some(list.trim().to_owned()).filter(|list| !list.is_empty()),
    })
}

/// How far it is, in words.
#[must_use]
pub fn sentence(import: &ImportInfo) -> String {
    let rows = |n| plural(n, "row", "rows");
    let of = import
        .rows
        .map_or_else(String::new, |all| format!(" of {}", count(all)));
    match import.status {
        ImportStatus::Uploaded => match import.rows {
            Some(all) => format!("{} below the header.", rows(all)),
            None => "The file is here.".to_owned(),
        },
        ImportStatus::Checking => format!("{}{of} checked.", rows(import.done)),
        ImportStatus::Running => format!("{}{of} done.", rows(import.done)),
        ImportStatus::Checked => format!(
            "{} checked: nothing was written so far.",
            rows(import.rows.unwrap_or(import.done))
        ),
        ImportStatus::Done => format!(
            "{} imported: {} new, {} changed.",
            people(import.created + import.updated),
            count(import.created),
            count(import.updated)
        ),
        ImportStatus::Failed => format!(
            "It ended after {}. What was written stays.",
            rows(import.done)
        ),
    }
}

/// Value and maximum of the progress bar; no value while the number of rows isn't known.
#[must_use]
pub fn bar(import: &ImportInfo) -> Option<(u64, u64)> {
    let all = import.rows.filter(|all| *all > 0)?;
    Some((import.done.min(all), all))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::contact::Consent;

    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn refused(columns: &[(&str, &str)], country: &str) -> String {
        let names = BTreeMap::new();
        mapping_of(3, &pairs(columns), &names, names.clone(), country, "")
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_form_says_the_whole_mapping() {
        let mapping = mapping_of(
            12,
            &pairs(&[("c0", "email"), ("c2", "attribute"), ("c10", "name")]),
            &pairs(&[("c2", " city "), ("c10", "unused")]),
            pairs(&[("email", "subscribed"), ("fax", "subscribed")]),
            "es",
            " Autumn ",
        )
        .unwrap();
        assert_eq!(mapping.columns.len(), 12);
        assert_eq!(mapping.columns[0], Column::Email);
        assert_eq!(mapping.columns[1], Column::Skip);
        assert_eq!(mapping.columns[2], Column::Attribute("city".into()));
        assert_eq!(mapping.columns[10], Column::Name);
        assert_eq!(mapping.country.as_deref(), Some("ES"));
        assert_eq!(mapping.list.as_deref(), Some("Autumn"));
        assert_eq!(
            mapping.consents,
            [(Channel::Email, Consent::Subscribed)].into()
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_a_sentence() {
        assert!(refused(&[("c0", "name")], "").contains("which column"));
        assert!(refused(&[("c0", "email"), ("c1", "email")], "").contains("column 2"));
        assert!(refused(&[("c0", "email"), ("c2", "attribute")], "").contains("column 3"));
        assert!(refused(&[("c0", "email")], "Spain").contains("two letters"));
        assert!(refused(&[("c0", "fax")], "").contains("meanings"));
    }

    #[test]
    fn a_header_becomes_a_name() {
        for (header, name) in [
            ("City", "city"),
            (" Last order (€) ", "last_order"),
            ("2nd phone", "nd_phone"),
            ("Größe", "gr_e"),
            ("___", ""),
        ] {
            assert_eq!(attribute_name(None, header), name, "{header}");
        }
        let held = Column::Attribute("town".into());
        assert_eq!(attribute_name(Some(&held), "City"), "town");
    }

    #[test]
    fn progress_has_words_and_a_bar() {
        let mut import = ImportInfo {
            id: "i".into(),
            file: "people.csv".into(),
            status: ImportStatus::Checking,
            header: vec!["Email".into()],
            sample: Vec::new(),
            mapping: Mapping::default(),
            rows: Some(2_000),
            done: 1_500,
            created: 0,
            updated: 0,
            rejected: 0,
            errors: Vec::new(),
            problem: None,
            created_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(sentence(&import), "1,500 rows of 2,000 checked.");
        assert_eq!(bar(&import), Some((1_500, 2_000)));
        import.rows = None;
        assert_eq!(sentence(&import), "1,500 rows checked.");
        assert_eq!(bar(&import), None);
        import.status = ImportStatus::Done;
        (import.created, import.updated) = (1_400, 99);
        assert_eq!(
            sentence(&import),
            "1,499 people imported: 1,400 new, 99 changed."
        );
    }

    #[test]
    fn every_meaning_is_offered_by_its_word() {
        for column in [
            Column::Skip,
            Column::ExternalId,
            Column::Name,
            Column::Phone,
            Column::Email,
            Column::TimeZone,
            Column::Attribute("a".into()),
        ] {
            assert!(MEANINGS.iter().any(|(word, _)| *word == meaning(&column)));
        }
    }
}
