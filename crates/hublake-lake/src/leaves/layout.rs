//! Which rows go into which leaf: plain arithmetic on runs and extents.
//!
//! Invariants, given that they held before: leaves meet at most in one repository that is larger than a
//! leaf, none holds more than `leaf_rows`, and of two neighbours at least one is half full. So there are at
//! most four times as many leaves as the rows would fill, and one.

use std::cmp::Reverse;

use arrow::array::{RecordBatch, cast::AsArray};
use arrow::datatypes::Int64Type;

/// Consecutive rows of one repository in one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) repo_id: i64,
    pub(super) batch: usize,
    pub(super) start: usize,
    pub(super) rows: usize,
}

/// The repositories of a leaf, from the lowest to the greatest, and how many rows it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) lowest: i64,
    pub(super) greatest: i64,
    pub(super) rows: usize,
}

impl Extent {
    /// The order of leaves; of the parts of one large repository the smallest is last.
    pub(super) fn place(self) -> (i64, i64, Reverse<usize>) {
        (self.lowest, self.greatest, Reverse(self.rows))
    }

    fn is_small(self, leaf_rows: usize) -> bool {
        self.rows < leaf_rows / 2
    }

    fn of(leaf: &[Run]) -> Option<Self> {
        let (first, last) = leaf.first().zip(leaf.last())?;
        let rows = leaf.iter().map(|run| run.rows).sum();
        Some(Self { lowest: first.repo_id, greatest: last.repo_id, rows })
    }
}

pub(super) fn runs_by_repository(batches: &[RecordBatch], key: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    for (batch, rows) in batches.iter().enumerate() {
        let ids = rows.column(key).as_primitive::<Int64Type>();
        let mut start = 0;
        for same in ids.values().chunk_by(|left, right| left == right) {
            runs.push(Run { repo_id: same[0], batch, start, rows: same.len() });
            start += same.len();
        }
    }
    // Stable, so that a repository's rows keep the order in which the model gave them.
    runs.sort_by_key(|run| run.repo_id);
    runs
}

/// The rows of a leaf; runs that lie one after the other in a batch are one slice.
pub(super) fn slices(leaf: &[Run], batches: &[RecordBatch]) -> Vec<RecordBatch> {
    let follows = |before: &Run, run: &Run| before.batch == run.batch && before.start + before.rows == run.start;
    let slice = |runs: &[Run]| batches[runs[0].batch].slice(runs[0].start, runs.iter().map(|run| run.rows).sum());
    leaf.chunk_by(follows).map(slice).collect()
}

/// Divides runs (ascending) among leaves of about the same size that do not reach across `others` (ascending).
pub(super) fn into_leaves(runs: &[Run], others: &[Extent], leaf_rows: usize) -> Vec<Vec<Run>> {
    let mut leaves = Vec::new();
    let mut start = 0;
    for (place, run) in runs.iter().enumerate() {
        if is_between(others, runs[start].repo_id, run.repo_id) {
            divide_stretch(&runs[start..place], leaf_rows, &mut leaves);
            start = place;
        }
    }
    divide_stretch(&runs[start..], leaf_rows, &mut leaves);
    join_small(leaves, others, leaf_rows)
}

/// Joins small leaves that only the parts of a large repository between them had kept apart.
fn join_small(leaves: Vec<Vec<Run>>, others: &[Extent], leaf_rows: usize) -> Vec<Vec<Run>> {
    let mut joined: Vec<Vec<Run>> = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        if let Some(before) = joined.last_mut()
            && let Some((left, right)) = Extent::of(before).zip(Extent::of(&leaf))
            && left.is_small(leaf_rows)
            && right.is_small(leaf_rows)
            && !is_between(others, left.lowest, right.greatest)
        {
            before.extend(leaf);
        } else {
            joined.push(leaf);
        }
    }
    joined
}

/// Whether a leaf from `first` to `last` would hold one of `others`, or a part of it, inside its range.
fn is_between(others: &[Extent], first: i64, last: i64) -> bool {
    let next = others.partition_point(|other| other.greatest <= first);
    others.get(next).is_some_and(|other| other.lowest < last)
}

fn divide_stretch(stretch: &[Run], leaf_rows: usize, leaves: &mut Vec<Vec<Run>>) {
    let total: usize = stretch.iter().map(|run| run.rows).sum();
    let target = total.div_ceil(total.div_ceil(leaf_rows).max(1));
    let mut leaf: Vec<Run> = Vec::new();
    let mut size = 0;
    for repository in stretch.chunk_by(|left, right| left.repo_id == right.repo_id) {
        let rows: usize = repository.iter().map(|run| run.rows).sum();
        let is_better_whole = size + rows > leaf_rows && rows <= leaf_rows;
        if size > 0 && (size >= target || is_better_whole) {
            leaves.push(std::mem::take(&mut leaf));
            size = 0;
        }
        // A repository larger than a leaf fills one after the other; what is left shares the last.
        for run in repository {
            let mut rest = *run;
            while rest.rows > 0 {
                if size == leaf_rows {
                    leaves.push(std::mem::take(&mut leaf));
                    size = 0;
                }
                let part = rest.rows.min(leaf_rows - size);
                leaf.push(Run { rows: part, ..rest });
                size += part;
                rest.start += part;
                rest.rows -= part;
            }
        }
    }
    if !leaf.is_empty() {
        leaves.push(leaf);
    }
}

/// The places in `others` of small leaves that came to lie beside another small leaf, because of `leaves`
/// or because what was `taken` no longer lies between them.
pub(super) fn small_neighbours(
    leaves: &[Vec<Run>],
    others: &[Extent],
    taken: &[Extent],
    leaf_rows: usize,
) -> Vec<usize> {
    let new = leaves.iter().filter_map(|leaf| Some((Extent::of(leaf)?, None)));
    let old = others.iter().enumerate().map(|(place, other)| (*other, Some(place)));
    let mut all: Vec<_> = new.chain(old).collect();
    all.sort_by_key(|(extent, _)| extent.place());
    let was_between = |left: &Extent, right: &Extent| {
        taken.iter().any(|gone| gone.lowest >= left.greatest && gone.greatest <= right.lowest)
    };
    let mut found = Vec::new();
    for pair in all.windows(2) {
        let [(left, left_place), (right, right_place)] = pair else { continue };
        if !left.is_small(leaf_rows) || !right.is_small(leaf_rows) {
            continue;
        }
        if left_place.is_none() || right_place.is_none() || was_between(left, right) {
            found.extend([*left_place, *right_place].into_iter().flatten());
        }
    }
    found.dedup();
    found
}
