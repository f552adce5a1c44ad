//! Own sessions, links by which passwords are chosen, and second factors, on both engines.

use chrono::Duration;
use domain::{
    Refusal,
    user::{Role, Scope},
};

use crate::{
    Store, WorkspaceId, testing,
    tests::{now, open, refusal, shop},
};

async fn person(store: &Store, ws: WorkspaceId, email: &str) -> i64 {
    let user = store.create_user(ws, email, Role::Admin, "h", now()).await;
    user.unwrap().id
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let (ana, bob) = (
            person(&store, ws, "ana@x").await,
            person(&store, ws, "bob@x").await,
        );
        for (user, hash) in [
            (ana, b"a1".as_slice()),
            (ana, b"a2"),
            (ana, b"a3"),
            (bob, b"b1"),
        ] {
            open(&store, user, hash).await;
        }
        let later = now() + Duration::minutes(20);
        store
            .touch_session(b"a2", later, later + Duration::hours(1))
            .await
            .unwrap();
        let own = store.sessions_of(ana, now()).await.unwrap();
        let hashes: Vec<_> = own.iter().map(|one| one.token_hash.as_slice()).collect();
        assert_eq!(hashes, [b"a2".as_slice(), b"a1", b"a3"]);
        assert_eq!((own[0].created_at, own[0].last_seen_at), (now(), later));
        assert_eq!(own[0].browser, "Firefox on Linux");
        // What has expired isn't shown.
        let left = store.sessions_of(ana, now() + Duration::minutes(61)).await;
        assert_eq!(left.unwrap().len(), 1);

        let foreign = store.close_session_of(ana, b"b1").await;
        assert_eq!(refusal(foreign), Refusal::not_found("session"));
        store.close_session_of(ana, b"a1").await.unwrap();
        assert!(store.session(b"a1", now()).await.unwrap().is_none());
        assert_eq!(store.close_other_sessions(ana, b"a2").await.unwrap(), 1);
        assert!(store.session(b"a2", now()).await.unwrap().is_some());
        assert!(store.session(b"b1", now()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_session_is_confirmed_against_the_password_as_it_is() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let ana = person(&store, ws, "ana@x").await;
        open(&store, ana, b"s").await;
        let confirmed = async || {
            store
                .session(b"s", now())
                .await
                .unwrap()
                .unwrap()
                .confirmed_at
        };
        assert_eq!(confirmed().await, now(), "signing in counts");
        let later = now() + Duration::minutes(30);
        assert!(!store.confirm_session(b"s", "old", later).await.unwrap());
        assert!(!store.confirm_session(b"none", "h", later).await.unwrap());
        assert_eq!(confirmed().await, now());
        assert!(store.confirm_session(b"s", "h", later).await.unwrap());
        assert_eq!(confirmed().await, later);
    }
}

#[tokio::test]
async fn a_link_sets_one_password_once() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let other = store.create_workspace(shop(), now()).await.unwrap().id;
        let boss = person(&store, ws, "boss@x").await;
        let end = now() + Duration::hours(72);
        let invited = store
            .invite_user(ws, ("Ana@x", Role::Admin), b"first", (now(), end))
            .await
            .unwrap();
        assert!(invited.is_invited);
        // Nobody can sign in with the empty hash, nor does who was invited keep the last admin from staying.
        let (_, hash) = store.user_by_email("ana@x").await.unwrap().unwrap();
        assert_eq!(hash, "");
        let outcome = store.remove_user(ws, "boss@x").await;
        assert!(matches!(refusal(outcome), Refusal::Conflict(_)));
        assert!(!store.users(Some(ws)).await.unwrap()[1].is_invited);

        // A second link replaces the first; another workspace makes none.
        let foreign = store
            .make_password_link(other, "ana@x", b"foreign", end)
            .await;
        assert_eq!(refusal(foreign), Refusal::not_found("person"));
        store
            .make_password_link(ws, "ana@x", b"second", end)
            .await
            .unwrap();
        for (link, at) in [(b"first".as_slice(), now()), (b"second", end)] {
            assert_eq!(store.user_by_password_link(link, at).await.unwrap(), None);
            let outcome = store.use_password_link(link, "new", at).await;
            assert_eq!(refusal(outcome), Refusal::not_found("link"));
        }
        let found = store.user_by_password_link(b"second", now()).await.unwrap();
        assert_eq!(found.map(|user| user.email).as_deref(), Some("ana@x"));
        let user = store
            .use_password_link(b"second", "new", now())
            .await
            .unwrap();
        assert!(!user.is_invited);
        let again = store.use_password_link(b"second", "other", now()).await;
        assert_eq!(refusal(again), Refusal::not_found("link"));

        // A reset ends what is open; a new password ends links that wait.
        open(&store, boss, b"open").await;
        store
            .make_password_link(ws, "boss@x", b"reset", end)
            .await
            .unwrap();
        store
            .use_password_link(b"reset", "h2", now())
            .await
            .unwrap();
        assert!(store.session(b"open", now()).await.unwrap().is_none());
        store
            .make_password_link(ws, "boss@x", b"late", end)
            .await
            .unwrap();
        store.set_password(boss, "h3", None).await.unwrap();
        let late = store.use_password_link(b"late", "h4", now()).await;
        assert_eq!(refusal(late), Refusal::not_found("link"));
    }
}

