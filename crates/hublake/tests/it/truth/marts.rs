//! The marts: pull requests are left out everywhere, and an issue closed without `closed_at` has no closing day.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use super::Repository;
use super::issue::{Issue, days_between};
use super::rows::{ClosureAgeMonth, DailyFlow, IssueLifecycle, OpenAge, SwingDay, WeekdayRhythm};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// One row per issue; where GitHub gives no `closed_at`, a closed issue counts as closed when it was last updated.
pub fn issue_lifecycle(repository: &Repository) -> Vec<IssueLifecycle> {
    let mut rows = Vec::new();
    for issue in repository.true_issues() {
        let (closed_at, source) = match (issue.is_closed(), issue.closed_at) {
            (false, _) => (None, None),
            (true, Some(at)) => (Some(at), Some("github")),
            (true, None) => (Some(issue.updated_at), Some("updated_at")),
        };
        let label_names = issue.label_names();
        let mut assignee_logins: Vec<String> = issue.assignees.iter().map(|person| person.login.clone()).collect();
        assignee_logins.sort();
        rows.push(IssueLifecycle {
            repository: repository.columns.clone(),
            issue_id: issue.id,
            issue_node_id: issue.node_id.clone(),
            issue_number: issue.number,
            title: issue.title.clone(),
            html_url: issue.html_url.clone(),
            state: issue.state.clone(),
            state_reason: issue.state_reason.clone(),
            created_at: issue.created_at,
            created_date: issue.opened_on(),
            closed_at,
            closed_date: closed_at.map(|at| at.date_naive()),
            closed_at_source: source.map(str::to_owned),
            updated_at: issue.updated_at,
            is_open: !issue.is_closed(),
            is_closed: issue.is_closed(),
            closure_age_days: issue.closure_age_days(),
            author_login: issue.author_login.clone(),
            author_association: issue.author_association.clone(),
            milestone_title: issue.milestone_title.clone(),
            closed_by_login: issue.closed_by_login.clone(),
            comment_count: issue.comment_count,
            label_group: label_names.first().cloned().unwrap_or_else(|| "other".to_owned()),
            label_names,
            assignee_logins,
        });
    }
    rows
}

/// One row per day from the first to the last day on which an issue was opened or closed.
///
/// With `read_on` the days go on to that day if it is later; a repository without any such day has no rows.
pub fn daily_flow(repository: &Repository, read_on: Option<NaiveDate>) -> Vec<DailyFlow> {
    let mut opened = BTreeMap::<NaiveDate, i64>::new();
    let mut closed = BTreeMap::<NaiveDate, i64>::new();
    for issue in repository.true_issues() {
        *opened.entry(issue.opened_on()).or_default() += 1;
        if let Some(day) = issue.known_closed_on() {
            *closed.entry(day).or_default() += 1;
        }
    }
    let Some(&first) = opened.keys().chain(closed.keys()).min() else {
        return Vec::new();
    };
    let Some(&last_event) = opened.keys().chain(closed.keys()).max() else {
        return Vec::new();
    };
    let last = read_on.map_or(last_event, |day| day.max(last_event));

    let count = |counts: &BTreeMap<NaiveDate, i64>, day: NaiveDate| counts.get(&day).copied().unwrap_or(0);
    let week = |counts: &BTreeMap<NaiveDate, i64>, day: NaiveDate| -> i64 {
        (0..7).map(|back| count(counts, day - TimeDelta::days(back))).sum()
    };
    let mut rows = Vec::new();
    let mut cumulative = 0;
    for day in first.iter_days().take_while(|day| *day <= last) {
        let net_change = count(&opened, day) - count(&closed, day);
        cumulative += net_change;
        rows.push(DailyFlow {
            repository: repository.columns.clone(),
            calendar_date: day,
            opened_count: count(&opened, day),
            closed_count: count(&closed, day),
            net_change,
            cumulative_net_change: cumulative,
            rolling_7d_opened: week(&opened, day),
            rolling_7d_closed: week(&closed, day),
            rolling_7d_net_change: week(&opened, day) - week(&closed, day),
        });
    }
    rows
}

