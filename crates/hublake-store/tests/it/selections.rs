//! What brings repositories in without naming them.

use hublake_store::Selection;

use crate::open;

#[tokio::test]
async fn selections_are_kept_in_their_order_once_and_can_be_forgotten() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let user = Selection::User("ann".to_owned());
    let organisation = Selection::Organisation("acme".to_owned());
    let rule = Selection::Rule("!fork".to_owned());
    for selection in [&user, &organisation, &rule, &user] {
        store.add_selection(selection).await.unwrap();
    }
    assert_eq!(store.selections().await.unwrap(), [user.clone(), organisation.clone(), rule.clone()]);
    assert!(store.remove_selection(&organisation).await.unwrap());
    assert!(!store.remove_selection(&organisation).await.unwrap());
    // A user and an organisation of one name are two.
    assert!(!store.remove_selection(&Selection::Organisation("ann".to_owned())).await.unwrap());
    assert_eq!(store.selections().await.unwrap(), [user, rule]);
}
