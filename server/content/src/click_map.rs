//! The mail as it was sent, with each link's clicks beside it.

use std::collections::BTreeMap;

use domain::content::Content;
use lol_html::{RewriteStrSettings, element, html_content::ContentType, rewrite_str};

use crate::{CompileOptions, Compiled, MessageUrls, Values};

/// Where links lead while they are looked for.
const MARK: &str = "#reportage-link-";
/// A badge: dark on yellow, which stands out from most designs.
const BADGE: &str = "display:inline-block;margin-left:4px;padding:1px 6px;border-radius:9px;background:#ffe58f;\
    color:#1d1d1f;font:600 12px/16px sans-serif;white-space:nowrap;vertical-align:middle";

/// HTML of an e-mail with the clicks of each followed link beside it, by position: the same address in two places has two
/// counts. None for other channels, and for what can't be compiled. As untrusted as the mail itself: to be shown in a
/// sandbox.
#[must_use]
pub fn click_map(
    content: &Content,
    values: &Values,
    options: &CompileOptions,
    clicks: &BTreeMap<u32, u64>,
) -> Option<String> {
    if !matches!(content, Content::Email(_)) {
        return None;
    }
    let compiled = Compiled::new(content, options).ok()?;
    let tracked = compiled.links().iter().filter(|link| link.is_tracked);
    let urls = MessageUrls {
        links: tracked
            .map(|link| (link.position, format!("{MARK}{}", link.position)))
            .collect(),
        unsubscribe: "#unsubscribe".to_owned(),
        preferences: "#preferences".to_owned(),
        pixel: None,
        hidden: None,
    };
    let html = compiled.preview(content, values, &urls).html;
    let total: u64 = clicks.values().sum();
    let badge = element!(format!("a[href^=\"{MARK}\"]"), |link| {
        let href = link.get_attribute("href").unwrap_or_default();
        let position: Option<u32> = href
            .strip_prefix(MARK)
            .and_then(|number| number.parse().ok());
        if let Some(position) = position {
            let n = clicks.get(&position).copied().unwrap_or_default();
            let badge = format!("<span style=\"{BADGE}\">{}</span>", words(n, total));
            link.append(&badge, ContentType::Html);
            let at = compiled
                .links()
                .iter()
                .find(|link| link.position == position);
            if let Some(at) = at {
                link.set_attribute("href", &at.url)?;
            }
        }
        Ok(())
    });
    let settings = RewriteStrSettings {
        element_content_handlers: vec![badge],
        ..RewriteStrSettings::new()
    };
    rewrite_str(&html, settings).ok()
}

/// `12 · 34%`.
fn words(n: u64, total: u64) -> String {
    match (n * 100).checked_div(total) {
        Some(percent) => format!("{n} · {percent}%"),
        None => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use domain::content::{EmailContent, SmsContent};

    use super::*;

    #[test]
    fn the_same_address_in_two_places_has_two_counts() {
        let content = Content::Email(EmailContent {
            subject: "s".to_owned(),
            html: "<p><a href=\"https://x.example/a\">One</a> <a href=\"https://x.example/b\">Two</a> \
                   <a href=\"https://x.example/a\">Three</a> <a href=\"{{ unsubscribe_url }}\">Leave</a></p>"
                .to_owned(),
            ..EmailContent::default()
        });
        let options = CompileOptions {
            tracks_links: true,
            ..CompileOptions::default()
        };
        let clicks = BTreeMap::from([(1, 3), (3, 1)]);
        let html = click_map(&content, &Values::new(), &options, &clicks).unwrap();
        let badges: Vec<_> = html.match_indices("border-radius:9px").collect();
        assert_eq!(badges.len(), 3, "{html}");
        assert!(
            html.contains("One<span") && html.contains(">3 · 75%</span>"),
            "{html}"
        );
        assert!(html.contains("Two<span") && html.contains(">0 · 0%</span>"));
        assert!(html.contains("Three<span") && html.contains(">1 · 25%</span>"));
        assert!(!html.contains(MARK) && html.contains("https://x.example/b"));
        let sms = Content::Sms(SmsContent::default());
        assert_eq!(click_map(&sms, &Values::new(), &options, &clicks), None);
    }
}
