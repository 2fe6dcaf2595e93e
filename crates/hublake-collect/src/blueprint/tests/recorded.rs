//! The recorded files, where `HUBLAKE_RECORDED_DATA` names their folder. Instances were counted by reading them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;

/// The text of every recorded file by its repository; `None`, and a word that it is so, where no folder is named.
fn recorded() -> Option<BTreeMap<String, String>> {
    let Some(folder) = std::env::var_os("HUBLAKE_RECORDED_DATA") else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: only Blueprints written by hand are read, no recorded ones");
        return None;
    };
    let folder = PathBuf::from(folder).join("render_yaml");
    let mut texts = BTreeMap::new();
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        if let Some(repository) = entry.file_name().to_str().unwrap().strip_suffix("__render.yaml") {
            texts.insert(repository.replace('+', "/"), std::fs::read_to_string(entry.path()).unwrap());
        }
    }
    Some(texts)
}

/// How often each kind is there.
fn tally<'a>(blueprints: impl Iterator<Item = &'a Blueprint>) -> BTreeMap<&'static str, usize> {
    let mut tally = BTreeMap::new();
    for kind in blueprints.flat_map(Blueprint::types) {
        *tally.entry(kind.as_str()).or_default() += 1;
    }
    tally
}

#[test]
fn every_recorded_file_is_sound_and_its_instances_are_counted() {
    let Some(texts) = recorded() else { return };
    let blueprints: Vec<_> = texts.values().map(|text| sound(text)).collect();
    assert_eq!(blueprints.len(), 26);
    assert_eq!(blueprints.iter().map(|one| one.services.len()).sum::<usize>(), 47);
    // Two keyvalue and one redis are of one kind; 9 databases.
    let expected =
        [("cron", 2), ("postgres", 9), ("private", 6), ("redis", 3), ("web", 27), ("worker", 8), ("workflow", 1)];
    assert_eq!(tally(blueprints.iter()), BTreeMap::from(expected));
    let written = |name: &str| {
        let services = blueprints.iter().flat_map(|one| &one.services);
        services.filter(|service| service.written_type.as_deref() == Some(name)).count()
    };
    assert_eq!((written("keyvalue"), written("redis"), written("pserv")), (2, 1, 6));
}

#[test]
fn the_complexity_of_recorded_files_is_as_worked_out_by_hand() {
    let Some(texts) = recorded() else { return };
    // min(services + databases, 5) + min(kinds of services, 3).
    let expected = [
        ("render-examples/langfuse4-template", 5 + 3),
        ("render-examples/posthog", 5 + 3),
        ("render-examples/redash", 5 + 3),
        ("render-examples/celery", 4 + 3),
        ("render-examples/sf-pulse-python", 4 + 3),
        ("render-examples/trender", 4 + 3),
        ("render-examples/ghost", 2 + 2),
        ("aizen299/Deep_Packet_Inspection_V2", 3 + 1),
        ("render-examples/minio", 2 + 1),
    ];
    for (repository, score) in expected {
        assert_eq!(complexity(&parse(&texts[repository]), Dockerfiles::default()), Some(score), "{repository}");
    }
}

#[test]
fn places_of_recorded_services_are_those_of_grep() {
    let Some(texts) = recorded() else { return };
    // grep -n 'type: \(web\|workflow\|cron\)$' of the file; the column is that of the t.
    let blueprint = parse(&texts["render-examples/trender"]);
    let places: Vec<_> = blueprint.services.iter().map(|service| (service.line, service.column)).collect();
    assert_eq!(places, [(3, 5), (19, 5), (37, 5)]);
    let blueprint = parse(&texts["aizen299/Deep_Packet_Inspection_V2"]);
    assert_eq!(blueprint.dockerfile_paths(), ["backend/ml/Dockerfile", "backend/Dockerfile", "dashboard/Dockerfile"]);
}

#[test]
fn recorded_files_cut_anywhere_end_in_a_blueprint() {
    let Some(texts) = recorded() else { return };
    for text in texts.values() {
        for end in (0..text.len()).step_by(29).filter(|end| text.is_char_boundary(*end)) {
            parse(&text[..end]);
        }
    }
}
