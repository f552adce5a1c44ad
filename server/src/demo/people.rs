//! The customers of the demonstration: invented people who cannot be reached.
//!
//! Addresses end in the domains RFC 2606 keeps for examples. Phone numbers begin with +34 50, which the Spanish
//! numbering plan assigns to nobody. Client addresses are from the documentation ranges of RFC 5737.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::behaviour::{APPLE_PEOPLE, CARRIERS, COUNTRIES, IPHONES, SCANNED_PEOPLE};

const FIRST: [&str; 32] = [
    "lucia", "hugo", "martina", "mateo", "sofia", "leo", "maria", "daniel", "julia", "pablo",
    "paula", "alvaro", "valeria", "adrian", "emma", "manuel", "carla", "diego", "alba", "marco",
    "noa", "javier", "ines", "sergio", "laura", "nicolas", "claudia", "ivan", "irene", "joao",
    "chloe", "luca",
];
const LAST: [&str; 24] = [
    "garcia",
    "rodriguez",
    "gonzalez",
    "fernandez",
    "lopez",
    "martinez",
    "sanchez",
    "perez",
    "gomez",
    "martin",
    "jimenez",
    "ruiz",
    "hernandez",
    "diaz",
    "moreno",
    "munoz",
    "alvarez",
    "romero",
    "alonso",
    "gutierrez",
    "silva",
    "rossi",
    "dubois",
    "schmidt",
];

/// What a person reads mail with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mailbox {
    /// Apple Mail: fetched by Apple's proxies.
    Apple,
    /// Gmail: images come through Google's proxy when a person opens.
    Gmail,
    /// Yahoo: likewise.
    Yahoo,
    /// A client that fetches images itself.
    Direct,
}

/// One customer. The same index and seed always give the same person.
#[derive(Clone, Debug)]
pub(super) struct Person {
    index: u64,
    /// ISO country code.
    pub country: &'static str,
    /// Mobile operator.
    pub carrier: &'static str,
    /// Whether the handset is an iPhone.
    pub iphone: bool,
    /// Whether mail is read at a desk.
    pub desktop: bool,
    /// What reads the mail.
    pub mailbox: Mailbox,
    /// Whether a gateway follows the links of incoming mail.
    pub scanned: bool,
    /// Picks one of the agents of a family, so that a person keeps theirs.
    pick: usize,
}

/// One of `choices`, by their weights.
pub(super) fn weighted<T: Copy>(rng: &mut impl Rng, choices: &[(T, f64)]) -> T {
    let total: f64 = choices.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.random::<f64>() * total;
    for (choice, weight) in choices {
        left -= weight;
        if left <= 0.0 {
            return *choice;
        }
    }
    choices[choices.len() - 1].0
}

impl Person {
    pub(super) fn new(seed: u64, index: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(
            seed ^ index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15),
        );
        let iphone = rng.random_bool(IPHONES);
        let mailbox = if rng.random_bool(APPLE_PEOPLE) {
            Mailbox::Apple
        } else {
            weighted(
                &mut rng,
                &[
                    (Mailbox::Gmail, 0.55),
                    (Mailbox::Yahoo, 0.06),
                    (Mailbox::Direct, 0.39),
                ],
            )
        };
        Self {
            index,
            country: weighted(&mut rng, &COUNTRIES),
            carrier: weighted(&mut rng, &CARRIERS),
            iphone,
            desktop: rng.random_bool(0.38),
            mailbox,
            scanned: rng.random_bool(SCANNED_PEOPLE),
            pick: rng.random_range(0..12),
        }
    }

    pub(super) fn phone(&self) -> String {
        format!("+34 50{:07}", self.index % 10_000_000)
    }

    pub(super) fn email(&self) -> String {
        let first = FIRST[(self.index % 32) as usize];
        let last = LAST[(self.index / 32 % 24) as usize];
        let host = ["example.com", "example.org", "example.net"][(self.index % 3) as usize];
        format!("{first}.{last}.{}@{host}", self.index)
    }

    pub(super) fn device(&self) -> String {
        let mixed = (self.index + 1).wrapping_mul(0xD1B5_4A32_D192_ED03);
        format!("{}-{mixed:016x}", if self.iphone { "apns" } else { "fcm" })
    }

    /// An address from the documentation ranges: it resolves to no country.
    pub(super) fn address(&self) -> String {
        let net = ["192.0.2", "198.51.100", "203.0.113"][(self.index % 3) as usize];
        format!("{net}.{}", self.index / 3 % 254 + 1)
    }

    /// What fetches the images when the person opens a mail.
    pub(super) fn mail_agent(&self) -> &'static str {
        match self.mailbox {
            Mailbox::Apple => APPLE_PROXY,
            Mailbox::Gmail => {
                "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
            }
            Mailbox::Yahoo => {
                "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
            }
            Mailbox::Direct if self.desktop => DESK_MAIL[self.pick % DESK_MAIL.len()],
            Mailbox::Direct => self.browser(),
        }
    }

    /// The browser a link opens in.
    pub(super) fn browser(&self) -> &'static str {
        let family: &[&str] = match (self.desktop, self.iphone) {
            (true, _) => &DESK_BROWSERS,
            (false, true) => &IOS_BROWSERS,
            (false, false) => &ANDROID_BROWSERS,
        };
        family[self.pick % family.len()]
    }

    /// The browser on the phone, for links in text messages.
    pub(super) fn phone_browser(&self) -> &'static str {
        let family: &[&str] = if self.iphone {
            &IOS_BROWSERS
        } else {
            &ANDROID_BROWSERS
        };
        family[self.pick % family.len()]
    }
}

/// What Apple's privacy proxy calls itself: this and nothing more.
pub(super) const APPLE_PROXY: &str = "Mozilla/5.0";

/// Gateways and libraries that follow the links of a mail. Braze's documentation on bot filtering names the first
/// and the last among the agents it filters.
pub(super) const SCANNERS: [&str; 3] = [
    "Barracuda Sentinel (EE)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b",
    "python-requests/2.32.3",
];

/// What fetches a link to draw its preview before anyone taps it.
pub(super) const PREVIEWS: [&str; 2] = [
    "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
];

const DESK_MAIL: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; .NET4.0E; ms-office; MSOffice 16)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
];

const DESK_BROWSERS: [&str; 5] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
];

const IOS_BROWSERS: [&str; 3] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
];

const ANDROID_BROWSERS: [&str; 4] = [
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Android 14; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0",
];