#[tokio::test]
async fn tokens_end_when_they_were_to() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let end = now() + Duration::days(30);
        store
            .create_token(ws, "t", &[Scope::Read], b"t", (now(), Some(end)))
            .await
            .unwrap();
        let row = store.token_by_hash(b"t").await.unwrap().unwrap();
        assert_eq!(row.expires_at, Some(end));
        assert!(!row.is_expired(end - Duration::microseconds(1)) && row.is_expired(end));
        assert_eq!(store.revoke_token(ws, &row.id).await.unwrap(), "t");
    }
}

#[tokio::test]
async fn a_factor_counts_once_it_is_confirmed_and_each_code_opens_once() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let ana = person(&store, ws, "ana@x").await;
        assert_eq!(store.factor(ana).await.unwrap(), None);
        assert!(store.begin_factor(ana, b"one").await.unwrap());
        assert!(store.begin_factor(ana, b"two").await.unwrap());
        let begun = store.factor(ana).await.unwrap().unwrap();
        assert_eq!(
            (begun.secret.as_slice(), begun.is_active),
            (b"two".as_slice(), false)
        );
        assert!(!store.use_factor_step(ana, 7).await.unwrap());
        assert!(store.users_with_factor(ws).await.unwrap().is_empty());
        let codes = [[1; 32], [2; 32]];
        // The code of a secret that was replaced confirms nothing.
        assert!(
            !store
                .activate_factor(ana, (b"one", 7), &codes)
                .await
                .unwrap()
        );
        assert!(
            store
                .activate_factor(ana, (b"two", 7), &codes)
                .await
                .unwrap()
        );
        assert!(
            !store
                .activate_factor(ana, (b"two", 8), &codes)
                .await
                .unwrap()
        );
        assert!(!store.begin_factor(ana, b"three").await.unwrap());
        assert_eq!(store.users_with_factor(ws).await.unwrap(), [ana]);
        for (step, is_new) in [(7, false), (8, true), (8, false), (6, false), (9, true)] {
            assert_eq!(
                store.use_factor_step(ana, step).await.unwrap(),
                is_new,
                "{step}"
            );
        }
        assert!(store.use_recovery_code(ana, &[1; 32]).await.unwrap());
        assert!(!store.use_recovery_code(ana, &[1; 32]).await.unwrap());
        assert_eq!(store.factor(ana).await.unwrap().unwrap().codes_left, 1);
        assert!(store.remove_factor(ana).await.unwrap());
        assert!(!store.remove_factor(ana).await.unwrap());
        assert!(!store.use_recovery_code(ana, &[2; 32]).await.unwrap());
    }
}

#[tokio::test]
async fn a_sign_in_owes_its_code_for_a_while_only() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let ana = person(&store, ws, "ana@x").await;
        let end = now() + Duration::minutes(5);
        let begin = async |hash: &[u8]| {
            store
                .begin_sign_in(hash, ana, "h", (now(), end))
                .await
                .unwrap();
        };
        begin(b"p").await;
        let found = store.pending_sign_in(b"p", now()).await.unwrap().unwrap();
        assert_eq!((found.user, found.password_hash.as_str()), (ana, "h"));
        assert_eq!(store.pending_sign_in(b"p", end).await.unwrap(), None);
        assert_eq!(store.session(b"p", now()).await.unwrap(), None);
        store.end_pending_sign_in(b"p").await.unwrap();
        assert_eq!(store.pending_sign_in(b"p", now()).await.unwrap(), None);
        begin(b"q").await;
        store.set_password(ana, "new", None).await.unwrap();
        assert_eq!(store.pending_sign_in(b"q", now()).await.unwrap(), None);
    }
}

#[tokio::test]
async fn whoever_is_removed_leaves_nothing() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        person(&store, ws, "boss@x").await;
        let ana = person(&store, ws, "ana@x").await;
        let end = now() + Duration::hours(1);
        open(&store, ana, b"s").await;
        store
            .make_password_link(ws, "ana@x", b"l", end)
            .await
            .unwrap();
        store.begin_factor(ana, b"f").await.unwrap();
        store
            .activate_factor(ana, (b"f", 1), &[[1; 32]])
            .await
            .unwrap();
        store
            .begin_sign_in(b"p", ana, "h", (now(), end))
            .await
            .unwrap();
        store.remove_user(ws, "ana@x").await.unwrap();
        assert_eq!(
            store.user_by_password_link(b"l", now()).await.unwrap(),
            None
        );
        assert_eq!(store.pending_sign_in(b"p", now()).await.unwrap(), None);
        assert_eq!(store.factor(ana).await.unwrap(), None);
        assert!(store.session(b"s", now()).await.unwrap().is_none());
        // A workspace with all of this can be removed.
        store.begin_factor(ana + 1000, b"f").await.unwrap_err();
        store.remove_workspace(ws).await.unwrap();
    }
}
