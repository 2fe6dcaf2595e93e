//! The cheapest way over the days of a window, in steps that are pieces.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use datafusion::common::{Result, exec_err};

/// So many pieces are kept before equal ones are looked for.
const FIRST_LOOK: usize = 64;

/// Days in a row, as days since 1970, and what they cost together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) first: i32,
    pub(super) last: i32,
    pub(super) cost: i64,
}

/// A window and the pieces in it.
#[derive(Debug, Default)]
pub(super) struct Cover {
    window: Option<(i32, i32)>,
    pieces: Vec<Piece>,
}

impl Cover {
    /// Says which days are to be covered; they must be the same every time.
    pub(super) fn set_window(&mut self, window: (i32, i32)) -> Result<()> {
        let known = *self.window.get_or_insert(window);
        if known == window {
            return Ok(());
        }
        let day =
            |day: i32| chrono::DateTime::from_timestamp(i64::from(day) * 86_400, 0).unwrap_or_default().date_naive();
        exec_err!(
            "a group of cheapest_cover has two windows: {} to {} and {} to {}",
            day(known.0),
            day(known.1),
            day(window.0),
            day(window.1)
        )
    }

    /// Keeps the part of a piece that lies in the window.
    pub(super) fn push(&mut self, piece: Piece) {
        let Some((first, last)) = self.window else { return };
        let piece = Piece { first: piece.first.max(first), last: piece.last.min(last), cost: piece.cost };
        if piece.first > piece.last {
            return;
        }
        if self.pieces.len() == self.pieces.capacity() && self.pieces.len() >= FIRST_LOOK {
            self.keep_cheapest();
            if self.pieces.len() > self.pieces.capacity() / 2 {
                self.pieces.reserve(self.pieces.capacity());
            }
        }
        self.pieces.push(piece);
    }

