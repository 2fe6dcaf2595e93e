use hublake_postgres::{Error, Server};
use rstest::rstest;
use secrecy::SecretString;

use crate::given::Given;
use crate::server::Database;

#[rstest]
#[case::no_address("geheim")]
#[case::other_scheme("mysql://ann:geheim@db/lake")]
#[case::bad_port("postgres://ann:geheim@db:port/lake")]
#[case::misspelt_parameter("postgres://ann@db/lake?pasword=geheim")]
#[case::bad_mode("postgres://ann:geheim@db/lake?sslmode=geheim")]
fn an_address_that_cannot_be_used_is_refused_without_repeating_it(#[case] address: &str) {
    let error = Server::parse(&SecretString::from(address)).expect_err("no server");
    assert!(matches!(error, Error::Address { .. }));
    assert!(!format!("{error} {error:?}").contains("geheim"), "{error}");
}

#[test]
fn a_server_shows_itself_without_the_password() {
    let address = SecretString::from("postgres://ann:geheim@db.example:5433/lake?sslmode=verify-full");
    let server = Server::parse(&address).expect("a server");
    assert_eq!(server.to_string(), "db.example:5433/lake");
    assert!(!format!("{server:?}").contains("geheim"));
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_not_repeated() {
    let database = Database::new().await;
    let mut url = url::Url::parse(&database.url).expect("an address");
    url.set_password(Some("wrong-word")).expect("it takes a password");
    let server = crate::given::server(url.as_str());
    let given = Given::default();
    let error =
        hublake_postgres::publish(&server, &given.plan(&database), &given).await.expect_err("it does not let us in");
    let text = format!("{error} {error:?}");
    assert!(matches!(error, Error::Connect { .. }), "{text}");
    assert!(text.contains("password authentication failed") && !text.contains("wrong-word"), "{text}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let database = Database::own().await;
    let url = database.url.clone();
    database.server().kill();
    let given = Given::default();
    let error = hublake_postgres::publish(&crate::given::server(&url), &given.plan(&database), &given)
        .await
        .expect_err("nobody answers");
    database.server().go();
    assert!(matches!(error, Error::Connect { .. }), "{error}");
    assert!(error.to_string().contains("127.0.0.1:"), "{error}");
    assert!(!error.to_string().contains("geheim"), "{error}");
}
