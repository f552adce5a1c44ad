use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Campaign, CampaignKind, CampaignStatus, CampaignType, Channel, EventKind, Evidence, Fact,
    Refusal, ReportQuery,
    audience::{Audience, FollowUp},
    campaign::{CampaignPatch, NewCampaign},
    carrier::Protocol,
    contact::{Consent, NewContact, SuppressionSource},
    content::{Content, ContentLink, SmsContent, Variant},
    money::Amount,
    sending::{Control, Draft, HeldDecision, Launch, Pace, Phase, Progress, Step, Window},
    uplift::{Part, Trial},
};

use super::*;
use crate::{
    AccountRow, AccountValues, RecipientQuery, Store, WorkspaceId,
    testing::{stores, workspace},
};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn later(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

async fn account(store: &Store, ws: WorkspaceId, name: &str) -> AccountRow {
    let values = AccountValues {
        name: name.to_owned(),
        protocol: Protocol::Sandbox,
        settings: BTreeMap::new(),
        secrets: Vec::new(),
        secret_names: Vec::new(),
        senders: Vec::new(),
        per_second: None,
    };
    store.create_account(ws, &values, now()).await.unwrap()
}

/// So many contacts who agreed to text messages, numbered from 0.
async fn contacts(store: &Store, ws: WorkspaceId, n: usize) {
    let new = (0..n).map(|i| NewContact {
        name: Some(format!("Person {i}")),
        phone: Some(number(i)),
        consents: BTreeMap::from([(Channel::Sms, Consent::Subscribed)]),
        ..NewContact::default()
    });
    store
        .upsert_contacts(ws, new.collect(), None, now())
        .await
        .unwrap();
}

fn number(i: usize) -> String {
    format!("+34600{i:06}")
}

fn variant(name: &str, share: u8) -> Variant {
    Variant {
        name: name.to_owned(),
        share,
        content: Content::Sms(SmsContent {
            text: format!("Hello from {name}"),
        }),
    }
}

async fn pending(store: &Store, ws: WorkspaceId) -> Campaign {
    let new = NewCampaign {
        name: "Autumn".to_owned(),
        kind: CampaignKind::Messaging,
        campaign_type: CampaignType::Sms,
        ..NewCampaign::default()
    };
    store.create_sending(ws, new, now()).await.unwrap()
}

fn draft(account: &AccountRow) -> Draft {
    Draft {
        account: Some(account.id.clone()),
        sender: "+34910".to_owned(),
        audience: Audience::Everyone,
        variants: vec![variant("A", 100)],
        ..Draft::default()
    }
}

async fn saved(store: &Store, ws: WorkspaceId, draft: &Draft) -> Campaign {
    let campaign = pending(store, ws).await;
    let info = store
        .save_draft(ws, &campaign.id, Step::Message, "Autumn", draft, now())
        .await
        .unwrap();
    info.campaign
}

fn prepared() -> Prepared {
    Prepared {
        revision: 1,
        links: vec![ContentLink {
            variant: "A".to_owned(),
            position: 1,
            url: "https://example.org/".to_owned(),
            label: "here".to_owned(),
            is_tracked: true,
        }],
        audience_list: None,
    }
}

/// A launched campaign with its whole audience in the outbox.
async fn launched(store: &Store, ws: WorkspaceId, draft: &Draft) -> (Campaign, i64) {
    let campaign = saved(store, ws, draft).await;
    let campaign = store
        .launch(ws, &campaign.id, Launch::Now, &prepared(), "ann", now())
        .await
        .unwrap();
    let pk = store.sending(ws, &campaign.id).await.unwrap().pk;
    while !store.expand_step(ws, pk, 40, now()).await.unwrap().is_done {}
    (campaign, pk)
}

async fn take(
    store: &Store,
    ws: WorkspaceId,
    campaign: i64,
    worker: &str,
    limit: u32,
    at: DateTime<Utc>,
) -> Vec<Claimed> {
    let claim = Claim {
        worker,
        workspace: ws,
        campaign,
        channel: Channel::Sms,
        window: None,
        limit,
        lease: TimeDelta::seconds(60),
    };
    store.claim(&claim, at).await.unwrap()
}

fn handed(claimed: &Claimed, outcome: Outcome) -> Handed {
    Handed {
        pk: claimed.pk,
        attempt: claimed.attempt,
        outcome,
        suppress: None,
        is_device_gone: false,
    }
}

fn submitted() -> Outcome {
    Outcome::Submitted {
        reference: None,
        raw: "SENT".to_owned(),
    }
}

async fn progress(store: &Store, ws: WorkspaceId, id: &str) -> Progress {
    store.progress(ws, id, later(5)).await.unwrap().unwrap()
}

async fn tell_all(store: &Store) {
    while store.tell(100, later(5)).await.unwrap() > 0 {}
}

fn is_conflict<T: std::fmt::Debug>(outcome: Result<T>) -> bool {
    matches!(outcome.unwrap_err(), Error::Refused(Refusal::Conflict(_)))
}

#[tokio::test]
async fn a_draft_is_saved_step_by_step_and_nobody_overwrites_anybody() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        let campaign = pending(&store, ws).await;
        let info = store.sending(ws, &campaign.id).await.unwrap();
        assert_eq!((info.draft.revision, info.phase), (0, Phase::Draft));

        let first = store
            .save_draft(
                ws,
                &campaign.id,
                Step::Detail,
                "Winter",
                &draft(&account),
                now(),
            )
            .await
            .unwrap();
        assert_eq!(first.campaign.name, "Winter");
        assert_eq!(first.campaign.sender, "+34910");
        assert_eq!(
            (first.draft.revision, &first.draft.saved[..]),
            (1, &[Step::Detail][..])
        );
        let second = store
            .save_draft(
                ws,
                &campaign.id,
                Step::Message,
                "Winter",
                &first.draft,
                now(),
            )
            .await
            .unwrap();
        assert_eq!(second.draft.saved, [Step::Detail, Step::Message]);
        // Made from the first revision: somebody else was faster.
        let stale = store
            .save_draft(
                ws,
                &campaign.id,
                Step::Message,
                "Spring",
                &first.draft,
                now(),
            )
            .await;
        assert!(is_conflict(stale));
        assert_eq!(
            store.campaign(ws, &campaign.id).await.unwrap().name,
            "Winter"
        );
        let other = workspace(&store, "UTC").await;
        assert!(store.sending(other, &campaign.id).await.is_err());
    }
}

