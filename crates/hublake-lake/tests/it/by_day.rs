//! Replacing the rows of some repositories on some days of a table stored by month.

use std::collections::BTreeSet;

use arrow::compute::concat_batches;
use chrono::NaiveDate;
use hublake_lake::{Error, Table};

use crate::by_month::{ROWS, date, files, filled, months, put as put_months, rows, schema, spec};
use crate::fixture::{Fixture, ask, mart_rows, mart_spec, replace};

fn days(days: &[&str]) -> BTreeSet<NaiveDate> {
    days.iter().map(|day| date(day)).collect()
}

async fn put(table: &mut Table, repo_ids: &[i64], on: &[&str], new: &[(i64, &str, i64)]) -> Result<(), Error> {
    let taken = table.take_days(repo_ids, &days(on), 0, false).await?;
    table.put(taken, vec![rows(new)]).await
}

/// What [`filled`] has, and three days of February of repository 2.
async fn with_february(fixture: &Fixture) -> Table {
    let mut table = filled(fixture).await;
    let new = [(2, "2024-02-01", 31), (2, "2024-02-02", 32), (2, "2024-02-03", 33)];
    put(&mut table, &[2], &["2024-02-01", "2024-02-02", "2024-02-03"], &new).await.unwrap();
    table.commit().await.unwrap();
    table
}

async fn of_second(table: &Table) -> Vec<String> {
    ask(table.snapshot(), "SELECT day, number FROM t WHERE repo_id = 2 ORDER BY 1, 2").await
}

#[tokio::test]
async fn only_the_rows_of_the_named_repositories_and_days_are_replaced() {
    let fixture = Fixture::new().await;
    let mut table = with_february(&fixture).await;
    let before = files(&table);

    put(&mut table, &[2, 3], &["2024-02-02", "2024-02-29"], &[(2, "2024-02-02", 40), (3, "2024-02-29", 50)])
        .await
        .unwrap();
    table.commit().await.unwrap();

    let expected = [
        "1|2023-12-31|10",
        "1|2024-01-15|11",
        "1|2024-02-29|12",
        "1|2024-03-01|13",
        "2|2023-12-31|20",
        "2|2024-01-15|21",
        "2|2024-02-01|31",
        "2|2024-02-02|40",
        "2|2024-02-03|33",
        "2|2024-03-01|23",
        "3|2024-02-29|50",
    ];
    assert_eq!(ask(table.snapshot(), ROWS).await, expected);
    assert_eq!(ask(&fixture.snapshot("mart_days").await, ROWS).await, expected);
    assert_eq!(
        (files(&table).len(), files(&table).intersection(&before).count()),
        (4, 3),
        "February's file is another"
    );
}

#[tokio::test]
async fn the_days_before_are_read_over_the_end_of_a_month_and_never_written() {
    let fixture = Fixture::new().await;
    let mut table = with_february(&fixture).await;
    let before = files(&table);
    let was_read = rows(&[(2, "2024-02-03", 33), (2, "2024-02-29", 22), (2, "2024-03-01", 23)]);
    for (given_back, number) in [(true, 60), (false, 61)] {
        // 27 days before March, 1st: February, 3rd.
        let taken = table.take_days(&[2, 5], &days(&["2024-03-01"]), 27, true).await.unwrap();
        let previous = concat_batches(&schema(), &taken.previous).unwrap();
        assert_eq!(previous, was_read);
        let mut new = vec![rows(&[(5, "2024-03-01", number)])];
        new.extend(given_back.then(|| was_read.slice(0, 2)));
        table.put(taken, new).await.unwrap();
        table.commit().await.unwrap();

        assert_eq!((files(&table).len(), files(&table).intersection(&before).count()), (4, 3), "March's is another");
        let march = ask(table.snapshot(), "SELECT * FROM t WHERE day >= '2024-03-01' ORDER BY 1, 2").await;
        assert_eq!(march, ["1|2024-03-01|13".to_owned(), format!("5|2024-03-01|{number}")]);
        put(&mut table, &[2, 5], &["2024-03-01"], &[(2, "2024-03-01", 23)]).await.unwrap();
        table.commit().await.unwrap();
    }
}

#[tokio::test]
async fn rows_of_a_day_that_was_only_read_are_given_back_all_or_none() {
    let fixture = Fixture::new().await;
    let mut table = with_february(&fixture).await;
    let version = table.snapshot().version;
    for (new, said) in [
        (vec![(2, "2024-02-02", 32)], "0 rows of 2024-02-01 are put where 1 were only read"),
        (
            vec![(2, "2024-02-01", 31), (2, "2024-02-02", 32), (2, "2024-02-02", 32)],
            "2 rows of 2024-02-02 are put where 1 were only read",
        ),
        (
            vec![(2, "2024-01-31", 1), (2, "2024-02-01", 31), (2, "2024-02-02", 32)],
            "1 rows of 2024-01-31 are put where 0 were only read",
        ),
    ] {
        let taken = table.take_days(&[2], &days(&["2024-02-03"]), 3, true).await.unwrap();
        let error = table.put(taken, vec![rows(&new)]).await.unwrap_err();
        assert!(matches!(error, Error::Unusable { .. }) && error.to_string().contains(said), "{error}");
    }
    assert_eq!(table.commit().await.unwrap(), version, "nothing was put");
}

