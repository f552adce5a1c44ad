//! From facts and the states they meet to new states and changes of roll-ups. Pure: both engines use it.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use domain::{
    EventKind, Fact,
    event::Dimension,
    message::{Lane, MessageState},
};

use crate::{
    WorkspaceId,
    rollup::{
        Delta, Family, Key, QUARTERS_PER_DAY, WORKSPACE_DIMENSIONS, add_worth, counts_people,
        day_of, moment, quarter_of,
    },
};

/// A new fact and the integers it was given.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) workspace: WorkspaceId,
    pub(crate) campaign: i64,
    /// Key of the message within the campaign.
    pub(crate) m: i64,
    /// Ordinal of the recipient within the workspace.
    pub(crate) ord: u32,
    /// Number of the fact within the workspace.
    pub(crate) seq: i64,
    pub(crate) fact: Fact,
}

/// A message touched by a batch.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) ord: u32,
    pub(crate) before: MessageState,
    pub(crate) after: MessageState,
}

/// Messages by campaign and key.
pub(crate) type Messages = HashMap<(i64, i64), Touched, RandomState>;
/// Changes by roll-up row.
pub(crate) type Deltas = HashMap<Key, Delta, RandomState>;

/// Applies the facts to `messages` (each must be there with its state before) and returns what changes.
pub(crate) fn fold(facts: &[Placed], messages: &mut Messages) -> Deltas {
    let mut deltas = Deltas::default();
    let mut workspaces: HashMap<i64, WorkspaceId, RandomState> = HashMap::default();
    for placed in facts {
        if let Some(touched) = messages.get_mut(&(placed.campaign, placed.m)) {
            touched.after.apply(&placed.fact);
        }
        workspaces.insert(placed.campaign, placed.workspace);
        count_fact(placed, &mut deltas);
    }
    for ((campaign, _), touched) in &*messages {
        if let Some(workspace) = workspaces.get(campaign) {
            count_message(*campaign, *workspace, touched, &mut deltas);
        }
    }
    deltas
}

/// What a message's new state changes.
pub(crate) fn count_message(
    campaign: i64,
    workspace: WorkspaceId,
    touched: &Touched,
    deltas: &mut Deltas,
) {
    count_moments(campaign, workspace, touched, deltas);
    count_cohort(campaign, touched, deltas);
}

fn row<'d>(
    deltas: &'d mut Deltas,
    scope: i64,
    family: Family,
    bucket: i64,
    value: &str,
) -> &'d mut Delta {
    deltas
        .entry(Key {
            scope,
            family,
            bucket,
            value: value.to_owned(),
        })
        .or_default()
}

fn strip_cell(at_us: i64, slot: u8) -> (u8, u8, String) {
    let quarter = quarter_of(at_us).rem_euclid(QUARTERS_PER_DAY);
    // 96 quarters a day fit a byte.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 ≤ quarter < 96"
    )]
    (quarter as u8, slot, String::new())
}

/// By event time: the fact itself, the person behind it, its dimensions.
pub(crate) fn count_fact(placed: &Placed, deltas: &mut Deltas) {
    let Placed {
        workspace,
        campaign,
        ord,
        fact,
        ..
    } = placed;
    let lane = Lane::of(fact.kind, fact.evidence);
    let scopes = [*campaign, -workspace.0];
    let (day, quarter) = (day_of(fact.at_us), quarter_of(fact.at_us));

    for scope in scopes {
        row(deltas, scope, Family::Strip, day, "").cell(strip_cell(fact.at_us, lane.code()), 1);
    }
    if counts_people(fact.kind) {
        let mut put = |scope, family, bucket| {
            let change = row(deltas, scope, family, bucket, "").lane(lane);
            change.count += 1;
            change.people.push((*ord, 0));
            if let Some((amount, currency)) = &fact.value
                && fact.kind == EventKind::Converted
            {
                add_worth(&mut change.values, currency, amount.0);
            }
        };
        put(*campaign, Family::People, quarter);
        put(-workspace.0, Family::People, quarter);
        put(-workspace.0, Family::PeopleDay, day);
    }
    for dimension in Dimension::ALL {
        let Some(value) = &fact.dimensions[dimension as usize] else {
            continue;
        };
        if !dimension.counts(fact.kind) {
            continue;
        }
        for scope in scopes {
            if scope < 0 && !WORKSPACE_DIMENSIONS.contains(&dimension) {
                continue;
            }
            let change = row(deltas, scope, Family::Dimension(dimension), day, value).lane(lane);
            change.count += 1;
            change.people.push((*ord, 0));
        }
    }
}

