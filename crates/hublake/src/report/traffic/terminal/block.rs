//! One repository.

use chrono::NaiveDate;

use crate::clean::{clean, cut};
use crate::report::grid::{grid, wide, wrapped};
use crate::report::skyline::{GAP, skyline};
use crate::report::terminal::count;
use crate::report::traffic::figures::{Level, MeasureFigures, TrafficFigures, WindowFigures};
use crate::report::traffic::lists::Popular;
use crate::report::traffic::words::{self, at_least, visitors};

const PICTURE_HEIGHT: usize = 3;
const LIST_LENGTH: usize = 3;
const NAME_WIDTH: usize = 50;
/// Where the text behind a label begins.
const LABEL: usize = 12;

/// The lines of one repository.
pub(super) fn block(figures: &TrafficFigures, width: usize) -> Vec<String> {
    let mut lines = vec![title(figures), String::new()];
    let is_known = |figures: &MeasureFigures| figures.last_30_days.count.is_some();
    if is_known(&figures.views) || is_known(&figures.clones) {
        lines.extend(indented(&windows(figures)));
        lines.extend(answer_line(figures).iter().flat_map(|line| wrapped(line, width, 4)));
        lines.push(String::new());
        lines.extend(picture(figures));
    } else {
        lines.push(format!("  nothing is known of the {} days to {}", figures.coverage.days, figures.coverage.to));
    }
    lines.push(String::new());
    lines.extend(labelled(figures, width));
    lines.extend(popular_lines(figures.referrers.as_ref(), figures.paths.as_ref(), LIST_LENGTH));
    lines.extend(figures.notes.iter().flat_map(|note| wrapped(&format!("  note: {}", clean(note)), width, 8)));
    lines
}

/// The name, and where the views go.
fn title(figures: &TrafficFigures) -> String {
    let fortnight = &figures.views.last_14_days;
    let mut title = figures.repository.clone();
    if fortnight.count.is_some() {
        title.push_str(&format!("   {} views in 14 days", at_least(fortnight.count, fortnight.is_complete)));
    }
    if fortnight.change_percent.is_some() {
        title.push_str(&format!("   {} {}", words::arrow(fortnight), words::change(fortnight)));
    }
    title
}

