use hublake_postgres::{ColumnType, TableSpec};
use sqlx::Executor;

use crate::given::Given;
use crate::server::Database;

fn table() -> TableSpec {
    TableSpec::new("things", "").required("id", ColumnType::BigInt, "").key(&["id"])
}

#[tokio::test]
async fn the_reader_may_read_and_neither_write_nor_log_in() {
    let database = Database::new().await;
    let given = Given::default().table(&table(), r#"{"id":1}"#);
    given.publish(&database).await.expect("it is published");
    let role = format!("reader_{}", database.name);
    let can_login = format!("SELECT rolcanlogin::text FROM pg_roles WHERE rolname = '{role}'");
    assert_eq!(database.text(&can_login).await, "false");

    let mut reader = database.connect().await;
    reader.execute(format!("SET ROLE {role}").as_str()).await.expect("the role is there");
    reader.execute("SELECT id FROM things").await.expect("it may read");
    for statement in ["DELETE FROM things", "INSERT INTO things VALUES (2)", "DROP TABLE things"] {
        let error = reader.execute(statement).await.expect_err(statement);
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"), "{statement}");
    }
}

#[tokio::test]
async fn a_publisher_who_may_not_make_roles_is_told_and_everything_else_is_published() {
    let database = Database::new().await;
    let user = format!("humble_{}", database.name);
    database
        .execute(&format!(
            "CREATE ROLE {user} LOGIN PASSWORD 'humble'; GRANT CREATE ON DATABASE {0} TO {user};
             GRANT CREATE ON SCHEMA public TO {user}",
            database.name
        ))
        .await;
    let mut url = url::Url::parse(&database.url).expect("an address");
    url.set_username(&user).expect("it takes a user");
    url.set_password(Some("humble")).expect("it takes a password");
    let server = crate::given::server(url.as_str());
    let given = Given::default().table(&table(), r#"{"id":1}"#);
    let published = hublake_postgres::publish(&server, &given.plan(&database), &given).await.expect("it is published");
    assert_eq!(published.notes.len(), 1, "{:?}", published.notes);
    assert!(published.notes[0].contains("NOLOGIN"), "{:?}", published.notes);
    assert_eq!(database.text("SELECT count(*)::text FROM things").await, "1");
}

#[tokio::test]
async fn a_publisher_without_the_right_to_create_is_told_which_rights_it_takes() {
    let database = Database::new().await;
    let user = format!("nobody_{}", database.name);
    database.execute(&format!("CREATE ROLE {user} LOGIN PASSWORD 'nobody'")).await;
    let mut url = url::Url::parse(&database.url).expect("an address");
    url.set_username(&user).expect("it takes a user");
    url.set_password(Some("nobody")).expect("it takes a password");
    let given = Given::default().table(&table(), r#"{"id":1}"#);
    let error = hublake_postgres::publish(&crate::given::server(url.as_str()), &given.plan(&database), &given)
        .await
        .expect_err("it may not");
    assert!(error.to_string().contains("CREATE on the database"), "{error}");
}
