//! CSV files of every collector.

use rstest::rstest;

use super::*;

#[test]
fn an_aggregate_of_github_repo_stats_is_named_by_its_folders_and_partial_at_its_edges() {
    let text = "time_iso8601,clones_total,clones_unique,views_total,views_unique\n\
                2024-03-01 00:00:00+00:00,4,2,59,13\n\
                2024-03-02 00:00:00+00:00,0,0,91,16\n\
                2024-03-04 00:00:00+00:00,1,1,3,2\n";
    let imported = Fixture::new("octo/hello/ghrs-data/views_clones_aggregate.csv", text).read().unwrap();
    assert_eq!(imported.format, Format::GithubRepoStatsAggregate);
    assert_eq!(
        told(&imported.days),
        [
            "octo/hello 2024-03-01 59/13 4/2 partial",
            "octo/hello 2024-03-02 91/16 0/0",
            "octo/hello 2024-03-04 3/2 1/1 partial"
        ]
    );
    assert_eq!(imported.quiet_days, [], "nothing says that 2024-03-03 was seen");
    assert_eq!(imported.notes.len(), 1);
}

#[test]
fn snapshots_beside_an_aggregate_prove_its_days() {
    let text = "time_iso8601,clones_total,clones_unique,views_total,views_unique\n\
                2024-03-01 00:00:00+00:00,4,2,59,13\n\
                2024-03-02 00:00:00+00:00,0,0,91,16\n\
                2024-03-04 00:00:00+00:00,1,1,3,2\n";
    let fixture = Fixture::new("octo/hello/ghrs-data/views_clones_aggregate.csv", text)
        .beside("snapshots/2024-03-05_101112_top_paths_snapshot.csv", "url_path,views_total,views_unique\n");
    let imported = fixture.read().unwrap();
    assert_eq!(
        told(&imported.days),
        ["octo/hello 2024-03-01 59/13 4/2 partial", "octo/hello 2024-03-02 91/16 0/0", "octo/hello 2024-03-04 3/2 1/1"]
    );
    assert_eq!(imported.quiet_days, [(Arc::from("octo/hello"), date("2024-03-03"))]);
}

#[test]
fn a_snapshot_of_github_repo_stats_has_its_time_from_its_name() {
    let fixture = Fixture::new(
        "octo/hello/ghrs-data/snapshots/2021-02-11_223212_top_paths_snapshot.csv",
        "url_path,views_total,views_unique\n/octo/hello,507,164\n\"/octo/hello/a,b\",9,3\n",
    );
    let imported = fixture.read().unwrap();
    assert_eq!(imported.format, Format::GithubRepoStatsSnapshot);
    let snapshot = &imported.snapshots[0];
    assert_eq!((snapshot.kind, snapshot.taken_on), (SnapshotKind::Paths, date("2021-02-11")));
    assert_eq!(snapshot.taken_at.unwrap().to_rfc3339(), "2021-02-11T22:32:12+00:00");
    let entries: Vec<_> = snapshot.entries.iter().map(|entry| (&*entry.name, entry.count, entry.uniques)).collect();
    assert_eq!(entries, [("/octo/hello", 507, 164), ("/octo/hello/a,b", 9, 3)]);
}

#[test]
fn stars_so_far_end_each_day_with_the_last_of_its_rows() {
    let text = "time_iso8601,stars_cumulative\n\
                2021-01-22 23:08:44+00:00,2\n\
                2021-01-22 20:00:00+00:00,1\n\
                2021-04-07T19:51:40Z,3\n";
    let imported = Fixture::new("stargazers.csv", text).of_repository().unwrap();
    let figures: Vec<_> = imported.figures.iter().map(|figures| (figures.day, figures.stars, figures.forks)).collect();
    assert_eq!(figures, [(date("2021-01-22"), Some(2), None), (date("2021-04-07"), Some(3), None)]);
}

