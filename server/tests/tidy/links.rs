//! What the documents point to exists.

use crate::tree::{assert_none, root, sources};

#[test]
fn links_in_documents_lead_somewhere() {
    let mut findings = Vec::new();
    for document in sources(&["."], &[".md"]) {
        let folder = root().join(&document.path).parent().unwrap().to_owned();
        for (start, _) in document.text.match_indices("](") {
            let rest = &document.text[start + 2..];
            let target = &rest[..rest.find(')').unwrap_or(0)];
            let file = target.split('#').next().unwrap_or("");
            if !file.is_empty()
                && !target.contains("://")
                && !file.starts_with('/')
                && !folder.join(file).exists()
            {
                findings.push(format!("{}: {target}", document.path));
            }
        }
    }
    assert_none("broken links", &findings);
}
