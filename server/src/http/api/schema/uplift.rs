//! Campaigns against their holdouts.

use std::borrow::Cow;

use domain::uplift::{Effect, OUTCOMES};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Type,
        schema::{ObjectBuilder, Schema, SchemaType},
    },
};

use super::{report::RateDoc, words};

words! {
    /// Effects.
    EffectDoc, "Effect", Effect::ALL.map(Effect::as_str).into(),
        "What can be said: too_few and open mean nothing yet; negligible, less than a twentieth of the holdout's rate either way";
    /// Outcomes.
    OutcomeKindDoc, "OutcomeKind", OUTCOMES.map(|kind| kind.as_str()).into(),
        "Kinds of events that happen with or without a message";
}

/// A campaign against its holdout.
#[derive(ToSchema)]
#[schema(as = Uplift)]
pub(in crate::http) struct UpliftDoc {
    arms: Vec<UpliftGroupDoc>,
    holdout: UpliftGroupDoc,
    /// The parts are of other sizes than asked for, beyond chance (one in a thousand): believe nothing below then
    is_ratio_off: bool,
    /// By each thing that anybody did
    outcomes: Vec<OutcomeDoc>,
    /// People with `converted` of a message and without `achieved`: they don't count here
    credited: u64,
    /// Keys (of a message and a recipient) of events that belong to nobody of the audience
    strangers: u64,
}

/// A part of the audience.
#[derive(ToSchema)]
#[schema(as = UpliftGroup)]
pub(in crate::http) struct UpliftGroupDoc {
    /// Name of the arm; empty for the holdout
    name: String,
    /// Its part of the audience as it was asked for, in percent
    share: u8,
    /// People assigned to it, written to or not: the base of all rates
    people: u64,
    /// Of these, to whom a message was handed over
    written: u64,
}

/// One outcome.
#[derive(ToSchema)]
#[schema(as = UpliftOutcome)]
pub(in crate::http) struct OutcomeDoc {
    what: OutcomeKindDoc,
    /// Of everyone assigned to an arm
    assigned: RateDoc,
    holdout: RateDoc,
    effect: EffectDoc,
    /// Null as long as a side has nobody
    #[schema(required)]
    difference: Option<DifferenceDoc>,
    /// The observed difference as a part of the holdout's rate; null where nobody of it did it
    #[schema(required)]
    relative: Option<f64>,
    /// In people: the difference times the assigned
    #[schema(required)]
    incremental: Option<DifferenceDoc>,
    /// Each arm against the holdout, where there are several; the intervals hold together
    arms: Vec<ArmUpliftDoc>,
    /// By currency, without an interval
    worth: Vec<WorthUpliftDoc>,
}

/// A difference with the interval that holds at all times. Of rates: as a part of one.
#[derive(ToSchema)]
#[schema(as = Difference)]
pub(in crate::http) struct DifferenceDoc {
    observed: f64,
    low: f64,
    high: f64,
}

/// An arm against the holdout.
#[derive(ToSchema)]
#[schema(as = ArmUplift)]
pub(in crate::http) struct ArmUpliftDoc {
    name: String,
    rate: RateDoc,
    #[schema(required)]
    difference: Option<DifferenceDoc>,
}

/// Worth in one currency.
#[derive(ToSchema)]
#[schema(as = WorthUplift)]
pub(in crate::http) struct WorthUpliftDoc {
    /// ISO 4217; empty when none was named
    currency: String,
    /// A person assigned to an arm
    #[schema(example = "1.25")]
    assigned: String,
    /// A person of the holdout
    #[schema(example = "0.65")]
    holdout: String,
    /// The difference of the two, times the assigned
    #[schema(example = "25479.61")]
    incremental: String,
}
