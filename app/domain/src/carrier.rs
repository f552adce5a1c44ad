//! Accounts at the companies that carry messages.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Channel;

/// What is answered to the words by which people stop messages and ask for help, where an account has no words of its own.
const HELP_TEXT: &str = "You get messages from us because you asked for them. Reply STOP to get no more, START to get them again.";
const STOP_TEXT: &str =
    "You are unsubscribed and will get no more messages. Reply START to get them again.";
const START_TEXT: &str =
    "You are subscribed again. Reply HELP for help, STOP to get no more messages.";

/// A field of an account's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Key in the settings.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// What it is or where it is found.
    pub hint: &'static str,
    /// Encrypted at rest, and never shown again.
    pub is_secret: bool,
    /// Whether the account is of no use without it.
    pub is_required: bool,
    /// What holds when it is left empty, as one would write it; empty when nothing does.
    pub standard: &'static str,
    /// The values it may have, with what they mean; empty when any will do. The first is the standard.
    pub choices: &'static [(&'static str, &'static str)],
}

const fn field(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field {
        name,
        label,
        hint,
        is_secret: false,
        is_required: true,
        standard: "",
        choices: &[],
    }
}

const fn optional(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field {
        is_required: false,
        ..field(name, label, hint)
    }
}

/// What one needs only to deviate from the standard.
const fn with_standard(
    name: &'static str,
    label: &'static str,
    standard: &'static str,
    hint: &'static str,
) -> Field {
    Field {
        standard,
        ..optional(name, label, hint)
    }
}

const fn choice(
    name: &'static str,
    label: &'static str,
    choices: &'static [(&'static str, &'static str)],
) -> Field {
    Field {
        choices,
        ..optional(name, label, "")
    }
}

const fn secret(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field {
        is_secret: true,
        ..field(name, label, hint)
    }
}

const fn optional_secret(name: &'static str, label: &'static str, hint: &'static str) -> Field {
    Field {
        is_required: false,
        ..secret(name, label, hint)
    }
}

macro_rules! protocols {
    ($($variant:ident, $wire:literal, $label:literal, [$($channel:ident),*], [$($field:expr),* $(,)?];)*) => {
        /// How an account is spoken to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Protocol {
            $(
                #[doc = $label]
                #[serde(rename = $wire)]
                $variant,
            )*
        }

        impl Protocol {
            /// All of them, in menu order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Wire name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $wire,)* }
            }

            /// Name shown to people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Channels it can send by; none for one that only tells what happened.
            #[must_use]
            pub fn channels(self) -> &'static [Channel] {
                match self { $(Self::$variant => &[$(Channel::$channel),*],)* }
            }

            /// What has to be known of the account.
            #[must_use]
            pub fn fields(self) -> &'static [Field] {
                match self { $(Self::$variant => const { &[$($field),*] },)* }
            }
        }
    };
}

