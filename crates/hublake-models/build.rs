//! Rebuilds this crate when a file is added to `models/`; the embedding macro only sees changes of known files.

fn main() {
    println!("cargo::rerun-if-changed=../../models");
}
