//! What people and machines do with a delivered message.

use chrono::{DateTime, Duration, Utc};
use domain::{CampaignType, EventKind as K};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{
    behaviour::{APPLE_PREFETCH, COMPLAINED, Channel, IOS_OPEN_DELAY_S, channel},
    catalogue,
    people::{APPLE_PROXY, Mailbox, PREVIEWS, Person, SCANNERS, weighted},
    rhythm::{delay, when_awake},
    tape::{Scene, Tape},
};

/// Opens, clicks, orders, replies, opt-outs and complaints.
pub(super) fn react(
    tape: &mut Tape,
    scene: &Scene,
    delivered: DateTime<Utc>,
    person: &Person,
    appeal: f64,
    rng: &mut ChaCha8Rng,
) {
    let kind = scene.planned.new.campaign_type;
    let figures = channel(kind);
    let likely = |share: f64| (share * appeal).clamp(0.0, 1.0);
    let links = if scene.run.linked {
        catalogue::links(scene.planned.number)
    } else {
        &[]
    };
    machines(tape, kind, delivered, person, links, rng);

    let noticed = noticed(figures, kind, delivered, person, rng);
    // Everyone who clicks has opened; of the rest, as many open as makes the share come out.
    let clicks = !links.is_empty() && rng.random_bool(likely(figures.clicked));
    let opens = figures.opened > 0.0 && (clicks || rng.random_bool(likely(figures.opened)));
    if opens {
        open(tape, kind, noticed, person, rng);
    }
    if clicks {
        let at = noticed + delay(rng, figures.click_delay_s, 1.0);
        click(tape, kind, at, person, links, rng);
        if rng.random_bool(likely(figures.converted)) {
            tape.order(rng, at, person);
        }
    }
    if figures.replied > 0.0 && rng.random_bool(likely(figures.replied)) {
        let at = noticed + delay(rng, 120.0, 1.2);
        tape.add(K::Replied, at).country = Some(person.country.to_owned());
    }
    if rng.random_bool(figures.unsubscribed) {
        let at = noticed + delay(rng, 40.0, 1.0);
        let why = weighted(
            rng,
            &[
                ("too many messages", 0.45),
                ("not relevant", 0.3),
                ("never signed up", 0.1),
                ("STOP", 0.15),
            ],
        );
        tape.add(K::Unsubscribed, at).reason = Some(why.to_owned());
    }
    if kind == CampaignType::Email && rng.random_bool(COMPLAINED) {
        let event = tape.add(K::Complained, noticed + Duration::seconds(30));
        event.raw_status = Some("COMPLAINED".to_owned());
        event.reason = Some("marked as spam".to_owned());
    }
}

/// When the person looks at the message.
fn noticed(
    figures: &Channel,
    kind: CampaignType,
    delivered: DateTime<Utc>,
    person: &Person,
    rng: &mut ChaCha8Rng,
) -> DateTime<Utc> {
    let median = match kind {
        CampaignType::Push if person.iphone => IOS_OPEN_DELAY_S,
        _ => figures.open_delay_s,
    };
    let at = delivered + delay(rng, median, figures.open_delay_sigma);
    when_awake(rng, at)
}

/// Fetches before anyone looks: Apple's proxy, gateways that follow links, link previews.
fn machines(
    tape: &mut Tape,
    kind: CampaignType,
    delivered: DateTime<Utc>,
    person: &Person,
    links: &[&str],
    rng: &mut ChaCha8Rng,
) {
    match kind {
        CampaignType::Email => {
            if person.mailbox == Mailbox::Apple && rng.random_bool(APPLE_PREFETCH) {
                let at = delivered + delay(rng, 2_400.0, 1.4);
                let event = tape.add(K::Opened, at);
                event.raw_status = Some("OPEN".to_owned());
                event.user_agent = Some(APPLE_PROXY.to_owned());
            }
            if person.scanned {
                let agent = SCANNERS[rng.random_range(0..SCANNERS.len())];
                for link in links {
                    let at = delivered + Duration::milliseconds(rng.random_range(600..9_000));
                    let event = tape.add(K::Clicked, at);
                    event.raw_status = Some("CLICK".to_owned());
                    event.link = Some((*link).to_owned());
                    event.user_agent = Some(agent.to_owned());
                }
            }
        }
        CampaignType::WhatsApp | CampaignType::Sms if rng.random_bool(0.01) => {
            if let Some(link) = links.first() {
                let agent = PREVIEWS[rng.random_range(0..PREVIEWS.len())];
                let event = tape.add(K::Clicked, delivered + Duration::seconds(2));
                event.link = Some((*link).to_owned());
                event.user_agent = Some(agent.to_owned());
            }
        }
        _ => {}
    }
}

/// The person opens it, some more than once.
fn open(
    tape: &mut Tape,
    kind: CampaignType,
    at: DateTime<Utc>,
    person: &Person,
    rng: &mut ChaCha8Rng,
) {
    match kind {
        CampaignType::Email => {
            // Apple's proxy has the images already: nobody sees this person open.
            if person.mailbox == Mailbox::Apple {
                return;
            }
            let mut at = at;
            loop {
                tape.act(K::Opened, at, person, person.mail_agent())
                    .raw_status = Some("OPEN".to_owned());
                if !rng.random_bool(0.18) {
                    break;
                }
                let later = Duration::minutes(rng.random_range(20..2_000));
                at = when_awake(rng, at + later);
            }
        }
        CampaignType::Push => {
            let event = tape.add(K::Opened, at);
            event.os = Some(if person.iphone { "iOS" } else { "Android" }.to_owned());
            event.device = Some("mobile".to_owned());
            event.country = Some(person.country.to_owned());
        }
        _ => {
            let event = tape.add(K::Read, at);
            event.raw_status = Some("READ".to_owned());
            event.country = Some(person.country.to_owned());
        }
    }
}

/// The person follows a link, some of them several.
fn click(
    tape: &mut Tape,
    kind: CampaignType,
    at: DateTime<Utc>,
    person: &Person,
    links: &[&str],
    rng: &mut ChaCha8Rng,
) {
    let agent = if kind == CampaignType::Email {
        person.browser()
    } else {
        person.phone_browser()
    };
    let mut at = at;
    for (place, link) in links.iter().enumerate() {
        let go_on = if place == 0 { 0.7 } else { 0.4 };
        let is_last = place + 1 == links.len();
        if is_last || rng.random_bool(go_on) {
            let event = tape.act(K::Clicked, at, person, agent);
            event.link = Some((*link).to_owned());
            if kind == CampaignType::Email {
                event.raw_status = Some("CLICK".to_owned());
            }
            if !rng.random_bool(0.22) {
                return;
            }
            at += Duration::seconds(rng.random_range(8..240));
        }
    }
}
