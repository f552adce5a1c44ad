//! What a number is shown as: a number, a day, a duration.

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// As a number.
    Number,
    /// As a date, a time, or both.
    Date,
    /// As a number of hours, minutes or seconds.
    Duration,
}

/// Formats every workbook has (ECMA-376 part 1, 18.8.30), those of East Asia included.
pub(crate) fn built_in(id: u32) -> Format {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Format::Date,
        46 => Format::Duration,
        _ => Format::Number,
    }
}

/// What a format's first section shows: `yyyy`, `h` and the like are dates, `[h]` a duration. Text in quotes, after a backslash,
/// and colors, conditions and languages in brackets show nothing of the number.
pub(crate) fn of_code(code: &str) -> Format {
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter.to_ascii_lowercase() {
            ';' => return Format::Number,
            '"' => {
                letters.by_ref().find(|letter| *letter == '"');
            }
            '\\' | '_' | '*' => {
                letters.next();
            }
            '[' => {
                let inner: String = letters
                    .by_ref()
                    .take_while(|letter| *letter != ']')
                    .collect();
                let inner = inner.to_ascii_lowercase();
                let is_unit =
                    |unit: char| !inner.is_empty() && inner.chars().all(|one| one == unit);
                if ['h', 'm', 's'].into_iter().any(is_unit) {
                    return Format::Duration;
                }
            }
            // `General` has an `e`, and no letter of dates.
            'd' | 'm' | 'h' | 'y' | 's' => return Format::Date,
            // `AM/PM`, `A/P`.
            'a' if matches!(letters.clone().next(), Some('m' | 'M' | '/')) => return Format::Date,
            _ => {}
        }
    }
    Format::Number
}
