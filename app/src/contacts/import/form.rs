//! From the form of an import to its mapping.

use std::collections::BTreeMap;

use domain::{
    Channel, Refusal,
    import::{Column, Mapping},
};

use crate::contacts::view_model::consent_named;

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
        let name = names.get(&key).map_or("", |name| name.trim());
        let meaning = columns.get(&key).map_or("skip", String::as_str);
        let column = column_of(at, meaning, name)?;
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

/// What the column at this place holds.
fn column_of(at: usize, meaning: &str, name: &str) -> Result<Column, Refusal> {
    Ok(match meaning {
        "skip" => Column::Skip,
        "external_id" => Column::ExternalId,
        "name" => Column::Name,
        "phone" => Column::Phone,
        "email" => Column::Email,
        "time_zone" => Column::TimeZone,
        "attribute" if name.is_empty() => {
            let text = format!("give the attribute of column {} a name", at + 1);
            return Err(Refusal::invalid("Columns", text));
        }
        "attribute" => Column::Attribute(name.to_owned()),
        _ => return Err(Refusal::invalid("Columns", "choose one of the meanings")),
    })
}

#[cfg(test)]
mod tests {
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
}
