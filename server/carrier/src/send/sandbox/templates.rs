//! Templates of the simulated WhatsApp business account, the same for every account, and what is wrong with a message by
//! one. Codes are Meta's (Cloud API, error codes).

use std::sync::LazyLock;

use domain::{
    EventKind,
    content::{
        WhatsAppButton, WhatsAppHeader, WhatsAppTemplate,
        whatsapp::{has_header_value, link_start, placeholders},
    },
};

use crate::{Submission, WhatsAppBody, WhatsAppValue};

const FOOTER: &str = "Reply STOP to opt out";

static ALL: LazyLock<Vec<WhatsAppTemplate>> = LazyLock::new(make);

/// All of them, by name and language.
pub(super) fn all() -> &'static [WhatsAppTemplate] {
    &ALL
}

fn make() -> Vec<WhatsAppTemplate> {
    let mut all = order_ready().to_vec();
    all.extend([
        winter_sale("en", "approved"),
        winter_sale("de", "pending"),
        WhatsAppTemplate {
            body: "Welcome to Aurora! You will hear from us when something new is in the shop, never more than once a week."
                .to_owned(),
            footer: FOOTER.to_owned(),
            ..template("welcome", "en", "marketing", "approved")
        },
        WhatsAppTemplate {
            header: WhatsAppHeader::Document,
            body: "Hello {{1}}, here is your invoice of {{2}}.".to_owned(),
            ..template("invoice", "en", "utility", "approved")
        },
        WhatsAppTemplate {
            header: WhatsAppHeader::Video,
            body: "A look at the new collection.".to_owned(),
            footer: FOOTER.to_owned(),
            buttons: vec![reply("Stop promotions")],
            ..template("lookbook", "en", "marketing", "disabled")
        },
        WhatsAppTemplate {
            body: "You have WON!!! Answer at once, {{1}}".to_owned(),
            ..template("you_have_won", "en", "marketing", "rejected")
        },
        WhatsAppTemplate {
            body: "Only this weekend, {{1}}: two for the price of one.".to_owned(),
            footer: FOOTER.to_owned(),
            buttons: vec![link("To the shop", "https://aurora.example/weekend")],
            ..template("weekend_flash", "en", "marketing", "paused")
        },
    ]);
    all.sort_by(|a, b| (&a.name, &a.language).cmp(&(&b.name, &b.language)));
    all
}

fn template(name: &str, language: &str, category: &str, status: &str) -> WhatsAppTemplate {
    WhatsAppTemplate {
        name: name.to_owned(),
        language: language.to_owned(),
        category: category.to_owned(),
        status: status.to_owned(),
        ..WhatsAppTemplate::default()
    }
}

/// The one with everything in it.
fn order_ready() -> [WhatsAppTemplate; 3] {
    let told = [
        (
            "en",
            "Order {{1}}",
            "Hi {{1}}, your parcel *is ready* at {{2}}.\nBring a document with your name on it.",
            "Aurora, your shop around the corner",
            ["Thanks", "Where it is", "Call us"],
        ),
        (
            "es",
            "Pedido {{1}}",
            "Hola {{1}}: tu paquete *está listo* en {{2}}.\nTrae un documento con tu nombre.",
            "Aurora, tu tienda de la esquina",
            ["Gracias", "Dónde está", "Llámanos"],
        ),
        (
            "pt_BR",
            "Pedido {{1}}",
            "Oi {{1}}, seu pacote *está pronto* em {{2}}.\nTraga um documento com o seu nome.",
            "Aurora, a loja da esquina",
            ["Obrigado", "Onde está", "Ligue para nós"],
        ),
    ];
    told.map(
        |(language, header, body, footer, [thanks, place, call])| WhatsAppTemplate {
            header: WhatsAppHeader::Text {
                text: header.to_owned(),
            },
            body: body.to_owned(),
            footer: footer.to_owned(),
            buttons: vec![
                reply(thanks),
                link(place, "https://aurora.example/orders/{{1}}"),
                WhatsAppButton::Phone {
                    text: call.to_owned(),
                    number: "+34910000000".to_owned(),
                },
            ],
            ..template("order_ready", language, "utility", "approved")
        },
    )
}