#[test]
fn days_of_traffic_stats_need_the_file_of_repositories() {
    let text = "RID,TDATE,VIEWCOUNT,VUNIQUES,CLONECOUNT,CUNIQUES\n\
                1000,2024-03-01,5,2,0,0\n\
                1001,2024-03-01,7,3,1,1\n\
                1000,2024-03-02,6,2,None,None\n\
                1000,2024-03-03,1,1,0,0\n";
    let alone = Fixture::new("repostats.csv", text);
    let Err(Error::ImportUnsaid { hint, .. }) = alone.read() else { panic!("the repositories are not known") };
    assert!(hint.contains("RID,ORGNAME,REPONAME"));

    let fixture = alone
        .beside("a-notes.csv", "something,else\n1,2\n")
        .beside("repositories.csv", "RID,ORGNAME,REPONAME\n1000,octo,hello\n1001,octo,world\n");
    let imported = fixture.read().unwrap();
    let expected = [
        "octo/hello 2024-03-01 5/2 0/0 partial",
        "octo/world 2024-03-01 7/3 1/1 partial",
        "octo/hello 2024-03-02 6/2 ?/?",
        "octo/hello 2024-03-03 1/1 0/0 partial",
    ];
    assert_eq!(told(&imported.days), expected);

    let repositories = read_with(&fixture.path.with_file_name("repositories.csv"), &options()).unwrap();
    assert_eq!(repositories.format, Format::TrafficStatsRepositories);
    let given = Options { repositories: repositories.repositories, ..options() };
    assert_eq!(told(&read_with(&fixture.path, &given).unwrap().days), expected);

    let given = Options { repositories: BTreeMap::from([(1000, "octo/hello".to_owned())]), ..options() };
    let (line, column, problem) = refusal(read_with(&fixture.path, &given));
    assert_eq!((line, &*column), (3, "1 (rid)"));
    assert!(problem.starts_with("RID 1001 is not among the repositories"), "{problem}");
}

#[test]
fn a_plain_file_names_its_repositories() {
    let text = "Date, Repo, Views, View_Uniques\n2024-03-01,octo/hello,5,2\n2024-03-02,world,,\n";
    let imported = Fixture::new("traffic.csv", text).read().unwrap();
    assert_eq!(told(&imported.days), ["octo/hello 2024-03-01 5/2 ?/?", "world 2024-03-02 ?/? ?/?"]);
}

#[test]
fn a_day_is_partial_at_the_edge_of_the_answer_it_comes_from() {
    let text = "date,clones_total,clones_unique,collection_timestamp\n\
                2024-03-01,1,1,2024-03-15T23:47:29.333337+00:00\n\
                2024-03-02,1,1,2024-03-15T23:47:29.333337+00:00\n\
                2024-03-14,1,1,2024-03-15T23:47:29.333337+00:00\n\
                2024-03-15,1,1,2024-03-15T23:47:29.333337+00:00\n";
    let imported = Fixture::new("octo+hello/clones.csv", text).read().unwrap();
    let partial: Vec<bool> = imported.days.iter().map(|day| day.is_partial).collect();
    assert_eq!(partial, [true, false, false, true]);
    assert_eq!(&*imported.days[0].repository, "octo/hello");
}

#[test]
fn count_and_uniques_are_of_what_the_name_of_the_file_says() {
    let text = "date,count,uniques\n2024-03-01,5,2\n";
    let clones = Fixture::new("clones.csv", text).of_repository().unwrap();
    assert_eq!(told(&clones.days), ["octo/hello 2024-03-01 ?/? 5/2"]);
    let unsaid = Fixture::new("traffic.csv", text).of_repository();
    assert!(matches!(unsaid, Err(Error::ImportUnsaid { what: "whether it counts views or clones", .. })));
    let nameless = Fixture::new("views.csv", text).read();
    assert!(matches!(nameless, Err(Error::ImportUnsaid { what: "whose traffic it holds", .. })));
}

#[test]
fn dated_lists_become_a_set_a_day() {
    let text = "snapshot_date,path,count,uniques,title\n\
                \"2024-03-02\",\"/octo/hello\",185,98,\"A \"\"fine\"\" page\"\n\
                \"2024-03-01\",\"/octo/hello\",18,9,\"\"\n\
                \"2024-03-02\",\"/octo/hello/pulls\",5,3,\"Pulls\"\n";
    let imported = Fixture::new("paths.csv", text).of_repository().unwrap();
    let sets: Vec<_> = imported.snapshots.iter().map(|set| (set.taken_on, set.entries.len())).collect();
    assert_eq!(sets, [(date("2024-03-01"), 1), (date("2024-03-02"), 2)]);
    assert_eq!(imported.snapshots[1].entries[0].title.as_deref(), Some("A \"fine\" page"));
}

#[test]
fn figures_leave_out_the_column_that_repeats_the_stars() {
    let text = "snapshot_date,stars,forks,watchers,subscribers,open_issues,size_kb\n2024-03-01,10,5,10,2,3,52398\n";
    let imported = Fixture::new("repo-stats.csv", text).of_repository().unwrap();
    let figures = &imported.figures[0];
    assert_eq!((figures.stars, figures.forks, figures.watchers), (Some(10), Some(5), Some(2)));
    assert_eq!((figures.open_issues_and_pulls, figures.size_kb), (Some(3), Some(52398)));
    assert!(imported.notes[0].contains("watchers_count"));
}

#[test]
fn today_is_always_partial() {
    let text = "date,repo,views\n2026-11-21,octo/hello,5\n2026-11-22,octo/hello,5\n";
    let imported = Fixture::new("traffic.csv", text).read().unwrap();
    let partial: Vec<bool> = imported.days.iter().map(|day| day.is_partial).collect();
    assert_eq!(partial, [false, true]);
}

