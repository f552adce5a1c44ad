//! Messages and their states.

use domain::message::MessageState;
use rusqlite::{CachedStatement, Transaction, params};

use super::super::fold::{Deltas, Placed, Touched, count_message};
use crate::{Result, state};

/// The table of messages.
pub(super) struct MessageTable<'a> {
    find: CachedStatement<'a>,
    insert: CachedStatement<'a>,
    update: CachedStatement<'a>,
}

/// The message that holds a key.
struct Holder {
    message: String,
    recipient: String,
    state: MessageState,
    is_new: bool,
}

impl<'a> MessageTable<'a> {
    pub(super) fn new(tx: &'a Transaction) -> Result<Self> {
        Ok(Self {
            find: tx.prepare_cached(
                "SELECT message, recipient, state FROM message WHERE campaign = ?1 AND m = ?2",
            )?,
            insert: tx.prepare_cached(
                "INSERT INTO message (campaign, m, message, recipient, ord, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?,
            update: tx
                .prepare_cached("UPDATE message SET state = ?3 WHERE campaign = ?1 AND m = ?2")?,
        })
    }

    /// Takes the facts that have this key into the message that holds it; the first takes a free key. Facts of other
    /// messages go to `others`, by the place given with them.
    pub(super) fn settle<'f>(
        &mut self,
        (campaign, m): (i64, i64),
        facts: impl Iterator<Item = (usize, &'f Placed)>,
        deltas: &mut Deltas,
        others: &mut Vec<usize>,
    ) -> Result<()> {
        let mut facts = facts.peekable();
        let Some((_, first)) = facts.peek() else {
            return Ok(());
        };
        let holder = self.holder((campaign, m), first)?;
        let workspace = first.workspace;
        let mut touched = None;
        for (at, placed) in facts {
            let is_same =
                placed.fact.message == holder.message && placed.fact.recipient == holder.recipient;
            if !is_same {
                others.push(at);
                continue;
            }
            let touched = touched.get_or_insert_with(|| Touched {
                ord: placed.ord,
                before: holder.state.clone(),
                after: holder.state.clone(),
            });
            touched.after.apply(&placed.fact);
        }
        let Some(touched) = touched else {
            return Ok(());
        };
        let bytes = state::encode(&touched.after);
        if holder.is_new {
            let Holder {
                message, recipient, ..
            } = holder;
            let row = params![campaign, m, message, recipient, touched.ord, bytes];
            self.insert.execute(row)?;
        } else {
            self.update.execute(params![campaign, m, bytes])?;
        }
        count_message(campaign, workspace, &touched, deltas);
        Ok(())
    }

    /// Whose key it is; that of `first` when it is free.
    fn holder(&mut self, key: (i64, i64), first: &Placed) -> Result<Holder> {
        let mut rows = self.find.query([key.0, key.1])?;
        Ok(match rows.next()? {
            None => Holder {
                message: first.fact.message.clone(),
                recipient: first.fact.recipient.clone(),
                state: MessageState::default(),
                is_new: true,
            },
            Some(row) => Holder {
                message: row.get(0)?,
                recipient: row.get(1)?,
                state: state::decode(row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?)?,
                is_new: false,
            },
        })
    }
}