#[tokio::test]
async fn a_campaign_of_another_platform_stays_as_it_is() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let new = NewCampaign {
            name: "Theirs".to_owned(),
            kind: CampaignKind::Messaging,
            campaign_type: CampaignType::Email,
            status: Some(CampaignStatus::InProgress),
            ..NewCampaign::default()
        };
        let theirs = store.create_campaign(ws, new, now()).await.unwrap().0;
        assert_eq!(store.progress(ws, &theirs.id, now()).await.unwrap(), None);
        assert!(is_conflict(store.sending(ws, &theirs.id).await));
        assert!(is_conflict(
            store
                .control(ws, &theirs.id, Control::Suspend, "ann", now())
                .await
        ));
        let patch = CampaignPatch {
            status: Some(CampaignStatus::Completed),
            ..CampaignPatch::default()
        };
        let done = store
            .update_campaign(ws, &theirs.id, patch, now())
            .await
            .unwrap();
        assert_eq!(done.status, CampaignStatus::Completed);
    }
}

#[tokio::test]
async fn launching_twice_is_launching_once() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        let campaign = saved(&store, ws, &draft(&account)).await;
        let by_decree = CampaignPatch {
            status: Some(CampaignStatus::InProgress),
            ..CampaignPatch::default()
        };
        assert!(is_conflict(
            store
                .update_campaign(ws, &campaign.id, by_decree, now())
                .await
        ));
        let stale = Prepared {
            revision: 0,
            ..prepared()
        };
        assert!(is_conflict(
            store
                .launch(ws, &campaign.id, Launch::Now, &stale, "ann", now())
                .await
        ));
        let prepared = prepared();
        let launch = || store.launch(ws, &campaign.id, Launch::Now, &prepared, "ann", now());
        let (one, two) = tokio::join!(launch(), launch());
        assert_eq!(one.unwrap().status, CampaignStatus::InProgress);
        assert_eq!(two.unwrap().status, CampaignStatus::InProgress);
        let info = store.sending(ws, &campaign.id).await.unwrap();
        assert_eq!(info.phase, Phase::Preparing);
        assert_eq!(store.links_of(info.pk).await.unwrap().len(), 1);
        let audit = store.audit_page(ws, None, 10).await.unwrap();
        let actions: Vec<_> = audit
            .entries
            .iter()
            .map(|entry| entry.action.as_str())
            .collect();
        assert_eq!(actions, ["campaign.launched"]);
        // What is launched is frozen, and is not deleted.
        assert!(is_conflict(
            store
                .save_draft(ws, &campaign.id, Step::Message, "X", &info.draft, now())
                .await
        ));
        assert!(store.delete_campaign(ws, &campaign.id).await.is_err());
    }
}

#[tokio::test]
async fn a_scheduled_campaign_is_due_and_can_be_held_back() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        let campaign = saved(&store, ws, &draft(&account)).await;
        let at = Launch::At { at: later(60) };
        let past = Launch::At { at: now() };
        let nothing = Prepared::default();
        let launch = |launch| store.launch(ws, &campaign.id, launch, &nothing, "ann", now());
        assert!(launch(past).await.is_err());
        let scheduled = launch(at).await.unwrap();
        assert_eq!(scheduled.status, CampaignStatus::Scheduled);
        assert_eq!(store.due_scheduled(now(), 10).await.unwrap(), []);
        let due = store.due_scheduled(later(60), 10).await.unwrap();
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].campaign, campaign.id);
        store
            .unschedule(ws, &campaign.id, "The audience is empty.", later(60))
            .await
            .unwrap();
        let info = store.sending(ws, &campaign.id).await.unwrap();
        assert_eq!(info.campaign.status, CampaignStatus::Pending);
        assert_eq!(info.campaign.scheduled_at, None);
        assert_eq!(info.trouble.as_deref(), Some("The audience is empty."));
        // Again, and then not after all.
        launch(at).await.unwrap();
        let left = launch(Launch::Later).await.unwrap();
        assert_eq!(
            (left.status, left.scheduled_at),
            (CampaignStatus::Pending, None)
        );
        store.delete_campaign(ws, &campaign.id).await.unwrap();
        assert!(
            store
                .due_scheduled(later(600), 10)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test]