#[rstest]
#[case::unknown_column("date,repo,views,bots\n2024-03-01,a/b,1,1\n", 1, "4 (bots)", "is not known")]
#[case::twice_the_same("date,repo,views,views_total\n2024-03-01,a/b,1,1\n", 1, "4 (views_total)", "another column")]
#[case::no_date("date,repo,views\n2024-03-01,a/b,1\n01.03.2024,a/b,1\n", 3, "1 (date)", "\"01.03.2024\" is no date")]
#[case::no_such_day("date,repo,views\n2024-02-30,a/b,1\n", 2, "1 (date)", "is no date")]
#[case::noon("date,repo,views\n2024-03-01T12:00:00Z,a/b,1\n", 2, "1 (date)", "is no day")]
#[case::before_github("date,repo,views\n1970-01-01,a/b,1\n", 2, "1 (date)", "is before GitHub was there")]
#[case::to_come("date,repo,views\n9999-01-01,a/b,1\n", 2, "1 (date)", "has not been yet")]
#[case::negative("date,repo,views\n2024-03-01,a/b,-1\n", 2, "3 (views)", "\"-1\" is no count")]
#[case::fraction("date,repo,views\n2024-03-01,a/b,1.5\n", 2, "3 (views)", "is no count")]
#[case::too_large("date,repo,views\n2024-03-01,a/b,4294967296\n", 2, "3 (views)", "is no count")]
#[case::name("date,repo,views\n2024-03-01,a/b/c,1\n", 2, "2 (repo)", "is no name of a repository")]
#[case::more_visitors("date,repo,views,view_uniques\n2024-03-01,a/b,1,2\n", 2, "4 (view_uniques)", "more visitors")]
#[case::short_row("date,repo,views\n2024-03-01,a/b\n", 2, "3", "the row has 2 fields")]
#[case::long_row("date,repo,views\n2024-03-01,a/b,1,1\n", 2, "4", "the row has 4 fields")]
fn a_fault_names_line_and_column(#[case] text: &str, #[case] line: u64, #[case] column: &str, #[case] problem: &str) {
    let found = refusal(Fixture::new("traffic.csv", text).read());
    assert_eq!((found.0, &*found.1), (line, column), "{}", found.2);
    assert!(found.2.contains(problem), "{}", found.2);
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let found = refusal(Fixture::new("traffic.csv", b"date,repo,views\n2024-03-01,a/\xff,1\n").read());
    assert_eq!((found.0, &*found.1), (2, "2"));
}

#[rstest]
#[case::one_long_line(format!("date,repo,views\n2024-03-01,{},1\n", "a".repeat(100_000)), 2, "2")]
#[case::never_closed(format!("date,repo,views\n2024-03-01,\"a\n{}", "b\n".repeat(100_000)), 0, "2")]
#[case::long_header("x".repeat(100_000), 1, "1")]
fn what_is_absurdly_long_is_refused(#[case] text: String, #[case] line: u64, #[case] column: &str) {
    let found = refusal(Fixture::new("traffic.csv", text).read());
    assert!(found.2.contains("longer than"), "{}", found.2);
    assert_eq!(found.1, column);
    assert!(line == 0 || found.0 == line, "line {}", found.0);
}

#[rstest]
#[case::empty("traffic.csv", "", "the file is empty")]
#[case::no_counts("traffic.csv", "date,repo\n2024-03-01,a/b\n", "the header has no column views")]
#[case::no_date("traffic.csv", "repo,views\na/b,1\n", "the header has no column date")]
#[case::no_time("top_paths_snapshot.csv", "a,b\n", "")]
#[case::snapshot_of_nothing("2021-02-11_223212_top_paths_snapshot.csv", "a,b\n", "referrer or url_path")]
#[case::snapshot_to_come("9021-02-11_223212_top_paths_snapshot.csv", "path,count,uniques\n", "has not been yet")]
fn a_file_of_no_known_kind_is_refused_with_a_hint(#[case] name: &str, #[case] text: &str, #[case] found: &str) {
    let refused = Fixture::new(name, text).read().unwrap_err();
    let text = refused.to_string();
    if let Error::ImportUnknown { .. } = refused {
        assert!(text.contains(found), "{text}");
        assert!(text.contains("\nhint: "), "{text}");
    } else {
        assert!(matches!(refused, Error::ImportField { line: 1, .. }), "{text}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let refused = read(Path::new("/nowhere/traffic.csv")).unwrap_err();
    assert!(refused.to_string().starts_with("cannot read /nowhere/traffic.csv: "), "{refused}");
}
