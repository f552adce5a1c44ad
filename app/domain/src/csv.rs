//! CSV files (RFC 4180) that spreadsheets open without running anything in them: the only writer.
//!
//! A spreadsheet splits a file at the list separator of its country, which the file doesn't know: a cell that is quoted
//! for the comma is cut at its semicolon elsewhere, and what follows begins a cell of its own. So each piece between any of
//! the separators is guarded, not the cell alone, and every cell that holds one is quoted. Guarded with an apostrophe, as
//! OWASP, "CSV injection", has it.

/// What a file begins with, so that spreadsheets read it as UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Separators of some country or program, and ends of lines.
const SEPARATORS: [char; 6] = [',', ';', '\t', '|', '\n', '\r'];
/// What a formula begins with; full-width forms are taken for the plain ones by some.
const STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Any text: never a formula in the file.
    Text(&'a str),
    /// A whole number.
    Count(u64),
    /// A number with a dot as decimal mark; empty when there is none.
    Number(Option<f64>),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

/// A line with its end.
#[must_use]
pub fn line<'a, C: Into<Cell<'a>>>(cells: impl IntoIterator<Item = C>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| written(cell.into())).collect();
    format!("{}\r\n", cells.join(","))
}

fn written(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => quoted(&harmless(text)),
        Cell::Count(n) => n.to_string(),
        Cell::Number(number) => number.map(|n| n.to_string()).unwrap_or_default(),
    }
}

fn quoted(text: &str) -> String {
    let is_plain = !text.contains(SEPARATORS) && !text.contains('"') && text.trim() == text;
    if is_plain {
        text.to_owned()
    } else {
        format!("\"{}\"", text.replace('"', "\"\""))
    }
}

/// The text with an apostrophe before each piece of it that a spreadsheet would take for a formula.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    for (n, piece) in text.split_inclusive(SEPARATORS).enumerate() {
        if is_formula(piece, n > 0) {
            out.push('\'');
        }
        out.push_str(piece);
    }
    out
}

/// Whether a piece begins like a formula, behind what programs trim. A phone number, a plus and digits, is none.
fn is_formula(piece: &str, is_inside: bool) -> bool {
    let is_trimmed = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
            // Inside a cell that was cut open, quotes are no longer what they were.
            || (is_inside && c == '"')
    };
    let text = piece.trim_start_matches(is_trimmed);
    let number = text.trim_end_matches(SEPARATORS).strip_prefix('+');
    let is_number = number
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    text.starts_with(STARTS) && !is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_piece_of_a_cell_is_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+34600111222", "+34600111222"),
            ("+34 600", "'+34 600"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            (" =1+1", "' =1+1"),
            ("\u{a0}=1+1", "'\u{a0}=1+1"),
            ("\u{200b}=1+1", "'\u{200b}=1+1"),
            ("\t=1", "\t'=1"),
            ("a;=1+1", "a;'=1+1"),
            ("a\t=1+1", "a\t'=1+1"),
            ("a| =1+1;b", "a|' =1+1;b"),
            ("a\n=1+1", "a\n'=1+1"),
            ("a;\"=1+1\"", "a;'\"=1+1\""),
            ("a;+34600111222;b", "a;+34600111222;b"),
            ("ana@example.org", "ana@example.org"),
            ("a-b = c", "a-b = c"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), written);
        }
    }

    #[test]
    fn cells_with_any_separator_are_quoted() {
        assert_eq!(
            line(["a,b", "say \"hi\"", "x"]),
            "\"a,b\",\"say \"\"hi\"\"\",x\r\n"
        );
        assert_eq!(
            line(["a;b", "a\tb", "a|b", " a", "é"]),
            "\"a;b\",\"a\tb\",\"a|b\",\" a\",é\r\n"
        );
        let cells = [
            Cell::Text("a"),
            Cell::Count(3),
            Cell::Number(Some(-0.5)),
            Cell::Number(None),
        ];
        assert_eq!(line(cells), "a,3,-0.5,\r\n");
    }
}