async fn an_audience_becomes_rows_that_add_up() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 300).await;
        // One is suppressed, one left, one never agreed, one has no number.
        store
            .suppress(
                ws,
                Channel::Sms,
                &number(7),
                SuppressionSource::Complaint,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        store
            .set_consent(ws, Channel::Sms, &number(8), Consent::Unsubscribed, now())
            .await
            .unwrap();
        let more = ["+34700000001"].map(|phone| NewContact {
            phone: Some(phone.to_owned()),
            ..NewContact::default()
        });
        store
            .upsert_contacts(ws, more.into(), None, now())
            .await
            .unwrap();
        let mailbox = NewContact {
            email: Some("a@example.org".to_owned()),
            ..NewContact::default()
        };
        store
            .upsert_contacts(ws, vec![mailbox], None, now())
            .await
            .unwrap();
        let draft = Draft {
            variants: vec![variant("A", 40), variant("B", 40)],
            holdout: 20,
            ..draft(&account)
        };
        let (campaign, pk) = launched(&store, ws, &draft).await;
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!(found.phase, Phase::Sending);
        assert_eq!((found.recipients, found.unsent), (301, 3));
        assert_eq!(found.waiting + found.held_out, 298);
        assert!((35..90).contains(&found.held_out), "{found:?}");
        // The arm of a contact doesn't depend on when it is asked for.
        let mut arms = BTreeMap::new();
        for claimed in take(&store, ws, pk, "w", 500, now()).await {
            *arms.entry(claimed.variant.clone()).or_insert(0) += 1;
        }
        assert_eq!(arms.values().sum::<u64>(), found.waiting);
        assert!(arms["A"] > 80 && arms["B"] > 80, "{arms:?}");
        assert_eq!(expand::arm(&draft, pk, 5), expand::arm(&draft, pk, 5));
    }
}

#[tokio::test]
async fn whoever_left_meanwhile_is_not_written_to() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 10).await;
        let (campaign, pk) = launched(&store, ws, &draft(&account)).await;
        store
            .suppress(
                ws,
                Channel::Sms,
                &number(1),
                SuppressionSource::Stop,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        store
            .set_consent(ws, Channel::Sms, &number(2), Consent::Unsubscribed, now())
            .await
            .unwrap();
        let claimed = take(&store, ws, pk, "w", 100, now()).await;
        let addresses: Vec<_> = claimed
            .iter()
            .map(|claimed| claimed.address.as_str())
            .collect();
        assert_eq!(addresses.len(), 8);
        assert!(
            !addresses.contains(&number(1).as_str()) && !addresses.contains(&number(2).as_str())
        );
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!((found.claimed, found.unsent, found.recipients), (8, 2, 10));
    }
}

#[tokio::test]
async fn a_message_is_with_one_worker_and_its_fate_is_recorded_once() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 6).await;
        let (campaign, pk) = launched(&store, ws, &draft(&account)).await;
        let (one, two) = tokio::join!(
            take(&store, ws, pk, "one", 4, now()),
            take(&store, ws, pk, "two", 4, now())
        );
        let mut keys: Vec<_> = one.iter().chain(&two).map(|claimed| claimed.pk).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!((keys.len(), one.len() + two.len()), (6, 6));

        let (worker, mine) = if one.len() >= 2 {
            ("one", &one)
        } else {
            ("two", &two)
        };
        let other = if worker == "one" { "two" } else { "one" };
        let fate = [handed(&mine[0], submitted())];
        assert_eq!(
            store.record(other, &fate, now()).await.unwrap(),
            0,
            "not theirs"
        );
        assert_eq!(store.record(worker, &fate, now()).await.unwrap(), 1);
        assert_eq!(
            store.record(worker, &fate, now()).await.unwrap(),
            0,
            "a second time"
        );

        // Whoever doesn't come back leaves uncertain messages; the truth still counts when it comes late.
        assert_eq!(store.expire_leases(later(30)).await.unwrap(), 0);
        assert_eq!(store.expire_leases(later(61)).await.unwrap(), 5);
        assert_eq!(take(&store, ws, pk, "three", 9, later(61)).await.len(), 0);
        let fate = [handed(&mine[1], submitted())];
        assert_eq!(store.record(worker, &fate, later(62)).await.unwrap(), 1);
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!((found.submitted, found.uncertain), (2, 4));
        tell_all(&store).await;
        assert_eq!(store.finish(later(63)).await.unwrap(), 1);
        let campaign = store.campaign(ws, &campaign.id).await.unwrap();
        assert_eq!(campaign.status, CampaignStatus::Completed);
    }
}

#[tokio::test]
async fn what_carriers_say_is_recorded_with_what_follows_from_it() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 6).await;
        let (campaign, pk) = launched(&store, ws, &draft(&account)).await;
        let claimed = take(&store, ws, pk, "w", 6, now()).await;
        let word = |raw: &str| (raw.to_owned(), "because".to_owned());
        let ((raw, reason), (raw2, reason2)) = (word("UNDELIV"), word("BLACKLISTED"));
        let mut fates = vec![
            handed(
                &claimed[0],
                Outcome::Submitted {
                    reference: Some("SM1".to_owned()),
                    raw: "QUEUED".to_owned(),
                },
            ),
            handed(&claimed[1], Outcome::Failed { raw, reason }),
            handed(
                &claimed[2],
                Outcome::Unsent {
                    raw: raw2,
                    reason: reason2,
                },
            ),
            handed(
                &claimed[3],
                Outcome::Again {
                    due: later(30),
                    reason: "busy".to_owned(),
                    counts: true,
                },
            ),
            handed(&claimed[4], Outcome::NotBegun),
            handed(
                &claimed[5],
                Outcome::Uncertain {
                    reason: "lost".to_owned(),
                },
            ),
        ];
        fates[2].suppress = Some((Channel::Sms, SuppressionSource::Carrier));
        assert_eq!(store.record("w", &fates, now()).await.unwrap(), 6);
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!(
            (
                found.submitted,
                found.failed,
                found.unsent,
                found.waiting,
                found.uncertain
            ),
            (1, 1, 1, 2, 1)
        );
        let by_id = store
            .messages_by_reference(account.pk, &["SM1".to_owned()])
            .await
            .unwrap();
        assert_eq!(by_id[0].message, claimed[0].message);
        let blocked = store
            .suppressions(ws, None, "", true, None, 10)
            .await
            .unwrap();
        assert_eq!(blocked.entries[0].address, claimed[2].address);
        assert_eq!(
            blocked.entries[0].campaign.as_deref(),
            Some(campaign.id.as_str())
        );

        // What wasn't begun is the first attempt again; what is to come later is the second, later.
        let again = take(&store, ws, pk, "w", 6, now()).await;
        assert_eq!((again.len(), again[0].attempt), (1, 1));
        let again = take(&store, ws, pk, "w", 6, later(30)).await;
        assert_eq!((again.len(), again[0].attempt), (1, 2));

        tell_all(&store).await;
        tell_all(&store).await;
        let history = store
            .history(ws, &campaign.id, &claimed[1].message, None)
            .await
            .unwrap();
        let kinds: Vec<_> = history.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(kinds, ["failed"]);
        assert_eq!(history[0].detail.as_deref(), Some("because"));
    }
}

