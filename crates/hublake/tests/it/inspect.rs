//! Looking at files: neither GitHub nor a home is needed.

use std::path::Path;

use chrono::DateTime;
use serde_json::{Value, json};

use crate::program::{Ended, Hublake};

/// A project with an environment, a static site, a queue, a database, one key too many.
const SOUND: &str = "projects:
  - name: shop
    environments:
      - name: live
        services:
          - type: web
            name: page
            runtime: static
          - type: keyvalue
            name: queue
            plan: free
databases:
  - name: store
    colour: red
";

/// A type that is not known, and a name that is there twice.
const REFUSED: &str = "services:
  - {type: lambda, name: a, runtime: go}
  - {type: worker, name: a, runtime: go}
";

/// The program in a folder with these files; no GitHub is there to be asked.
fn folder(files: &[(&str, &[u8])]) -> Hublake {
    let hublake = Hublake::new("http://127.0.0.1:9", DateTime::UNIX_EPOCH);
    for (name, bytes) in files {
        std::fs::write(hublake.working_folder().join(name), bytes).expect("the file is written");
    }
    hublake
}

fn inspect(hublake: &Hublake, files: &[&str]) -> (Option<i32>, Vec<Value>) {
    let ended = hublake.call(&[&["inspect", "render-yaml", "--format", "json"], files].concat());
    assert_eq!(ended.stderr, "");
    (ended.code, serde_json::from_str(&ended.stdout).expect("a JSON array"))
}

#[test]
fn a_sound_file_is_told_with_services_databases_scores_and_places() {
    let hublake = folder(&[("render.yaml", SOUND.as_bytes())]);
    let (code, files) = inspect(&hublake, &["render.yaml"]);
    assert_eq!(code, Some(0));
    // Three instances and two kinds of services; 3 for the file, 2 services, 2 kinds, 2 for a complexity of 5.
    let expected = json!([{
        "file": "render.yaml",
        "services": [
            {"name": "page", "type": "static", "written_type": "web", "runtime": "static", "plan": null,
             "scope": "shop/live", "line": 6, "column": 13, "problem": null},
            {"name": "queue", "type": "redis", "written_type": "keyvalue", "runtime": null, "plan": "free",
             "scope": "shop/live", "line": 9, "column": 13, "problem": null},
        ],
        "databases": [
            {"name": "store", "type": "postgres", "written_type": null, "runtime": null, "plan": null,
             "scope": "root", "line": 13, "column": 5, "problem": null},
        ],
        "service_count": 3,
        "complexity": 5,
        "quality": 9,
        "warning_count": 1,
        "warnings": [{"message": "unknown key \"colour\" of a database", "line": 14, "column": 5}],
        "errors": [],
    }]);
    assert_eq!(Value::Array(files), expected);
    assert!(!hublake.home().exists());
}

#[test]
fn a_file_with_services_that_would_be_refused_is_understood() {
    let (code, files) = inspect(&folder(&[("render.yaml", REFUSED.as_bytes())]), &["render.yaml"]);
    assert_eq!(code, Some(0));
    assert_eq!(files[0]["service_count"], json!(2));
    assert_eq!(files[0]["services"][0]["type"], json!(null));
    assert_eq!(files[0]["warnings"][0]["line"], json!(2));
    let error = json!({"message": "another service has the name \"a\" already", "line": 3, "column": 26});
    assert_eq!(files[0]["errors"], json!([error]));
}

#[test]
fn a_broken_file_fails_and_leaves_the_others_be() {
    let broken = b"services:\n  - type: web\n   name: a\n";
    let hublake = folder(&[("a.yaml", SOUND.as_bytes()), ("b.yaml", broken), ("c.yaml", b""), ("d.yaml", b"# \xff")]);
    let (code, files) = inspect(&hublake, &["a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml"]);
    assert_eq!(code, Some(3));
    let scores: Vec<_> = files.iter().map(|file| file["complexity"].as_u64()).collect();
    assert_eq!(scores, [Some(5), None, Some(0), None, None]);
    let places: Vec<_> =
        files.iter().map(|file| (file["errors"][0]["line"].as_u64(), &file["service_count"])).collect();
    assert_eq!(
        places,
        [(None, &json!(3)), (Some(3), &json!(null)), (None, &json!(0)), (Some(1), &json!(null)), (None, &json!(null))]
    );
    assert_eq!(inspect(&hublake, &["b.yaml"]).0, Some(1));
    assert_eq!(inspect(&hublake, &["e.yaml"]).0, Some(1));
}

#[test]
fn a_table_says_the_same_with_places_as_compilers_write_them() {
    let hublake =
        folder(&[("good.yaml", SOUND.as_bytes()), ("bad.yaml", b"services: [\n"), ("x.yaml", REFUSED.as_bytes())]);
    let Ended { code, stdout, stderr } = hublake.call(&["inspect", "render-yaml", "good.yaml", "bad.yaml", "x.yaml"]);
    assert_eq!((code, stderr.as_str()), (Some(3), ""));
    for line in [
        "good.yaml: 2 services, 1 database, complexity 5 of 10, quality 9 of 10",
        "good.yaml:14:5: warning: unknown key \"colour\" of a database",
        "bad.yaml: cannot be understood",
        "x.yaml:3:26: error: another service has the name \"a\" already",
    ] {
        assert!(stdout.lines().any(|shown| shown == line), "{line} is not in\n{stdout}");
    }
    assert!(stdout.lines().any(|line| line.starts_with("bad.yaml:1:11: error: this is no YAML")), "{stdout}");
    assert!(stdout.lines().all(|line| line.chars().count() <= 80 || line.contains(": warning: ")), "{stdout}");
}

#[test]
fn recorded_files_are_told_in_one_array() {
    let Some(folder) = std::env::var_os("HUBLAKE_RECORDED_DATA") else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: only files written by hand are looked at");
        return;
    };
    let entries = Path::new(&folder).join("render_yaml").read_dir().expect("a folder of recorded files");
    let paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    let paths: Vec<_> = paths.iter().filter_map(|path| path.to_str()).filter(|path| path.ends_with(".yaml")).collect();
    let (code, files) = inspect(&self::folder(&[]), &paths);
    assert_eq!((code, files.len()), (Some(0), 26));
    let count = |key: &str| files.iter().map(|file| file[key].as_array().map_or(0, Vec::len)).sum::<usize>();
    assert_eq!((count("services"), count("databases"), count("warnings"), count("errors")), (47, 9, 0, 0));
}
