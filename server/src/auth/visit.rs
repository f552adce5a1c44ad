//! Where a sign-in comes from.

use http::{HeaderMap, header};

use crate::enrich::Enrich;

/// Browsers by a mark of their user agent. Most call themselves Chrome or Safari as well: those come last.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The network and browser of a request that signs somebody in.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The client's network, for counting attempts.
    pub network: &'a str,
    /// The browser in a few words; empty when unknown.
    pub browser: &'a str,
}

/// A browser as its owner would call it: `Firefox on Linux`. Nothing finer is kept.
#[must_use]
pub fn browser_of(enrich: &Enrich, headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT);
    let Some(agent) = agent.and_then(|agent| agent.to_str().ok()) else {
        return String::new();
    };
    let browser = BROWSERS
        .iter()
        .find_map(|(mark, name)| agent.contains(mark).then_some(*name));
    let os = enrich.system(agent).map(|os| match os {
        "Mac OS X" => "macOS",
        other => other,
    });
    match (browser, os) {
        (Some(browser), Some(os)) => format!("{browser} on {os}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(os)) => os.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_coarsely() {
        let enrich = Enrich::default();
        for (agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari on iOS",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
                "Chrome on macOS",
            ),
            ("something else", ""),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, agent.parse().unwrap());
            assert_eq!(browser_of(&enrich, &headers), expected, "{agent}");
        }
        assert_eq!(browser_of(&enrich, &HeaderMap::new()), "");
    }
}
