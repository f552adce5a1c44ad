//! Errors of an import as CSV, to be opened in a spreadsheet.

use domain::import::RowError;

/// The first line.
#[must_use]
pub fn errors_csv_head() -> &'static str {
    "row,column,message\r\n"
}

/// Lines for these errors. Names of columns come from strangers' files: none of them becomes a formula.
#[must_use]
pub fn errors_csv(errors: &[RowError]) -> String {
    let mut out = String::new();
    for error in errors {
        out.push_str(&error.row.to_string());
        out.push(',');
        out.push_str(&cell(&error.column));
        out.push(',');
        out.push_str(&cell(&error.message));
        out.push_str("\r\n");
    }
    out
}

/// A cell in quotes, with an apostrophe before what a spreadsheet would run.
fn cell(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(|letter| {
        matches!(
            letter,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'
        )
    });
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_becomes_a_formula() {
        let error = |column: &str| RowError {
            row: 2,
            column: column.to_owned(),
            message: "m".to_owned(),
        };
        assert_eq!(errors_csv(&[error("a\"b")]), "2,\"a\"\"b\",\"m\"\r\n");
        for bad in ["=1+1", "+x", "-x", "@x", "\t=1", " =1", "＝1"] {
            assert!(errors_csv(&[error(bad)]).contains(",\"'"), "{bad}");
        }
    }
}
