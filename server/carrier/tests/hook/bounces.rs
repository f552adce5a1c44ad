//! Reports that come back by mail, of servers other than postfix.

use carrier::hook::{Notice, Status, Verdict, read};
use domain::{EventKind as K, carrier::Protocol as P, contact::SuppressionSource as S};

use crate::support::{items, notices, signed};

fn statuses(mail: &str) -> Vec<Status> {
    notices(P::Smtp, mail.replace('\n', "\r\n"))
        .into_iter()
        .map(|notice| match notice {
            Notice::Status(status) => *status,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn report(to: &str, groups: &str, returned: &str) -> String {
    format!(
        "Date: Wed, 25 Nov 2026 09:00:05 +0000\nFrom: MAILER-DAEMON@mx.example.net\nTo: {to}\nMessage-ID: <r1@mx.example.net>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
         --b\n\nYour mail was not delivered.\n--b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example.net\n\n{groups}\n--b\n{returned}\n--b--\n"
    )
}

#[test]
fn every_action_of_a_report_has_its_meaning() {
    for (action, status, said, kind, raw, suppress) in [
        (
            "failed",
            "5.1.1",
            "smtp; 550 5.1.1 unknown",
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
        (
            "failed",
            "5.1.10 (null MX)",
            "smtp; 556",
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
        (
            "failed",
            "5.1.8",
            "smtp; bad sender",
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            None,
        ),
        (
            "failed",
            "5.2.2",
            "smtp; mailbox full",
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            None,
        ),
        (
            "failed",
            "5.7.1",
            "smtp; policy",
            Some(K::Failed),
            "BLOCKED_DUE_BAD_BEHAVIOUR",
            None,
        ),
        (
            "failed",
            "4.4.7",
            "smtp; too long",
            Some(K::Failed),
            "EXHAUSTED",
            None,
        ),
        (
            "failed",
            "5.0.0",
            "smtp; 550 5.1.1 unknown",
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
        (
            "Delayed",
            "4.2.1",
            "smtp; 451 busy",
            Some(K::SoftFailed),
            "BOUNCED",
            None,
        ),
        (
            "delivered",
            "2.0.0",
            "",
            Some(K::Delivered),
            "DELIVERED",
            None,
        ),
        ("relayed", "2.0.0", "", Some(K::Sent), "SENT", None),
        ("teleported", "2.0.0", "", None, "TELEPORTED", None),
    ] {
        let groups = format!(
            "Original-Recipient: rfc822;ana@example.net\nFinal-Recipient: rfc822; x@example.net\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {said}\n"
        );
        let told = statuses(&report("<bounce+Key123456@example.com>", &groups, ""));
        assert_eq!(told.len(), 1);
        let told = &told[0];
        assert_eq!(
            (told.kind, told.raw.as_str(), told.suppress),
            (kind, raw, suppress),
            "{action} {status}"
        );
        assert_eq!(told.message.as_deref(), Some("Key123456"));
        assert_eq!(told.recipient.as_deref(), Some("ana@example.net"));
        assert_eq!(told.at.unwrap().timestamp(), 1_795_597_205);
        assert_eq!(
            told.reason.is_some(),
            matches!(action, "failed" | "Delayed")
        );
    }
}

#[test]
fn a_report_may_be_about_several_and_its_lines_may_be_folded() {
    let groups = "Final-Recipient: rfc822; a@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;\n  550 no\n\tsuch user\n\n\
                  Final-Recipient: rfc822; b@example.net\nAction: delayed\nStatus: 4.0.0\n";
    let told = statuses(&report("bounce+Key123456@example.com", groups, ""));
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].reason.as_deref(), Some("5.1.1 550 no such user"));
    assert_eq!(told[1].recipient.as_deref(), Some("b@example.net"));
}

#[test]
fn without_verp_the_key_is_in_what_is_returned() {
    let group = "Final-Recipient: rfc822; a@example.net\nAction: failed\nStatus: 5.1.1\n";
    for returned in [
        "Content-Type: message/rfc822\n\nFrom: a@example.com\nMessage-ID: <Key123456@example.com>\nSubject: x\n\nHello",
        "Content-Type: text/rfc822-headers\n\nFrom: a@example.com\nMessage-Id: <Key123456@example.com>\nSubject: x",
    ] {
        let told = statuses(&report("bounce@example.com", group, returned));
        assert_eq!(told[0].message.as_deref(), Some("Key123456"), "{returned}");
        assert_eq!(told[0].reference.as_deref(), Some("Key123456@example.com"));
    }
    let strange = "Content-Type: message/rfc822\n\nMessage-ID: <not.ours@example.org>\n\nHello";
    assert_eq!(
        statuses(&report("me+tag@example.com", group, strange))[0].message,
        None,
        "neither address nor id is of our making"
    );
}

#[test]
fn complaints_are_understood() {
    let report = |kind: &str| {
        format!(
            "From: fbl@mail.example.net\nTo: bounce@example.com\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n\
             --b\n\nA complaint.\n--b\nContent-Type: message/feedback-report\n\n\
             Feedback-Type: {kind}\nUser-Agent: Feedback/1.0\nVersion: 1\nOriginal-Rcpt-To: <ana@example.net>\n\
             Original-Mail-From: <bounce+Key123456@example.com>\n\n\
             --b\nContent-Type: message/rfc822\n\nMessage-ID: <x.y@z>\n\nHello\n--b--\n"
        )
    };
    for (kind, expected, raw, suppress) in [
        (
            "abuse",
            Some(K::Complained),
            "COMPLAINED",
            Some(S::Complaint),
        ),
        (
            "fraud",
            Some(K::Complained),
            "COMPLAINED",
            Some(S::Complaint),
        ),
        (
            "opt-out",
            Some(K::Unsubscribed),
            "UNSUBSCRIBED",
            Some(S::User),
        ),
        ("not-spam", None, "NOT-SPAM", None),
    ] {
        let told = &statuses(&report(kind))[0];
        assert_eq!(
            (told.kind, told.raw.as_str(), told.suppress),
            (expected, raw, suppress)
        );
        assert_eq!(told.message.as_deref(), Some("Key123456"));
        assert_eq!(told.recipient.as_deref(), Some("ana@example.net"));
    }
}

#[test]
fn other_mail_to_the_bounce_address_moves_nothing() {
    let holiday = "From: ana@example.net\nTo: bounce+Key123456@example.com\nAuto-Submitted: auto-replied\n\nI am away.\n";
    assert_eq!(statuses(holiday), []);
    let person = "From: ana@example.net\nTo: bounce+Key123456@example.com\nSubject: Hi\n\nPlease write again.\n";
    let kept = items(signed(P::Smtp, person.as_bytes()).received(P::Smtp));
    assert!(read(P::Smtp, &kept[0].body).is_err());
    let exim = "From: Mailer-Daemon@x\nTo: bounce+Key123456@example.com\nX-Failed-Recipients: ana@example.net\nAuto-Submitted: auto-replied\n\n\
                SMTP error from remote mail server: 550 5.1.1 unknown\n";
    let told = &statuses(exim)[0];
    assert_eq!(
        (told.kind, told.suppress, told.message.as_deref()),
        (Some(K::Failed), Some(S::HardFailure), Some("Key123456"))
    );
    assert!(matches!(
        signed(P::Smtp, b"").received(P::Smtp),
        Verdict::Unreadable(_)
    ));
}

/// A bounce without a part that programs read.
fn plain(headers: &str, text: &str) -> String {
    format!(
        "Date: Wed, 25 Nov 2026 09:00:05 +0000\nTo: bounce+Key123456@example.com\nMessage-ID: <p1@mx.example.net>\n{headers}\n\n{text}\n"
    )
}

#[test]
fn a_bounce_in_plain_text_is_read_above_the_copy() {
    const QMAIL: &str = "Hi. This is the qmail-send program at mx.example.net.\n\
        I'm afraid I wasn't able to deliver your message to the following addresses.\n\n\
        <ana@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n\
        --- Below this line is a copy of the message.\n\nReturn-Path: <x@example.com>\nSubject: 550 5.7.1 spf\n";
    let daemon = "From: MAILER-DAEMON@mx.example.net";
    for (headers, text, kind, raw, suppress) in [
        (
            daemon,
            QMAIL,
            K::Failed,
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
        (
            "Return-Path: <>\nFrom: robot@example.net",
            QMAIL,
            K::Failed,
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
        (
            daemon,
            "Your message was not delivered:\n\nmx.example.org: RCPT TO: 550 no such user here",
            K::Failed,
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
        (
            daemon,
            "mx.example.org said: 552 5.2.2 mailbox full",
            K::Failed,
            "BOUNCED_PERMANENT",
            None,
        ),
        (
            daemon,
            "No idea what went wrong.",
            K::Failed,
            "BOUNCED_PERMANENT",
            None,
        ),
        (
            daemon,
            "This is a warning message only. Your message will be retried.\n450 4.2.0 greylisted",
            K::SoftFailed,
            "BOUNCED",
            None,
        ),
        (
            "From: Postmaster@mx.example.net\nAuto-Submitted: auto-replied",
            "<ana@example.com>\n550 5.1.1 user unknown",
            K::Failed,
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
    ] {
        let told = statuses(&plain(headers, text));
        assert_eq!(told.len(), 1, "{headers} {text}");
        assert_eq!(told[0].message.as_deref(), Some("Key123456"));
        assert_eq!(
            (told[0].kind, told[0].raw.as_str(), told[0].suppress),
            (Some(kind), raw, suppress),
            "{headers} {text}"
        );
    }
    assert_eq!(
        statuses(&plain(daemon, QMAIL))[0].reason.as_deref(),
        Some("Sorry, no mailbox here by that name. (#5.1.1)")
    );
}

#[test]
fn an_automatic_answer_is_nothing_and_an_empty_report_is_a_problem() {
    for headers in [
        "From: ana@example.com\nAuto-Submitted: auto-replied",
        "From: ana@example.com\nX-Autoreply: yes\nX-Auto-Response-Suppress: All",
        "Return-Path: <>\nFrom: ana@example.com\nAuto-Submitted: auto-replied (vacation)",
    ] {
        let told = statuses(&plain(headers, "I am away. 550 5.1.1 is my room."));
        assert!(told.is_empty(), "{headers}");
    }
    let empty = report("bounce+Key123456@example.com", "Arrival-Date: today\n", "");
    assert!(read(P::Smtp, empty.replace('\n', "\r\n").as_bytes()).is_err());
}

#[test]
fn comments_are_no_part_of_a_field_and_machines_complain_of_nothing() {
    let group = "Final-Recipient: rfc822; ana@example.com\nAction: failed (bounced)\nStatus: 5.1.1 (bad (really))\n";
    let told = statuses(&report("bounce+Key123456@example.com", group, ""));
    assert_eq!(
        (told[0].kind, told[0].suppress),
        (Some(K::Failed), Some(S::HardFailure))
    );
    let feedback = |kind: &str| {
        format!(
            "From: fbl@example.net\nTo: bounce+Key123456@example.com\nMessage-ID: <f@x>\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\n\n\
             --b\n\nA report.\n--b\nContent-Type: message/feedback-report\n\n\
             Feedback-Type: {kind}\nUser-Agent: X/1\nVersion: 1\n\n--b--\n"
        )
    };
    assert_eq!(statuses(&feedback("abuse"))[0].suppress, Some(S::Complaint));
    for machine in ["auth-failure", "virus"] {
        assert!(statuses(&feedback(machine)).is_empty(), "{machine}");
    }
}
