//! The script with its syntax tree, and the ways to walk it.
//!
//! The parser's tree is read once, by a cursor in a loop, into a flat list of nodes in the order of
//! the text: what lies below a node is the stretch of the list behind it. So every layer walks an
//! array, depth costs heap and never stack, and parents are known. Node kinds become small enums
//! through a table per grammar, because comparing names costs more than the rest of a walk.

use std::ops::Range;

use tree_sitter::TreeCursor;

use super::parser::{self, Fuel};
use super::syntax::Reading;
use crate::language::Grammar;

/// A script that has been parsed.
pub(super) struct Script<'text> {
    pub(super) text: &'text str,
    pub(super) grammar: Grammar,
    tree: Tree,
}

/// The nodes, each before those below it; the root is the first.
pub(super) struct Tree {
    nodes: Vec<Record>,
    /// Whether the parser could not make sense of some of the text.
    has_error: bool,
}

/// What is kept of a node.
struct Record {
    kind: u16,
    /// The field of the parent that holds it, or 0.
    field: u16,
    flags: u8,
    start: u32,
    end: u32,
    parent: u32,
    /// One beyond the last node below it.
    beyond: u32,
}

const NAMED: u8 = 1;
const EXTRA: u8 = 2;

/// A node of a tree; as cheap to copy as a reference.
#[derive(Clone, Copy)]
pub(super) struct Node<'tree> {
    tree: &'tree Tree,
    at: u32,
}

impl<'text> Script<'text> {
    /// Parses; `None` where the text exceeds the parser's budget.
    pub(super) fn parse(
        text: &'text str,
        grammar: Grammar,
        reading: &Reading,
        fuel: &Fuel,
    ) -> Option<Self> {
        Self::parse_part(text, 0..text.len(), grammar, reading, fuel)
    }

    /// Parses a script that is a part of a text; places are those of the text.
    pub(super) fn parse_part(
        text: &'text str,
        part: Range<usize>,
        grammar: Grammar,
        reading: &Reading,
        fuel: &Fuel,
    ) -> Option<Self> {
        let trees = parser::parse(text, part, grammar, reading, fuel)?;
        Some(Self {
            text,
            grammar,
            tree: Tree::of(&trees),
        })
    }

    pub(super) const fn root(&self) -> Node<'_> {
        Node {
            tree: &self.tree,
            at: 0,
        }
    }

    /// Whether the parser could not make sense of some of the text.
    pub(super) const fn has_error(&self) -> bool {
        self.tree.has_error
    }

    /// A node's text; empty where its range is not one of the text, which no node's is.
    pub(super) fn of(&self, node: Node<'_>) -> &'text str {
        self.text.get(node.byte_range()).unwrap_or("")
    }
}

impl Tree {
    /// One tree of those of the stretches of a script, in order.
    fn of(trees: &[tree_sitter::Tree]) -> Self {
        let roots = || trees.iter().map(tree_sitter::Tree::root_node);
        let count = roots().map(|root| root.descendant_count()).sum();
        let mut nodes = Vec::with_capacity(count);
        if let [first, .., last] = trees {
            nodes.push(Record {
                kind: first.language().id_for_node_kind("program", true),
                flags: NAMED,
                end: number(last.root_node().end_byte()),
                ..Record::NOWHERE
            });
        }
        for tree in trees {
            Self::append(tree, &mut nodes);
        }
        Self::close(&mut nodes, 0);
        Self {
            nodes,
            has_error: roots().any(|root| root.has_error()),
        }
    }

    /// Adds a tree's nodes, below the root where there is one: then its own is left out.
    fn append(tree: &tree_sitter::Tree, nodes: &mut Vec<Record>) {
        let mut cursor = tree.walk();
        let mut open = Vec::new();
        if !nodes.is_empty() && !tree.root_node().is_error() {
            if !cursor.goto_first_child() {
                return;
            }
            open.push(0);
        }
        loop {
            let at = number(nodes.len());
            nodes.push(Record::of(&cursor, open.last().copied().unwrap_or(0)));
            if cursor.goto_first_child() {
                open.push(at);
                continue;
            }
            Self::close(nodes, at);
            while !cursor.goto_next_sibling() {
                let Some(parent) = open.pop() else { return };
                cursor.goto_parent();
                Self::close(nodes, parent);
            }
        }
    }

    fn close(nodes: &mut [Record], at: u32) {
        let beyond = number(nodes.len());
        if let Some(node) = nodes.get_mut(at as usize) {
            node.beyond = beyond;
        }
    }
}

/// A script is far below 4 GiB; what were not would be cut off and not wrapped around.
fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Record {
    const NOWHERE: Self = Self {
        kind: 0,
        field: 0,
        flags: 0,
        start: 0,
        end: 0,
        parent: 0,
        beyond: 0,
    };

    fn of(cursor: &TreeCursor<'_>, parent: u32) -> Self {
        let node = cursor.node();
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        Self {
            kind: node.kind_id(),
            field: cursor.field_id().map_or(0, u16::from),
            flags: flag(node.is_named(), NAMED) | flag(node.is_extra(), EXTRA),
            start: number(node.start_byte()),
            end: number(node.end_byte()),
            parent,
            beyond: 0,
        }
    }
}