    pub(super) fn window(&self) -> Option<(i32, i32)> {
        self.window
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub(super) fn capacity(&self) -> usize {
        self.pieces.capacity()
    }

    /// The smallest sum of pieces that cover the window; `None` where no pieces do.
    pub(super) fn cost(&mut self) -> Option<i64> {
        let (first, last) = self.window?;
        self.keep_cheapest();
        cheapest(first, last, &self.pieces)
    }

    /// Of pieces with the same days only the cheapest helps; the pieces are sorted after this.
    fn keep_cheapest(&mut self) {
        self.pieces.sort_unstable_by_key(|piece| (piece.first, piece.last, piece.cost));
        self.pieces.dedup_by_key(|piece| (piece.first, piece.last));
    }
}

/// The smallest sum of `pieces` (by their first day, inside the window) that cover the window, a shortest path.
///
/// The days are walked from the first. `reached` is what it costs at least to cover all days before `from`, the first
/// day not looked at yet. A piece that begins by then extends a cover to its own end, and the cheapest one that still
/// lasts is what the day costs; that stays so until a piece begins or the cheapest one ends. Takes n log n for n
/// pieces, however long the window.
fn cheapest(first: i32, last: i32, pieces: &[Piece]) -> Option<i64> {
    if first > last {
        return Some(0);
    }
    let mut pieces = pieces.iter().peekable();
    let mut open: BinaryHeap<Reverse<(i64, i32)>> = BinaryHeap::new();
    let (mut from, mut reached) = (first, 0_i64);
    loop {
        while let Some(piece) = pieces.next_if(|piece| piece.first <= from) {
            open.push(Reverse((reached.saturating_add(piece.cost), piece.last)));
        }
        while open.peek().is_some_and(|Reverse((_, ends))| *ends < from) {
            open.pop();
        }
        let Reverse((cost, ends)) = *open.peek()?;
        reached = cost;
        let begins = pieces.peek().map_or(last, |piece| piece.first - 1);
        let until = ends.min(begins);
        if until >= last {
            return Some(reached);
        }
        from = until + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn piece(first: i32, last: i32, cost: i64) -> Piece {
        Piece { first, last, cost }
    }

    fn cost(first: i32, last: i32, pieces: &[Piece]) -> Option<i64> {
        let mut cover = Cover::default();
        cover.set_window((first, last)).unwrap();
        pieces.iter().for_each(|piece| cover.push(*piece));
        cover.cost()
    }

    #[test]
    fn one_answer_over_all_is_cheaper_than_its_days() {
        // 93 views by 4 visitors in fourteen days; the days have 4, 2, 1, 1 and 3, and nine had none.
        let mut days: Vec<Piece> = (1..=9).map(|day| piece(day, day, 0)).collect();
        days.extend((10..=14).zip([4, 2, 1, 1, 3]).map(|(day, visitors)| piece(day, day, visitors)));
        assert_eq!(cost(1, 14, &days), Some(11));
        days.push(piece(1, 14, 4));
        assert_eq!(cost(1, 14, &days), Some(4));
    }

    #[test]
    fn an_unknown_day_is_covered_only_by_an_answer_that_holds_it() {
        let mut pieces = vec![piece(1, 1, 2), piece(3, 3, 3)];
        assert_eq!(cost(1, 3, &pieces), None);
        pieces.push(piece(-8, 4, 9));
        assert_eq!(cost(1, 3, &pieces), Some(9));
    }

    #[test]
    fn a_week_and_the_days_after_it_are_a_cover() {
        let mut pieces: Vec<Piece> = (0..9).map(|day| piece(day, day, 5)).collect();
        pieces.push(piece(0, 6, 6));
        assert_eq!(cost(0, 8, &pieces), Some(6 + 5 + 5));
    }

    #[test]
    fn two_overlapping_answers_beat_the_days_between_them() {
        let pieces = [piece(0, 6, 3), piece(5, 12, 4), piece(7, 9, 3), piece(10, 12, 2)];
        assert_eq!(cost(0, 12, &pieces), Some(7));
    }

    #[test]
    fn nothing_covers_an_empty_window_and_days_that_never_end() {
        assert_eq!(cost(2, 1, &[]), Some(0));
        assert_eq!(cost(1, 1, &[]), None);
        let ends = [piece(i32::MAX, i32::MAX, 1), piece(i32::MIN, i32::MIN, 1), piece(5, 5, 2)];
        assert_eq!(cost(i32::MIN, i32::MAX, &ends), None);
        assert_eq!(cost(i32::MIN, i32::MAX, &[piece(i32::MIN, i32::MAX, 1)]), Some(1));
    }

    #[test]
    fn of_many_pieces_with_the_same_days_one_is_kept() {
        let mut cover = Cover::default();
        cover.set_window((0, 9)).unwrap();
        for round in 0..10_000 {
            cover.push(piece(-round, 9 + round, i64::from(10_000 - round)));
        }
        assert!(cover.capacity() <= 2 * FIRST_LOOK, "{} places", cover.capacity());
        assert_eq!(cover.cost(), Some(1));
    }

    /// The smallest sum over all sets of pieces that cover the window, tried one by one.
    fn tried_one_by_one(first: i32, last: i32, pieces: &[Piece]) -> Option<i64> {
        let sets = 0_u32..1 << pieces.len();
        sets.filter_map(|chosen| {
            let set: Vec<_> =
                (0..pieces.len()).filter(|place| chosen >> place & 1 == 1).map(|place| pieces[place]).collect();
            let holds = |day: i32| set.iter().any(|piece| (piece.first..=piece.last).contains(&day));
            (first..=last).all(holds).then(|| set.iter().map(|piece| piece.cost).sum())
        })
        .min()
    }

    fn pieces() -> impl Strategy<Value = Vec<Piece>> {
        let one = (0..12_i32, -1..7_i32, 0..20_i64);
        proptest::collection::vec(one.prop_map(|(first, days, cost)| piece(first, first + days, cost)), 0..9)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_set_of_pieces_covers_the_window_with_less(pieces in pieces(), first in 0..12_i32, days in -1..9_i32) {
            prop_assert_eq!(cost(first, first + days, &pieces), tried_one_by_one(first, first + days, &pieces));
        }
    }
}
