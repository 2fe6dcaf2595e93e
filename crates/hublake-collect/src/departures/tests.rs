//! Narrowing down finds what is missing, whatever is known and whatever is there.

use std::ops::Range;

use super::*;

/// Numbers that look random and are the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// What is known, newest first, and which of it GitHub still has.
struct Case {
    items: Vec<PublishedItem>,
    gone: BTreeSet<i64>,
    /// When what GitHub still has was updated, newest first.
    there: Vec<DateTime<Utc>>,
}

impl Case {
    /// `count` items whose update times take `times` different values, `missing` of them gone.
    fn new(random: &mut Random, count: u64, times: u64, missing: u64) -> Self {
        let at = |second: u64| DateTime::from_timestamp(1_700_000_000 + second.cast_signed(), 0).unwrap();
        let mut items: Vec<PublishedItem> = (1..=count.cast_signed())
            .map(|number| PublishedItem {
                number,
                node_id: Some(format!("I_{number}")),
                updated_at: at(random.below(times)),
                is_pull_request: false,
            })
            .collect();
        items.sort_by_key(|item| (std::cmp::Reverse(item.updated_at), item.number));
        let gone = (0..missing).map(|_| 1 + random.below(count).cast_signed()).collect();
        Self::of(items, gone)
    }

    fn of(items: Vec<PublishedItem>, gone: BTreeSet<i64>) -> Self {
        let there = items.iter().filter(|item| !gone.contains(&item.number)).map(|item| item.updated_at).collect();
        Self { items, gone, there }
    }

    /// What GitHub counts: the issues it has that were updated at an instant or later.
    fn count(&self, at: DateTime<Utc>) -> i64 {
        let there = self.there.partition_point(|updated_at| *updated_at >= at);
        i64::try_from(there).unwrap()
    }

    fn step(&self, suspects: &[Range<usize>]) -> Vec<Range<usize>> {
        let lacking = instants(&self.items, suspects).into_iter().map(|at| {
            let known = self.items.partition_point(|item| item.updated_at >= at);
            (known, i64::try_from(known).unwrap() - self.count(at))
        });
        narrowed(suspects, &lacking.collect())
    }

    /// Narrows down until a hundred are left or nothing changes; gives the suspects and the counting queries, none of
    /// which asks for an instant again.
    fn narrow(&self) -> (Vec<Range<usize>>, usize) {
        let everything = 0..self.items.len();
        let mut suspects = vec![everything];
        let (mut counted, mut queries) = (BTreeSet::new(), 0);
        while suspects.iter().map(ExactSizeIterator::len).sum::<usize>() > IDS {
            let asked = instants(&self.items, &suspects).into_iter().filter(|at| counted.insert(*at)).count();
            queries += asked.div_ceil(COUNTS);
            assert!(queries < 10_000, "it does not end");
            let next = self.step(&suspects);
            if next == suspects {
                break;
            }
            suspects = next;
        }
        (suspects, queries)
    }

    fn numbers(&self, suspects: &[Range<usize>]) -> BTreeSet<i64> {
        suspects.iter().flat_map(|range| &self.items[range.clone()]).map(|item| item.number).collect()
    }
}

#[test]
fn what_is_missing_stays_suspected_at_every_step() {
    let mut random = Random(1);
    for round in 0..300 {
        let count = 1 + random.below(1_500);
        let times = [1, 3, 50, 1_000_000][random.below(4) as usize];
        let at_most = [2, 10, count][random.below(3) as usize];
        let missing = random.below(at_most + 1);
        let case = Case::new(&mut random, count, times, missing);
        let gone = &case.gone;
        let everything = 0..case.items.len();
        let mut suspects = vec![everything];
        for _ in 0..6 {
            let next = case.step(&suspects);
            let (left, before) = (case.numbers(&next), case.numbers(&suspects));
            assert!(left.is_superset(gone), "round {round}: lost {:?}", gone.difference(&left).collect::<Vec<_>>());
            assert!(left.is_subset(&before), "round {round}: grew");
            assert_eq!(
                left.len(),
                next.iter().map(ExactSizeIterator::len).sum::<usize>(),
                "round {round}: parts overlap"
            );
            assert!(next.iter().all(|range| !range.is_empty()), "round {round}: an empty part in {next:?}");
            if next.is_empty() {
                break;
            }
            suspects = next;
        }
    }
}

#[test]
fn a_few_missing_among_many_are_narrowed_to_a_hundred_by_a_handful_of_queries() {
    let mut random = Random(2);
    for (count, missing, most) in [(1_000, 1, 1), (1_000, 5, 3), (20_000, 1, 2), (20_000, 5, 6)] {
        for _ in 0..5 {
            let case = Case::new(&mut random, count, 1 << 40, missing);
            let (suspects, queries) = case.narrow();
            let left = case.numbers(&suspects);
            assert!(left.is_superset(&case.gone), "{count} with {missing} missing: lost one");
            assert!(left.len() <= IDS, "{count} with {missing} missing: {} suspects", left.len());
            assert!(queries <= most, "{count} with {missing} missing: {queries} queries");
        }
    }
}

#[test]
fn all_missing_are_all_suspected() {
    let mut random = Random(3);
    let items = Case::new(&mut random, 500, 1 << 40, 0).items;
    let case = Case::of(items, (1..=500).collect());
    assert_eq!(case.numbers(&case.narrow().0).len(), 500);
}

#[test]
fn items_of_one_second_are_not_divided() {
    let mut random = Random(4);
    let case = Case::new(&mut random, 400, 1, 1);
    let (suspects, _) = case.narrow();
    assert_eq!(case.numbers(&suspects).len(), 400);
    // Two seconds are: only those of the one with the missing issue stay.
    let case = Case::new(&mut random, 400, 2, 1);
    let gone = *case.gone.first().unwrap();
    let second = case.items.iter().find(|item| item.number == gone).unwrap().updated_at;
    let (suspects, _) = case.narrow();
    let of_second = case.items.iter().filter(|item| item.updated_at == second).map(|item| item.number);
    assert_eq!(case.numbers(&suspects), of_second.collect());
}
