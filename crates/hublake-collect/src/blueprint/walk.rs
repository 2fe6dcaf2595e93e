//! Going through a tree, with aliases followed and merge keys (`<<`) merged, in a bounded number of steps.

use std::collections::HashMap;

use super::notes::Problem;
use super::tree::{Content, NodeId, Place, Tree};

/// Steps through one file, at most: enough for one of the largest size, too few for one that aliases blow up.
const MOST_STEPS: usize = 1_000_000;

/// Mappings merged into one another, at most.
const MOST_MERGED: usize = 16;

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    /// The key; `None` where it is no single value.
    pub(super) key: Option<&'a str>,
    pub(super) key_place: Place,
    pub(super) value: NodeId,
}

/// Goes through a tree and counts its steps.
pub(super) struct Walk<'a> {
    pub(super) tree: &'a Tree,
    steps: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self { tree, steps: 0 }
    }

    /// Counts steps; the error ends the walk.
    pub(super) fn step(&mut self, steps: usize, place: Place) -> Result<(), Problem> {
        self.steps += steps;
        if self.steps > MOST_STEPS {
            return Err(Problem::new(place, "the file has too many values once its aliases are followed"));
        }
        Ok(())
    }

    /// The items of a list; `None` where the node is no list.
    pub(super) fn items(&mut self, id: NodeId) -> Result<Option<&'a [NodeId]>, Problem> {
        let Content::List(items) = self.tree.content(id) else { return Ok(None) };
        self.step(items.len(), self.tree.place(id))?;
        Ok(Some(items))
    }

    /// The keys of a mapping, then those that are merged into it; `None` where the node is no mapping. A key that is
    /// there twice has its last value, and a mapping's own keys go before those merged into it.
    pub(super) fn entries(&mut self, id: NodeId) -> Result<Option<Vec<Entry<'a>>>, Problem> {
        let Content::Mapping(_) = self.tree.content(id) else { return Ok(None) };
        let mut gathered = Gathered::default();
        self.gather(id, self.tree.place(id), 0, &mut gathered)?;
        Ok(Some(gathered.entries))
    }

    /// The values of `keys` in a mapping, `None` each where the key is not there or says nothing.
    pub(super) fn values<const COUNT: usize>(
        &mut self,
        id: NodeId,
        keys: [&str; COUNT],
    ) -> Result<[Option<NodeId>; COUNT], Problem> {
        let mut values = [None; COUNT];
        for entry in self.entries(id)?.unwrap_or_default() {
            if let Some(index) = keys.iter().position(|key| entry.key == Some(*key))
                && !self.tree.is_null(entry.value)
            {
                values[index] = Some(entry.value);
            }
        }
        Ok(values)
    }

    fn gather(&mut self, id: NodeId, place: Place, depth: usize, into: &mut Gathered<'a>) -> Result<(), Problem> {
        let Content::Mapping(pairs) = self.tree.content(id) else {
            if self.tree.is_null(id) {
                return Ok(());
            }
            return Err(Problem::new(place, "what is merged with << is no mapping"));
        };
        self.step(pairs.len() + 1, place)?;
        if depth > MOST_MERGED {
            return Err(Problem::new(place, format!("more than {MOST_MERGED} mappings are merged into one another")));
        }
        into.mapping += 1;
        let mapping = into.mapping;
        let mut merged = Vec::new();
        for (key, value) in pairs {
            match self.tree.content(*key) {
                Content::Value { text, is_plain: true } if text == "<<" => merged.push(*value),
                Content::Value { text, .. } => into.put(mapping, text, self.tree.place(*key), *value),
                _ => into.entries.push(Entry { key: None, key_place: self.tree.place(*key), value: *value }),
            }
        }
        for value in merged {
            let place = self.tree.place(value);
            match self.items(value)? {
                Some(items) => {
                    for item in items {
                        self.gather(*item, place, depth + 1, into)?;
                    }
                }
                None => self.gather(value, place, depth + 1, into)?,
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Gathered<'a> {
    entries: Vec<Entry<'a>>,
    /// The entry of a key, and the number of the mapping that it comes from.
    known: HashMap<&'a str, (usize, usize)>,
    mapping: usize,
}

impl<'a> Gathered<'a> {
    fn put(&mut self, mapping: usize, key: &'a str, key_place: Place, value: NodeId) {
        let entry = Entry { key: Some(key), key_place, value };
        match self.known.get(key) {
            Some((index, from)) if *from == mapping => self.entries[*index] = entry,
            Some(_) => {}
            None => {
                self.known.insert(key, (self.entries.len(), mapping));
                self.entries.push(entry);
            }
        }
    }
}
