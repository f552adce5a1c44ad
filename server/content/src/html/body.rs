//! The body, where its author left its tags out.

/// HTML with a body: what has none, and no head either, is a fragment and gets both.
pub(super) fn with_body(marked: String) -> String {
    let lower = marked.to_ascii_lowercase();
    if lower.contains("<body") || lower.contains("<html") {
        return marked;
    }
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"></head><body>{marked}</body></html>"
    )
}

/// Where the body's tags were missing, what belongs there goes to where browsers take them to be.
pub(super) fn place(mut rewritten: String, start: &str, end: &str) -> String {
    if !rewritten.contains(start) {
        let head_end = rewritten
            .to_ascii_lowercase()
            .find("</head>")
            .map(|at| at + 7);
        rewritten.insert_str(head_end.unwrap_or(rewritten.len()), start);
    }
    if !rewritten.contains(end) {
        rewritten.push_str(end);
    }
    rewritten
}
