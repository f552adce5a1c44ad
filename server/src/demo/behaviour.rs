//! How people and carriers behave in the demonstration: every figure with where it comes from.
//!
//! "Chosen" marks a figure for which no public source was found; it is a guess that keeps the pages honest.

/// Delivery outcomes and reactions of one channel. Shares are of the line before them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Channel {
    /// Held back before sending, of all messages. Chosen.
    pub unsent: f64,
    /// Failed for good, of the sent.
    pub failed: f64,
    /// Failed for now, of the sent.
    pub soft_failed: f64,
    /// Outcome never reported, of the sent.
    pub silent: f64,
    /// Opened or read by a person, of the delivered.
    pub opened: f64,
    /// Clicked, of the delivered.
    pub clicked: f64,
    /// Replied, of the delivered.
    pub replied: f64,
    /// Opted out, of the delivered.
    pub unsubscribed: f64,
    /// Converted, of those who clicked.
    pub converted: f64,
    /// Median of the time to open or read, in seconds.
    pub open_delay_s: f64,
    /// Spread of that time: sigma of the log-normal distribution.
    pub open_delay_sigma: f64,
    /// Median of the time from the open (SMS: from the delivery) to the click, in seconds. Chosen.
    pub click_delay_s: f64,
}

/// SMS.
///
/// - Delivery: above 95 % is good, <https://www.infobip.com/blog/sms-marketing-benchmarks>; 95 % on repeated
///   sends, <https://help.burstsms.com/support/solutions/articles/44001076747>.
/// - Clicks: 10 to 15 % on average, <https://metricrig.com/answers/sms-marketing-open-rate-benchmark-2026>.
/// - Opt-outs: 0.3 to 0.6 %, <https://textus.com/sms-benchmarks/sms-benchmarks-for-marketing-agencies>.
/// - Replies and the click delay: chosen (the same metricrig page has most texts read within three minutes).
pub(super) const SMS: Channel = Channel {
    unsent: 0.012,
    failed: 0.032,
    soft_failed: 0.0,
    silent: 0.013,
    opened: 0.0,
    clicked: 0.11,
    replied: 0.008,
    unsubscribed: 0.0045,
    converted: 0.10,
    open_delay_s: 180.0,
    open_delay_sigma: 1.6,
    click_delay_s: 600.0,
};

/// Email.
///
/// - Opens: 35 to 36 % on average by every pixel, machines included,
///   <https://www.neverbounce.com/blog/2025-email-benchmark-report-mail-chimp-brevo-etc>. About half of them are
///   Apple's privacy proxy ([`APPLE_PEOPLE`]); what is left for people is this figure.
/// - Clicks: 2 to 3 % in retail; opt-outs: 0.2 %, <https://www.emailmarketingskill.com/appendix-a-benchmarks>.
/// - Hard bounces: 0.09 to 1.3 % by industry,
///   <https://www.contentmx.com/what-are-the-industry-standards-for-open-rate-click-through-rate-and-bounce-rate/>.
///   Soft bounces and replies: chosen.
/// - Conversions: 1 % of newsletters, <https://econsultancy.com/blog/67403-ecommerce-email-marketing-benchmarks-for-2016/>.
/// - Time to open: 53 % within 6 hours, 78 % within a day, 95 % within a week,
///   <https://blog.mailchimp.com/nearly-one-third-of-opens-occur-within-1-hour/>; 21 % within the first hour,
///   <https://chimpmetrics.com/email-opens-by-hour>. A log-normal time with a median of 5 hours and a sigma of
///   2.1 gives 22, 53, 77 and 95 %.
pub(super) const EMAIL: Channel = Channel {
    unsent: 0.008,
    failed: 0.006,
    soft_failed: 0.009,
    silent: 0.006,
    opened: 0.23,
    clicked: 0.025,
    replied: 0.0005,
    unsubscribed: 0.002,
    converted: 0.35,
    open_delay_s: 18_000.0,
    open_delay_sigma: 2.1,
    click_delay_s: 45.0,
};

/// Push.
///
/// - Opens in retail: 3.0 % on Android, 2.5 % on iOS, <https://contentbase.com/blog/push-notification-industry-benchmarks>.
/// - Median time to open: 48 minutes on Android (here), 7 on iOS ([`IOS_OPEN_DELAY_S`]),
///   <http://www.businessofapps.com/push-notifications-android-twice-open-rate-ios/>.
/// - Failures (stale tokens) and missing receipts: chosen.
pub(super) const PUSH: Channel = Channel {
    unsent: 0.006,
    failed: 0.055,
    soft_failed: 0.006,
    silent: 0.06,
    opened: 0.03,
    clicked: 0.012,
    replied: 0.0,
    unsubscribed: 0.001,
    converted: 0.12,
    open_delay_s: 2_880.0,
    open_delay_sigma: 1.8,
    click_delay_s: 12.0,
};

