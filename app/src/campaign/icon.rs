//! One icon per channel and type.

use domain::CampaignType;

use crate::ui::IconName;

/// The icon of a type.
#[must_use]
pub fn type_icon(campaign_type: CampaignType) -> IconName {
    match campaign_type {
        CampaignType::Sms => IconName::Text,
        CampaignType::Email => IconName::Mail,
        CampaignType::Push => IconName::Bell,
        CampaignType::WhatsApp => IconName::Chat,
        CampaignType::Rcs => IconName::RichCard,
        CampaignType::ESwipe => IconName::Swipe,
        CampaignType::SubscriptionForm => IconName::Form,
        CampaignType::Trivia | CampaignType::WebTrivia => IconName::Quiz,
        CampaignType::Keyword => IconName::Key,
        CampaignType::DigitalCoupon => IconName::Ticket,
        CampaignType::Raffle => IconName::Gift,
        CampaignType::MemberCard => IconName::Card,
        CampaignType::Poll | CampaignType::WebPoll => IconName::Poll,
        CampaignType::Geofence => IconName::Pin,
        CampaignType::Chatbot => IconName::Robot,
    }
}