#[tokio::test]
async fn suspending_keeps_everything_and_cancelling_ends_it() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 10).await;
        let (campaign, pk) = launched(&store, ws, &draft(&account)).await;
        let claimed = take(&store, ws, pk, "w", 2, now()).await;
        let control = |control| store.control(ws, &campaign.id, control, "ann", now());
        control(Control::Suspend).await.unwrap();
        assert!(is_conflict(control(Control::Suspend).await));
        assert_eq!(take(&store, ws, pk, "w", 10, now()).await.len(), 0);
        assert_eq!(store.active().await.unwrap().len(), 0);
        assert_eq!(store.finish(now()).await.unwrap(), 0);
        control(Control::Resume).await.unwrap();
        assert!(
            store
                .suspend_for_trouble(ws, pk, "Wrong password.", now())
                .await
                .unwrap()
        );
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!(
            (found.phase, found.trouble.as_deref()),
            (Phase::Suspended, Some("Wrong password."))
        );
        control(Control::Resume).await.unwrap();
        assert_eq!(progress(&store, ws, &campaign.id).await.trouble, None);
        assert_eq!(take(&store, ws, pk, "w", 3, now()).await.len(), 3);

        control(Control::CancelRest).await.unwrap();
        let status = store.campaign(ws, &campaign.id).await.unwrap().status;
        assert_eq!(status, CampaignStatus::Completed);
        // One that was with a worker and is to be tried again is cancelled with the rest.
        let again = Outcome::Again {
            due: now(),
            reason: String::new(),
            counts: true,
        };
        let fates = [handed(&claimed[0], submitted()), handed(&claimed[1], again)];
        store.record("w", &fates, now()).await.unwrap();
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!(
            (
                found.submitted,
                found.cancelled,
                found.claimed,
                found.waiting
            ),
            (1, 6, 3, 0)
        );
        assert_eq!(found.recipients, 10);
        assert!(is_conflict(control(Control::Resume).await));
        tell_all(&store).await;
        let report = store
            .report(ws, &campaign.id, &ReportQuery::default(), later(9))
            .await
            .unwrap();
        let text = serde_json::to_string(&report).unwrap();
        assert!(text.contains("CANCELLED"), "{text}");
    }
}

/// A launched campaign to 100 people, of whom 40 are in the outbox, one of them suppressed, and 10 with a worker.
async fn half_prepared(
    store: &Store,
    ws: WorkspaceId,
    draft: &Draft,
) -> (Campaign, i64, Vec<Claimed>) {
    let campaign = saved(store, ws, draft).await;
    for n in [3, 77] {
        store
            .suppress(
                ws,
                Channel::Sms,
                &number(n),
                SuppressionSource::User,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
    }
    let (launch, prepared) = (Launch::Now, prepared());
    let launched = store.launch(ws, &campaign.id, launch, &prepared, "ann", now());
    let campaign = launched.await.unwrap();
    let pk = store.sending(ws, &campaign.id).await.unwrap().pk;
    assert_eq!(
        store.expand_step(ws, pk, 40, now()).await.unwrap().added,
        40
    );
    let claimed = take(store, ws, pk, "w", 10, now()).await;
    (campaign, pk, claimed)
}

#[tokio::test]
async fn cancelled_early_a_campaign_still_accounts_for_everybody() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 100).await;
        let mut draft = draft(&account);
        draft.variants = vec![variant("A", 80)];
        draft.holdout = 20;
        let (campaign, pk, claimed) = half_prepared(&store, ws, &draft).await;
        let control = |control| store.control(ws, &campaign.id, control, "ann", now());
        control(Control::CancelRest).await.unwrap();
        let fates: Vec<_> = claimed
            .iter()
            .map(|claimed| handed(claimed, submitted()))
            .collect();
        store.record("w", &fates, now()).await.unwrap();

        // For everybody it is over; the rest of the audience is still being written down.
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!((found.phase, found.recipients), (Phase::Done, 40));
        let status = store.campaign(ws, &campaign.id).await.unwrap().status;
        assert_eq!(status, CampaignStatus::Completed);
        assert!(is_conflict(control(Control::Resume).await));
        assert!(is_conflict(control(Control::CancelRest).await));
        assert!(store.active().await.unwrap().is_empty());
        assert_eq!(store.expanding().await.unwrap(), [(ws, pk)]);
        while !store.expand_step(ws, pk, 40, now()).await.unwrap().is_done {
            assert_eq!(take(&store, ws, pk, "w", 10, now()).await.len(), 0);
        }
        assert!(store.expanding().await.unwrap().is_empty());
        assert_eq!(
            store.expand_step(ws, pk, 40, now()).await.unwrap(),
            Expanded::default()
        );

        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!((found.phase, found.recipients), (Phase::Done, 100));
        assert_eq!((found.submitted, found.unsent, found.waiting), (10, 2, 0));
        assert_eq!(found.cancelled + found.held_out, 88);
        assert!((5..40).contains(&found.held_out), "{found:?}");
        tell_all(&store).await;
        let card = store.card(ws, &campaign.id).await.unwrap().figures;
        assert_eq!((card.recipients, card.sent), (100 - found.held_out, 10));
    }
}