/// WhatsApp.
///
/// - Delivery 92 to 98 %, reads about 68 % measured, clicks 5 to 15 %,
///   <https://richautomate.in/blog/whatsapp-marketing-benchmarks-india-2026>.
/// - Replies, opt-outs and delays: chosen.
pub(super) const WHATSAPP: Channel = Channel {
    unsent: 0.01,
    failed: 0.035,
    soft_failed: 0.0,
    silent: 0.02,
    opened: 0.68,
    clicked: 0.08,
    replied: 0.03,
    unsubscribed: 0.003,
    converted: 0.10,
    open_delay_s: 900.0,
    open_delay_sigma: 1.9,
    click_delay_s: 30.0,
};

/// RCS.
///
/// - Delivery: above 90 % of capable devices, <https://www.mdsmedia.co.in/blog/rcs-messaging-campaign-metrics/>.
/// - Falls back to SMS where the device can't, <https://sureshot.io/blog/rcs/rcs-delivery-performance-and-monitoring/>;
///   the share ([`RCS_FALLBACK`]), reads, clicks and replies: chosen.
pub(super) const RCS: Channel = Channel {
    unsent: 0.01,
    failed: 0.03,
    soft_failed: 0.0,
    silent: 0.03,
    opened: 0.60,
    clicked: 0.10,
    replied: 0.05,
    unsubscribed: 0.003,
    converted: 0.10,
    open_delay_s: 700.0,
    open_delay_sigma: 1.8,
    click_delay_s: 25.0,
};

/// RCS messages that went out as SMS instead. Chosen.
pub(super) const RCS_FALLBACK: f64 = 0.12;

/// Median time to open a push on iOS, in seconds. See [`PUSH`].
pub(super) const IOS_OPEN_DELAY_S: f64 = 420.0;

/// People who read mail in Apple Mail. Such that half of all recorded opens are Apple's, as
/// <https://www.emailmarketingskill.com/appendix-a-benchmarks> has it (50 to 60 %).
pub(super) const APPLE_PEOPLE: f64 = 0.20;

/// Of those, who have the privacy protection on: 90 % or more, <https://help.socketlabs.com/docs/identifying-apple-mpp-opens-in-notification-api-events>.
/// Their mail is fetched whether they open it or not.
pub(super) const APPLE_PREFETCH: f64 = 0.92;

/// People whose mail passes a gateway that follows every link within seconds. The timing is from
/// <https://valuebuildersystem.zendesk.com/hc/en-us/articles/37272981749012>, the share is chosen.
pub(super) const SCANNED_PEOPLE: f64 = 0.03;

/// Complaints, of the delivered: 0.01 to 0.05 %, see the bounces of [`EMAIL`].
pub(super) const COMPLAINED: f64 = 0.0003;

/// Receipts that come a day or more late (handset off, mailbox busy). Chosen.
pub(super) const LATE_RECEIPT: f64 = 0.018;

/// Events a sender repeats although we have them (a lost answer, a retry). Chosen.
pub(super) const REPEATED: f64 = 0.004;

/// Worth of a conversion: median in euros and sigma. Their mean is near the average order of 99.93 dollars in
/// <http://www.marketingprofs.com/charts/2013/11664/e-commerce-benchmarks-email-referral-traffic-and-conversion-rates-drop-in-q2>.
pub(super) const ORDER: (f64, f64) = (72.0, 0.7);

/// How likely people react in each hour of their day: least from 1 to 3 in the morning, rising to a peak at 10 to
/// 11, falling slowly until night, <https://e-strategy.com/2016/01/19/email-open-rates-by-hour-scheduled-2014>.
/// The values between are drawn through these points.
pub(super) const AWAKE: [f64; 24] = [
    0.22, 0.08, 0.06, 0.07, 0.10, 0.20, 0.38, 0.60, 0.78, 0.92, 1.0, 0.98, 0.92, 0.88, 0.84, 0.80,
    0.77, 0.76, 0.78, 0.80, 0.79, 0.72, 0.58, 0.40,
];

/// Mobile operators and their share of lines. Movistar, Vodafone and MasOrange together: 86 %, with DIGI 97.7 %,
/// <https://www.policypulse.pro/article/NwPvHT9lvzxFtvRAGycF>. The split within the three is chosen.
pub(super) const CARRIERS: [(&str, f64); 6] = [
    ("Movistar", 0.28),
    ("Orange", 0.25),
    ("Vodafone", 0.21),
    ("Yoigo", 0.12),
    ("DIGI", 0.117),
    ("Lycamobile", 0.023),
];

/// Where the customers of a Spanish shop live. Chosen.
pub(super) const COUNTRIES: [(&str, f64); 8] = [
    ("ES", 0.76),
    ("PT", 0.07),
    ("FR", 0.05),
    ("IT", 0.05),
    ("DE", 0.03),
    ("GB", 0.02),
    ("MX", 0.01),
    ("US", 0.01),
];

/// Share of iPhones among the handsets. Chosen.
pub(super) const IPHONES: f64 = 0.34;

/// The figures of a messaging channel; those of SMS for anything else.
pub(super) fn channel(kind: domain::CampaignType) -> &'static Channel {
    use domain::CampaignType as T;
    match kind {
        T::Email => &EMAIL,
        T::Push => &PUSH,
        T::WhatsApp => &WHATSAPP,
        T::Rcs => &RCS,
        _ => &SMS,
    }
}
