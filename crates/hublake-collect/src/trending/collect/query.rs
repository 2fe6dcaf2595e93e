//! The words of a search.

use chrono::{Days, NaiveDate};

use super::Options;

/// GitHub's own beginning: nothing was created before.
const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2007, 10, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Leaves out private repositories, which a token may see.
const PUBLIC: &str = "is:public";

/// What a search asks for, before it is divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    words: String,
    pushed_since: Option<NaiveDate>,
    created_since: Option<NaiveDate>,
    today: NaiveDate,
}

/// A part of what a query asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Everything,
    /// With so many stars at most.
    StarsUpTo(i64),
    /// With so many stars exactly, created from one day to another.
    Created(i64, NaiveDate, NaiveDate),
}

impl Query {
    pub(super) fn of_language(words: &str, options: &Options) -> Self {
        let today = options.run_at.date_naive();
        let since = |days: u32| (days > 0).then(|| today - Days::new(days.into()));
        Self {
            words: words.to_owned(),
            pushed_since: since(options.pushed_within_days),
            created_since: since(options.created_within_days),
            today,
        }
    }

    pub(super) fn of_topic(topic: &str, options: &Options) -> Self {
        let today = options.run_at.date_naive();
        Self { words: format!("topic:{topic}"), pushed_since: None, created_since: None, today }
    }

    /// The words for one part of it.
    pub(super) fn text(&self, part: Part) -> String {
        let mut words = vec![self.words.clone(), PUBLIC.to_owned()];
        words.extend(self.pushed_since.map(|day| format!("pushed:>={day}")));
        match part {
            Part::Everything => words.extend(self.created()),
            Part::StarsUpTo(stars) => words.extend(self.created().into_iter().chain([format!("stars:<={stars}")])),
            Part::Created(stars, first, last) => {
                words.extend([format!("created:{first}..{last}"), format!("stars:{stars}")])
            }
        }
        words.join(" ")
    }

    fn created(&self) -> Option<String> {
        self.created_since.map(|day| format!("created:>={day}"))
    }

    /// All days on which what it asks for can have been created.
    pub(super) fn days(&self) -> (NaiveDate, NaiveDate) {
        // A repository of today may be a day ahead of a clock that is slow.
        (self.created_since.unwrap_or(FIRST_DAY), self.today + Days::new(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trending::collect::tests::options;

    #[test]
    fn dates_are_counted_back_from_the_runs_day() {
        let query = Query::of_language("language:Go", &options());
        assert_eq!(query.text(Part::Everything), "language:Go is:public pushed:>=2026-10-02 created:>=2026-05-05");
        assert_eq!(
            query.text(Part::StarsUpTo(7)),
            "language:Go is:public pushed:>=2026-10-02 created:>=2026-05-05 stars:<=7"
        );
        let (first, last) = query.days();
        assert_eq!(
            query.text(Part::Created(7, first, last)),
            "language:Go is:public pushed:>=2026-10-02 created:2026-05-05..2026-11-02 stars:7"
        );
    }

    #[test]
    fn no_days_are_no_condition() {
        let options = Options { pushed_within_days: 0, created_within_days: 0, ..options() };
        assert_eq!(Query::of_language("language:Go", &options).text(Part::Everything), "language:Go is:public");
        assert_eq!(
            Query::of_topic("render-blueprint", &options).text(Part::Everything),
            "topic:render-blueprint is:public"
        );
    }
}
