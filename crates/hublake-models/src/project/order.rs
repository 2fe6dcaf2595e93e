//! The order in which models can be computed.

use std::collections::BTreeSet;

use crate::Error;
use crate::model::Model;

/// Sorts the models so that each comes after those it reads, and by layer and name where that leaves a choice.
pub(super) fn by_dependency(mut waiting: Vec<Model>) -> Result<Vec<Model>, Error> {
    waiting.sort_by(|a, b| (a.layer, &a.name).cmp(&(b.layer, &b.name)));
    let mut unsorted = waiting.iter().map(|model| model.name.clone()).collect::<BTreeSet<_>>();
    let mut sorted = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |model: &Model| model.depends_on.iter().all(|name| !unsorted.contains(name));
        let Some(position) = waiting.iter().position(is_ready) else {
            return Err(circle(&waiting, &unsorted));
        };
        let model = waiting.remove(position);
        unsorted.remove(&model.name);
        sorted.push(model);
    }
    Ok(sorted)
}

/// Every waiting model reads a waiting one, so following them comes back to a model already seen.
fn circle(waiting: &[Model], unsorted: &BTreeSet<String>) -> Error {
    let mut path: Vec<&Model> = Vec::new();
    let mut next = waiting.first();
    while let Some(model) = next {
        if let Some(start) = path.iter().position(|seen| seen.name == model.name) {
            let names = path[start..].iter().chain([&model]).map(|model| model.name.as_str());
            return Error::Circle { path: model.path.clone(), circle: names.collect::<Vec<_>>().join(" -> ") };
        }
        path.push(model);
        let read = model.depends_on.iter().find(|name| unsorted.contains(*name));
        next = read.and_then(|name| waiting.iter().find(|model| model.name == *name));
    }
    Error::Circle { path: String::new(), circle: String::new() }
}
