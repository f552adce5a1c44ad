//! Writing people: two statements for any number of them.

use serde::Serialize;

use super::{ContactRow, bound, merge::Merge};
use crate::{
    Result, WorkspaceId,
    turn::{Turn, within},
};

/// The fields of a contact as the statements read them.
const FIELDS: &str = "pk bigint, id text, external_id text, name text, name_folded text, phone text, email text, \
    time_zone text, attributes text, consent_sms bigint, consent_email bigint, consent_push bigint, \
    consent_whatsapp bigint, consent_rcs bigint, created_us bigint, updated_us bigint";

/// A contact as the statements read it.
#[derive(Serialize)]
struct Written<'a> {
    pk: i64,
    id: &'a str,
    external_id: Option<&'a str>,
    name: &'a str,
    name_folded: String,
    phone: Option<&'a str>,
    email: Option<&'a str>,
    time_zone: Option<&'a str>,
    attributes: &'a str,
    consent_sms: i64,
    consent_email: i64,
    consent_push: i64,
    consent_whatsapp: i64,
    consent_rcs: i64,
    created_us: i64,
    updated_us: i64,
}

impl<'a> From<&'a ContactRow> for Written<'a> {
    fn from(row: &'a ContactRow) -> Self {
        Self {
            pk: row.pk,
            id: &row.id,
            external_id: row.external_id.as_deref(),
            name: &row.name,
            name_folded: row.name.to_lowercase(),
            phone: row.phone.as_deref(),
            email: row.email.as_deref(),
            time_zone: row.time_zone.as_deref(),
            attributes: &row.attributes,
            consent_sms: row.consent_sms,
            consent_email: row.consent_email,
            consent_push: row.consent_push,
            consent_whatsapp: row.consent_whatsapp,
            consent_rcs: row.consent_rcs,
            created_us: row.created_us,
            updated_us: row.updated_us,
        }
    }
}

impl Turn<'_> {
    /// Writes who is new or changed, and lifts what renewed consents lift.
    pub(super) async fn write_people(&mut self, ws: WorkspaceId, merge: &Merge) -> Result<()> {
        let changed = || merge.people.iter().filter(|somebody| somebody.is_changed);
        let new: Vec<Written<'_>> = changed()
            .filter(|somebody| somebody.is_new())
            .map(|somebody| (&somebody.row).into())
            .collect();
        let old: Vec<Written<'_>> = changed()
            .filter(|somebody| !somebody.is_new())
            .map(|somebody| (&somebody.row).into())
            .collect();
        let update = format!(
            "UPDATE contact SET external_id = v.external_id, name = v.name, name_folded = v.name_folded,
                 phone = v.phone, email = v.email, time_zone = v.time_zone, attributes = v.attributes,
                 consent_sms = v.consent_sms, consent_email = v.consent_email, consent_push = v.consent_push,
                 consent_whatsapp = v.consent_whatsapp, consent_rcs = v.consent_rcs, updated_us = v.updated_us
             FROM ROWS($2: {FIELDS}) v WHERE contact.workspace = $1 AND contact.pk = v.pk"
        );
        let insert = format!(
            "INSERT INTO contact (workspace, id, external_id, name, name_folded, phone, email, time_zone, attributes,
                 consent_sms, consent_email, consent_push, consent_whatsapp, consent_rcs, created_us, updated_us)
             SELECT $1, v.id, v.external_id, v.name, v.name_folded, v.phone, v.email, v.time_zone, v.attributes,
                 v.consent_sms, v.consent_email, v.consent_push, v.consent_whatsapp, v.consent_rcs, v.created_us,
                 v.updated_us
             FROM ROWS($2: {FIELDS}) v"
        );
        for (rows, text) in [(old, update), (new, insert)] {
            if rows.is_empty() {
                continue;
            }
            let (sql, rows) = (self.dialect(&text), bound(&rows)?);
            within!(&mut *self, conn => {
                sqlx::query(sql).bind(ws.0).bind(rows).execute(conn).await?;
            });
        }
        self.lift(ws, &merge.renewed).await
    }
}
