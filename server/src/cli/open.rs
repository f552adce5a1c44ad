//! Opening the database, with a copy of an SQLite file before its schema changes.

use std::path::{Path, PathBuf};

use store::{Db, Store};

use super::{Failure, private};
use crate::{clock::Clock, config::Common};

/// Opens the database and brings its schema up to date. An SQLite file that is about to change is copied
/// first; the copy stays.
pub(super) async fn store(common: &Common, clock: &Clock) -> Result<Store, Failure> {
    let url = common.database()?;
    private::database(&url);
    back_up_before_migrating(&url, clock).await?;
    Ok(Store::connect(&url).await?)
}

async fn back_up_before_migrating(url: &str, clock: &Clock) -> Result<(), Failure> {
    let db = Db::open(url).await?;
    let pending = db.pending_migrations().await?;
    if let (Db::Sqlite { path, .. }, Some(next)) = (&db, pending.first()) {
        // Nothing was ever in a database that lacks the first migration.
        if *next > 1 {
            let target = copy_name(path, &format!("before-{next:04}"), clock);
            db.backup_to(&target).await?;
            eprintln!(
                "Copied {} to {} before updating it.",
                path.display(),
                target.display()
            );
        }
    }
    db.close().await;
    Ok(())
}

/// A name beside the database file: `reportage.before-0002.20261123T140000Z.db`.
pub(super) fn copy_name(path: &Path, what: &str, clock: &Clock) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let time = clock.now().format("%Y%m%dT%H%M%SZ");
    path.with_file_name(format!("{stem}.{what}.{time}.db"))
}