impl<'tree> Node<'tree> {
    fn record(self) -> &'tree Record {
        self.tree
            .nodes
            .get(self.at as usize)
            .unwrap_or(&Record::NOWHERE)
    }

    /// The node's number in the order of the text.
    pub(super) const fn id(self) -> u32 {
        self.at
    }

    pub(super) fn kind_id(self) -> u16 {
        self.record().kind
    }

    /// The field of the parent that holds it, or 0.
    pub(super) fn field(self) -> u16 {
        self.record().field
    }

    pub(super) fn start_byte(self) -> usize {
        self.record().start as usize
    }

    pub(super) fn end_byte(self) -> usize {
        self.record().end as usize
    }

    pub(super) fn byte_range(self) -> Range<usize> {
        self.start_byte()..self.end_byte()
    }

    /// A rule's node and no comment: what a person would call a part of its parent.
    fn is_part(self) -> bool {
        self.record().flags & (NAMED | EXTRA) == NAMED
    }

    pub(super) fn parent(self) -> Option<Self> {
        let at = self.record().parent;
        (self.at != 0).then_some(Self { at, ..self })
    }

    /// Everything directly below it, tokens and comments included.
    pub(super) fn all_children(self) -> impl Iterator<Item = Self> {
        let beyond = self.record().beyond;
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            let child = (at < beyond).then_some(Self { at, ..self })?;
            // Never back: a list that were wrong must end all the same.
            at = child.record().beyond.max(at + 1);
            Some(child)
        })
    }

    pub(super) fn child(self, number: usize) -> Option<Self> {
        self.all_children().nth(number)
    }

    pub(super) fn child_by_field_id(self, field: u16) -> Option<Self> {
        self.all_children().find(|child| child.field() == field)
    }
}

impl PartialEq for Node<'_> {
    /// Of nodes of one tree, as all that meet are.
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

/// What a walk meets: a node on the way down, with the field that holds it, or on the way up.
pub(super) enum Step<'tree> {
    Enter(Node<'tree>, u16),
    Leave,
}

/// A walk over a node and everything below it, in the order of the text.
pub(super) struct Walk<'tree> {
    tree: &'tree Tree,
    next: u32,
    /// Where each node that is open ends, the innermost last.
    open: Vec<u32>,
    done: bool,
}

impl<'tree> Walk<'tree> {
    pub(super) fn of(node: Node<'tree>) -> Self {
        Self {
            tree: node.tree,
            next: node.at,
            open: Vec::new(),
            done: false,
        }
    }

    /// Leaves out what lies below the node just entered; its `Leave` still comes.
    pub(super) fn prune(&mut self) {
        if let Some(beyond) = self.open.last() {
            self.next = *beyond;
        }
    }
}

impl<'tree> Iterator for Walk<'tree> {
    type Item = Step<'tree>;

    fn next(&mut self) -> Option<Step<'tree>> {
        if self.done {
            return None;
        }
        if self.open.last() == Some(&self.next) {
            self.open.pop();
            self.done = self.open.is_empty();
            return Some(Step::Leave);
        }
        let node = Node {
            tree: self.tree,
            at: self.next,
        };
        self.open.push(node.record().beyond);
        self.next += 1;
        Some(Step::Enter(node, node.field()))
    }
}

/// A node's named children, comments left out.
pub(super) fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.all_children().filter(|child| child.is_part())
}

/// Makes an enum of the node kinds that a layer cares about, and its table from a grammar's ids.
macro_rules! kinds {
    ($grammar:expr, $name:ident { $($variant:ident = $text:literal),* $(,)? } $($anonymous:ident = $token:literal),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name { Other, Error, $($variant,)* $($anonymous,)* }

        impl $name {
            pub(super) fn of(node: $crate::check::tree::Node<'_>) -> Self {
                static TABLE: std::sync::LazyLock<Vec<$name>> = std::sync::LazyLock::new($name::table);
                let id = node.kind_id();
                TABLE.get(usize::from(id)).copied().unwrap_or(
                    if id == u16::MAX { Self::Error } else { Self::Other })
            }

            fn table() -> Vec<Self> {
                let language = $crate::check::parser::language($grammar);
                (0..u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX))
                    .map(|id| {
                        let named = language.node_kind_is_named(id);
                        match language.node_kind_for_id(id) {
                            $(Some($text) if named => Self::$variant,)*
                            $(Some($token) if !named => Self::$anonymous,)*
                            _ => Self::Other,
                        }
                    })
                    .collect()
            }
        }
    };
}

/// Makes constants of field ids, looked up once.
macro_rules! fields {
    ($grammar:expr, $name:ident { $($field:ident = $text:literal),* $(,)? }) => {
        pub(super) struct $name { $(pub(super) $field: u16,)* }

        impl $name {
            pub(super) fn get() -> &'static Self {
                static FIELDS: std::sync::LazyLock<$name> = std::sync::LazyLock::new(|| {
                    let language = $crate::check::parser::language($grammar);
                    let id = |name: &str| language.field_id_for_name(name).map_or(u16::MAX, u16::from);
                    $name { $($field: id($text),)* }
                });
                &FIELDS
            }
        }
    };
}

pub(super) use {fields, kinds};
