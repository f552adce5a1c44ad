//! What Aurora Retail sends: names, senders and links. All invented.

use domain::CampaignType;

/// What the messaging campaigns are about.
const THEMES: [&str; 26] = [
    "Winter coats are in",
    "Midseason sale",
    "Rebajas de temporada",
    "Members' weekend",
    "Black Friday preview",
    "Free delivery until Sunday",
    "Abandoned basket reminder",
    "Double points week",
    "New store opening",
    "Birthday treat",
    "Running shoes launch",
    "Gift guide",
    "Last sizes left",
    "App-only prices",
    "How was your order?",
    "Vuelta al cole",
    "Home & living edit",
    "Restock: linen shirts",
    "Denim event",
    "Sunday newsletter",
    "Night shopping",
    "Refer a friend",
    "Tax-free days",
    "Loungewear",
    "Advent calendar",
    "Your points expire soon",
];

/// Whom they go to.
const SEGMENTS: [&str; 17] = [
    "Madrid",
    "Barcelona",
    "Valencia",
    "Sevilla",
    "Lisboa & Porto",
    "gold members",
    "new customers",
    "win-back 90 days",
    "app users",
    "all subscribers",
    "parents",
    "outdoor buyers",
    "Bilbao",
    "Zaragoza",
    "click & collect",
    "Milano",
    "VIP",
];

/// Names that pages must get right: markup, a formula, length, other scripts, nothing but an emoji.
pub(super) const AWKWARD: [&str; 6] = [
    "<b>Rebajas</b> & \"más\" <script>alert('no')</script>",
    "=HYPERLINK(\"https://example.com\";\"2 for 1\")",
    "Everything that happened in our stores this autumn, told by the people who made it happen, with the three \
     offers you asked for most, the dates of the next openings, and a thank-you for staying with us",
    "تخفيضات نهاية الموسم · العملاء المميزون",
    "🎁🎄✨",
    "Ofertas  con   espacios,\u{a0}ñ, ü y «comillas» — 50 %",
];

/// The name of the `n`th messaging campaign.
pub(super) fn messaging_name(n: usize) -> String {
    match n % 19 {
        7 if n / 19 < AWKWARD.len() => AWKWARD[n / 19].to_owned(),
        _ => format!(
            "{} · {}",
            THEMES[n % THEMES.len()],
            SEGMENTS[n * 5 % SEGMENTS.len()]
        ),
    }
}

/// The name of the `n`th campaign of an interactive type.
pub(super) fn interactive_name(kind: CampaignType, n: usize) -> String {
    let names: &[&str] = match kind {
        CampaignType::ESwipe => &[
            "Lookbook autumn swipe",
            "Sneaker stories",
            "Gift finder swipe",
            "Kids' room tour",
        ],
        CampaignType::SubscriptionForm => &[
            "Newsletter sign-up",
            "Store event RSVP",
            "Club Aurora form",
            "Restock alert form",
        ],
        CampaignType::Trivia => &[
            "Football night trivia",
            "Trivia de verano",
            "Guess the year",
            "Sustainability quiz by SMS",
        ],
        CampaignType::WebTrivia => &[
            "Advent web trivia",
            "Denim know-how",
            "Travel trivia",
            "Back-to-school quiz",
        ],
        CampaignType::Keyword => &[
            "Text AURORA to 25568",
            "Text OFERTA to 25568",
            "Text CLUB to 25568",
        ],
        CampaignType::DigitalCoupon => &[
            "10 € wallet coupon",
            "Coffee on us",
            "Second pair −50 %",
            "Birthday coupon",
        ],
        CampaignType::Raffle => &[
            "Spin to win a weekend",
            "Scratch card Friday",
            "Crack the ice",
            "Slot machine Saturday",
        ],
        CampaignType::MemberCard => &[
            "Club Aurora card",
            "Staff & friends card",
            "Kids' club card",
        ],
        CampaignType::Poll => &["Which colour next?", "Delivery survey", "Store hours poll"],
        CampaignType::WebPoll => &["Checkout satisfaction", "Sizing survey", "Packaging poll"],
        CampaignType::Geofence => &[
            "Gran Vía walk-in offer",
            "Diagonal store radius",
            "Airport shop",
        ],
        CampaignType::Chatbot => &["Order status bot", "Returns assistant", "Gift advisor"],
        _ => &["Interactive"],
    };
    let name = names[n % names.len()];
    if n < names.len() {
        name.to_owned()
    } else {
        format!("{name} {}", n / names.len() + 1)
    }
}

/// Who sends.
pub(super) fn sender(kind: CampaignType, n: usize) -> &'static str {
    let senders: &[&str] = match kind {
        CampaignType::Sms | CampaignType::Keyword | CampaignType::Trivia | CampaignType::Poll => {
            &["25568", "AURORA", "+34 500 000 112"]
        }
        CampaignType::Email => &[
            "news@aurora.example",
            "club@aurora.example",
            "orders@aurora.example",
        ],
        CampaignType::Push | CampaignType::Geofence => {
            &["Aurora iOS", "Aurora Android", "Aurora app"]
        }
        CampaignType::WhatsApp | CampaignType::Chatbot => {
            &["Aurora Retail (WhatsApp)", "Aurora Care"]
        }
        CampaignType::Rcs => &["aurora_retail_agent", "61e9bb8f4a01ea313002dc2d"],
        _ => &["Aurora Retail", "Club Aurora"],
    };
    senders[n % senders.len()]
}

/// The tracked links of a campaign, most tempting first.
pub(super) fn links(n: usize) -> &'static [&'static str] {
    const SETS: [&[&str]; 4] = [
        &[
            "https://shop.aurora.example/new",
            "https://shop.aurora.example/sale",
            "https://shop.aurora.example/stores",
        ],
        &[
            "https://shop.aurora.example/sale?utm_source=reportage&utm_campaign=midseason",
            "https://shop.aurora.example/women/coats",
            "https://shop.aurora.example/men/coats",
            "https://shop.aurora.example/kids",
            "https://shop.aurora.example/help/returns",
        ],
        &["https://aurora.example/l/8f3kq"],
        &[
            "https://shop.aurora.example/club",
            "https://shop.aurora.example/club/points",
        ],
    ];
    SETS[n % SETS.len()]
}