#[tokio::test]
async fn what_is_sent_again_after_an_early_cancel_goes_out() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 100).await;
        let (campaign, pk, claimed) = half_prepared(&store, ws, &draft(&account)).await;
        let reason = String::new();
        let fates = [handed(&claimed[0], Outcome::Uncertain { reason })];
        store.record("w", &fates, now()).await.unwrap();
        let cancel = Control::CancelRest;
        store
            .control(ws, &campaign.id, cancel, "ann", now())
            .await
            .unwrap();
        let again = HeldDecision::SendAgain;
        let decided = store
            .decide_held(ws, &campaign.id, &[], again, "ann", now())
            .await;
        assert_eq!(decided.unwrap(), 1);
        while !store.expand_step(ws, pk, 40, now()).await.unwrap().is_done {}
        let taken = take(&store, ws, pk, "w", 100, now()).await;
        let messages: Vec<_> = taken.iter().map(|taken| &taken.message).collect();
        assert_eq!(
            messages,
            [&claimed[0].message],
            "that one, and none of the cancelled"
        );
        let fates: Vec<_> = claimed[1..]
            .iter()
            .chain(&taken)
            .map(|claimed| handed(claimed, submitted()))
            .collect();
        store.record("w", &fates, now()).await.unwrap();
        tell_all(&store).await;
        assert_eq!(store.finish(now()).await.unwrap(), 1);
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!((found.phase, found.recipients), (Phase::Done, 100));
        assert_eq!(
            (found.submitted, found.unsent, found.cancelled),
            (10, 2, 88)
        );
    }
}

#[tokio::test]
async fn an_audience_whose_list_is_gone_is_refused_and_can_be_cancelled() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 100).await;
        let list = store.create_list(ws, "Everybody", now()).await.unwrap().id;
        let phones = (0..100).map(|n| NewContact {
            phone: Some(number(n)),
            ..NewContact::default()
        });
        store
            .upsert_contacts(ws, phones.collect(), Some(&list), now())
            .await
            .unwrap();
        let mut draft = draft(&account);
        draft.audience = Audience::List { list: list.clone() };
        let (campaign, pk, _) = half_prepared(&store, ws, &draft).await;
        store.delete_list(ws, &list).await.unwrap();
        let refused = store.expand_step(ws, pk, 40, now()).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
        let cancel = Control::CancelRest;
        store
            .control(ws, &campaign.id, cancel, "ann", now())
            .await
            .unwrap();
        // Nobody knows any more whom else it would have reached.
        assert!(store.expand_step(ws, pk, 40, now()).await.unwrap().is_done);
        assert!(store.expanding().await.unwrap().is_empty());
        assert_eq!(progress(&store, ws, &campaign.id).await.recipients, 40);
    }
}

#[tokio::test]
async fn held_messages_wait_for_a_decision() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 4).await;
        let (campaign, pk) = launched(&store, ws, &draft(&account)).await;
        let claimed = take(&store, ws, pk, "w", 4, now()).await;
        let lost = || Outcome::Uncertain {
            reason: "The answer was lost.".to_owned(),
        };
        let fates: Vec<_> = claimed
            .iter()
            .map(|claimed| handed(claimed, lost()))
            .collect();
        store.record("w", &fates, now()).await.unwrap();
        tell_all(&store).await;
        assert_eq!(
            store.finish(later(1)).await.unwrap(),
            1,
            "uncertain ones don't hold it"
        );
        let held = store.held(ws, &campaign.id, 200).await.unwrap();
        assert_eq!(
            (held.len(), held[0].reason.as_str()),
            (4, "The answer was lost.")
        );
        let decide = |message: &str, decision| {
            let messages = vec![message.to_owned()];
            let (store, id) = (store.clone(), campaign.id.clone());
            async move {
                store
                    .decide_held(ws, &id, &messages, decision, "ann", later(2))
                    .await
                    .unwrap()
            }
        };
        assert_eq!(decide(&held[0].message, HeldDecision::TakeAsSent).await, 1);
        assert_eq!(decide(&held[1].message, HeldDecision::GiveUp).await, 1);
        assert_eq!(decide(&held[2].message, HeldDecision::SendAgain).await, 1);
        assert_eq!(
            decide(&held[0].message, HeldDecision::SendAgain).await,
            0,
            "decided already"
        );
        // A late truth doesn't overrule a person.
        store.record("w", &fates, later(3)).await.unwrap();
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!(
            (
                found.submitted,
                found.unsent,
                found.waiting,
                found.uncertain
            ),
            (1, 1, 1, 1)
        );
        assert_eq!(take(&store, ws, pk, "w", 4, later(3)).await.len(), 1);

        // The provider is asked about the last one, ever more rarely, and answers in the end.
        let due = store.uncertain_due(10, later(3)).await.unwrap();
        assert_eq!(due.len(), 1);
        store.resolve(&due[0], None, later(3)).await.unwrap();
        assert_eq!(store.uncertain_due(10, later(4)).await.unwrap().len(), 0);
        let due = store.uncertain_due(10, later(9)).await.unwrap();
        store
            .resolve(&due[0], Some(&submitted()), later(9))
            .await
            .unwrap();
        assert_eq!(progress(&store, ws, &campaign.id).await.uncertain, 0);
    }
}

