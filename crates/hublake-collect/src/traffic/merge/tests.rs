//! The largest value wins, whatever the order.

use proptest::prelude::*;

use super::*;

fn day(day: NaiveDate, counts: Counts, is_partial: bool) -> Day {
    Day { repository: "owner/name".into(), day, counts, is_partial }
}

fn clones(count: u32, uniques: u32) -> Counts {
    Counts { clones: Some(count), clone_uniques: Some(uniques), ..Counts::default() }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn seventy_three_clones_do_not_become_eighteen() {
    let seen = date("2020-12-07");
    let whole = day(seen, clones(73, 12), false);
    let at_the_edge = day(seen, clones(18, 5), true);
    for rows in [vec![whole.clone(), at_the_edge.clone()], vec![at_the_edge, whole.clone()]] {
        assert_eq!(days(rows), std::slice::from_ref(&whole));
    }
}

#[test]
fn a_day_whose_clones_were_never_whole_stays_partial() {
    let views = Counts { views: Some(3), view_uniques: Some(1), ..Counts::default() };
    let merged = days([day(date("2024-05-01"), views, false), day(date("2024-05-01"), clones(2, 1), true)]);
    assert_eq!(merged.len(), 1);
    assert!(merged[0].is_partial);
    assert_eq!(
        merged[0].counts,
        Counts { views: Some(3), view_uniques: Some(1), clones: Some(2), clone_uniques: Some(1) }
    );
}

#[test]
fn an_unknown_value_is_not_zero() {
    assert_eq!(Counts::default().max(clones(0, 0)), clones(0, 0));
    assert_eq!(Counts::default().max(Counts::default()).views, None);
}

fn any_counts() -> impl Strategy<Value = Counts> {
    let value = || proptest::option::of(0_u32..50);
    (value(), value(), value(), value()).prop_map(|(views, view_uniques, clones, clone_uniques)| Counts {
        views,
        view_uniques,
        clones,
        clone_uniques,
    })
}

fn any_rows() -> impl Strategy<Value = Vec<Day>> {
    let row =
        (0..3_u32, 0..6_u64, any_counts(), any::<bool>()).prop_map(|(repository, after, counts, is_partial)| Day {
            repository: format!("owner/{repository}").into(),
            day: date("2024-12-28") + chrono::Days::new(after),
            counts,
            is_partial,
        });
    proptest::collection::vec(row, 0..40)
}

fn counts_only(rows: &[Day]) -> Vec<(Arc<str>, NaiveDate, Counts)> {
    rows.iter().map(|row| (row.repository.clone(), row.day, row.counts)).collect()
}

proptest! {
    #[test]
    fn each_value_is_the_largest_of_its_key_and_no_order_matters(
        (rows, shuffled) in any_rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let merged = days(rows.clone());
        prop_assert_eq!(&merged, &days(shuffled));
        for row in &merged {
            let of_key = || rows.iter().filter(|other| other.repository == row.repository && other.day == row.day);
            let largest = |value: fn(&Counts) -> Option<u32>| of_key().filter_map(|other| value(&other.counts)).max();
            prop_assert_eq!(row.counts.views, largest(|counts| counts.views));
            prop_assert_eq!(row.counts.view_uniques, largest(|counts| counts.view_uniques));
            prop_assert_eq!(row.counts.clones, largest(|counts| counts.clones));
            prop_assert_eq!(row.counts.clone_uniques, largest(|counts| counts.clone_uniques));
        }
        let keys: std::collections::BTreeSet<_> = rows.iter().map(|row| (row.repository.clone(), row.day)).collect();
        prop_assert_eq!(merged.len(), keys.len());
    }

    #[test]
    fn merging_again_or_in_parts_changes_no_value(rows in any_rows(), more in any_rows()) {
        let together: Vec<Day> = rows.iter().chain(&more).cloned().collect();
        let twice: Vec<Day> = together.iter().chain(&together).cloned().collect();
        prop_assert_eq!(days(twice), days(together.clone()));
        let in_parts: Vec<Day> = days(rows).into_iter().chain(more).collect();
        prop_assert_eq!(counts_only(&days(in_parts)), counts_only(&days(together)));
    }
}