#[tokio::test]
async fn rows_of_a_day_neither_taken_nor_read_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = with_february(&fixture).await;
    let version = table.snapshot().version;
    for (before, is_read, stranger) in [(1, true, "2024-02-01"), (1, false, "2024-02-02"), (9, true, "2024-02-04")] {
        let taken = table.take_days(&[2], &days(&["2024-02-03"]), before, is_read).await.unwrap();
        let error = table.put(taken, vec![rows(&[(2, stranger, 9)])]).await.unwrap_err();
        let said = format!("rows of {stranger} are put in the place of other days' rows");
        assert!(error.to_string().contains(&said), "{error}");
    }
    for (new, said) in [((2, "null", 1), "no value in day"), ((1, "2024-02-03", 1), "repository 1")] {
        let error = put(&mut table, &[2], &["2024-02-03"], &[new]).await.unwrap_err();
        assert!(matches!(error, Error::Unusable { .. }) && error.to_string().contains(said), "{error}");
    }
    assert_eq!(table.commit().await.unwrap(), version, "nothing was put");
}

#[tokio::test]
async fn no_rows_empty_the_days_and_no_days_make_no_version() {
    let fixture = Fixture::new().await;
    let mut table = with_february(&fixture).await;
    put(&mut table, &[2], &["2024-02-01", "2024-02-02", "2024-03-01"], &[]).await.unwrap();
    let version = table.commit().await.unwrap();
    let left = ["2023-12-31|20", "2024-01-15|21", "2024-02-03|33", "2024-02-29|22"];
    assert_eq!(of_second(&table).await, left);

    let taken = table.take_days(&[1, 2], &BTreeSet::new(), 7, true).await.unwrap();
    assert!(taken.previous.is_empty());
    table.put(taken, Vec::new()).await.unwrap();
    assert_eq!(table.commit().await.unwrap(), version);
}

#[tokio::test]
async fn rows_read_before_another_put_in_their_months_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = with_february(&fixture).await;
    let stale = table.take_days(&[2], &days(&["2024-03-01"]), 5, true).await.unwrap();
    put_months(&mut table, &[2], &["2024-02-01"], &[(2, "2024-02-05", 70)]).await.unwrap();

    let error = table.put(stale, vec![rows(&[(2, "2024-03-01", 24)])]).await.unwrap_err();

    assert!(error.to_string().contains("replaced meanwhile"), "{error}");
}

#[tokio::test]
async fn what_was_put_and_not_committed_is_gone_after_a_roll_back() {
    let fixture = Fixture::new().await;
    let mut table = with_february(&fixture).await;
    let (before, on_disk) = (ask(table.snapshot(), ROWS).await, fixture.parquet_files("mart_days"));
    for number in 0..3 {
        let new = [(2, "2024-02-02", number), (2, "2024-05-02", number)];
        put(&mut table, &[2], &["2024-02-02", "2024-05-02"], &new).await.unwrap();
    }
    table.roll_back().await;
    assert_eq!(fixture.parquet_files("mart_days"), on_disk);
    assert_eq!(ask(table.snapshot(), ROWS).await, before);
    assert_eq!(table.months_of(), months(&["2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"]));
}

#[tokio::test]
async fn days_are_taken_of_tables_stored_by_month_only() {
    let fixture = Fixture::new().await;
    let mut plain = fixture.lake.table(&mart_spec()).await.unwrap();
    replace(&mut plain, &[1], mart_rows([(1, 10)])).await;
    let error = plain.take_days(&[1], &days(&["2024-01-01"]), 0, false).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("mart_things: it is not stored by month"), "{error}");

    let unmade = hublake_lake::TableSpec { name: "mart_both".to_owned(), by_month: None, ..spec() };
    let mut both = fixture.lake.table(&unmade).await.unwrap();
    replace(&mut both, &[1], rows(&[(1, "2024-01-31", 1), (1, "2024-02-01", 2)])).await;
    let by_month = hublake_lake::TableSpec { name: "mart_both".to_owned(), ..spec() };
    let mut both = fixture.lake.table(&by_month).await.unwrap();
    let error = both.take_days(&[7], &days(&["2024-06-01"]), 0, false).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("2024-01 to 2024-02"), "{error}");
}