#[tokio::test]
async fn nobody_is_woken_outside_the_window() {
    for store in stores().await {
        let ws = workspace(&store, "Europe/Madrid").await;
        let account = account(&store, ws, "a").await;
        // It is 16:13 in Madrid, 10:13 in New York.
        let people = [(number(0), None), (number(1), Some("America/New_York"))];
        let people = people.map(|(phone, zone)| NewContact {
            phone: Some(phone),
            time_zone: zone.map(str::to_owned),
            consents: BTreeMap::from([(Channel::Sms, Consent::Subscribed)]),
            ..NewContact::default()
        });
        store
            .upsert_contacts(ws, people.into(), None, now())
            .await
            .unwrap();
        let window = Some(Window {
            from_minute: 15 * 60,
            to_minute: 18 * 60,
        });
        let draft = Draft {
            pace: Pace {
                window,
                per_second: None,
            },
            ..draft(&account)
        };
        let (_, pk) = launched(&store, ws, &draft).await;
        let claim = |at| {
            let store = store.clone();
            async move {
                let claim = Claim {
                    worker: "w",
                    workspace: ws,
                    campaign: pk,
                    channel: Channel::Sms,
                    window,
                    limit: 10,
                    lease: TimeDelta::seconds(60),
                };
                let claimed = store.claim(&claim, at).await.unwrap();
                claimed
                    .into_iter()
                    .map(|claimed| claimed.address)
                    .collect::<Vec<_>>()
            }
        };
        assert_eq!(claim(now()).await, [number(0)]);
        // Due at 15:00 in New York; a worker that comes late finds the window closed and waits for the next day.
        let hours = |h: i64| now() + TimeDelta::minutes(h * 60 - 13);
        assert!(claim(hours(4)).await.is_empty());
        assert!(claim(hours(9)).await.is_empty());
        assert!(claim(hours(20)).await.is_empty());
        assert_eq!(claim(hours(30)).await, [number(1)]);
    }
}

#[tokio::test]
async fn what_a_carrier_posts_is_kept_once_and_understood_once() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 2).await;
        let (campaign, pk) = launched(&store, ws, &draft(&account)).await;
        let claimed = take(&store, ws, pk, "w", 2, now()).await;
        let lost = Outcome::Uncertain {
            reason: String::new(),
        };
        store
            .record("w", &[handed(&claimed[0], lost)], now())
            .await
            .unwrap();

        let item = |key: &str, at| (key.to_owned(), vec![0, 255, b'"', b'\n'], at);
        let items = [item("1", now()), item("2", now()), item("3", later(60))];
        assert_eq!(
            store
                .inbox_put(ws, account.pk, &items, now())
                .await
                .unwrap(),
            3
        );
        assert_eq!(
            store
                .inbox_put(ws, account.pk, &items, now())
                .await
                .unwrap(),
            0
        );
        let new = store.inbox_new(10, now()).await.unwrap();
        assert_eq!(new.len(), 2, "the third is for later");
        assert_eq!(new[0].body, items[0].1);
        assert_eq!(new[0].protocol, Some(Protocol::Sandbox));
        let shown = store.account(ws, &account.id).await.unwrap();
        assert_eq!(shown.last_event_at, Some(now()));

        let address = claimed[0].address.clone();
        let effects = [
            InboxEffects {
                pk: new[0].pk,
                is_understood: true,
                proofs: vec![Proof {
                    message: claimed[0].message.clone(),
                }],
                suppress: vec![Suppress {
                    workspace: ws,
                    channel: Channel::Sms,
                    address: address.clone(),
                    source: SuppressionSource::Stop,
                    reason: None,
                    campaign: Some(pk),
                }],
                consents: vec![ConsentChange {
                    workspace: ws,
                    channel: Channel::Sms,
                    address: address.clone(),
                    is_subscribed: false,
                    source: SuppressionSource::Stop,
                    campaign: Some(pk),
                    at: now(),
                }],
                replies: vec![NewReply {
                    workspace: ws,
                    campaign: Some(pk),
                    channel: Channel::Sms,
                    sender: address.clone(),
                    text: "STOP".to_owned(),
                    keyword: Some("stop"),
                    at: now(),
                }],
                ..InboxEffects::default()
            },
            InboxEffects {
                pk: new[1].pk,
                problem: Some("odd".to_owned()),
                ..InboxEffects::default()
            },
        ];
        // Two servers understand the same item.
        let (one, two) = tokio::join!(
            store.inbox_apply(&effects, now()),
            store.inbox_apply(&effects, now())
        );
        (one.unwrap(), two.unwrap()).clone_from(&((), ()));
        assert_eq!(store.replies(ws, &campaign.id, 10).await.unwrap().len(), 1);
        let found = progress(&store, ws, &campaign.id).await;
        assert_eq!(
            (found.submitted, found.uncertain),
            (1, 0),
            "the receipt proves it"
        );
        assert_eq!(
            store
                .suppressions(ws, None, "", true, None, 10)
                .await
                .unwrap()
                .entries
                .len(),
            1
        );
        let last = store
            .last_message_to(ws, Channel::Sms, &address)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((last.campaign, &last.message), (pk, &claimed[0].message));

        // They come back; and what wasn't understood is tried again.
        let start = InboxEffects {
            pk: new[1].pk,
            is_understood: true,
            consents: vec![ConsentChange {
                workspace: ws,
                channel: Channel::Sms,
                address,
                is_subscribed: true,
                source: SuppressionSource::User,
                campaign: None,
                at: now() + TimeDelta::seconds(1),
            }],
            ..InboxEffects::default()
        };
        assert!(store.inbox_new(10, now()).await.unwrap().is_empty());
        assert_eq!(
            store
                .inbox_retry("odd", now() - TimeDelta::minutes(10))
                .await
                .unwrap(),
            1
        );
        assert_eq!(store.inbox_new(10, now()).await.unwrap().len(), 1);
        store.inbox_apply(&[start], now()).await.unwrap();
        assert!(
            store
                .suppressions(ws, None, "", true, None, 10)
                .await
                .unwrap()
                .entries
                .is_empty()
        );
        assert_eq!(store.inbox_next().await.unwrap(), Some(later(60)));
    }
}

