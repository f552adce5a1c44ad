//! What the columns of a file probably are.

use std::collections::BTreeSet;

use domain::{
    contact::ATTRIBUTE_NAME_CHARS_MAX,
    import::{Column, Mapping},
};

use crate::address;

/// Words by which columns are known, without spaces and marks, in the languages of most of our users.
const WORDS: [(Column, &[&str]); 5] = [
    (
        Column::Email,
        &[
            "email",
            "mail",
            "emailaddress",
            "mailaddress",
            "correo",
            "correoelectronico",
            "emailadresse",
            "courriel",
            "posta",
            "adresseemail",
        ],
    ),
    (
        Column::Phone,
        &[
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "tel",
            "telephone",
            "msisdn",
            "telefono",
            "movil",
            "telefon",
            "handy",
            "handynummer",
            "mobil",
            "mobilnummer",
            "whatsapp",
            "number",
            "cellulare",
            "portable",
        ],
    ),
    (
        Column::ExternalId,
        &[
            "id",
            "externalid",
            "customerid",
            "customernumber",
            "userid",
            "contactid",
            "clientid",
            "crmid",
            "kundennummer",
            "idcliente",
        ],
    ),
    (
        Column::Name,
        &[
            "name",
            "fullname",
            "contactname",
            "customername",
            "nombrecompleto",
            "nombreyapellidos",
            "nom",
            "nombre",
            "firstname",
            "givenname",
            "vorname",
            "prenom",
        ],
    ),
    (
        Column::TimeZone,
        &["timezone", "zone", "tz", "zonahoraria", "zeitzone"],
    ),
];

/// A guess at how a file is read, from its header and first rows. One for each column; each meaning but attributes once.
#[must_use]
pub fn guess(header: &[String], sample: &[Vec<String>]) -> Mapping {
    let plain: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let mut columns: Vec<Option<Column>> = vec![None; header.len()];
    for (column, words) in &WORDS {
        // The earlier a word stands in its list, the better.
        let best = words.iter().find_map(|word| {
            plain
                .iter()
                .enumerate()
                .position(|(at, name)| name == word && columns[at].is_none())
        });
        if let Some(at) = best {
            columns[at] = Some(column.clone());
        }
    }
    for (column, fits) in [
        (Column::Email, is_email as fn(&str) -> bool),
        (Column::Phone, is_phone),
    ] {
        if columns.contains(&Some(column.clone())) {
            continue;
        }
        let all_fit = |at: usize| {
            let mut cells = sample
                .iter()
                .filter_map(|row| row.get(at))
                .filter(|cell| !cell.trim().is_empty())
                .peekable();
            cells.peek().is_some() && cells.all(|cell| fits(cell))
        };
        let found = (0..header.len()).find(|at| columns[*at].is_none() && all_fit(*at));
        if let Some(at) = found {
            columns[at] = Some(column);
        }
    }
    let mut taken = BTreeSet::new();
    let columns = columns
        .into_iter()
        .enumerate()
        .map(|(at, column)| {
            column.unwrap_or_else(|| {
                let is_empty = sample
                    .iter()
                    .all(|row| row.get(at).is_none_or(|cell| cell.trim().is_empty()));
                if is_empty && header[at].trim().is_empty() {
                    Column::Skip
                } else {
                    Column::Attribute(attribute(&header[at], at, &mut taken))
                }
            })
        })
        .collect();
    Mapping {
        columns,
        ..Mapping::default()
    }
}

fn is_email(text: &str) -> bool {
    address::email(text).is_ok()
}

/// An international number: a national one looks like any other.
fn is_phone(text: &str) -> bool {
    address::phone(text, None).is_ok()
}

/// Letters and digits alone, in lower case and without the marks of Latin letters.
fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .map(|letter| match letter {
            'á' | 'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' => 'e',
            'í' | 'ì' => 'i',
            'ó' | 'ò' | 'ô' | 'ö' => 'o',
            'ú' | 'ù' | 'ü' => 'u',
            'ñ' => 'n',
            letter => letter,
        })
        .collect()
}

/// A name an attribute may have, not yet taken.
fn attribute(header: &str, at: usize, taken: &mut BTreeSet<String>) -> String {
    let mut name: String = header
        .trim()
        .to_lowercase()
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .take(ATTRIBUTE_NAME_CHARS_MAX - 8)
        .collect();
    name = name.trim_matches('_').to_owned();
    if name.is_empty() {
        name = format!("column_{}", at + 1);
    } else if !name.chars().next().is_some_and(char::is_alphabetic) {
        name = format!("c_{name}");
    }
    // These are the fields of these names where a filter speaks of them.
    let is_field = ["name", "email", "phone", "time_zone"].contains(&name.as_str());
    if is_field || taken.contains(&name) {
        name = format!("{name}_{}", at + 1);
    }
    taken.insert(name.clone());
    name
}
