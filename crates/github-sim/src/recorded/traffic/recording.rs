//! What a collector kept of one repository.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::sheet::Sheet;
use crate::Error;
use crate::world::traffic::{DailyTraffic, Popular};

type Lists = BTreeMap<DateTime<Utc>, Vec<Popular>>;

#[derive(Debug, Default)]
pub(super) struct Recording {
    /// Count and distinct visitors.
    views: BTreeMap<NaiveDate, (u32, u32)>,
    clones: BTreeMap<NaiveDate, (u32, u32)>,
    pub(super) referrers: Lists,
    pub(super) paths: Lists,
    /// All stars until a day.
    stars: BTreeMap<NaiveDate, u32>,
    pub(super) forks: Vec<(NaiveDate, u64)>,
    pub(super) subscribers: u64,
}

/// The names that collectors have for the same columns.
const DATE: [&str; 5] = ["date", "time_iso8601", "timestamp", "snapshot_date", "collection_date"];
const COUNT: [&str; 3] = ["count", "views_total", "count_total"];
const UNIQUES: [&str; 3] = ["uniques", "views_unique", "count_unique"];
const PATH: [&str; 2] = ["path", "url_path"];

impl Recording {
    /// Reads a file by its name; others than the known ones are passed over.
    ///
    /// # Errors
    /// When it cannot be read, or a line is not what its header promises.
    pub(super) fn read(&mut self, path: &Path, content: &mut impl Read) -> Result<(), Error> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let mut sheet = || Sheet::read(path, &mut *content);
        match name {
            "views_clones_aggregate.csv" => {
                for row in sheet()?.rows() {
                    let day = row.date(&DATE)?;
                    self.views.insert(day, (row.number(&["views_total"])?, row.number(&["views_unique"])?));
                    self.clones.insert(day, (row.number(&["clones_total"])?, row.number(&["clones_unique"])?));
                }
            }
            "views.csv" => {
                for row in sheet()?.rows() {
                    self.views.insert(row.date(&DATE)?, (row.number(&COUNT)?, row.number(&UNIQUES)?));
                }
            }
            "clones.csv" => {
                let (count, uniques) = (["count", "clones_total"], ["uniques", "clones_unique"]);
                for row in sheet()?.rows() {
                    self.clones.insert(row.date(&DATE)?, (row.number(&count)?, row.number(&uniques)?));
                }
            }
            "stargazers.csv" => {
                for row in sheet()?.rows() {
                    self.stars.insert(row.date(&DATE)?, row.number(&["stars_cumulative"])?);
                }
            }
            "forks.csv" => {
                for row in sheet()?.rows() {
                    self.forks.push((row.date(&DATE)?, u64::from(row.number(&["forks_cumulative"])?)));
                }
            }
            "repo-stats.csv" => {
                for row in sheet()?.rows() {
                    let day = row.date(&DATE)?;
                    self.stars.insert(day, row.number(&["stars"])?);
                    self.forks.push((day, u64::from(row.number(&["forks"])?)));
                    self.subscribers = u64::from(row.number(&["subscribers"])?);
                }
            }
            _ => return self.read_list(name, sheet),
        }
        Ok(())
    }

    /// Lists of referrers or paths: one in a file whose name has its instant, or many with their dates.
    fn read_list(&mut self, name: &str, mut sheet: impl FnMut() -> Result<Sheet, Error>) -> Result<(), Error> {
        let (lists, named): (&mut Lists, &[&str]) = if name == "paths.csv" || name.ends_with("_top_paths_snapshot.csv")
        {
            (&mut self.paths, &PATH)
        } else if name == "referrers.csv" || name.ends_with("_top_referrers_snapshot.csv") {
            (&mut self.referrers, &["referrer"])
        } else {
            return Ok(());
        };
        let instant = name.split("_top_").next().and_then(instant_of_name);
        if let Some(at) = instant {
            lists.entry(at).or_default();
        }
        for row in sheet()?.rows() {
            let at = match instant {
                Some(at) => at,
                None => row.date(&DATE)?.and_time(NaiveTime::MIN).and_utc(),
            };
            let mut entry = Popular::new(row.text(named)?, row.number(&COUNT)?.into(), row.number(&UNIQUES)?.into());
            entry.title = row.text(&["title"]).ok().map(str::to_owned);
            lists.entry(at).or_default().push(entry);
        }
        Ok(())
    }

    pub(super) fn daily(&self) -> Vec<DailyTraffic> {
        let mut days: Vec<NaiveDate> = self.views.keys().chain(self.clones.keys()).copied().collect();
        days.sort_unstable();
        days.dedup();
        let of =
            |values: &BTreeMap<NaiveDate, (u32, u32)>, day: &NaiveDate| values.get(day).copied().unwrap_or_default();
        let daily = |day: &NaiveDate| {
            let ((views, view_uniques), (clones, clone_uniques)) = (of(&self.views, day), of(&self.clones, day));
            DailyTraffic { day: *day, views, view_uniques, clones, clone_uniques }
        };
        days.iter().map(daily).collect()
    }

    /// How many stars came on each day; a day after which there are fewer counts for none.
    pub(super) fn new_stars(&self) -> Vec<(NaiveDate, u32)> {
        let mut most = 0;
        let mut days = Vec::new();
        for (day, all) in &self.stars {
            if *all > most {
                days.push((*day, all - most));
                most = *all;
            }
        }
        days
    }

    /// The beginning of the first day of which something is known, in seconds since 1970.
    pub(super) fn first_instant(&self) -> Option<i64> {
        let days = self.views.keys().chain(self.clones.keys()).chain(self.stars.keys());
        days.min().map(|day| day.and_time(NaiveTime::MIN).and_utc().timestamp())
    }
}