#[tokio::test]
async fn short_links_and_keys_stay_what_they_are() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 1).await;
        let (_, pk) = launched(&store, ws, &draft(&account)).await;
        let link = store.links_of(pk).await.unwrap().remove(0);
        assert_eq!(
            store.link(link.pk).await.unwrap().unwrap().url,
            "https://example.org/"
        );
        let wanted = [("m1", link.pk), ("m2", link.pk)];
        let codes = store.short_links_for(&wanted).await.unwrap();
        assert_eq!(
            store.short_links_for(&wanted).await.unwrap(),
            codes,
            "a second attempt"
        );
        let code = &codes[&("m2".to_owned(), link.pk)];
        assert_eq!(code.len(), 11);
        let found = store.short_link(code).await.unwrap();
        assert_eq!(found, Some(("m2".to_owned(), link.pk)));
        assert_eq!(store.short_link("nothing").await.unwrap(), None);

        let (one, two) = tokio::join!(store.signing_keys(now()), store.signing_keys(now()));
        assert!(!one.unwrap().is_empty() && !two.unwrap().is_empty());
        let keys = store.signing_keys(now()).await.unwrap();
        store.rotate_signing_key(now()).await.unwrap();
        let more = store.signing_keys(now()).await.unwrap();
        assert_eq!(more[..keys.len()], keys);
        assert_eq!(
            (more.len(), more.last().unwrap().1.len()),
            (keys.len() + 1, 32)
        );
    }
}

#[tokio::test]
async fn those_who_did_not_open_get_a_campaign_of_their_own() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        let (campaign, _) = launched(&store, ws, &draft(&account)).await;
        let again = store
            .follow_up(ws, &campaign.id, FollowUp::NotReached, "ann", now())
            .await
            .unwrap();
        assert_eq!(again.name, "Autumn – not reached");
        let info = store.sending(ws, &again.id).await.unwrap();
        assert_eq!(info.draft.variants, [variant("A", 100)]);
        assert_eq!(info.phase, Phase::Draft);
        let expected = Audience::FollowUp {
            campaign: campaign.id,
            who: FollowUp::NotReached,
        };
        assert_eq!(info.draft.audience, expected);
    }
}

/// What a person did, as the shop posts it: without a message.
fn act(campaign: &Campaign, id: &str, kind: EventKind, who: &str, at: DateTime<Utc>) -> Fact {
    Fact {
        id: id.to_owned(),
        campaign: campaign.id.clone(),
        message: who.to_owned(),
        recipient: who.to_owned(),
        kind,
        at_us: at.timestamp_micros(),
        received_us: at.timestamp_micros(),
        evidence: Evidence::Unknown,
        raw_status: None,
        dimensions: Default::default(),
        value: None,
        user_agent: None,
        ip: None,
        props: None,
    }
}

/// Addresses of a campaign by arm, the holdout's under an empty name.
async fn assigned(store: &Store, campaign: i64) -> BTreeMap<String, Vec<(String, String)>> {
    const SQL: &str =
        "SELECT variant, address, message FROM outbox WHERE campaign = $1 ORDER BY pk";
    let found: Vec<(String, String, String)> = crate::macros::reading!(store, pool => {
        sqlx::query_as(SQL).bind(campaign).fetch_all(pool).await.unwrap()
    });
    let mut parts: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (variant, address, message) in found {
        parts.entry(variant).or_default().push((address, message));
    }
    parts
}

/// People who did something, by arm: name, people assigned, people who did it.
fn people_who(trial: &Trial, what: EventKind) -> Vec<(&str, u64, u64)> {
    let parts = trial.arms.iter().chain([&trial.holdout]);
    let count = |part: &Part| {
        let did = part.did.iter().find(|did| did.what == what);
        did.map_or(0, |did| did.people)
    };
    parts
        .map(|part| (part.group.name.as_str(), part.group.people, count(part)))
        .collect()
}

