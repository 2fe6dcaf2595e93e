//! What facts refer to.

use super::CATEGORIES;
use crate::table::ColumnType::{BigInt, Boolean, Text, Timestamptz};
use crate::table::TableSpec;

pub(super) fn repositories() -> TableSpec {
    TableSpec::new("dim_repositories", "One version of a repository's description; a change makes a new one")
        .required("repo_key", BigInt, "Number of the version")
        .required("repo_full_name", Text, "OWNER/NAME")
        .required("repo_url", Text, "Address of its page")
        .column("description", Text, "As on its page")
        .column("readme_content", Text, "The beginning of its README")
        .required("language", Text, "Its language; render for repositories of the Render ecosystem")
        .required("created_at", Timestamptz, "When the repository was created")
        .column("render_category", Text, "official, employee, community or blueprint")
        .required("valid_from", Timestamptz, "Since when the version holds")
        .column("valid_to", Timestamptz, "Until when it held, not included")
        .required("is_current", Boolean, "Whether it holds now")
        .required("repo_id", BigInt, "GitHub's number of the repository")
        .column("repo_language", Text, "The language that GitHub names")
        .required("is_render", Boolean, "Whether it belongs to the Render ecosystem")
        .column("readme_sha256", Text, "SHA-256 of its README")
        .key(&["repo_key"])
        .check("render_category", CATEGORIES)
        .check("validity", "valid_to >= valid_from AND NOT is_current OR valid_to IS NULL AND is_current")
        .unique("current", "(repo_id)")
        .only_where("is_current")
        .index("repo_full_name", "(repo_full_name)")
        .index("language", "(language)")
        .index("render", "(repo_id)")
        .only_where("language = 'render'")
        .index("validity", "(valid_from, valid_to)")
        .index("repo_id", "(repo_id, valid_from)")
}

pub(super) fn languages() -> TableSpec {
    TableSpec::new("dim_languages", "One language, and render for the Render ecosystem")
        .required("language_key", BigInt, "Number of the language")
        .required("language_name", Text, "Its name")
        .column("language_category", Text, "What it is mostly for")
        .column("ecosystem_size", Text, "How large its ecosystem is")
        .key(&["language_key"])
        .unique("language_name", "(language_name)")
}

pub(super) fn render_services() -> TableSpec {
    TableSpec::new("dim_render_services", "One type of a Render service")
        .required("service_key", BigInt, "Number of the type")
        .required("service_type", Text, "Its name")
        .column("service_description", Text, "What it is")
        .key(&["service_key"])
        .unique("service_type", "(service_type)")
}