fn instant_of_name(text: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d_%H%M%S").ok().map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(recording: &mut Recording, name: &str, text: &str) -> Result<(), Error> {
        recording.read(Path::new(name), &mut text.as_bytes())
    }

    #[test]
    fn columns_are_found_by_any_of_their_names() {
        let mut recording = Recording::default();
        read(&mut recording, "x/views.csv", "date,views_total,views_unique,collection_timestamp\n2026-01-02,5,3,z\n")
            .unwrap();
        read(&mut recording, "x/clones.csv", "uniques,count,date\n1,4,2026-01-03\n").unwrap();
        let days: Vec<(String, [u32; 4])> = recording
            .daily()
            .iter()
            .map(|of| (of.day.to_string(), [of.views, of.view_uniques, of.clones, of.clone_uniques]))
            .collect();
        assert_eq!(days, [("2026-01-02".to_owned(), [5, 3, 0, 0]), ("2026-01-03".to_owned(), [0, 0, 4, 1])]);
    }

    #[test]
    fn lists_have_their_instant_from_the_name_or_the_line() {
        let mut recording = Recording::default();
        let old = "referrer,count_total,count_unique\nGoogle,4,2\n";
        read(&mut recording, "2021-01-02_140959_top_referrers_snapshot.csv", old).unwrap();
        read(&mut recording, "2021-01-03_000000_top_referrers_snapshot.csv", "referrer,views_total,views_unique\n")
            .unwrap();
        let dated = "snapshot_date,path,count,uniques,title\n\"2026-08-19\",\"/a/b\",3,1,\"One, \"\"two\"\"\"\n";
        read(&mut recording, "paths.csv", dated).unwrap();
        let instants: Vec<String> = recording.referrers.keys().map(DateTime::to_rfc3339).collect();
        assert_eq!(instants, ["2021-01-02T14:09:59+00:00", "2021-01-03T00:00:00+00:00"]);
        let (at, entries) = recording.paths.first_key_value().unwrap();
        assert_eq!(at.to_rfc3339(), "2026-08-19T00:00:00+00:00");
        assert_eq!(entries[0].title.as_deref(), Some("One, \"two\""));
    }

    #[test]
    fn new_stars_are_the_growth_of_all_stars() {
        let mut recording = Recording::default();
        let text = "time_iso8601,stars_cumulative\n2020-03-18 00:00:00+00:00,1\n2020-03-20 00:00:00+00:00,7\n";
        read(&mut recording, "stargazers.csv", text).unwrap();
        let days: Vec<(String, u32)> =
            recording.new_stars().iter().map(|(day, count)| (day.to_string(), *count)).collect();
        assert_eq!(days, [("2020-03-18".to_owned(), 1), ("2020-03-20".to_owned(), 6)]);
    }

    #[test]
    fn a_bad_line_is_named() {
        let text = "date,count,uniques\n2026-01-01,1,1\nsoon,1,1\n";
        let error = read(&mut Recording::default(), "x/views.csv", text).unwrap_err().to_string();
        assert!(error.contains("x/views.csv, line 3") && error.contains("soon"), "{error}");
        let error = read(&mut Recording::default(), "x/views.csv", "date,views\n2026-01-01,1\n").unwrap_err();
        assert!(error.to_string().contains("count"), "{error}");
    }
}