/// One row per month in which at least one issue was closed.
pub fn closure_age_monthly(repository: &Repository) -> Vec<ClosureAgeMonth> {
    let mut ages_of_month = BTreeMap::<NaiveDate, Vec<f64>>::new();
    for issue in repository.true_issues() {
        if let (Some(day), Some(age)) = (issue.known_closed_on(), issue.closure_age_days()) {
            let month = day.with_day(1).expect("every month has a first day");
            ages_of_month.entry(month).or_default().push(age);
        }
    }
    let mut rows = Vec::new();
    for (year_month, ages) in ages_of_month {
        rows.push(ClosureAgeMonth {
            repository: repository.columns.clone(),
            year_month,
            closed_issue_count: ages.len() as i64,
            median_closure_age_days: percentile(&ages, 0.5).expect("a month has an age"),
            p90_closure_age_days: percentile(&ages, 0.9).expect("a month has an age"),
            share_closed_within_7d: share(&ages, |age| age <= 7.0).expect("a month has an age"),
            share_closed_after_90d: share(&ages, |age| age > 90.0).expect("a month has an age"),
        });
    }
    rows
}

/// The seven weekdays for each of the two kinds of event, zeros included.
pub fn weekday_rhythm(repository: &Repository) -> Vec<WeekdayRhythm> {
    let mut opened = [0_i64; 7];
    let mut closed = [0_i64; 7];
    for issue in repository.true_issues() {
        opened[issue.opened_on().weekday().num_days_from_monday() as usize] += 1;
        if let Some(day) = issue.known_closed_on() {
            closed[day.weekday().num_days_from_monday() as usize] += 1;
        }
    }
    let mut rows = Vec::new();
    for (event_type, counts) in [("opened", opened), ("closed", closed)] {
        for (weekday, issue_count) in counts.into_iter().enumerate() {
            rows.push(WeekdayRhythm {
                repository: repository.columns.clone(),
                weekday_num: weekday as i64,
                weekday_name: WEEKDAYS[weekday].to_owned(),
                event_type: event_type.to_owned(),
                issue_count,
            });
        }
    }
    rows
}

/// The stored days ranked by their net change both ways: 1 plus the number of days that swing further.
pub fn swing_days(repository: &Repository) -> Vec<SwingDay> {
    let days = daily_flow(repository, None);
    let mut days_of_net = BTreeMap::<i64, i64>::new();
    for day in &days {
        *days_of_net.entry(day.net_change).or_default() += 1;
    }
    let mut rows = Vec::new();
    for day in &days {
        let higher: i64 = days_of_net.iter().filter(|(net, _)| **net > day.net_change).map(|(_, days)| days).sum();
        let lower: i64 = days_of_net.iter().filter(|(net, _)| **net < day.net_change).map(|(_, days)| days).sum();
        rows.push(SwingDay {
            repository: day.repository.clone(),
            calendar_date: day.calendar_date,
            opened_count: day.opened_count,
            closed_count: day.closed_count,
            net_change: day.net_change,
            swing_rank_positive: 1 + higher,
            swing_rank_negative: 1 + lower,
        });
    }
    rows
}

/// The ages of the issues open at `now`; nothing for a repository without issues.
pub fn open_age(repository: &Repository, now: DateTime<Utc>) -> Option<OpenAge> {
    repository.true_issues().next()?;
    let open: Vec<&Issue> = repository.true_issues().filter(|issue| !issue.is_closed()).collect();
    let ages: Vec<f64> = open.iter().map(|issue| days_between(issue.created_at, now)).collect();
    let oldest = open.iter().min_by_key(|issue| (issue.created_at, issue.number));
    let untouched = |days: i64| {
        let limit = now - TimeDelta::days(days);
        open.iter().filter(|issue| issue.updated_at < limit).count() as i64
    };
    Some(OpenAge {
        repository: repository.columns.clone(),
        open_count: open.len() as i64,
        median_age_days: percentile(&ages, 0.5),
        p90_age_days: percentile(&ages, 0.9),
        oldest_age_days: oldest.map(|issue| days_between(issue.created_at, now)),
        oldest_issue_number: oldest.map(|issue| issue.number),
        untouched_30d_count: untouched(30),
        untouched_90d_count: untouched(90),
        untouched_365d_count: untouched(365),
    })
}

/// The value at `fraction` of the sorted values, interpolated between its two neighbours; none of no values.
pub fn percentile(values: &[f64], fraction: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let position = fraction * sorted.len().checked_sub(1)? as f64;
    let lower = sorted[position.floor() as usize];
    let upper = sorted[position.ceil() as usize];
    Some(lower + (upper - lower) * (position - position.floor()))
}

/// The part of the values, from 0 to 1, for which `holds` is true; none of no values.
pub fn share(values: &[f64], holds: impl Fn(f64) -> bool) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let matching = values.iter().filter(|value| holds(**value)).count();
    Some(matching as f64 / values.len() as f64)
}