protocols! {
    Sandbox, "sandbox", "Sandbox (simulator)", [Sms, Email, Push, WhatsApp, Rcs], [
        with_standard("seed", "Seed", "1", "The same number gives the same behaviour"),
        with_standard("loss", "Loss, %", "4", "Messages that end as failed"),
        with_standard("latency_ms", "Latency, ms", "20", "Time until a submission is answered"),
        with_standard("uncertain", "Lost answers, %", "0", "Submissions whose answer never arrives"),
        optional("per_second", "Limit a second", "Beyond it submissions are asked to come later"),
        choice("receipts", "Receipts", &[("orderly", "Orderly"), ("wild", "Wild: late, twice and out of order")]),
        choice("answers", "Answer HELP, STOP and START by SMS", &[("on", "Yes, once a number and day"), ("off", "No")]),
        with_standard("help_text", "Answer to HELP", HELP_TEXT, ""),
        with_standard("stop_text", "Answer to STOP", STOP_TEXT, ""),
        with_standard("start_text", "Answer to START", START_TEXT, ""),
    ];
    Smtp, "smtp", "SMTP", [Email], [
        field("host", "Host", "Such as smtp.example.com"),
        optional("port", "Port", "When empty: 587 for STARTTLS, 465 for TLS, 25 without"),
        choice("security", "Security", &[
            ("starttls", "STARTTLS"),
            ("tls", "TLS from the start"),
            ("none", "None: only for a relay on this machine"),
        ]),
        with_standard("connections", "Connections at once, at most", "8", "More carry more mail to a server far away, as far as it allows them"),
        optional("username", "User name", ""),
        optional_secret("password", "Password", ""),
        optional("bounce_address", "Bounce address", "Envelope sender; a + and the message's key go before the @"),
        optional_secret("bounce_token", "Bounce token", "What your mail server shows when it posts a bounce to the webhook"),
    ];
    Twilio, "twilio", "Twilio Messaging", [Sms, WhatsApp, Rcs], [
        field("account_sid", "Account SID", "AC…"),
        secret("auth_token", "Auth token", "Also verifies what Twilio sends"),
        optional("messaging_service_sid", "Messaging service SID", "MG…; needed for RCS"),
        with_standard("api_base", "API address", "https://api.twilio.com", ""),
        choice("answers", "Answer HELP, STOP and START by SMS", &[
            ("off", "No: Twilio does, unless you asked it not to"),
            ("on", "Yes, once a number and day"),
        ]),
        with_standard("help_text", "Answer to HELP", HELP_TEXT, ""),
        with_standard("stop_text", "Answer to STOP", STOP_TEXT, ""),
        with_standard("start_text", "Answer to START", START_TEXT, ""),
    ];
    MetaWhatsApp, "meta_whatsapp", "WhatsApp Cloud API (Meta)", [WhatsApp], [
        field("phone_number_id", "Phone number ID", "WhatsApp › API setup"),
        field("waba_id", "Business account ID", "Where the templates are"),
        secret("access_token", "Access token", "Of a system user"),
        secret("app_secret", "App secret", "Verifies what Meta sends"),
        secret("verify_token", "Verify token", "Any words; Meta asks for them once"),
        with_standard("api_base", "API address", "https://graph.facebook.com/v23.0", ""),
    ];
    WebPush, "web_push", "Web push", [Push], [
        field("subject", "Contact", "mailto: address that push services may write to"),
        optional_secret("private_key", "VAPID private key", "base64url; made for you when empty"),
        optional("public_key", "VAPID public key", "Derived from the private key"),
        optional("allowed_hosts", "Further push services", "Hosts besides those of the large browsers"),
        optional_secret("identity_key", "Identity key", "Your site's server proves with it whose browser it is"),
    ];
    Fcm, "fcm", "Firebase Cloud Messaging", [Push], [
        secret("service_account", "Service account", "The JSON file of the service account"),
        with_standard("api_base", "API address", "https://fcm.googleapis.com", ""),
    ];
    SendGridEvents, "sendgrid_events", "SendGrid events", [], [
        field("public_key", "Verification key", "Mail settings › Event webhook › Signature verification"),
    ];
    SesEvents, "ses_events", "Amazon SES events (SNS)", [], [
        field("topic_arn", "Topic ARN", "Only this topic is believed"),
        optional("certificate_base", "Certificate address", "For a test double; Amazon's own when empty"),
    ];
    MailgunEvents, "mailgun_events", "Mailgun events", [], [
        secret("signing_key", "Webhook signing key", "Sending › Webhooks"),
    ];
    PostmarkEvents, "postmark_events", "Postmark events", [], [
        field("username", "User name", "Part of the webhook's address: https://USER:PASSWORD@…"),
        secret("password", "Password", ""),
    ];
    ResendEvents, "resend_events", "Resend events (Svix)", [], [
        secret("signing_secret", "Signing secret", "whsec_…"),
    ];
    StandardEvents, "standard_events", "Standard Webhooks", [], [
        secret("signing_secret", "Signing secret", "whsec_…, or whpk_… for an ed25519 public key"),
    ];
    RbmEvents, "rbm_events", "Google RCS Business Messaging events", [], [
        secret("client_token", "Client token", "Set with the webhook in the RBM console"),
    ];
    InfobipEvents, "infobip_events", "Infobip reports", [], [
        field("username", "User name", "Basic authentication of the webhook"),
        secret("password", "Password", ""),
    ];
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Protocol {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|protocol| protocol.as_str() == text)
            .ok_or(())
    }
}

/// An account as Settings shows it. Secrets are not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountInfo {
    /// Opaque id.
    pub id: String,
    /// Name given to it.
    pub name: String,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Settings that are no secret.
    pub settings: BTreeMap<String, String>,
    /// Names of the secrets that are set.
    pub secrets: Vec<String>,
    /// Senders it may use: numbers, addresses, agents.
    pub senders: Vec<String>,
    /// Messages a second it takes at most.
    pub per_second: Option<u32>,
    /// Path its events are posted to, such as `/hooks/7f…`.
    pub webhook_path: String,
    /// When the last event came.
    pub last_event_at: Option<DateTime<Utc>>,
    /// Events of the last day.
    pub events_today: u64,
    /// Of these: that could not be understood or verified.
    pub errors_today: u64,
    /// Why it can't be used at the moment, in the carrier's words.
    pub trouble: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An account as an admin gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountForm {
    /// Name.
    pub name: String,
    /// Protocol, by its wire name.
    pub protocol: String,
    /// Settings and secrets by field name. When changing: an absent secret stays.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Senders, one each.
    #[serde(default)]
    pub senders: Vec<String>,
    /// Messages a second at most.
    #[serde(default)]
    pub per_second: Option<u32>,
}

/// Who did what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Address of the person, or `token:` and its name, or `system`.
    pub actor: String,
    /// What, such as `campaign.launched`.
    pub action: String,
    /// To what: name or id.
    pub subject: String,
    /// In more words; no contact data.
    pub detail: String,
}

/// A page of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Pass back to get the next page; none at the end.
    pub next_cursor: Option<String>,
}