fn winter_sale(language: &str, status: &str) -> WhatsAppTemplate {
    let (body, footer, [see, stop]) = match language {
        "de" => (
            "*{{1}} auf alles*, nur bis {{2}}.\n~Vorjahresmäntel~ _Neue Mäntel_ mit dem Code ```WINTER20```.",
            "STOP beendet die Nachrichten",
            ["Zu den Mänteln", "Keine Werbung mehr"],
        ),
        _ => (
            "*{{1}} off everything*, only until {{2}}.\n~Last year's coats~ _New coats_ with the code ```WINTER20```.",
            FOOTER,
            ["See the coats", "Stop promotions"],
        ),
    };
    WhatsAppTemplate {
        header: WhatsAppHeader::Image,
        body: body.to_owned(),
        footer: footer.to_owned(),
        buttons: vec![link(see, "https://aurora.example/coats"), reply(stop)],
        ..template("winter_sale", language, "marketing", status)
    }
}

fn reply(text: &str) -> WhatsAppButton {
    WhatsAppButton::QuickReply {
        text: text.to_owned(),
    }
}

fn link(text: &str, url: &str) -> WhatsAppButton {
    WhatsAppButton::Url {
        text: text.to_owned(),
        url: url.to_owned(),
    }
}

/// Why Meta would not take a message; none when it would. What the message says of its template is not believed.
pub(super) fn refusal(body: &WhatsAppBody) -> Option<Submission> {
    let wanted = &body.template;
    let held = all()
        .iter()
        .find(|held| (&held.name, &held.language) == (&wanted.name, &wanted.language));
    let (raw, reason) = match held {
        None => (
            "132001",
            "the account has no such template in this language",
        ),
        Some(held) => match held.status.as_str() {
            "approved" if is_filled(held, body) => return None,
            "approved" => (
                "INCOMPLETE",
                "the template wants other values than were given",
            ),
            "paused" => ("132015", "the template is paused for its quality"),
            "disabled" => ("132016", "the template is disabled for its quality"),
            // To those who send, what isn't approved does not exist.
            _ => ("132001", "the template is not approved in this language"),
        },
    };
    Some(Submission::Refused {
        kind: EventKind::Unsent,
        raw: raw.to_owned(),
        reason: reason.to_owned(),
        suppress: None,
        is_device_gone: false,
    })
}

/// Whether there is a value for each placeholder, and none besides.
fn is_filled(held: &WhatsAppTemplate, body: &WhatsAppBody) -> bool {
    let (mut headers, mut bodies, mut links) = (0, 0, Vec::new());
    for value in &body.values {
        let (WhatsAppValue::Header(text)
        | WhatsAppValue::Body(text)
        | WhatsAppValue::Link(_, text)) = value;
        if text.trim().is_empty() {
            return false;
        }
        match value {
            WhatsAppValue::Header(_) => headers += 1,
            WhatsAppValue::Body(_) => bodies += 1,
            WhatsAppValue::Link(place, _) => links.push(*place),
        }
    }
    let open = (0..).zip(&held.buttons).filter_map(|(place, button)| {
        let is_open =
            matches!(button, WhatsAppButton::Url { url, .. } if link_start(url).is_some());
        is_open.then_some(place)
    });
    let has_media = match held.header {
        WhatsAppHeader::Image | WhatsAppHeader::Video | WhatsAppHeader::Document => {
            !body.media.is_empty()
        }
        WhatsAppHeader::None | WhatsAppHeader::Text { .. } => true,
    };
    headers == usize::from(has_header_value(held))
        && bodies == placeholders(&held.body).len()
        && links == open.collect::<Vec<u32>>()
        && has_media
}
