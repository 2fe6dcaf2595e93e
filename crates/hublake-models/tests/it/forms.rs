//! What a file must look like, and what is said when it does not.

use hublake_models::{Kind, Project};

const SOURCES: &str = "[events]\ndescription = \"Events.\"\ncolumns = [[\"repo_id\", \"BIGINT\", \"id\"], [\"at\", \"TIMESTAMPTZ(6)\", \"time\"]]\n";

/// A project of a source, a stored table and the file in question.
fn project(path: &str, text: &str) -> Result<Project, String> {
    let table = model("incremental", "SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM events");
    let files = [("sources.toml", SOURCES), ("staging/stg_base.sql", table.as_str()), (path, text)];
    Project::parse(files.into_iter()).map_err(|error| error.to_string())
}

fn model(kind: &str, query: &str) -> String {
    format!("-- Something.\n/*\nkind = \"{kind}\"\npipeline = \"p\"\ngrain = [\"repo_id\"]\n*/\n{query}\n")
}

/// The first line of the error for a model with this query, which begins at line 7.
fn refusal(kind: &str, query: &str) -> String {
    let error = project("staging/stg_x.sql", &model(kind, query)).map(|_| ()).unwrap_err();
    assert!(error.contains("\nhint: "), "{error}");
    error.lines().next().unwrap().to_owned()
}

#[test]
fn a_well_formed_model_tells_its_columns_and_what_it_reads() {
    let query = "WITH events AS (SELECT * FROM stg_base)\nSELECT\n  CAST(e.repo_id AS BIGINT) AS repo_id, -- the id\n  'x'::VARCHAR AS name, -- a name, with comma\n  CAST(make_array(e.repo_id) AS VARCHAR[]) AS names -- list\nFROM events e JOIN previous.stg_x p ON p.repo_id = e.repo_id";
    let project = project("staging/stg_x.sql", &model("incremental", query)).unwrap();
    let model = project.model("stg_x").unwrap();
    assert_eq!(model.description, "Something.");
    assert_eq!(model.kind, Kind::Incremental);
    assert_eq!(model.depends_on, ["stg_base"]);
    let columns =
        model.columns.iter().map(|column| (column.name.as_str(), column.sql_type.as_str(), column.comment.as_str()));
    assert_eq!(
        columns.collect::<Vec<_>>(),
        [("repo_id", "BIGINT", "the id"), ("name", "VARCHAR", "a name, with comma"), ("names", "VARCHAR[]", "list")]
    );
    assert_eq!(project.models().iter().map(|model| model.name.as_str()).collect::<Vec<_>>(), ["stg_base", "stg_x"]);
}

#[test]
fn a_column_without_cast_alias_comment_or_known_type_is_refused_with_its_line() {
    let incremental = |columns: &str| refusal("incremental", &format!("SELECT\n{columns}\nFROM events"));
    assert_eq!(
        incremental("  CAST(repo_id AS BIGINT) AS repo_id, -- id\n  at AS at -- time"),
        "models/staging/stg_x.sql:9: at is no cast"
    );
    assert_eq!(
        incremental("  CAST(repo_id AS BIGINT) AS repo_id"),
        "models/staging/stg_x.sql:8: repo_id has no comment of its own"
    );
    assert_eq!(
        incremental("  CAST(repo_id AS BIGINT) AS repo_id, CAST(1 AS BIGINT) AS one -- two"),
        "models/staging/stg_x.sql:8: one has no comment of its own"
    );
    assert_eq!(
        incremental("  CAST(repo_id AS BIGINT) -- id"),
        "models/staging/stg_x.sql:8: `CAST(repo_id AS BIGINT)` has no alias"
    );
    assert_eq!(incremental("  *"), "models/staging/stg_x.sql:8: `*` has no alias");
    assert_eq!(
        incremental("  CAST(repo_id AS INT) AS repo_id -- id"),
        "models/staging/stg_x.sql:8: repo_id has the type INT"
    );
    assert_eq!(
        incremental("  CAST(1 AS BIGINT) AS repo_id, -- id\n  CAST(2 AS BIGINT) AS repo_id -- id"),
        "models/staging/stg_x.sql:9: repo_id is there twice"
    );
}

#[test]
fn the_present_is_a_parameter_and_nothing_else() {
    for present in ["now()", "current_date", "CURRENT_TIMESTAMP", "current_timestamp()", "random()"] {
        let error = refusal(
            "incremental",
            &format!("SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM events\nWHERE at < {present}"),
        );
        assert!(error.starts_with("models/staging/stg_x.sql:10: ") && error.ends_with("another time"), "{error}");
    }
    let error = refusal("incremental", "SELECT\n  CAST($runat AS BIGINT) AS repo_id -- id\nFROM events");
    assert_eq!(error, "models/staging/stg_x.sql:8: unknown parameter $runat");
    let allowed = "SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM events WHERE at < $run_at";
    project("staging/stg_x.sql", &model("incremental", allowed)).unwrap();
}

