//! From an import to words. Pure, and the same on both sides.

use domain::{
    contact::ATTRIBUTE_NAME_CHARS_MAX,
    import::{Column, ImportInfo, ImportStatus},
};

use crate::number::{count, people, plural};

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
    use domain::import::Mapping;

    use super::*;

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
