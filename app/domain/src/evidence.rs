//! Who caused an open or a click: a person, or a machine acting before them.
//!
//! The rules are public and versioned: [`RULES_VERSION`] grows whenever one changes, so that stored events can
//! be scored again from their user agents. They read the user agent alone; timing (a click two seconds after
//! delivery, every link of a message at once) is not judged here.

use serde::{Deserialize, Serialize};

use crate::EventKind;

/// Version of the rules below and of the crawler list that goes with them.
pub const RULES_VERSION: u32 = 1;

/// Class of an event's cause. The codes are stored: never renumber.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Evidence {
    /// Nothing speaks against a person.
    #[default]
    Unknown = 0,
    /// A browser or app used by a person.
    Human = 1,
    /// A bot, script or library.
    Machine = 2,
    /// Through an image proxy that fetches when a person opens (Gmail).
    Proxy = 3,
    /// A security scanner following links.
    Scanner = 4,
    /// A client or proxy that fetches before anyone opens (Apple Mail privacy protection, link previews).
    Prefetch = 5,
}

impl Evidence {
    /// All classes, in code order.
    pub const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Human,
        Self::Machine,
        Self::Proxy,
        Self::Scanner,
        Self::Prefetch,
    ];

    /// Stored code.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The class with this stored code.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Human => "human",
            Self::Machine => "machine",
            Self::Proxy => "proxy",
            Self::Scanner => "scanner",
            Self::Prefetch => "prefetch",
        }
    }

    /// Whether reports count it by default: human, proxy and unknown.
    #[must_use]
    pub fn is_human_likely(self) -> bool {
        matches!(self, Self::Human | Self::Proxy | Self::Unknown)
    }
}

/// Which events a figure counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceFilter {
    /// Human-likely events only.
    #[default]
    Human,
    /// Everything, machines included.
    All,
}

impl EvidenceFilter {
    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::All => "all",
        }
    }
}

