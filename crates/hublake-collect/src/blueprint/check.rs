//! Holds a tree against the form: unknown keys, values of another shape, words that mean nothing.

use super::form::{BLUEPRINT, Form, Keys};
use super::notes::{Notes, Problem, quoted};
use super::tree::{Content, NodeId, Tree};
use super::walk::Walk;

/// Notes all that differs from the form.
pub(super) fn check(tree: &Tree, notes: &mut Notes) {
    for (key, place) in &tree.repeated {
        notes.refuse(*place, format!("the key {key} is there twice; the last one is taken"));
    }
    if let Some(place) = tree.second_document {
        notes.warn(place, "only the first document of the file is read");
    }
    let Some(root) = tree.root else { return };
    let mut check = Check { walk: Walk::new(tree), notes };
    if let Err(problem) = check.node(root, &BLUEPRINT, "the file") {
        check.notes.give_up(problem);
    }
}

struct Check<'a> {
    walk: Walk<'a>,
    notes: &'a mut Notes,
}

impl Check<'_> {
    /// Checks one node; `name` is what it is called in a message. It calls itself no deeper than the form goes.
    fn node(&mut self, id: NodeId, form: &Form, name: &str) -> Result<(), Problem> {
        let place = self.walk.tree.place(id);
        self.walk.step(1, place)?;
        if self.walk.tree.is_null(id) {
            return Ok(());
        }
        match (form, self.walk.tree.content(id)) {
            (Form::Any, _) | (Form::Value, Content::Value { .. }) => Ok(()),
            (Form::Word(_) | Form::Flag | Form::Days, Content::Value { text, .. }) => {
                if let Some(expected) = unmet(form, text) {
                    self.notes.warn(place, format!("{name} is {}; {expected}", quoted(text)));
                }
                Ok(())
            }
            (Form::Mapping(noun, keys) | Form::Section(noun, keys), Content::Mapping(_)) => {
                self.mapping(id, noun, keys)
            }
            (Form::List(item), Content::List(_)) => self.list(id, item, name),
            (Form::Sections(item), Content::List(items)) => {
                for item in items {
                    if self.walk.tree.is_null(*item) {
                        let place = self.walk.tree.place(*item);
                        self.notes.give_up(Problem::new(place, format!("an entry of {name} is empty")));
                    }
                }
                self.list(id, item, name)
            }
            (_, content) => {
                let message = format!("{name} is {} where {} is expected", shape(content), expected_shape(form));
                match form {
                    Form::Section(..) | Form::Sections(_) => self.notes.give_up(Problem::new(place, message)),
                    _ => self.notes.warn(place, message),
                }
                Ok(())
            }
        }
    }

    fn list(&mut self, id: NodeId, item: &Form, name: &str) -> Result<(), Problem> {
        let item_name = format!("an entry of {name}");
        for item_id in self.walk.items(id)?.unwrap_or_default() {
            self.node(*item_id, item, &item_name)?;
        }
        Ok(())
    }

    fn mapping(&mut self, id: NodeId, noun: &str, keys: Keys) -> Result<(), Problem> {
        for entry in self.walk.entries(id)?.unwrap_or_default() {
            let Some(key) = entry.key else {
                self.notes.warn(entry.key_place, format!("a key of {noun} is no word"));
                continue;
            };
            match keys.iter().find(|(known, _)| *known == key) {
                Some((_, form)) => self.node(entry.value, form, key)?,
                None => self.notes.warn(entry.key_place, format!("unknown key {} of {noun}", quoted(key))),
            }
        }
        Ok(())
    }
}

/// What a text had to be and is not.
fn unmet(form: &Form, text: &str) -> Option<String> {
    match form {
        Form::Word(words) if !words.contains(&text) => Some(format!("known are {}", words.join(", "))),
        Form::Flag if flag(text).is_none() => Some("true or false is expected".to_owned()),
        Form::Days if !text.parse::<u32>().is_ok_and(|days| days > 0) => {
            Some("a number of days is expected".to_owned())
        }
        _ => None,
    }
}

/// True or false as YAML 1.1 and 1.2 write them.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn shape(content: &Content) -> &'static str {
    match content {
        Content::Value { .. } | Content::Alias(_) => "a single value",
        Content::List(_) => "a list",
        Content::Mapping(_) => "a mapping",
    }
}

fn expected_shape(form: &Form) -> &'static str {
    match form {
        Form::Mapping(..) | Form::Section(..) => "a mapping",
        Form::List(_) | Form::Sections(_) => "a list",
        Form::Any | Form::Value | Form::Word(_) | Form::Flag | Form::Days => "a single value",
    }
}
