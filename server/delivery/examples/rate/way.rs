//! The carriers that are measured: their settings, and what is sent through them.

use std::fmt;

use carrier::Settings;
use clap::ValueEnum;
use domain::{
    Channel,
    carrier::Protocol,
    content::{
        Content, EmailContent, PushContent, SmsContent, WhatsAppButton, WhatsAppContent,
        WhatsAppHeader, WhatsAppTemplate,
    },
};
use serde_json::json;

/// Public address of the server that links lead through. Nobody follows them.
pub const BASE: &str = "https://reportage.example";
/// Whom Twilio takes us for.
pub const ACCOUNT_SID: &str = "AC0123456789abcdef0123456789abcdef";
/// Whom Meta takes us for.
pub const PHONE_NUMBER_ID: &str = "106540352242922";
/// Whom Firebase takes us for.
pub const PROJECT: &str = "project-1";
/// An RSA key, which the tests of the carriers use as well.
const KEY_PEM: &str = include_str!("../../../carrier/tests/doubles/sns-test-key.pem");

/// A carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// E-mail by SMTP
    Smtp,
    /// SMS by Twilio
    Twilio,
    /// WhatsApp by Meta
    Meta,
    /// Notifications to browsers
    Webpush,
    /// Notifications to apps
    Fcm,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp => "smtp",
            Self::Twilio => "twilio",
            Self::Meta => "meta",
            Self::Webpush => "webpush",
            Self::Fcm => "fcm",
        })
    }
}

impl Way {
    /// How it is spoken to.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::Smtp => Protocol::Smtp,
            Self::Twilio => Protocol::Twilio,
            Self::Meta => Protocol::MetaWhatsApp,
            Self::Webpush => Protocol::WebPush,
            Self::Fcm => Protocol::Fcm,
        }
    }

    /// What it carries.
    pub fn channel(self) -> Channel {
        match self {
            Self::Smtp => Channel::Email,
            Self::Twilio => Channel::Sms,
            Self::Meta => Channel::WhatsApp,
            Self::Webpush | Self::Fcm => Channel::Push,
        }
    }

    /// Who it comes from.
    pub fn sender(self) -> &'static str {
        match self {
            Self::Smtp => "news@reportage.example",
            Self::Twilio | Self::Meta => "+34910000000",
            Self::Webpush | Self::Fcm => "Shop",
        }
    }

    /// An account at the double on this port.
    pub fn settings(self, port: u16) -> Settings {
        let base = format!("http://127.0.0.1:{port}");
        let none = Settings::default();
        match self {
            Self::Smtp => none
                .with("host", "127.0.0.1")
                .with("port", port.to_string())
                .with("security", "none")
                .with("bounce_address", "bounces@reportage.example"),
            Self::Twilio => none
                .with("account_sid", ACCOUNT_SID)
                .with("auth_token", "token")
                .with("api_base", base),
            Self::Meta => none
                .with("phone_number_id", PHONE_NUMBER_ID)
                .with("waba_id", "102290129340398")
                .with("access_token", "token")
                .with("app_secret", "secret")
                .with("verify_token", "words")
                .with("api_base", base),
            Self::Webpush => none
                .with("subject", "push@reportage.example")
                .with("private_key", carrier::send::push::new_vapid_keys().0)
                .with("allowed_hosts", "127.0.0.1"),
            Self::Fcm => {
                let file = json!({
                    "type": "service_account",
                    "project_id": PROJECT,
                    "private_key_id": "key-1",
                    "private_key": KEY_PEM,
                    "client_email": "sender@project-1.iam.gserviceaccount.com",
                    "token_uri": format!("{base}/token"),
                });
                none.with("service_account", file.to_string())
                    .with("api_base", base)
            }
        }
    }

    /// What it says, with a value of each person and links that are followed.
    pub fn content(self) -> Content {
        match self {
            Self::Smtp => Content::Email(EmailContent {
                from_name: "Shop".to_owned(),
                subject: "{{ name | default(\"Hello\") }}, our autumn offers".to_owned(),
                preheader: "Only until Sunday".to_owned(),
                html: include_str!("newsletter.html").to_owned(),
                ..EmailContent::default()
            }),
            Self::Twilio => Content::Sms(SmsContent {
                text: "Hello {{ name | default(\"you\") }}, your {{ points | default(\"0\") }} points are worth more \
                       this week: https://shop.example/autumn"
                    .to_owned(),
            }),
            Self::Meta => Content::WhatsApp(whatsapp()),
            Self::Webpush | Self::Fcm => Content::Push(PushContent {
                title: "{{ name | default(\"Hello\") }}, our autumn offers".to_owned(),
                body: "Your {{ points | default(\"0\") }} points are worth more this week.".to_owned(),
                link: "https://shop.example/autumn".to_owned(),
                ..PushContent::default()
            }),
        }
    }
}

fn whatsapp() -> WhatsAppContent {
    WhatsAppContent {
        template: WhatsAppTemplate {
            name: "autumn".to_owned(),
            language: "en".to_owned(),
            category: "marketing".to_owned(),
            status: "approved".to_owned(),
            header: WhatsAppHeader::Text {
                text: "Autumn".to_owned(),
            },
            body: "Hello {{1}}, your {{2}} points are worth more this week.".to_owned(),
            footer: "Shop".to_owned(),
            buttons: vec![WhatsAppButton::Url {
                text: "Look".to_owned(),
                url: format!("{BASE}/c/{{{{1}}}}"),
            }],
        },
        body_values: vec![
            "{{ name | default(\"you\") }}".to_owned(),
            "{{ points | default(\"0\") }}".to_owned(),
        ],
        link_values: vec!["https://shop.example/autumn".to_owned()],
        ..WhatsAppContent::default()
    }
}
