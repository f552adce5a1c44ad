//! How people go through an interactive campaign, by type.
//!
//! - Short quizzes are finished by 80 to 90 % of those who start, <https://academy.swai.ai/how-quiz-length-affects-user-engagement-rates>
//!   (played or first answer → completed).
//! - Coupons sent by SMS to subscribers are redeemed by 3 to 10 %,
//!   <https://pointofsale.com/study-shows-roi-for-mobile-coupon-redemption/> (product of the coupon's steps).
//! - The rest is chosen.

use domain::{
    CampaignType as T,
    EventKind::{
        Answered, Clicked, Completed, Converted, Delivered, Opened, PassAdded, PassRemoved, Played,
        PrizeAssigned, Received, Redeemed, Sent, Submitted, Visited,
    },
};

/// One step of taking part: what happens, the share of people who get this far from the step before, and the time
/// it takes them (median in seconds; the spread is [`STEP_SIGMA`]).
pub(super) type Step = (domain::EventKind, f64, f64);

/// Spread of the time between two steps. Chosen.
pub(super) const STEP_SIGMA: f64 = 0.9;

const SENT: Step = (Sent, 1.0, 0.0);
const DELIVERED: Step = (Delivered, 0.955, 4.0);

#[rustfmt::skip]
const E_SWIPE: &[Step] = &[
    SENT, DELIVERED, (Clicked, 0.16, 900.0), (Visited, 1.0, 2.0), (Played, 0.86, 14.0),
    (Completed, 0.83, 40.0), (PrizeAssigned, 0.3, 1.0),
];
#[rustfmt::skip]
const SUBSCRIPTION_FORM: &[Step] = &[
    (Visited, 1.0, 0.0), (Played, 0.6, 12.0), (Submitted, 0.7, 75.0), (Completed, 1.0, 1.0),
];
#[rustfmt::skip]
const TRIVIA: &[Step] = &[
    SENT, DELIVERED, (Received, 0.17, 700.0), (Answered, 0.97, 25.0), (Answered, 0.95, 30.0),
    (Answered, 0.95, 30.0), (Completed, 0.97, 2.0), (PrizeAssigned, 0.12, 5.0),
];
#[rustfmt::skip]
const WEB_TRIVIA: &[Step] = &[
    SENT, DELIVERED, (Clicked, 0.15, 900.0), (Visited, 1.0, 2.0), (Played, 0.88, 10.0),
    (Answered, 0.97, 15.0), (Answered, 0.96, 18.0), (Answered, 0.96, 18.0), (Completed, 0.97, 3.0),
    (PrizeAssigned, 0.2, 2.0),
];
#[rustfmt::skip]
const KEYWORD: &[Step] = &[
    (Received, 1.0, 0.0), (Sent, 1.0, 2.0), (Delivered, 0.97, 4.0),
];
#[rustfmt::skip]
const DIGITAL_COUPON: &[Step] = &[
    SENT, DELIVERED, (Clicked, 0.24, 1200.0), (Visited, 1.0, 2.0), (Played, 0.92, 6.0),
    (Completed, 0.85, 15.0), (PassAdded, 0.8, 5.0), (Redeemed, 0.42, 260_000.0),
];
#[rustfmt::skip]
const RAFFLE: &[Step] = &[
    SENT, DELIVERED, (Clicked, 0.18, 900.0), (Visited, 1.0, 2.0), (Played, 0.9, 8.0),
    (Completed, 0.96, 12.0), (PrizeAssigned, 0.18, 1.0),
];
#[rustfmt::skip]
const MEMBER_CARD: &[Step] = &[
    SENT, DELIVERED, (Clicked, 0.26, 1500.0), (Visited, 1.0, 2.0), (Played, 0.9, 8.0),
    (Completed, 0.78, 25.0), (PassAdded, 0.8, 5.0), (PassRemoved, 0.1, 200_000.0),
];
#[rustfmt::skip]
const POLL: &[Step] = &[
    SENT, DELIVERED, (Answered, 0.16, 800.0), (Answered, 0.93, 30.0), (Answered, 0.93, 30.0),
    (Submitted, 1.0, 1.0), (Completed, 1.0, 1.0),
];
#[rustfmt::skip]
const WEB_POLL: &[Step] = &[
    (Visited, 1.0, 0.0), (Played, 0.86, 6.0), (Answered, 0.95, 12.0), (Answered, 0.94, 14.0),
    (Answered, 0.94, 14.0), (Submitted, 0.96, 6.0), (Completed, 1.0, 1.0),
];
#[rustfmt::skip]
const GEOFENCE: &[Step] = &[
    SENT, (Delivered, 0.82, 3.0), (Opened, 0.07, 240.0), (Converted, 0.18, 2400.0),
];
#[rustfmt::skip]
const CHATBOT: &[Step] = &[
    (Received, 1.0, 0.0), (Sent, 1.0, 1.0), (Delivered, 0.99, 1.0), (Received, 0.78, 25.0),
    (Sent, 1.0, 1.0), (Received, 0.6, 30.0), (Completed, 0.75, 20.0),
];

/// The steps of an interactive type; none for a messaging channel.
pub(super) fn journey(kind: T) -> &'static [Step] {
    match kind {
        T::ESwipe => E_SWIPE,
        T::SubscriptionForm => SUBSCRIPTION_FORM,
        T::Trivia => TRIVIA,
        T::WebTrivia => WEB_TRIVIA,
        T::Keyword => KEYWORD,
        T::DigitalCoupon => DIGITAL_COUPON,
        T::Raffle => RAFFLE,
        T::MemberCard => MEMBER_CARD,
        T::Poll => POLL,
        T::WebPoll => WEB_POLL,
        T::Geofence => GEOFENCE,
        T::Chatbot => CHATBOT,
        T::Sms | T::Email | T::Push | T::WhatsApp | T::Rcs => &[],
    }
}