#[tokio::test]
async fn what_people_did_is_found_by_whatever_they_are_known_by_and_counts_once() {
    use EventKind::{Achieved, Converted, Visited};
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        let people = (0..200).map(|i| NewContact {
            external_id: Some(format!("customer-{i}")),
            phone: Some(number(i)),
            email: Some(format!("p{i}@example.org")),
            consents: BTreeMap::from([(Channel::Sms, Consent::Subscribed)]),
            ..NewContact::default()
        });
        store
            .upsert_contacts(ws, people.collect(), None, now())
            .await
            .unwrap();
        let draft = Draft {
            variants: vec![variant("A", 40), variant("B", 40)],
            holdout: 20,
            ..draft(&account)
        };
        let unsent = saved(&store, ws, &draft).await;
        assert_eq!(
            store.trial(ws, &unsent.id).await.unwrap(),
            None,
            "not launched"
        );
        let (campaign, pk) = launched(&store, ws, &draft).await;
        let parts = assigned(&store, pk).await;
        let sizes = ["A", "B", ""].map(|name| (name, parts[name].len() as u64));
        let none = store.trial(ws, &campaign.id).await.unwrap().unwrap();
        assert_eq!(
            people_who(&none, Achieved),
            sizes.map(|(name, n)| (name, n, 0))
        );
        assert_eq!(none.holdout.group.share, 20);

        let index = |address: &str| {
            address
                .trim_start_matches("+34600")
                .parse::<usize>()
                .unwrap()
        };
        let at = later(60);
        let achieved = |id: &str, who: &str| act(&campaign, id, Achieved, who, at);
        let (a, held) = (&parts["A"], &parts[""]);
        let mut facts = vec![
            // By address; twice; and the same event again.
            achieved("e1", &a[0].0),
            achieved("e2", &a[0].0),
            achieved("e1", &a[0].0),
            // By the shop's own number, by mailbox in any case, by number, and by the message.
            achieved("e3", &format!("customer-{}", index(&a[0].0))),
            achieved("e4", &format!("P{}@Example.org", index(&a[1].0))),
            Fact {
                message: a[2].1.clone(),
                ..achieved("e5", "somebody")
            },
            achieved("e6", &held[0].0),
            achieved("e7", &format!("customer-{}", index(&held[1].0))),
            // Before the launch, somebody else, and a machine's visit.
            act(
                &campaign,
                "e8",
                Achieved,
                &held[2].0,
                now() - TimeDelta::hours(1),
            ),
            achieved("e9", "customer-999"),
            Fact {
                evidence: Evidence::Machine,
                ..act(&campaign, "e10", Visited, &held[3].0, at)
            },
            act(&campaign, "e11", Visited, &held[4].0, at),
            // A conversion of a message, of somebody who is known otherwise and of one who isn't.
            Fact {
                message: a[0].1.clone(),
                ..act(&campaign, "e12", Converted, &a[0].0, at)
            },
            Fact {
                message: a[3].1.clone(),
                ..act(&campaign, "e13", Converted, &a[3].0, at)
            },
        ];
        for (n, units) in [(0, 100), (1, 50), (4, 7), (6, 30)] {
            facts[n].value = Some((Amount(units), "EUR".to_owned()));
        }
        facts[5].value = Some((Amount(5), "USD".to_owned()));
        let outcome = store.ingest(ws, facts.clone()).await.unwrap();
        assert_eq!(
            (outcome.accepted, outcome.duplicate),
            (13, 1),
            "{outcome:?}"
        );
        let trial = store.trial(ws, &campaign.id).await.unwrap().unwrap();
        let counts = |counts: [u64; 3]| {
            let rows = sizes.iter().zip(counts);
            rows.map(|((name, n), did)| (*name, *n, did))
                .collect::<Vec<_>>()
        };
        assert_eq!(people_who(&trial, Achieved), counts([3, 0, 2]));
        assert_eq!(people_who(&trial, Visited), counts([0, 0, 1]));
        assert_eq!((trial.credited, trial.strangers), (1, 1));
        let worth = |part: &Part| part.did[0].worth.clone();
        let euros = |units| ("EUR".to_owned(), Amount(units));
        let expected = BTreeMap::from([euros(157), ("USD".to_owned(), Amount(5))]);
        assert_eq!(worth(&trial.arms[0]), expected);
        assert_eq!(worth(&trial.holdout), BTreeMap::from([euros(30)]));

        // Played back in another order, nothing changes.
        facts.reverse();
        let again = store.ingest(ws, facts).await.unwrap();
        assert_eq!((again.accepted, again.duplicate), (0, 14));
        assert_eq!(store.trial(ws, &campaign.id).await.unwrap(), Some(trial));
        // Nobody's purchase became a message: those of A that converted by message alone are engaged.
        let report = store
            .report(ws, &campaign.id, &ReportQuery::default(), at)
            .await
            .unwrap();
        assert_eq!((report.kpis.sent, report.kpis.delivered), (2, 2));
        assert_eq!(
            (report.kpis.converted.total, report.kpis.achieved.total),
            (2, 9)
        );
        let all = RecipientQuery {
            limit: 500,
            ..RecipientQuery::default()
        };
        let page = store.recipients(ws, &campaign.id, &all).await.unwrap();
        assert_eq!(
            page.rows.len(),
            4,
            "two conversions, two visits: {:?}",
            page.rows
        );
        // Another workspace has no such campaign.
        let other = workspace(&store, "UTC").await;
        assert!(store.trial(other, &campaign.id).await.is_err());
    }
}

#[tokio::test]
async fn whoever_was_assigned_is_in_the_base_whatever_became_of_the_message() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let account = account(&store, ws, "a").await;
        contacts(&store, ws, 300).await;
        let draft = Draft {
            variants: vec![variant("A", 50)],
            holdout: 50,
            ..draft(&account)
        };
        // Some are blocked, whatever they are going to be assigned to.
        for i in 0..20 {
            let source = SuppressionSource::User;
            let address = number(i);
            store
                .suppress(ws, Channel::Sms, &address, source, None, None, now())
                .await
                .unwrap();
        }
        let (campaign, pk) = launched(&store, ws, &draft).await;
        let taken = take(&store, ws, pk, "w", 500, now()).await;
        let mut done: Vec<Handed> = taken.iter().map(|c| handed(c, submitted())).collect();
        done[0].outcome = Outcome::Failed {
            raw: "UNDELIV".to_owned(),
            reason: "gone".to_owned(),
        };
        done[1].outcome = Outcome::Unsent {
            raw: "REJECTED".to_owned(),
            reason: "gone".to_owned(),
        };
        store.record("w", &done, later(1)).await.unwrap();
        let trial = store.trial(ws, &campaign.id).await.unwrap().unwrap();
        let (arm, holdout) = (&trial.arms[0].group, &trial.holdout.group);
        assert_eq!(arm.people + holdout.people, 300);
        assert_eq!((arm.written, holdout.written), (taken.len() as u64 - 1, 0));
        assert!(arm.people > arm.written + 1, "the blocked stay in the base");
        assert!(holdout.people > 100, "of the holdout, too");
        assert!(!domain::uplift::Uplift::of(&trial).is_ratio_off);
    }
}