#[test]
fn a_table_that_cannot_be_read_is_refused_with_its_line() {
    let read = |kind: &str, table: &str| {
        refusal(kind, &format!("SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM {table}"))
    };
    let line = |table: &str| format!("models/staging/stg_x.sql:9: the table {table} cannot be read here");
    for (kind, table) in [
        ("incremental", "nothing"),
        ("incremental", "previous.nothing"),
        ("incremental", "previous.events"),
        ("incremental", "stored.stg_base"),
        ("incremental", "other.stg_base"),
        ("view", "events"),
        ("view", "previous.stg_base"),
    ] {
        assert_eq!(read(kind, table), line(table));
    }
}

#[test]
fn models_that_read_each_other_are_refused() {
    let reads = |table: &str| {
        model("incremental", &format!("SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM {table}"))
    };
    let (a, b) = (reads("stg_b"), reads("stg_a"));
    let files = [("staging/stg_a.sql", a.as_str()), ("staging/stg_b.sql", b.as_str())];
    let error = Project::parse(files.into_iter()).map(|_| ()).unwrap_err().to_string();
    assert!(
        error.starts_with("models/staging/stg_a.sql:1: the model reads itself through stg_a -> stg_b -> stg_a"),
        "{error}"
    );
    assert!(
        refusal("incremental", "SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM stg_x")
            .contains("stg_x -> stg_x")
    );
}

#[test]
fn a_name_may_be_used_once() {
    let base = model("incremental", "SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM events");
    let error = project("analytics/stg_base.sql", &base).map(|_| ()).unwrap_err();
    assert!(
        error.starts_with("models/staging/stg_base.sql:1: stg_base is already made by models/analytics/stg_base.sql"),
        "{error}"
    );
    assert!(
        project("staging/events.sql", &base).map(|_| ()).unwrap_err().contains("already made by models/sources.toml")
    );
}

#[test]
fn a_readers_view_bears_the_name_of_a_stored_table() {
    let view = model("view", "SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM stored.stg_base");
    let project_with_view = project("views/stg_base.sql", &view).unwrap();
    assert_eq!(project_with_view.reader_views().len(), 1);
    assert_eq!(project_with_view.reader_views()[0].depends_on, ["stg_base"]);
    assert!(project("views/other.sql", &view).map(|_| ()).unwrap_err().contains("no stored table has the view's name"));
}

#[test]
fn the_description_and_the_header_are_required() {
    let query = "SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM events\n";
    let with_header = |header: &str| {
        let error =
            project("staging/stg_x.sql", &format!("-- Something.\n/*\n{header}\n*/\n{query}")).map(|_| ()).unwrap_err();
        error.lines().next().unwrap().to_owned()
    };
    assert!(
        project("staging/stg_x.sql", query)
            .map(|_| ())
            .unwrap_err()
            .contains("stg_x.sql:1: the description is missing")
    );
    assert!(
        project("staging/stg_x.sql", &format!("-- A.\n{query}"))
            .map(|_| ())
            .unwrap_err()
            .contains("stg_x.sql:2: the header is missing")
    );
    assert!(
        project("staging/stg_x.sql", "-- A.\n/*\nkind")
            .map(|_| ())
            .unwrap_err()
            .contains("stg_x.sql:2: the header does not end")
    );
    let unknown_key = with_header("kind = \"view\"\npipeline = \"p\"\ngrain = []\nowner = \"me\"");
    assert!(unknown_key.starts_with("models/staging/stg_x.sql:6: unknown field `owner`"), "{unknown_key}");
    let unknown_kind = with_header("kind = \"full\"\npipeline = \"p\"\ngrain = []");
    assert!(unknown_kind.starts_with("models/staging/stg_x.sql:3: unknown variant `full`"), "{unknown_kind}");
    assert!(with_header("kind = \"merge\"\npipeline = \"p\"\ngrain = []").contains("a merge lacks `key` or `changes`"));
    assert!(with_header("kind = \"view\"\npipeline = \"p\"\ngrain = []\nkey = []").contains("belong to a merge"));
    assert!(
        with_header("kind = \"incremental\"\npipeline = \"p\"\ngrain = [\"id\"]")
            .contains("the grain's id is no column")
    );
    let merge =
        "kind = \"merge\"\npipeline = \"p\"\ngrain = [\"repo_id\"]\nkey = [\"repo_id\"]\nchanges = \"stg_base\"";
    assert!(with_header(merge).contains("changes names stg_base, which is no temporary model"));
}

#[test]
fn a_query_is_one_select() {
    let columns = "SELECT\n  CAST(repo_id AS BIGINT) AS repo_id -- id\nFROM events";
    assert!(refusal("view", &format!("{columns};\n{columns}")).contains("does not hold exactly one statement"));
    assert!(refusal("view", &format!("{columns}\nUNION ALL {columns}")).contains("does not end in one SELECT"));
    assert!(refusal("view", "DROP TABLE events").contains("does not end in one SELECT"));
    let error = refusal("view", "SELECT\n  CAST(repo_id AS BIGINT AS repo_id -- id\nFROM events");
    assert!(error.starts_with("models/staging/stg_x.sql:8: "), "{error}");
}