/// The three windows, views beside clones.
fn windows(figures: &TrafficFigures) -> Vec<String> {
    let MeasureFigures { last_7_days, last_14_days, last_30_days, .. } = &figures.views;
    let views = [last_7_days, last_14_days, last_30_days];
    let MeasureFigures { last_7_days, last_14_days, last_30_days, .. } = &figures.clones;
    let clones = [last_7_days, last_14_days, last_30_days];
    let until = format!("to {}", figures.coverage.to);
    let header = [until.as_str(), "views", "change", "visitors", "   clones", "change", "cloners"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for (label, (views, clones)) in
        ["last 7 days", "last 14 days", "last 30 days"].into_iter().zip(views.iter().zip(clones))
    {
        let mut row = vec![label.to_owned()];
        row.extend(window(views));
        row.extend(window(clones));
        rows.push(row);
    }
    grid(&rows, &[0])
}

fn window(window: &WindowFigures) -> [String; 3] {
    [
        at_least(window.count, window.is_complete),
        words::change(window),
        visitors(window.uniques_lower, window.uniques_upper),
    ]
}

/// The window in which visitors are counted exactly: GitHub's own.
fn answer_line(figures: &TrafficFigures) -> Option<String> {
    let views = figures.views.newest_answer.as_ref()?;
    let clones = figures.clones.newest_answer.as_ref();
    let clones = clones
        .filter(|clones| clones.answered_on == views.answered_on)
        .map(|clones| format!(", {} by {}", counted(clones.count, "clone"), count(clones.uniques)));
    Some(format!(
        "  GitHub's 14 days to {}: {} by {}{}",
        views.answered_on,
        counted(views.count, "view"),
        counted(views.uniques, "visitor"),
        clones.unwrap_or_default()
    ))
}

fn counted(number: i64, thing: &str) -> String {
    format!("{} {thing}{}", count(number), if number == 1 { "" } else { "s" })
}

/// The days of the picture, their dates below.
fn picture(figures: &TrafficFigures) -> Vec<String> {
    let views: Vec<Option<i64>> = figures.days.iter().map(|day| day.views).collect();
    let Some(most) = views.iter().flatten().max() else {
        return vec!["  no views are known of these days".to_owned()];
    };
    let title =
        if views.contains(&None) { format!("  views a day ({GAP} not known)") } else { "  views a day".to_owned() };
    let rows = skyline(&views, PICTURE_HEIGHT);
    let label = if *most > 0 { count(*most) } else { String::new() };
    let last = rows.len().saturating_sub(1);
    let margin = wide(&label).max(1);
    let mut lines = vec![title];
    for (index, row) in rows.iter().enumerate() {
        let label = match index {
            0 => label.as_str(),
            index if index == last => "0",
            _ => "",
        };
        lines.push(format!("  {label:>margin$} │{row}").trim_end().to_owned());
    }
    let (from, to) = (figures.coverage.from.to_string(), figures.coverage.to.to_string());
    let space = " ".repeat(views.len().saturating_sub(from.len() + to.len()));
    lines.push(format!("  {:margin$}  {from}{space}{to}", ""));
    lines
}

/// Coverage, what to do, and how many like the repository.
fn labelled(figures: &TrafficFigures, width: usize) -> Vec<String> {
    let (is_warning, safety) = words::safety(figures);
    let texts = [
        ("coverage", words::coverage(&figures.coverage)),
        (if is_warning { "warning" } else { "safe" }, safety),
        ("stars", levels(figures)),
    ];
    let line = |(label, text): (&str, String)| wrapped(&format!("  {label:<10}{text}"), width, LABEL);
    texts.into_iter().filter(|(_, text)| !text.is_empty()).flat_map(line).collect()
}

/// Stars first, whose name is the label.
fn levels(figures: &TrafficFigures) -> String {
    let all = [&figures.stars, &figures.forks, &figures.watchers];
    if all.iter().all(|level| level.now.is_none()) {
        return String::new();
    }
    let [stars, forks, watchers] = all.map(words::level);
    let mut words = vec![stars, format!("forks {forks}"), format!("watchers {watchers}")];
    let newest = |pick: fn(&Level) -> Option<NaiveDate>| all.iter().filter_map(|level| pick(level)).max();
    if let Some(since) = newest(|level| level.change.and(level.before_on)) {
        words.push(format!("since {since}"));
    }
    if let Some(seen_on) = newest(|level| level.seen_on).filter(|seen_on| *seen_on < figures.coverage.to) {
        words.push(format!("seen {seen_on}"));
    }
    words.join("   ")
}

/// Two lists one below the other, an empty line before each.
pub(in crate::report::traffic) fn popular_lines(
    referrers: Option<&Popular>,
    paths: Option<&Popular>,
    length: usize,
) -> Vec<String> {
    let mut rows = list_rows("top referrers", referrers, length);
    let of_referrers = rows.len();
    rows.extend(list_rows("top paths", paths, length));
    let mut lines = indented(&grid(&rows, &[0]));
    if of_referrers > 0 && of_referrers < lines.len() {
        lines.insert(of_referrers, String::new());
    }
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

/// The rows of one list under their heading.
fn list_rows(heading: &str, list: Option<&Popular>, length: usize) -> Vec<Vec<String>> {
    let Some(list) = list else { return Vec::new() };
    let heading = format!("{heading} of the 14 days to {}", list.snapshot_date);
    if list.entries.is_empty() {
        return vec![vec![heading], vec!["  none".to_owned()]];
    }
    let mut rows = vec![vec![heading, "views".to_owned(), "visitors".to_owned()]];
    for entry in list.entries.iter().take(length) {
        let name = format!("  {}", cut(&entry.name, NAME_WIDTH));
        rows.push(vec![name, count(entry.count), count(entry.uniques)]);
    }
    rows
}

fn indented(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| format!("  {line}")).collect()
}
