//! Errors of an import as CSV, to be opened in a spreadsheet.

use domain::{
    csv::{self, Cell},
    import::RowError,
};

/// The first line.
#[must_use]
pub fn errors_csv_head() -> &'static str {
    "row,column,message\r\n"
}

/// Lines for these errors. Names of columns come from strangers' files: none of them becomes a formula.
#[must_use]
pub fn errors_csv(errors: &[RowError]) -> String {
    let line = |error: &RowError| {
        csv::line([
            Cell::Count(error.row),
            Cell::Text(&error.column),
            Cell::Text(&error.message),
        ])
    };
    errors.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use ::csv::ReaderBuilder;

    use super::*;

    /// Cells of a file as a program with this list separator reads it.
    fn cells(file: &str, separator: u8) -> Vec<String> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(file.as_bytes());
        let mut cells = Vec::new();
        for record in reader.records() {
            let record = record.expect("readable");
            cells.extend(record.iter().map(str::to_owned));
        }
        cells
    }

    #[test]
    fn no_column_becomes_a_formula_wherever_the_file_is_opened() {
        let bad = [
            "=1+1",
            "+x",
            "-x",
            "@x",
            "\t=1",
            " =1",
            "\u{a0}=1",
            "＝1",
            "a;=1+1;b",
            "a\t=1\tb",
            "a|=1|b",
            "a\n=1+1;b",
            "a;\"=1+1\";b",
            "a,=1,b",
            "\"=1\"",
            "\";=1;\"",
        ];
        for text in bad {
            let error = RowError {
                row: 2,
                column: text.to_owned(),
                message: text.to_owned(),
            };
            let file = errors_csv(&[error]);
            for separator in *b",;\t|" {
                for cell in cells(&file, separator) {
                    let begins = cell.trim_start().starts_with(['=', '+', '-', '@', '＝']);
                    assert!(
                        !begins,
                        "{text:?} with {:?}: {cell:?}",
                        char::from(separator)
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "",
            "a,b",
            "say \"hi\"",
            "a;b\tc|d",
            "two\r\nlines",
            " é ",
            "+34600111222",
        ] {
            let error = RowError {
                row: 7,
                column: text.to_owned(),
                message: "m".to_owned(),
            };
            assert_eq!(cells(&errors_csv(&[error]), b','), ["7", text, "m"]);
        }
    }
}
