//! What a user agent tells of who is behind it.

use super::Evidence;
use crate::EventKind;

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
///
/// The words are those by which software introduces itself; none of them is in the 952 agents of real visits that
/// npm's `user-agents` 2.1.198 holds.
pub const MACHINE_RULES: &[Rule] = {
    use Evidence::{Machine, Prefetch, Scanner};
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
        rule(Begins("apachebench/"), Machine, "load generator"),
        rule(Contains("link preview"), Prefetch, "link preview"),
        rule(Begins("facebot"), Prefetch, "link preview of Facebook"),
        rule(Begins("clamav"), Scanner, "ClamAV"),
        rule(
            Contains("burpcollaborator"),
            Scanner,
            "Burp Suite, a scanner for weak spots",
        ),
        rule(
            Contains("+http"),
            Machine,
            "software that names its maker's page",
        ),
        rule(
            Contains("healthcheck"),
            Machine,
            "watches whether servers answer",
        ),
        rule(
            Contains("health-check"),
            Machine,
            "watches whether servers answer",
        ),
        rule(
            Contains("monitoring"),
            Machine,
            "watches whether servers answer",
        ),
        rule(Contains("crawler"), Machine, "says that it is a crawler"),
        rule(Contains("spider"), Machine, "says that it is a crawler"),
        rule(Contains("indexer"), Machine, "says that it is a crawler"),
        rule(Contains("validator"), Machine, "checks pages"),
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
        rule(Begins("outlook-ios"), Human, "Outlook on a phone"),
        rule(Begins("macoutlook/"), Human, "Outlook for Mac"),
        rule(Begins("outlook-express/"), Human, "a mail program"),
        rule(Begins("windowsmail/"), Human, "a mail program"),
        rule(Begins("airmail"), Human, "a mail program"),
        rule(Begins("emclient/"), Human, "a mail program"),
        rule(Begins("postbox"), Human, "a mail program"),
        rule(Begins("the bat!"), Human, "a mail program"),
        rule(Begins("dalvik/"), Human, "an Android app"),
        rule(Contains("cfnetwork/"), Human, "an app on an Apple device"),
    ]
};

/// The class of an event of this kind with this user agent, and why.
///
/// `listed` says what a maintained list of crawlers knows of the agent. It is asked after [`MAIL_RULES`] and
/// before the rest. Without a user agent nothing speaks against a person.
#[must_use]
pub fn explain(
    kind: EventKind,
    user_agent: Option<&str>,
    listed: impl FnOnce(&str) -> Option<Evidence>,
) -> (Evidence, &'static str) {
    let Some(user_agent) = user_agent.map(str::trim).filter(|text| !text.is_empty()) else {
        return (Evidence::Unknown, "no user agent");
    };
    let lower = user_agent.to_ascii_lowercase();
    let first_of = |rules: &[Rule]| {
        rules
            .iter()
            .find(|rule| rule.only.is_none_or(|only| only == kind) && rule.pattern.matches(&lower))
            .map(|rule| (rule.class, rule.because))
    };
    first_of(MAIL_RULES)
        .or_else(|| listed(user_agent).map(|class| (class, "on the list of known crawlers")))
        .or_else(|| first_of(MACHINE_RULES))
        .or_else(|| first_of(HUMAN_RULES))
        .unwrap_or((Evidence::Unknown, "an agent nobody knows"))
}

/// The class of an event of this kind with this user agent; see [`explain`].
#[must_use]
pub fn classify(
    kind: EventKind,
    user_agent: Option<&str>,
    listed: impl FnOnce(&str) -> Option<Evidence>,
) -> Evidence {
    explain(kind, user_agent, listed).0
}
