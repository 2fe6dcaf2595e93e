//! Which files of a repository are read, and what is told of them without reading on.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::payload::{Entry, Listing};
use crate::raw_rows::sha256_hex;

/// What a file is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    Readme,
    RenderYaml,
    Dockerfile,
    PackageJson,
}

impl Role {
    /// As in the tables.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Readme => "readme",
            Self::RenderYaml => "render_yaml",
            Self::Dockerfile => "dockerfile",
            Self::PackageJson => "package_json",
        }
    }

    /// The role of a name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [Self::Readme, Self::RenderYaml, Self::Dockerfile, Self::PackageJson]
            .into_iter()
            .find(|role| role.as_str() == name)
    }

    /// The file of a root folder that has this role, where its name tells so.
    pub(crate) fn in_root(self, root: &Listing) -> Option<&Entry> {
        match self {
            Self::Readme => readme_of(root),
            Self::RenderYaml => root.file("render.yaml"),
            Self::Dockerfile => root.file("Dockerfile"),
            Self::PackageJson => root.file("package.json"),
        }
    }
}

/// The README of a root folder: `readme.md` in any case, else another file of that name, with an ending or without.
pub(crate) fn readme_of(root: &Listing) -> Option<&Entry> {
    let rank = |entry: &Entry| match entry.name.to_lowercase().as_str() {
        "readme.md" => Some(0),
        "readme" => Some(2),
        other if other.starts_with("readme.") => Some(1),
        _ => None,
    };
    let readmes = root.entries.iter().filter(|entry| entry.is_file());
    let ranked = readmes.filter_map(|entry| Some((rank(entry)?, &entry.name, entry)));
    ranked.min_by(|left, right| (left.0, left.1).cmp(&(right.0, right.1))).map(|(.., entry)| entry)
}

/// One hash over the `render.yaml` of a repository and its Dockerfiles, given as role, path and git's hash: it is
/// another one where any of them is.
pub(crate) fn files_digest<'a>(files: impl IntoIterator<Item = (Role, &'a str, &'a str)>) -> String {
    let mut lines: Vec<String> =
        files.into_iter().map(|(role, path, sha)| format!("{}\0{path}\0{sha}\n", role.as_str())).collect();
    lines.sort();
    lines.dedup();
    sha256_hex(lines.concat().as_bytes())
}

/// A `package.json`, as far as Next.js is concerned.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PackageJson {
    dependencies: BTreeMap<String, serde_json::Value>,
    dev_dependencies: BTreeMap<String, serde_json::Value>,
}

impl PackageJson {
    /// The first major version in the range that is asked of `next`; none where it is not asked for, or by a tag such
    /// as `latest`.
    pub(crate) fn next_major(text: &str) -> Option<i64> {
        let read: Self = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        let range = read.dependencies.get("next").or(read.dev_dependencies.get("next"))?.as_str()?;
        let from = range.find(|c: char| c.is_ascii_digit())?;
        let digits: String = range[from..].chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn root(names: &[&str]) -> Listing {
        let entries: Vec<_> =
            names.iter().map(|name| serde_json::json!({"name": name, "type": "blob", "oid": name})).collect();
        Listing::read(&serde_json::Value::from(entries).to_string()).unwrap()
    }

    #[rstest]
    #[case::usual(&["LICENSE", "README.md"], Some("README.md"))]
    #[case::in_small_letters(&["readme.md", "README.rst"], Some("readme.md"))]
    #[case::another_ending(&["Readme.rst", "README"], Some("Readme.rst"))]
    #[case::none_at_all(&["README"], Some("README"))]
    #[case::two_of_a_kind(&["readme.md", "README.md"], Some("README.md"))]
    #[case::only_alike(&["README-old.md", "src"], None)]
    fn the_readme_is_found(#[case] names: &[&str], #[case] expected: Option<&str>) {
        assert_eq!(readme_of(&root(names)).map(|entry| entry.name.as_str()), expected);
    }

    #[test]
    fn a_folder_is_no_file() {
        let root = Listing::read(r#"[{"name":"render.yaml","type":"dir","sha":"1","size":0}]"#).unwrap();
        assert!(Role::RenderYaml.in_root(&root).is_none());
    }

    #[test]
    fn both_forms_of_a_listing_say_the_same() {
        let rest = r#"[{"name":"Dockerfile","path":"Dockerfile","type":"file","sha":"ab","size":7,"url":"x"}]"#;
        let graphql = r#"{"databaseId":1,"object":{"entries":[
            {"name":"Dockerfile","type":"blob","oid":"ab","object":{"byteSize":7}}]}}"#;
        for form in [rest, graphql] {
            let listing = Listing::read(form).unwrap();
            let file = Role::Dockerfile.in_root(&listing).unwrap();
            assert_eq!((file.oid.as_str(), file.byte_size()), ("ab", Some(7)));
        }
        assert!(Listing::read(r#"{"databaseId":1,"object":null}"#).unwrap().entries.is_empty());
    }

    #[rstest]
    #[case::caret(r#"{"dependencies":{"next":"^16.0.1"}}"#, Some(16))]
    #[case::exact(r#"{"dependencies":{"next":"15.1.0"}}"#, Some(15))]
    #[case::range(r#"{"dependencies":{"next":">=14 <17"}}"#, Some(14))]
    #[case::development(r#"{"devDependencies":{"next":"~16"}}"#, Some(16))]
    #[case::both(r#"{"dependencies":{"next":"13"},"devDependencies":{"next":"16"}}"#, Some(13))]
    #[case::tag(r#"{"dependencies":{"next":"latest"}}"#, None)]
    #[case::without(r#"{"dependencies":{"react":"19"}}"#, None)]
    #[case::broken("{", None)]
    #[case::another_shape(r#"{"dependencies":["next"]}"#, None)]
    fn the_major_version_of_next_is_read(#[case] text: &str, #[case] expected: Option<i64>) {
        assert_eq!(PackageJson::next_major(text), expected);
    }

    #[test]
    fn the_digest_does_not_depend_on_the_order() {
        let (yaml, docker) = ((Role::RenderYaml, "render.yaml", "a"), (Role::Dockerfile, "Dockerfile", "b"));
        assert_eq!(files_digest([yaml, docker]), files_digest([docker, yaml]));
        assert_ne!(files_digest([yaml]), files_digest([yaml, docker]));
        // printf 'render_yaml\0render.yaml\0a\n' | sha256sum
        assert_eq!(files_digest([yaml]), "6fede4138e9fe4b36af25a3ebbaa4577899b256fb54847ed32740f59f9a412a6");
    }
}
