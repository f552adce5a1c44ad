//! The plain-text part of an e-mail that has none.

use html2text::{Element, Handle, RcDom, config};

use super::policy::{SPAN_MAX, clamped_span};
use crate::bounded;

/// Width of a line, in characters.
const WIDTH: usize = 76;
/// Deepest nesting of elements as the parser builds them. Widths are computed by a call for each level.
const DEPTH_MAX: usize = 400;
/// Most cells of all tables, each of which is taken for as wide as its widest row: the library keeps a number for each.
const CELLS_MAX: usize = 1_000_000;

/// Why HTML comes to no plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TextError {
    /// More than [`DEPTH_MAX`] levels.
    #[error("Elements are nested too deep, or are not closed.")]
    Depth,
    /// More than [`CELLS_MAX`] cells.
    #[error("Tables have too many rows and columns.")]
    Cells,
    /// The library panicked or took too long.
    #[error(
        "No plain text can be made of the HTML. Use fewer nested tables, or write the plain text yourself."
    )]
    Failed,
}

/// The HTML as plain text, with the addresses of links below it. Marks pass through it unchanged.
///
/// # Errors
/// [`TextError`] for HTML that takes more than it may.
pub(crate) fn from_html(html: &str) -> Result<String, TextError> {
    let html = html.to_owned();
    bounded::run(move || derived(&html)).unwrap_or(Err(TextError::Failed))
}

fn derived(html: &str) -> Result<String, TextError> {
    let config = config::plain()
        .raw_mode(true)
        .no_link_wrapping()
        .allow_width_overflow()
        .link_footnotes(true);
    let failed = |_| TextError::Failed;
    let dom = config.parse_html(html.as_bytes()).map_err(failed)?;
    measure(&dom)?;
    let tree = config.dom_to_render_tree(&dom).map_err(failed)?;
    // A text that doesn't fit is left out, as what is too narrow for a letter.
    let text = config.render_to_string(tree, WIDTH).unwrap_or_default();
    // Tables of a layout leave gaps behind.
    let mut tidy = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines().map(str::trim_end) {
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    Ok(tidy.trim().to_owned())
}

/// Rows and columns of a table.
#[derive(Default)]
struct Grid {
    rows: usize,
    widest: usize,
    /// Columns that reach down into later rows.
    reaching: usize,
}

/// Counts what the library will work on, and brings spans to a size.
fn measure(dom: &RcDom) -> Result<(), TextError> {
    let mut grids = vec![Grid::default()];
    let mut waiting: Vec<(Handle, usize, usize)> = vec![(dom.document.clone(), 0, 0)];
    while let Some((node, depth, mut grid)) = waiting.pop() {
        if depth > DEPTH_MAX {
            return Err(TextError::Depth);
        }
        if let Element { name, .. } = &node.data {
            match &*name.local {
                "table" => {
                    grid = grids.len();
                    grids.push(Grid::default());
                }
                "tr" => row(&node, &mut grids[grid]),
                _ => {}
            }
        }
        let children = node.children.borrow();
        waiting.extend(
            children
                .iter()
                .map(|child| (child.clone(), depth + 1, grid)),
        );
    }
    let cells = grids
        .iter()
        .map(|grid| grid.rows.saturating_mul(grid.widest + grid.reaching))
        .fold(0, usize::saturating_add);
    if cells > CELLS_MAX {
        return Err(TextError::Cells);
    }
    Ok(())
}

fn row(node: &Handle, grid: &mut Grid) {
    let mut columns = 0;
    for cell in node.children.borrow().iter() {
        let (across, down) = spans(cell);
        columns += across;
        if down > 1 {
            grid.reaching += across;
        }
    }
    grid.rows += 1;
    grid.widest = grid.widest.max(columns);
}

/// How many columns and rows a cell spans; both at most [`SPAN_MAX`] afterwards.
fn spans(cell: &Handle) -> (usize, usize) {
    let (mut across, mut down) = (1, 1);
    if let Element { attrs, .. } = &cell.data {
        for attribute in attrs.borrow_mut().iter_mut() {
            let span = match &*attribute.name.local {
                "colspan" => &mut across,
                "rowspan" => &mut down,
                _ => continue,
            };
            *span = clamped_span(&attribute.value).map_or(1, |size| size.min(SPAN_MAX));
            attribute.value = span.to_string().into();
        }
    }
    (across, down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_html_ends_the_process() {
        let wide = "<table><tr><td colspan=18446744073709551615>a</td><td colspan=18446744073709551615>b</td></tr></table>";
        assert!(from_html(wide).unwrap().contains('b'));
        for size in [
            "0",
            "-1",
            "x",
            "1000",
            "99999999999",
            "18446744073709551616",
        ] {
            let html =
                format!("<table><tr><td colspan={size} rowspan={size}>a<td>b<tr><td>c</table>");
            assert!(from_html(&html).unwrap().contains('c'), "{size}");
        }
        let rows = "<tr><td>a</td></tr>".repeat(2_000);
        let cells = "<td>b</td>".repeat(2_000);
        let grid = format!("<table>{rows}<tr>{cells}</tr></table>");
        assert_eq!(from_html(&grid), Err(TextError::Cells));
        let deep = |element: &str| format!("<{element}>").repeat(5_000);
        assert_eq!(from_html(&deep("div")), Err(TextError::Depth));
        assert!(from_html(&deep("p")).is_ok());
    }
}
