//! Bounces of a real mail server: Debian's postfix, in a folder of its own and on ports of its own.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::Receiver,
};

use carrier::hook::{Notice, Status, read};
use domain::{EventKind, carrier::Protocol as P, contact::SuppressionSource};

use crate::{
    net::{self, DEADLINE, Delivered, Folder, Server},
    support::{items, signed},
};

/// A postfix that sends everything to the double, and the double's mail.
struct Postfix {
    port: u16,
    mail: Receiver<Delivered>,
    // Before its folder: fields are dropped in order.
    _server: Server,
    folder: Folder,
}

/// The program that was started is only a parent of the server: the server itself has to be told.
impl Drop for Postfix {
    fn drop(&mut self) {
        let file = self.folder.path().join("queue/pid/master.pid");
        let pid = fs::read_to_string(file).unwrap_or_default();
        let _ = Command::new("kill").arg(pid.trim()).status();
    }
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
}

/// User id of postfix's own user.
fn postfix_user() -> Option<u32> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.starts_with("postfix:"))?;
    line.split(':').nth(2)?.parse().ok()
}

fn start() -> Option<Postfix> {
    let found = net::find("postfix").zip(postfix_user());
    let is_root = fs::metadata("/proc/self")
        .is_ok_and(|held| std::os::unix::fs::MetadataExt::uid(&held) == 0);
    let Some((postfix, user)) = found.filter(|_| is_root) else {
        println!("SKIPPED: postfix is not installed, or this is not root");
        return None;
    };
    let folder = Folder::new("postfix");
    let (port, (double, mail)) = (net::free_port(), net::mailbox());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["conf", "queue", "data"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    chown(folder.path().join("data"), Some(user), None).unwrap();
    let top = folder.path().display();
    write(
        &folder.path().join("conf/main.cf"),
        &format!(
            "compatibility_level = 3.6\n\
         queue_directory = {top}/queue\n\
         data_directory = {top}/data\n\
         command_directory = /usr/sbin\n\
         daemon_directory = /usr/lib/postfix/sbin\n\
         mail_owner = postfix\n\
         setgid_group = postdrop\n\
         myhostname = relay.example.test\n\
         mydestination = local.example.test\n\
         local_recipient_maps =\n\
         alias_maps =\n\
         mynetworks = 127.0.0.0/8\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         relayhost = [127.0.0.1]:{double}\n\
         smtp_dns_support_level = disabled\n\
         smtp_host_lookup = native\n\
         queue_run_delay = 1s\n\
         minimal_backoff_time = 1s\n\
         maximal_backoff_time = 1s\n\
         delay_warning_time = 1s\n\
         maximal_queue_lifetime = 6s\n\
         bounce_queue_lifetime = 6s\n\
         maillog_file = /dev/stdout\n"
        ),
    );
    let services = [
        format!("127.0.0.1:{port} inet n - n - - smtpd"),
        "pickup unix n - n 60 1 pickup".to_owned(),
        "cleanup unix n - n - 0 cleanup".to_owned(),
        "qmgr unix n - n 1 1 qmgr".to_owned(),
        "rewrite unix - - n - - trivial-rewrite".to_owned(),
        "bounce unix - - n - 0 bounce".to_owned(),
        "defer unix - - n - 0 bounce".to_owned(),
        "trace unix - - n - 0 bounce".to_owned(),
        "smtp unix - - n - - smtp".to_owned(),
        "relay unix - - n - - smtp".to_owned(),
        "error unix - - n - - error".to_owned(),
        "retry unix - - n - - error".to_owned(),
        "local unix - n n - - local".to_owned(),
        "anvil unix - - n - 1 anvil".to_owned(),
        "scache unix - - n - 1 scache".to_owned(),
        "postlog unix-dgram n - n - 1 postlogd".to_owned(),
    ];
    write(
        &folder.path().join("conf/master.cf"),
        &(services.join("\n") + "\n"),
    );
    let log = fs::File::create(folder.path().join("log")).unwrap();
    let mut server = Server::start(
        Command::new(postfix)
            .args(["-c", &format!("{top}/conf"), "start-fg"])
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log),
    );
    server.until_listening(port);
    Some(Postfix {
        port,
        mail,
        _server: server,
        folder,
    })
}

fn text(key: &str) -> String {
    format!(
        "Message-ID: <{key}@example.test>\nFrom: news@example.test\nTo: somebody@example.test\nSubject: Hello\n\nHello.\n"
    )
}

impl Postfix {
    /// Sends as we do: our key in `Message-ID` and, when `is_verp`, in the envelope's sender.
    fn send(&self, key: &str, to: &str, is_verp: bool) {
        let from = if is_verp {
            format!("bounce+{key}@example.test")
        } else {
            "bounce@example.test".to_owned()
        };
        net::send_mail(self.port, &from, to, &text(key));
    }

    /// The next mail to the bounce address, as it would be posted to us.
    fn bounce(&self) -> (String, Status) {
        loop {
            let (to, mail) = self.mail.recv_timeout(DEADLINE).unwrap();
            if !to.starts_with("bounce") {
                continue;
            }
            let kept = items(signed(P::Smtp, &mail).received(P::Smtp));
            assert_eq!(kept, items(signed(P::Smtp, &mail).received(P::Smtp)));
            let told = read(P::Smtp, &kept[0].body).unwrap();
            let [Notice::Status(status)] = &told[..] else {
                panic!("{told:?}\n{}", String::from_utf8_lossy(&mail));
            };
            return (to, (**status).clone());
        }
    }
}

#[test]
fn bounces_of_postfix_are_understood() {
    let Some(postfix) = start() else { return };
    let hard = Some(SuppressionSource::HardFailure);

    // Refused by the other server.
    postfix.send("Key111111", "gone@far.example.test", true);
    let (to, status) = postfix.bounce();
    assert_eq!(to, "bounce+Key111111@example.test");
    assert_eq!(status.message.as_deref(), Some("Key111111"));
    assert_eq!(status.reference.as_deref(), Some("Key111111@example.test"));
    assert_eq!(status.recipient.as_deref(), Some("gone@far.example.test"));
    assert_eq!(
        (status.kind, status.raw.as_str(), status.suppress),
        (Some(EventKind::Failed), "BOUNCED_PERMANENT", hard)
    );
    let reason = status.reason.unwrap();
    assert!(
        reason.contains("no such user here") && !reason.contains('@'),
        "{reason}"
    );
    assert!(status.at.is_some());

    // Unknown to postfix itself, and sent without VERP: the key is in the message that is returned.
    postfix.send("Key222222", "nobody-here@local.example.test", false);
    let (to, status) = postfix.bounce();
    assert_eq!(to, "bounce@example.test");
    assert_eq!(status.message.as_deref(), Some("Key222222"));
    assert_eq!(
        (status.kind, status.suppress),
        (Some(EventKind::Failed), hard)
    );

    // Put off: first a warning, then postfix gives up.
    postfix.send("Key333333", "later@far.example.test", true);
    let (_, status) = postfix.bounce();
    assert_eq!(status.message.as_deref(), Some("Key333333"));
    assert_eq!(
        (status.kind, status.raw.as_str(), status.suppress),
        (Some(EventKind::SoftFailed), "BOUNCED", None)
    );
    let (_, status) = postfix.bounce();
    assert_eq!(status.message.as_deref(), Some("Key333333"));
    assert_eq!(
        (status.kind, status.raw.as_str(), status.suppress),
        (Some(EventKind::Failed), "EXHAUSTED", None)
    );
}
