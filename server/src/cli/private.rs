//! Files that nobody else on the machine can read: the database holds addresses, password hashes and keys.

use std::{fs, io, os::unix::fs::PermissionsExt, path::Path};

use rustix::fs::Mode;
use store::Db;

/// Mode bits of a file for everybody but its owner.
const OTHERS: u32 = 0o077;

/// Whatever this process creates from now on, the files of SQLite and backups among it, belongs to its owner alone.
pub(super) fn from_now_on() {
    rustix::process::umask(Mode::from_raw_mode(OTHERS));
}

/// Takes from others what an earlier version left them: an SQLite file, its log and its index. Where the mode can't be
/// changed, because the file belongs to somebody else, that is said and the program goes on.
pub(super) fn database(url: &str) {
    let Some(file) = Db::sqlite_file(url) else {
        return;
    };
    for end in ["", "-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(end);
        let path = Path::new(&name);
        if let Err(error) = close_to_others(path) {
            tracing::warn!(file = %path.display(), %error, "others can read this file, and its mode can't be changed");
        }
    }
}

fn close_to_others(path: &Path) -> io::Result<()> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mode = found.permissions().mode();
    if !found.is_file() || mode & OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & !OTHERS))
}
