//! Credentials: sealed, and only opened with the right key.

use std::fs;
use std::path::Path;

use hublake_store::{Credential, Error, Secret, Store};
use rstest::rstest;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{at, open, tamper};

const TOKEN: &str = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
const HEX_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn token() -> Credential {
    Credential {
        secret: Secret::Token(SecretString::from(TOKEN)),
        login: Some("ann".to_owned()),
        kind: "classic".to_owned(),
        saved_at: at(0),
    }
}

fn shown_token(credential: &Credential) -> &str {
    match &credential.secret {
        Secret::Token(token) => token.expose_secret(),
        Secret::App { .. } => panic!("an App"),
    }
}

async fn sealed(home: &Path) -> Vec<u8> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.join("control.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query_scalar("SELECT sealed FROM credentials").fetch_one(&pool).await.unwrap()
}

#[tokio::test]
async fn a_token_comes_back_and_lies_nowhere_in_clear() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    assert!(store.credential(None).await.unwrap().is_none());
    store.set_credential(&token(), None).await.unwrap();
    let credential = store.credential(None).await.unwrap().unwrap();
    assert_eq!(shown_token(&credential), TOKEN);
    assert_eq!((credential.kind.as_str(), credential.login.as_deref()), ("classic", Some("ann")));
    assert_eq!(credential.saved_at, at(0));
    assert!(!format!("{credential:?}").contains(TOKEN));
    store.close().await;
    for entry in fs::read_dir(home.path()).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            let bytes = fs::read(entry.path()).unwrap();
            assert!(!bytes.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes()), "{:?}", entry.path());
        }
    }
}

#[tokio::test]
async fn an_app_comes_back_whole_and_can_be_deleted() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let secret = Secret::App { app_id: 12, private_key_pem: SecretString::from("PEM"), installation_id: Some(34) };
    store.set_credential(&token(), None).await.unwrap();
    store.set_credential(&Credential { secret, ..token() }, None).await.unwrap();
    match store.credential(None).await.unwrap().unwrap().secret {
        Secret::App { app_id: 12, private_key_pem, installation_id: Some(34) } => {
            assert_eq!(private_key_pem.expose_secret(), "PEM");
        }
        other => panic!("{other:?}"),
    }
    assert!(store.delete_credential().await.unwrap());
    assert!(!store.delete_credential().await.unwrap());
    assert!(store.credential(None).await.unwrap().is_none());
}

#[tokio::test]
async fn the_same_token_is_sealed_anew_each_time() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.set_credential(&token(), None).await.unwrap();
    let first = sealed(home.path()).await;
    store.set_credential(&token(), None).await.unwrap();
    assert_ne!(sealed(home.path()).await, first);
}

#[rstest]
#[case::hex(HEX_KEY)]
#[case::upper_hex("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F")]
#[case::base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
#[case::base64_without_padding("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")]
#[case::line_break("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n")]
#[tokio::test]
async fn a_given_key_is_understood_in_each_way_of_writing(#[case] key: &str) {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.set_credential(&token(), Some(&SecretString::from(HEX_KEY))).await.unwrap();
    let credential = store.credential(Some(&SecretString::from(key))).await.unwrap().unwrap();
    assert_eq!(shown_token(&credential), TOKEN);
    assert!(!home.path().join("secret.key").exists());
}

#[rstest]
#[case::empty("")]
#[case::short("0011")]
#[case::a_password("correct horse battery staple")]
#[case::too_long("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AAAA=")]
#[case::signed_digits("+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0")]
#[tokio::test]
async fn a_key_that_is_none_names_the_variable_and_not_the_value(#[case] key: &str) {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let error = store.set_credential(&token(), Some(&SecretString::from(key))).await.unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with("HUBLAKE_SECRET_KEY: ") && message.contains("\nhint: "), "{message}");
    assert!(key.is_empty() || !message.contains(key), "{message}");
}

#[tokio::test]
async fn a_wrong_key_opens_nothing() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.set_credential(&token(), Some(&SecretString::from(HEX_KEY))).await.unwrap();
    let other = SecretString::from(HEX_KEY.replace('0', "f"));
    assert!(matches!(store.credential(Some(&other)).await, Err(Error::Sealed)));
    assert!(matches!(store.credential(None).await, Err(Error::Sealed)));
    assert!(!home.path().join("secret.key").exists(), "reading makes no key");
}

#[rstest]
#[case::ciphertext(
    "UPDATE credentials SET sealed = CAST(substr(sealed, 1, 30) || x'00' || substr(sealed, 32) AS BLOB)"
)]
#[case::nonce("UPDATE credentials SET sealed = CAST(x'000000' || substr(sealed, 4) AS BLOB)")]
#[case::cut("UPDATE credentials SET sealed = substr(sealed, 1, 20)")]
#[case::empty("UPDATE credentials SET sealed = x''")]
#[tokio::test]
async fn a_tampered_credential_is_an_error(#[case] sql: &str) {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.set_credential(&token(), None).await.unwrap();
    tamper(home.path(), sql).await;
    assert!(matches!(store.credential(None).await, Err(Error::Sealed)));
}

#[tokio::test]
async fn a_key_file_lost_or_spoilt_is_an_error_and_is_not_made_anew() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    store.set_credential(&token(), None).await.unwrap();
    let key = home.path().join("secret.key");
    fs::remove_file(&key).unwrap();
    assert!(matches!(store.credential(None).await, Err(Error::Sealed)));
    assert!(!key.exists());
    fs::write(&key, "nonsense").unwrap();
    let message = store.credential(None).await.unwrap_err().to_string();
    assert!(message.starts_with("secret.key: "), "{message}");
}

#[tokio::test]
async fn two_that_make_the_key_at_once_share_it() {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store: Store = store.clone();
        tasks.spawn(async move { store.set_credential(&token(), None).await.unwrap() });
    }
    tasks.join_all().await;
    assert_eq!(shown_token(&store.credential(None).await.unwrap().unwrap()), TOKEN);
}

#[cfg(unix)]
#[tokio::test]
async fn key_database_and_home_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let outer = tempfile::tempdir().unwrap();
    let home = outer.path().join("home");
    let store = open(&home).await;
    store.set_credential(&token(), None).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    assert_eq!(mode(&home.join("control.db")), 0o600);
    assert_eq!(mode(&home.join("secret.key")), 0o600);
}