/// By event time: messages, each at the moment it reached the state it stands in.
fn count_moments(campaign: i64, workspace: WorkspaceId, touched: &Touched, deltas: &mut Deltas) {
    type Moment = fn(&MessageState) -> Option<i64>;
    let moments: [(u8, Moment); 5] = [
        (moment::QUEUED, MessageState::queued_us),
        (moment::UNSENT, MessageState::unsent_us),
        (moment::SENT, MessageState::sent_us),
        (moment::DELIVERED, MessageState::delivered_us),
        (moment::FAILED, MessageState::failed_us),
    ];
    for (slot, at) in moments {
        let (before, after) = (at(&touched.before), at(&touched.after));
        if before == after {
            continue;
        }
        for (at_us, by) in [(before, -1), (after, 1)] {
            let Some(at_us) = at_us else { continue };
            for scope in [campaign, -workspace.0] {
                row(deltas, scope, Family::Strip, day_of(at_us), "")
                    .cell(strip_cell(at_us, slot), by);
            }
        }
    }
}

/// By send time: everything the message is, in the bucket it was sent in. When it turns out to have been
/// sent earlier, or in another variant, all of it moves.
fn count_cohort(campaign: i64, touched: &Touched, deltas: &mut Deltas) {
    let place = |state: &MessageState| {
        state
            .cohort_us()
            .map(|at| (quarter_of(at), state.variant.clone().unwrap_or_default()))
    };
    let (from, to) = (place(&touched.before), place(&touched.after));
    let nothing = MessageState::default();
    let (before, after) = (&touched.before, &touched.after);
    if let (Some(_), Some(bucket)) = (&from, &to)
        && from == to
    {
        contribute(campaign, bucket, before, after, touched.ord, deltas);
        return;
    }
    if let Some(bucket) = &from {
        contribute(campaign, bucket, before, &nothing, touched.ord, deltas);
    }
    if let Some(bucket) = &to {
        contribute(campaign, bucket, &nothing, after, touched.ord, deltas);
    }
}

/// The difference between two states of one message, in one cohort row.
fn contribute(
    campaign: i64,
    (bucket, variant): &(i64, String),
    before: &MessageState,
    after: &MessageState,
    ord: u32,
    deltas: &mut Deltas,
) {
    let delta = row(deltas, campaign, Family::Cohort, *bucket, variant);
    let cell = |state: &MessageState| {
        let held = state.decisive.as_ref()?;
        Some((
            held.standing as u8,
            state.engagement() as u8,
            held.raw.clone(),
        ))
    };
    let (old, new) = (cell(before), cell(after));
    if old != new {
        if let Some(cell) = old {
            delta.cell(cell, -1);
        }
        if let Some(cell) = new {
            delta.cell(cell, 1);
        }
    }
    let mut old = before.lanes.iter().peekable();
    for held in &after.lanes {
        // Every lane a state has had it keeps: the lanes before are among the lanes after, unless all of
        // the message leaves this row.
        let before = old
            .next_if(|old| old.lane == held.lane)
            .map_or(0, |old| old.count);
        change_lane(
            delta,
            held.lane,
            ord,
            i64::from(before),
            i64::from(held.count),
        );
    }
    for gone in old {
        change_lane(delta, gone.lane, ord, i64::from(gone.count), 0);
    }
    if before.values != after.values {
        let change = delta.lane(Lane::human(EventKind::Converted));
        for (state, sign) in [(before, -1), (after, 1)] {
            for (currency, units) in &state.values {
                add_worth(&mut change.values, currency, sign * units);
            }
        }
    }
}

fn change_lane(delta: &mut Delta, lane: Lane, ord: u32, before: i64, after: i64) {
    if before == after {
        return;
    }
    let change = delta.lane(lane);
    change.count += after - before;
    if counts_people(lane.kind()) && (before == 0) != (after == 0) {
        change.people.push((ord, if after > 0 { 1 } else { -1 }));
    }
}
