//! Bytes of a message's state.
//!
//! Format 2 adds when a message was first engaged with by whoever proves that it arrived. Format 1 took every open and click
//! for proof, machines' as well; a state of that time keeps what it had decided.

use domain::message::{Decisive, Lane, LaneState, MessageState, Standing};

use crate::{
    Error, Result,
    codec::{Reader, Writer},
};

const WHAT: &str = "message state";
const FORMAT: u8 = 2;
/// The format without [`MessageState::engaged_us`].
const FORMAT_BEFORE: u8 = 1;

/// Times are written relative to the first lane's first time: a message's life is short.
pub(crate) fn encode(state: &MessageState) -> Vec<u8> {
    let mut out = Writer(Vec::with_capacity(48));
    out.byte(FORMAT);
    out.unsigned(state.lanes.len() as u64);
    let base = state.lanes.first().map_or(0, |lane| lane.first_us);
    out.signed(base);
    for lane in &state.lanes {
        out.byte(lane.lane.code());
        out.unsigned(u64::from(lane.count));
        out.signed(lane.first_us - base);
        out.signed(lane.last_us - lane.first_us);
    }
    match &state.decisive {
        None => out.byte(0),
        Some(held) => {
            out.byte(held.standing as u8);
            out.signed(held.at_us - base);
            out.text(&held.raw);
        }
    }
    match &state.variant {
        None => out.byte(0),
        Some(variant) => {
            out.byte(1);
            out.text(variant);
        }
    }
    out.unsigned(state.values.len() as u64);
    for (currency, units) in &state.values {
        out.text(currency);
        out.signed(*units);
    }
    match state.engaged_us {
        None => out.byte(0),
        Some(at_us) => {
            out.byte(1);
            out.signed(at_us - base);
        }
    }
    out.0
}

pub(crate) fn decode(bytes: &[u8]) -> Result<MessageState> {
    let mut input = Reader::new(bytes, WHAT);
    let format = input.byte()?;
    if ![FORMAT, FORMAT_BEFORE].contains(&format) {
        return Err(Error::Corrupt(WHAT));
    }
    let n_lanes = input.length()?;
    let base = input.signed()?;
    let mut lanes = Vec::with_capacity(n_lanes.min(Lane::COUNT));
    for _ in 0..n_lanes {
        let lane = Lane::from_code(input.byte()?).ok_or(Error::Corrupt(WHAT))?;
        let count = input.count()?;
        let first_us = base + input.signed()?;
        let last_us = first_us + input.signed()?;
        lanes.push(LaneState {
            lane,
            count,
            first_us,
            last_us,
        });
    }
    let decisive = match input.byte()? {
        0 => None,
        code => {
            let standing = *Standing::ALL
                .get(usize::from(code))
                .ok_or(Error::Corrupt(WHAT))?;
            Some(Decisive {
                standing,
                at_us: base + input.signed()?,
                raw: input.text()?,
            })
        }
    };
    let variant = if input.byte()? == 0 {
        None
    } else {
        Some(input.text()?)
    };
    let n_values = input.length()?;
    let mut values = Vec::with_capacity(n_values.min(8));
    for _ in 0..n_values {
        values.push((input.text()?, input.signed()?));
    }
    let engaged_us = if format == FORMAT_BEFORE {
        let engaged = lanes.iter().filter(|held| held.lane.kind().is_engagement());
        engaged.map(|held| held.first_us).min()
    } else if input.byte()? == 0 {
        None
    } else {
        Some(base + input.signed()?)
    };
    Ok(MessageState {
        lanes,
        decisive,
        variant,
        engaged_us,
        values,
    })
}
