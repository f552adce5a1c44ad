//! The simulator's own items: nothing is posted from outside, the engine puts them into the inbox.

pub(super) use crate::send::sandbox::read;