/// How a rule reads a user agent. Words are in lower case, and so is what they are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The whole string.
    Exactly(&'static str),
    /// How it begins.
    Begins(&'static str),
    /// Anywhere in it.
    Contains(&'static str),
}

impl Pattern {
    fn matches(self, user_agent: &str) -> bool {
        match self {
            Self::Exactly(whole) => user_agent == whole,
            Self::Begins(start) => user_agent.starts_with(start),
            Self::Contains(part) => user_agent.contains(part),
        }
    }
}

/// One published rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it looks for.
    pub pattern: Pattern,
    /// Only for this kind of event; none for all.
    pub only: Option<EventKind>,
    /// The class it gives.
    pub class: Evidence,
    /// Why, and where that is known from.
    pub because: &'static str,
}

const fn rule(pattern: Pattern, class: Evidence, because: &'static str) -> Rule {
    Rule {
        pattern,
        only: None,
        class,
        because,
    }
}

/// What is known about mail, before any list of crawlers is asked: such lists count image proxies as bots,
/// although a person's open stands behind each fetch, and miss what only mail has. The first match wins.
///
/// Sources: Gmail fetches through `GoogleImageProxy` when a message is shown (Google Workspace Admin Help,
/// "Allowlist image URL proxies"); Yahoo likewise through `YahooMailProxy`. Apple's Mail Privacy Protection
/// downloads remote content in the background under the bare agent `Mozilla/5.0` (SocketLabs, "Identifying Apple
/// MPP opens", help.socketlabs.com; Word to the Wise, wordtothewise.com/2021/09/apple-mpp). Mail gateways follow
/// links before delivery, some under their own names (Validity and Act-On help pages on endpoint protection clicks).
pub const MAIL_RULES: &[Rule] = {
    use Evidence::{Human, Prefetch, Proxy, Scanner, Unknown};
    use Pattern::{Begins, Contains, Exactly};
    &[
        rule(
            Contains("googleimageproxy"),
            Proxy,
            "Gmail's image proxy fetches when a person opens",
        ),
        rule(
            Contains("yahoomailproxy"),
            Proxy,
            "Yahoo's image proxy fetches when a person opens",
        ),
        Rule {
            pattern: Exactly("mozilla/5.0"),
            only: Some(EventKind::Opened),
            class: Prefetch,
            because: "Apple Mail Privacy Protection downloads images unopened",
        },
        rule(Exactly("mozilla/5.0"), Unknown, "too little to tell"),
        rule(
            Contains("bingpreview"),
            Prefetch,
            "Microsoft renders links before anyone follows them",
        ),
        rule(Contains("skypeuripreview"), Prefetch, "link preview"),
        rule(
            Contains("ms-office"),
            Human,
            "Outlook for Windows loads images when a person opens",
        ),
        rule(
            Contains("microsoft outlook"),
            Human,
            "Outlook loads images when a person opens",
        ),
        rule(Contains("thunderbird/"), Human, "a mail program"),
        rule(
            Begins("whatsapp/"),
            Prefetch,
            "link preview; links open in the browser",
        ),
        rule(
            Contains("google-pagerenderer"),
            Prefetch,
            "link preview of Google Messages",
        ),
        rule(Contains("barracuda"), Scanner, "Barracuda Email Security"),
        rule(Contains("mimecast"), Scanner, "Mimecast URL Protect"),
        rule(Contains("proofpoint"), Scanner, "Proofpoint URL Defense"),
        rule(Contains("ciscosecureemail"), Scanner, "Cisco Secure Email"),
        rule(Contains("ironport"), Scanner, "Cisco IronPort"),
        rule(Contains("symantec"), Scanner, "Symantec Email Security"),
        rule(Contains("messagelabs"), Scanner, "Symantec MessageLabs"),
        rule(Contains("fortiguard"), Scanner, "Fortinet FortiMail"),
        rule(
            Contains("trendmicro"),
            Scanner,
            "Trend Micro Email Security",
        ),
        rule(
            Contains("trend micro"),
            Scanner,
            "Trend Micro Email Security",
        ),
        rule(Contains("sophos"), Scanner, "Sophos Email"),
    ]
};

/// What marks software without a person, where the list has no entry of its own.
pub const MACHINE_RULES: &[Rule] = {
    use Evidence::Machine;
    use Pattern::{Begins, Contains};
    &[
        rule(Begins("curl/"), Machine, "command-line client"),
        rule(Begins("wget"), Machine, "command-line client"),
        rule(
            Contains("headlesschrome"),
            Machine,
            "browser without a screen",
        ),
        rule(Begins("python"), Machine, "Python HTTP library"),
        rule(Begins("go-http-client"), Machine, "Go HTTP library"),
        rule(Begins("java/"), Machine, "Java HTTP library"),
        rule(Begins("ruby"), Machine, "Ruby HTTP library"),
        rule(Begins("postmanruntime"), Machine, "API client"),
        rule(Begins("node"), Machine, "Node HTTP library"),
    ]
};

/// What marks a browser, mail program or app in a person's hands.
pub const HUMAN_RULES: &[Rule] = {
    use Evidence::Human;
    use Pattern::{Begins, Contains};
    &[
        rule(
            Begins("mozilla/5.0 ("),
            Human,
            "a browser names its platform",
        ),
        rule(
            Begins("mozilla/4.0 ("),
            Human,
            "a browser names its platform",
        ),
        rule(
            Begins("opera/"),
            Human,
            "Opera up to version 12, and Opera Mini",
        ),
        rule(Begins("dalvik/"), Human, "an Android app"),
        rule(Contains("cfnetwork/"), Human, "an app on an Apple device"),
    ]
};

/// The class of an event of this kind with this user agent.
///
/// `listed` says what a maintained list of crawlers knows of the agent. It is asked after [`MAIL_RULES`] and
/// before the rest. Without a user agent nothing speaks against a person.
#[must_use]
pub fn classify(
    kind: EventKind,
    user_agent: Option<&str>,
    listed: impl FnOnce(&str) -> Option<Evidence>,
) -> Evidence {
    let Some(user_agent) = user_agent.map(str::trim).filter(|text| !text.is_empty()) else {
        return Evidence::Unknown;
    };
    let lower = user_agent.to_ascii_lowercase();
    let first_of = |rules: &[Rule]| {
        rules
            .iter()
            .find(|rule| rule.only.is_none_or(|only| only == kind) && rule.pattern.matches(&lower))
            .map(|rule| rule.class)
    };
    first_of(MAIL_RULES)
        .or_else(|| listed(user_agent))
        .or_else(|| first_of(MACHINE_RULES))
        .or_else(|| first_of(HUMAN_RULES))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(kind: EventKind, user_agent: &str) -> Evidence {
        classify(kind, Some(user_agent), |_| None)
    }

    #[test]
    fn a_bare_agent_is_a_prefetch_only_where_images_load() {
        assert_eq!(class(EventKind::Opened, "Mozilla/5.0"), Evidence::Prefetch);
        assert_eq!(class(EventKind::Clicked, "Mozilla/5.0"), Evidence::Unknown);
        assert_eq!(class(EventKind::Opened, " "), Evidence::Unknown);
        assert_eq!(
            classify(EventKind::Opened, None, |_| Some(Evidence::Machine)),
            Evidence::Unknown
        );
    }

    #[test]
    fn mail_rules_come_before_the_list_and_the_list_before_the_rest() {
        let listed = |_: &str| Some(Evidence::Machine);
        let gmail = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
        assert_eq!(
            classify(EventKind::Opened, Some(gmail), listed),
            Evidence::Proxy
        );
        let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(
            classify(EventKind::Opened, Some(browser), listed),
            Evidence::Machine
        );
        assert_eq!(class(EventKind::Opened, browser), Evidence::Human);
    }

    #[test]
    fn words_of_rules_are_in_lower_case() {
        for rule in [MAIL_RULES, MACHINE_RULES, HUMAN_RULES].concat() {
            let (Pattern::Exactly(word) | Pattern::Begins(word) | Pattern::Contains(word)) =
                rule.pattern;
            assert_eq!(word, word.to_ascii_lowercase());
        }
    }

    #[test]
    fn short_agents_and_case_are_no_trouble() {
        assert_eq!(class(EventKind::Clicked, "x"), Evidence::Unknown);
        assert_eq!(class(EventKind::Clicked, "CURL/8.5.0"), Evidence::Machine);
        assert_eq!(class(EventKind::Clicked, "é"), Evidence::Unknown);
    }
}
