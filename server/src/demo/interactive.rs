//! How one person takes part in an interactive campaign.

use chrono::{DateTime, Duration, Utc};
use domain::{CampaignType, Event, EventKind as K};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{
    catalogue,
    journey::{STEP_SIGMA, journey},
    people::Person,
    rhythm::{delay, when_awake},
    tape::{Scene, Tape},
};

/// Answers people give, by question. Invented.
const ANSWERS: [[&str; 3]; 3] = [
    ["Yes", "No", "Not sure"],
    ["Blue", "Green", "Red"],
    ["Every week", "Every month", "Rarely"],
];
/// Prizes of raffles and quizzes. Invented.
const PRIZES: [&str; 3] = ["5 € voucher", "Tote bag", "Weekend in Lisbon"];

/// Everything the `i`th person does.
pub(super) fn participant(
    scene: &Scene,
    i: u32,
    person: &Person,
    rng: &mut ChaCha8Rng,
) -> Vec<Event> {
    let kind = scene.planned.new.campaign_type;
    let steps = journey(kind);
    // Those who get a message of ours are heard of by it; the others come by themselves.
    let invited = steps.first().is_some_and(|(first, _, _)| *first == K::Sent);
    let message = invited.then(|| format!("msg-{}-{i:06}", scene.ids));
    let recipient = if kind == CampaignType::Geofence {
        person.device()
    } else {
        person.phone()
    };
    let mut tape = Tape::new(scene, i, recipient, message);

    let mut at = arrival(scene, i, invited, rng);
    let mut questions = 0;
    for (step, go_on, median_s) in steps {
        let by_appeal = matches!(step, K::Clicked | K::Received | K::Opened) && *go_on < 0.5;
        let share = if by_appeal {
            go_on * scene.run.appeal
        } else {
            *go_on
        };
        if share < 1.0 && !rng.random_bool(share.clamp(0.0, 1.0)) {
            break;
        }
        if *median_s > 0.0 {
            at += delay(rng, *median_s, STEP_SIGMA);
        }
        if *median_s > 300.0 {
            at = when_awake(rng, at);
        }
        record(&mut tape, *step, at, person, (scene, &mut questions), rng);
    }
    tape.finish()
}

/// When the person is written to, or comes by.
fn arrival(scene: &Scene, i: u32, invited: bool, rng: &mut ChaCha8Rng) -> DateTime<Utc> {
    let run = scene.run;
    if invited && !run.steady {
        // Everyone is written to within the first hours.
        return run.starts
            + Duration::seconds(i64::from(i) * 9_000 / i64::from(run.audience.max(1)));
    }
    let anywhere = rng.random_range(0..run.lasts.num_seconds().max(1));
    when_awake(rng, run.starts + Duration::seconds(anywhere))
}

/// Writes one step down with its details.
fn record(
    tape: &mut Tape,
    step: K,
    at: DateTime<Utc>,
    person: &Person,
    (scene, questions): (&Scene, &mut usize),
    rng: &mut ChaCha8Rng,
) {
    let country = Some(person.country.to_owned());
    match step {
        K::Sent => tape.add(step, at).raw_status = Some("SENT".to_owned()),
        K::Delivered => {
            let event = tape.add(step, at);
            event.raw_status = Some("DELIVRD".to_owned());
            event.carrier = Some(person.carrier.to_owned());
        }
        K::Clicked => {
            let link = catalogue::links(scene.planned.number + 2)[0].to_owned();
            tape.act(step, at, person, person.phone_browser()).link = Some(link);
        }
        K::Visited | K::Played | K::Submitted | K::Completed => {
            tape.act(step, at, person, person.phone_browser());
        }
        K::Answered => {
            let choices = ANSWERS[*questions % ANSWERS.len()];
            let answer = choices[rng.random_range(0..choices.len())];
            *questions += 1;
            let event = tape.add(step, at);
            event.country = country;
            event.props = Some(format!(r#"{{"question":{questions},"answer":"{answer}"}}"#));
        }
        K::PrizeAssigned => {
            let prize = PRIZES[rng.random_range(0..PRIZES.len())];
            tape.add(step, at).props = Some(format!(r#"{{"prize":"{prize}"}}"#));
        }
        K::PassAdded | K::PassRemoved => {
            let event = tape.add(step, at);
            event.os = Some(if person.iphone { "iOS" } else { "Android" }.to_owned());
            event.country = country;
        }
        K::Converted => tape.order(rng, at, person),
        _ => tape.add(step, at).country = country,
    }
}
