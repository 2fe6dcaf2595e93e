//! A YAML document as a tree that knows its places. An alias points at what it stands for and is never written out,
//! so that the tree is no larger than the file.

use std::collections::{HashMap, HashSet};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span};

use super::notes::{Problem, quoted};

/// Nested lists and mappings, at most; the form has nine.
const MOST_NESTED: usize = 64;

/// Values, lists and mappings of a file, at most.
const MOST_NODES: usize = 300_000;

/// A line and a column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) column: u64,
}

/// A node's number in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(usize);

/// What a node is.
#[derive(Debug)]
pub(super) enum Content {
    /// A text; plain where it has no quotes, so that it may mean a number, true or nothing.
    Value { text: String, is_plain: bool },
    /// A list.
    List(Vec<NodeId>),
    /// Keys and values.
    Mapping(Vec<(NodeId, NodeId)>),
    /// Stands for another node.
    Alias(NodeId),
}

#[derive(Debug)]
struct Node {
    place: Place,
    content: Content,
}

/// The first document of a file.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The document; `None` where the file is empty.
    pub(super) root: Option<NodeId>,
    /// Keys that their mapping has already.
    pub(super) repeated: Vec<(String, Place)>,
    /// Where a second document begins, which is not read.
    pub(super) second_document: Option<Place>,
}

impl Tree {
    /// Reads the first document; the error says what is no YAML, or too much.
    pub(super) fn load(text: &str) -> Result<Self, Problem> {
        let mut options = granit_parser::options! {
            flow_nesting_limit: MOST_NESTED,
            block_nesting_limit: MOST_NESTED,
        };
        options.set_emit_comments(false);
        let mut loader = Loader::default();
        for next in Parser::new_from_str_with_options(text, options) {
            let (event, span) = next.map_err(|error| no_yaml(text, &error))?;
            if !loader.take(event, span)? {
                break;
            }
        }
        Ok(loader.tree)
    }

    /// What a node is, and for an alias what it stands for.
    pub(super) fn content(&self, id: NodeId) -> &Content {
        match &self.nodes[id.0].content {
            Content::Alias(target) => &self.nodes[target.0].content,
            content => content,
        }
    }

    /// Where a node is; for an alias where the alias is.
    pub(super) fn place(&self, id: NodeId) -> Place {
        self.nodes[id.0].place
    }

    /// Whether a node says nothing.
    pub(super) fn is_null(&self, id: NodeId) -> bool {
        matches!(self.content(id), Content::Value { text, is_plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Whether a node has keys.
    pub(super) fn is_mapping(&self, id: NodeId) -> bool {
        matches!(self.content(id), Content::Mapping(_))
    }

    /// The text of a single value that says something.
    pub(super) fn text(&self, id: NodeId) -> Option<&str> {
        match self.content(id) {
            Content::Value { text, .. } if !self.is_null(id) => Some(text),
            _ => None,
        }
    }
}

/// A list or mapping that is not at its end, and the key that waits for its value.
struct Open {
    id: NodeId,
    key: Option<NodeId>,
}

#[derive(Default)]
struct Loader {
    tree: Tree,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
}

impl Loader {
    /// Takes one event; `false` where nothing more is to be read.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<bool, Problem> {
        let place = place_of(span.start.line(), span.start.col());
        match event {
            Event::DocumentStart(..) if self.tree.root.is_some() => {
                self.tree.second_document = Some(place);
                return Ok(false);
            }
            Event::Scalar(text, style, anchor, _) => {
                let is_plain = style == ScalarStyle::Plain;
                self.add(place, Content::Value { text: text.into_owned(), is_plain }, anchor)?;
            }
            Event::Alias(anchor) => self.alias(place, anchor)?,
            Event::SequenceStart(_, anchor, _) => {
                let id = self.add(place, Content::List(Vec::new()), anchor)?;
                self.open.push(Open { id, key: None });
            }
            Event::MappingStart(_, anchor, _) => {
                let id = self.add(place, Content::Mapping(Vec::new()), anchor)?;
                self.open.push(Open { id, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(ended) = self.open.pop() {
                    self.note_repeated(ended.id);
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn alias(&mut self, place: Place, anchor: usize) -> Result<(), Problem> {
        let Some(target) = self.anchors.get(&anchor).copied() else {
            return Err(Problem::new(place, "this is no YAML: the alias stands for nothing"));
        };
        if self.open.iter().any(|open| open.id == target) {
            return Err(Problem::new(place, "the alias is inside of what it stands for"));
        }
        self.add(place, Content::Alias(target), 0)?;
        Ok(())
    }

    /// Adds a node where the file is just now.
    fn add(&mut self, place: Place, content: Content, anchor: usize) -> Result<NodeId, Problem> {
        if self.tree.nodes.len() >= MOST_NODES {
            return Err(Problem::new(place, format!("the file has more than {MOST_NODES} values")));
        }
        let id = NodeId(self.tree.nodes.len());
        self.tree.nodes.push(Node { place, content });
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        let Some(open) = self.open.last_mut() else {
            self.tree.root.get_or_insert(id);
            return Ok(id);
        };
        match &mut self.tree.nodes[open.id.0].content {
            Content::List(items) => items.push(id),
            Content::Mapping(pairs) => match open.key.take() {
                Some(key) => pairs.push((key, id)),
                None => open.key = Some(id),
            },
            Content::Value { .. } | Content::Alias(_) => {}
        }
        Ok(id)
    }

    fn note_repeated(&mut self, id: NodeId) {
        let tree = &self.tree;
        let Content::Mapping(pairs) = &tree.nodes[id.0].content else { return };
        let mut seen = HashSet::with_capacity(pairs.len());
        let mut repeated = Vec::new();
        for (key, _) in pairs {
            if let Content::Value { text, .. } = tree.content(*key)
                && text != "<<"
                && !seen.insert(text.as_str())
            {
                repeated.push((quoted(text), tree.place(*key)));
            }
        }
        self.tree.repeated.append(&mut repeated);
    }
}

fn no_yaml(text: &str, error: &ScanError) -> Problem {
    let mut place = place_of(error.marker().line(), error.marker().col());
    // Told where the text before the tab begins, which is a line too early.
    if *error.kind() == ErrorKind::TabInPlainScalar {
        let after = text.lines().enumerate().skip(error.marker().line());
        let mut tabs = after.filter_map(|(line, text)| {
            let column = text.find('\t').filter(|column| text[..*column].trim().is_empty())?;
            Some(place_of(line + 1, column))
        });
        place = tabs.next().unwrap_or(place);
    }
    Problem::new(place, format!("this is no YAML: {}", error.info()))
}

/// The parser counts lines from 1 and columns from 0.
fn place_of(line: usize, column: usize) -> Place {
    Place { line: line.max(1) as u64, column: column as u64 + 1 }
}
