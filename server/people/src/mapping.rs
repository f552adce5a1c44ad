//! Whether a file can be read like this.

use std::collections::BTreeSet;

use domain::{
    Refusal,
    contact::ATTRIBUTE_NAME_CHARS_MAX,
    import::{Column, Mapping},
};

use crate::is_country;

/// Checks a mapping for a file with so many columns.
///
/// # Errors
/// [`Refusal::Invalid`] with what to change.
pub fn check_mapping(mapping: &Mapping, n_columns: usize) -> Result<(), Refusal> {
    let refuse = |field: &str, message: &str| Err(Refusal::invalid(field, message));
    if mapping.columns.len() != n_columns {
        let words = format!("the file has {n_columns} columns: say what each of them is");
        return Err(Refusal::invalid("columns", words));
    }
    if let Some(country) = &mapping.country
        && !is_country(country)
    {
        return refuse("country", "use a code of two letters such as ES");
    }
    let has = |column: Column| mapping.columns.contains(&column);
    if ![Column::Email, Column::Phone, Column::ExternalId]
        .into_iter()
        .any(has)
    {
        return refuse(
            "columns",
            "one of them must be the e-mail address, the phone number or your own id",
        );
    }
    let mut seen = BTreeSet::new();
    for column in &mapping.columns {
        let name = match column {
            Column::Skip => continue,
            Column::Attribute(name) if !is_attribute_name(name) => {
                let words = format!(
                    "begin the name of an attribute with a letter and use letters, digits and _, at most {ATTRIBUTE_NAME_CHARS_MAX}"
                );
                return Err(Refusal::invalid("columns", words));
            }
            Column::Attribute(name) => format!("a {name}"),
            other => format!("{other:?}"),
        };
        if !seen.insert(name) {
            return refuse("columns", "two of them can't be the same");
        }
    }
    Ok(())
}

fn is_attribute_name(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().count() <= ATTRIBUTE_NAME_CHARS_MAX
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_each_thing_once_and_somebody_at_all() {
        let of = |columns: Vec<Column>| {
            check_mapping(
                &Mapping {
                    columns,
                    ..Mapping::default()
                },
                2,
            )
        };
        let attribute = |name: &str| Column::Attribute(name.to_owned());
        assert_eq!(of(vec![Column::Email, attribute("city")]), Ok(()));
        assert_eq!(of(vec![Column::Phone, Column::Skip]), Ok(()));
        for bad in [
            vec![Column::Email],
            vec![Column::Name, attribute("city")],
            vec![Column::Email, Column::Email],
            vec![Column::Email, attribute("1st")],
            vec![Column::Skip, Column::Skip],
        ] {
            assert!(of(bad.clone()).is_err(), "{bad:?}");
        }
        let abroad = Mapping {
            columns: vec![Column::Phone],
            country: Some("ZZ".to_owned()),
            ..Mapping::default()
        };
        assert!(check_mapping(&abroad, 1).is_err());
    }
}
