//! The generated page.

use std::path::Path;

use hublake_models::{Project, markdown};

#[test]
fn the_page_of_models_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/MODELS.md");
    let wanted = markdown(&Project::embedded().unwrap());
    if std::env::var_os("HUBLAKE_BLESS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "docs/MODELS.md is stale: run the tests with HUBLAKE_BLESS=1 to write it anew");
}
