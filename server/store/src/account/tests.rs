use domain::carrier::Protocol;

use super::*;
use crate::testing::{stores, workspace};

fn values(name: &str) -> AccountValues {
    AccountValues {
        name: name.to_owned(),
        protocol: Protocol::Twilio,
        settings: BTreeMap::from([("account_sid".to_owned(), "AC1".to_owned())]),
        secrets: vec![1, 2, 3],
        secret_names: vec!["auth_token".to_owned()],
        senders: vec!["+15550100".to_owned()],
        per_second: Some(10),
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

#[tokio::test]
async fn an_account_is_kept_and_belongs_to_its_workspace() {
    for store in stores().await {
        let (ws, other) = (
            workspace(&store, "UTC").await,
            workspace(&store, "UTC").await,
        );
        let row = store
            .create_account(ws, &values("Main"), now())
            .await
            .unwrap();
        assert_eq!(store.account(ws, &row.id).await.unwrap(), row);
        assert_eq!(store.account_by_key(row.pk).await.unwrap().unwrap(), row);
        let by_hook = store
            .account_by_hook(&row.webhook_key)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(by_hook.pk, row.pk);
        assert!(store.account(other, &row.id).await.is_err());
        assert!(store.accounts(other).await.unwrap().is_empty());
        assert!(store.delete_account(other, &row.id).await.is_err());
        let same = store
            .create_account(ws, &values("Main"), now())
            .await
            .unwrap_err();
        assert!(
            matches!(same, Error::Refused(Refusal::Conflict(_))),
            "{same:?}"
        );
        store
            .create_account(other, &values("Main"), now())
            .await
            .unwrap();

        let infos = store.account_infos(ws, now()).await.unwrap();
        assert_eq!(infos.len(), 1);
        assert_eq!(infos[0].secrets, ["auth_token"]);
        assert_eq!(infos[0].webhook_path, format!("/hooks/{}", row.webhook_key));
    }
}

#[tokio::test]
async fn changing_an_account_takes_its_trouble_away() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let row = store
            .create_account(ws, &values("Main"), now())
            .await
            .unwrap();
        store
            .set_account_trouble(row.pk, Some("no money"))
            .await
            .unwrap();
        store.pause_account(row.pk, now()).await.unwrap();
        let troubled = store.account(ws, &row.id).await.unwrap();
        assert_eq!(troubled.trouble.as_deref(), Some("no money"));
        assert_eq!(troubled.resume_at, Some(now()));
        let changed = store
            .update_account(ws, &row.id, &values("Other"))
            .await
            .unwrap();
        assert_eq!(
            (changed.name.as_str(), changed.trouble, changed.resume_at),
            ("Other", None, None)
        );
        assert!(changed.version > row.version);
        store.delete_account(ws, &row.id).await.unwrap();
        assert_eq!(store.account_by_key(row.pk).await.unwrap(), None);
    }
}
