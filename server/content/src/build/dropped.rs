//! Tags that MJML drops because they stand between its elements.
//!
//! A compiler of MJML keeps what stands inside a text, a button or `mj-raw`, and drops whatever stands between elements. A
//! dropped `{% if code %}` leaves its `{{ code }}` without a condition, and everybody without a code gets no message.

use std::collections::BTreeMap;

use domain::content::ContentProblem;

use crate::template::{Names, Piece, pieces};

/// Refuses an MJML source whose HTML has fewer of its blocks (`{% … %}`) than the source has.
///
/// # Errors
/// The line of the first block that was dropped, and where to put it.
pub(crate) fn check(source: &str, html: &str) -> Result<(), ContentProblem> {
    if !source.contains("{%") {
        return Ok(());
    }
    let source = without_comments(source);
    let mut kept = BTreeMap::new();
    for (tag, _) in blocks(html) {
        *kept.entry(tag).or_insert(0_usize) += 1;
    }
    let written = blocks(&source);
    let mut n_written = BTreeMap::new();
    for (tag, _) in &written {
        *n_written.entry(*tag).or_insert(0_usize) += 1;
    }
    // An `endif` looks like any other; what opens a condition says more.
    let dropped = written
        .iter()
        .filter(|(tag, _)| kept.get(tag).copied().unwrap_or(0) < n_written[tag])
        .min_by_key(|(tag, _)| tag.contains("endif") || tag.contains("else"));
    dropped.map_or(Ok(()), |(tag, line)| {
        Err(ContentProblem {
            field: "mjml".to_owned(),
            message: format!(
                "Line {line}: {tag} stands where MJML drops it, or a tag like it does. Put it inside <mj-text> or <mj-raw>."
            ),
        })
    })
}

/// Blocks of a template, each with its line. None of one that can't be read: that is said elsewhere.
fn blocks(source: &str) -> Vec<(&str, usize)> {
    let found = pieces(source, &mut Names::new()).unwrap_or_default();
    let (mut rest, mut line) = (source, 1);
    let mut blocks = Vec::new();
    for piece in found {
        let Piece::Block(tag) = piece else { continue };
        let Some((before, after)) = rest.split_once(tag) else {
            continue;
        };
        line += before.matches('\n').count();
        blocks.push((tag, line));
        line += tag.matches('\n').count();
        rest = after;
    }
    blocks
}

/// The source with its comments blanked out, line by line as it was.
fn without_comments(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("<!--") {
        let (before, comment) = rest.split_at(start);
        kept.push_str(before);
        let end = comment.find("-->").map_or(comment.len(), |end| end + 3);
        let (comment, after) = comment.split_at(end);
        kept.extend(comment.matches('\n'));
        rest = after;
    }
    kept.push_str(rest);
    kept
}
