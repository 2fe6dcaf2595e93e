//! The recorded files, where `HUBLAKE_RECORDED_DATA` names their folder. The numbers were counted with Python's csv
//! and json modules, not with this program.

use std::process::Command;

use super::*;

/// The folder `traffic` of the recorded data; `None`, and a word that it is so, where none is named.
fn recorded() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("HUBLAKE_RECORDED_DATA") else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: generated files are read instead of recorded ones");
        return None;
    };
    let folder = PathBuf::from(folder).join("traffic");
    assert!(folder.is_dir(), "HUBLAKE_RECORDED_DATA has no folder {}", folder.display());
    Some(folder)
}

fn read_in(folder: &Path, name: &str) -> Imported {
    read_with(&folder.join(name), &options()).unwrap_or_else(|error| panic!("{error}"))
}

fn sum(days: &[Day], value: fn(&Counts) -> Option<u32>) -> u32 {
    days.iter().filter_map(|day| value(&day.counts)).sum()
}

/// Arrays in which each of `keys` weeks comes `times` times, every second time with values cut short.
fn generated_weeks(keys: u32, times: u32) -> String {
    let array = |time: u32| {
        let row = |key: u32| {
            let count = if (key + time).is_multiple_of(2) { key + 1 } else { 1 };
            let monday = date("2023-01-02") + Days::new(7 * u64::from(key % 50));
            format!(r#"{{"repo":"repository-{}","uniques":1,"count":{count},"timestamp":"{monday}"}}"#, key / 50)
        };
        format!("[{}]", (0..keys).map(row).collect::<Vec<_>>().join(","))
    };
    (0..times).map(array).collect()
}

/// Rows, then keys and the sums of their largest counts and uniques, of one file.
fn weeks(imported: &Imported) -> (usize, usize, u32, u32) {
    let mut largest: BTreeMap<(&str, NaiveDate), (u32, u32)> = BTreeMap::new();
    for week in &imported.weeks {
        let kept = largest.entry((&week.repository, week.monday)).or_default();
        kept.0 = kept.0.max(week.counts.views.or(week.counts.clones).unwrap());
        kept.1 = kept.1.max(week.counts.view_uniques.or(week.counts.clone_uniques).unwrap());
    }
    let (counts, uniques) = (largest.values().map(|kept| kept.0), largest.values().map(|kept| kept.1));
    (imported.weeks.len(), largest.len(), counts.sum(), uniques.sum())
}

#[test]
fn repeated_weeks_give_the_maximum_of_each_key() {
    let Some(folder) = recorded() else {
        let fixture = Fixture::new("views.json", generated_weeks(120, 3));
        // 120 keys with a count of 1 to 120 each.
        assert_eq!(weeks(&fixture.read().unwrap()), (360, 120, 120 * 121 / 2, 120));
        return;
    };
    // json.loads of the text with "][" replaced by ",", then a dictionary of maxima by (repo, timestamp).
    let views = read_in(&folder, "rafaelvp-db+github-stats/views.json");
    assert_eq!(weeks(&views), (1_113, 542, 13_597, 2_071));
    let clones = read_in(&folder, "rafaelvp-db+github-stats/clones.json");
    assert_eq!(weeks(&clones), (2_419, 1_208, 3_763, 2_353));
}

#[test]
fn the_data_of_github_repo_stats_is_read_whole() {
    let Some(folder) = recorded() else {
        return;
    };
    let unpacked = tempfile::tempdir().unwrap();
    let archive = folder.join("ghrs-test.tar.gz");
    let status = Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(unpacked.path()).status().unwrap();
    assert!(status.success());
    let data = unpacked.path().join("ghrs-test/jgehrcke/covid-19-germany-gae/ghrs-data");

    // csv.DictReader: rows and column sums; the dates between the first and the last without a row; those of them
    // with a snapshot in the thirteen days after.
    let aggregate = read_in(&data, "views_clones_aggregate.csv");
    let days = &aggregate.days;
    assert_eq!((days.len(), days[0].day, days[1_377].day), (1_378, date("2020-12-01"), date("2024-10-24")));
    assert!(days.iter().all(|day| &*day.repository == "jgehrcke/covid-19-germany-gae"));
    assert_eq!((sum(days, |counts| counts.views), sum(days, |counts| counts.view_uniques)), (42_282, 10_012));
    assert_eq!((sum(days, |counts| counts.clones), sum(days, |counts| counts.clone_uniques)), (12_842, 5_572));
    assert_eq!(aggregate.quiet_days.len(), 46);
    let partial: Vec<_> = days.iter().filter(|day| day.is_partial).map(|day| day.day).collect();
    assert_eq!(partial, [date("2020-12-01"), date("2024-10-24")]);

    let last = |imported: &Imported| imported.figures.last().map(|figures| (figures.day, figures.stars, figures.forks));
    let stars = read_in(&data, "stargazers.csv");
    assert_eq!((stars.figures.len(), last(&stars)), (113, Some((date("2024-09-06"), Some(145), None))));
    let forks = read_in(&data, "forks.csv");
    assert_eq!((forks.figures.len(), last(&forks)), (48, Some((date("2024-10-20"), None, Some(49)))));

    let mut files = [0, 0];
    let mut entries = [0, 0];
    for file in data.join("snapshots").read_dir().unwrap() {
        for snapshot in read_with(&file.unwrap().path(), &options()).unwrap().snapshots {
            let kind = usize::from(snapshot.kind == SnapshotKind::Paths);
            files[kind] += 1;
            entries[kind] += snapshot.entries.len();
        }
    }
    assert_eq!((files, entries), ([1_852, 1_852], [12_978, 18_256]));
}

#[test]
fn the_files_of_other_collectors_are_read_as_they_are() {
    let Some(folder) = recorded() else {
        return;
    };
    // csv.DictReader: rows, column sums, distinct dates; partial are the days that the row's own collection date
    // does not hold whole.
    let days_of = |name: &str| read_in(&folder, name).days;
    let views = days_of("NCAR+i-wrf/traffic/views.csv");
    assert_eq!((views.len(), &*views[0].repository), (142, "NCAR/i-wrf"));
    assert_eq!((sum(&views, |counts| counts.views), sum(&views, |counts| counts.view_uniques)), (1_647, 519));
    let partial: Vec<_> = views.iter().filter(|day| day.is_partial).map(|day| day.day).collect();
    assert_eq!(partial, [date("2025-12-26")]);
    let clones = days_of("NCAR+i-wrf/traffic/clones.csv");
    assert_eq!((sum(&clones, |counts| counts.clones), sum(&clones, |counts| counts.clone_uniques)), (1_739, 488));

    let views = days_of("databricks-solutions+consort/traffic/views.csv");
    assert_eq!((views.len(), sum(&views, |counts| counts.views)), (53, 1_305));
    let clones = days_of("databricks-solutions+consort/traffic/clones.csv");
    assert_eq!((clones.len(), sum(&clones, |counts| counts.clones)), (53, 2_285));

    let sets = |name: &str| {
        let snapshots = read_in(&folder, name).snapshots;
        (snapshots.len(), snapshots.iter().map(|snapshot| snapshot.entries.len()).sum::<usize>())
    };
    assert_eq!(sets("NCAR+i-wrf/traffic/referrers.csv"), (21, 112));
    assert_eq!(sets("databricks-solutions+consort/traffic/referrers.csv"), (4, 39));
    assert_eq!(sets("databricks-solutions+consort/traffic/paths.csv"), (4, 40));
    let figures = read_in(&folder, "databricks-solutions+consort/traffic/repo-stats.csv").figures;
    assert_eq!(figures.last().map(|figures| (figures.stars, figures.watchers)), Some((Some(10), Some(0))));
}