#[test]
fn an_audit_names_its_repository_severity_and_scope() {
    let audit = |header: &str, query: &str| {
        let text = format!("-- Something holds.\n/*\npipeline = \"p\"\n{header}\n*/\n{query}\n");
        project("audits/check.sql", &text).map(|project| project.audits()[0].depends_on.clone())
    };
    let header = "severity = \"error\"\nscope = \"repository\"";
    let table_header = "severity = \"warning\"\nscope = \"table\"";
    assert_eq!(audit(header, "SELECT b.repo_id FROM stg_base b JOIN events ON true").unwrap(), ["events", "stg_base"]);
    assert!(audit(header, "SELECT 1 AS one FROM stg_base").unwrap_err().contains("the audit has no column repo_id"));
    assert!(
        audit("severity = \"fatal\"\nscope = \"table\"", "SELECT repo_id FROM stg_base")
            .unwrap_err()
            .contains("check.sql:4: unknown variant")
    );
    assert!(
        audit(table_header, "SELECT repo_id FROM events").unwrap_err().contains("the table events cannot be read here")
    );
    assert_eq!(audit(header, "SELECT repo_id FROM previous.stg_base").unwrap(), ["previous.stg_base"]);
    for (header, table) in
        [(table_header, "previous.stg_base"), (header, "previous.events"), (header, "stored.stg_base")]
    {
        assert!(
            audit(header, &format!("SELECT repo_id FROM {table}"))
                .unwrap_err()
                .contains(&format!("the table {table} cannot be read here"))
        );
    }
}

#[test]
fn a_table_stored_by_month_has_a_date_in_its_grain_and_no_names() {
    let parsed = |header: &str, columns: &str| {
        let text = format!(
            "-- Something.\n/*\npipeline = \"p\"\n{header}\n*/\nSELECT\n  CAST(repo_id AS BIGINT) AS repo_id, -- id\n{columns}\nFROM events\n"
        );
        project("staging/stg_x.sql", &text).map(|project| project.model("stg_x").unwrap().by_month.clone())
    };
    let stored = "kind = \"incremental\"\ngrain = [\"repo_id\", \"day\"]\nby_month = \"day\"";
    let day = "  CAST(at AS DATE) AS day -- day";
    assert_eq!(parsed(stored, day).unwrap().as_deref(), Some("day"));
    assert_eq!(parsed("kind = \"incremental\"\ngrain = [\"repo_id\"]", day).unwrap(), None);
    let refused = |header: &str, columns: &str| parsed(header, columns).unwrap_err();
    let other = stored.replace("by_month = \"day\"", "by_month = \"night\"");
    assert!(refused(&other, day).contains("by_month names night, which is no DATE column"));
    assert!(refused(stored, "  CAST(at AS TIMESTAMPTZ(6)) AS day -- day").contains("day, which is no DATE column"));
    let coarse = stored.replace(", \"day\"]", "]");
    assert!(refused(&coarse, day).contains("by_month names day, which is not in the grain"));
    let names = format!("  CAST('a' AS VARCHAR) AS repo_name, -- name\n{day}");
    let error = refused(stored, &names);
    assert!(error.contains("has the column repo_name\nhint: old months are not rewritten"), "{error}");
    for kind in ["temporary", "view"] {
        let error = refused(&stored.replace("incremental", kind), day);
        assert!(error.contains(&format!("a {kind} model has none")), "{error}");
    }
}

#[test]
fn previous_days_belong_to_a_table_stored_by_month() {
    let parsed = |header: &str| {
        let text = format!(
            "-- Something.\n/*\nkind = \"incremental\"\npipeline = \"p\"\ngrain = [\"repo_id\", \"day\"]\n{header}\n*/\nSELECT\n  CAST(repo_id AS BIGINT) AS repo_id, -- id\n  CAST(at AS DATE) AS day -- day\nFROM events\n"
        );
        project("staging/stg_x.sql", &text).map(|project| project.model("stg_x").unwrap().previous_days)
    };
    assert_eq!(parsed("by_month = \"day\"").unwrap(), None);
    assert_eq!(parsed("by_month = \"day\"\nprevious_days = 7").unwrap(), Some(7));
    assert_eq!(parsed("by_month = \"day\"\nprevious_days = 0").unwrap(), Some(0));
    let error = parsed("previous_days = 7").unwrap_err();
    assert!(error.starts_with("models/staging/stg_x.sql:2: previous_days counts days"), "{error}");
    assert!(error.contains("\nhint: name the DATE column"), "{error}");
    assert!(parsed("by_month = \"day\"\nprevious_days = -1").unwrap_err().contains("stg_x.sql:7"));
}

#[test]
fn a_source_with_an_unknown_key_or_type_is_refused_with_its_line() {
    let parse = |text: &str| Project::parse([("sources.toml", text)].into_iter()).map(|_| ()).unwrap_err().to_string();
    assert!(parse("[a]\ndescription = \"A.\"\ncolumns = []\nrows = 1\n").starts_with("models/sources.toml:"));
    let error = parse("[a]\ndescription = \"A.\"\ncolumns = [\n[\"x\", \"MONEY\", \"x\"]]\n");
    assert!(error.starts_with("models/sources.toml:4: a.x has the unknown type MONEY"), "{error}");
}
