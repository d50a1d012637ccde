//! The script with its syntax tree, and the ways to walk it.
//!
//! Every walk is a cursor in a loop: depth costs heap, never stack. Node kinds become small enums
//! through a table per grammar, because comparing names costs more than the rest of a walk.

use std::borrow::Cow;
use std::cell::RefCell;

use tree_sitter::{Node, Parser, Tree, TreeCursor};

use crate::language::Grammar;

/// A script that has been parsed.
pub(super) struct Script<'text> {
    pub(super) text: &'text str,
    pub(super) grammar: Grammar,
    pub(super) tree: Tree,
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

impl<'text> Script<'text> {
    /// Parses; `None` where the grammar does not fit the parser, which a test excludes.
    pub(super) fn parse(text: &'text str, grammar: Grammar) -> Option<Self> {
        let language = language(grammar);
        let tree = PARSER.with_borrow_mut(|parser| {
            parser.set_language(&language).ok()?;
            parser.parse(&*readable(text, grammar), None)
        })?;
        Some(Self {
            text,
            grammar,
            tree,
        })
    }

    /// A node's text; empty where its range is not one of the text, which no node's is.
    pub(super) fn of(&self, node: Node<'_>) -> &'text str {
        self.text.get(node.byte_range()).unwrap_or("")
    }
}

/// What the parser gets to read: the same places, and for bash other characters.
///
/// The scanner of tree-sitter-bash 0.25 hands any character to C's `isdigit`, which is defined for
/// bytes alone: one beyond U+FFFF in a brace expansion is a read out of bounds, and hostile scripts
/// crash the process. Outside ASCII, bash knows nothing but the letters of words; so here each such
/// byte becomes one, and text is taken from the script itself.
fn readable(text: &str, grammar: Grammar) -> Cow<'_, str> {
    match grammar {
        Grammar::Python => Cow::Borrowed(text),
        Grammar::Bash if text.is_ascii() => Cow::Borrowed(text),
        Grammar::Bash => {
            let letter = |byte: u8| {
                if byte.is_ascii() {
                    char::from(byte)
                } else {
                    'x'
                }
            };
            Cow::Owned(text.bytes().map(letter).collect())
        }
    }
}

pub(super) fn language(grammar: Grammar) -> tree_sitter::Language {
    match grammar {
        Grammar::Python => tree_sitter_python::LANGUAGE.into(),
        Grammar::Bash => tree_sitter_bash::LANGUAGE.into(),
    }
}

/// What a walk meets: a node on the way down, with the field that holds it, or on the way up.
pub(super) enum Step<'tree> {
    Enter(Node<'tree>, u16),
    Leave,
}

/// A walk over a node and everything below it, in the order of the text.
pub(super) struct Walk<'tree> {
    cursor: TreeCursor<'tree>,
    next: Move,
    depth: usize,
}

enum Move {
    Here,
    Down,
    Across,
    Done,
}

impl<'tree> Walk<'tree> {
    pub(super) fn of(node: Node<'tree>) -> Self {
        Self {
            cursor: node.walk(),
            next: Move::Here,
            depth: 0,
        }
    }

    /// Leaves out what lies below the node just entered; its `Leave` still comes.
    pub(super) fn prune(&mut self) {
        self.next = Move::Across;
    }

    fn enter(&mut self) -> Step<'tree> {
        self.next = Move::Down;
        let field = self.cursor.field_id().map_or(0, u16::from);
        Step::Enter(self.cursor.node(), field)
    }

    fn leave(&mut self) -> Step<'tree> {
        if self.depth > 0 && self.cursor.goto_next_sibling() {
            self.next = Move::Here;
        } else if self.depth > 0 && self.cursor.goto_parent() {
            self.depth -= 1;
            self.next = Move::Across;
        } else {
            self.next = Move::Done;
        }
        Step::Leave
    }
}

impl<'tree> Iterator for Walk<'tree> {
    type Item = Step<'tree>;

    fn next(&mut self) -> Option<Step<'tree>> {
        match self.next {
            Move::Here => Some(self.enter()),
            Move::Down if self.cursor.goto_first_child() => {
                self.depth += 1;
                Some(self.enter())
            }
            Move::Down | Move::Across => Some(self.leave()),
            Move::Done => None,
        }
    }
}

/// A node's named children, comments left out.
pub(super) fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    std::iter::from_fn(move || {
        while more {
            let child = cursor.node();
            more = cursor.goto_next_sibling();
            if child.is_named() && !child.is_extra() {
                return Some(child);
            }
        }
        None
    })
}

/// Makes an enum of the node kinds that a layer cares about, and its table from a grammar's ids.
macro_rules! kinds {
    ($grammar:expr, $name:ident { $($variant:ident = $text:literal),* $(,)? } $($anonymous:ident = $token:literal),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name { Other, Error, $($variant,)* $($anonymous,)* }

        impl $name {
            pub(super) fn of(node: tree_sitter::Node<'_>) -> Self {
                static TABLE: std::sync::LazyLock<Vec<$name>> = std::sync::LazyLock::new($name::table);
                let id = node.kind_id();
                TABLE.get(usize::from(id)).copied().unwrap_or(
                    if id == u16::MAX { Self::Error } else { Self::Other })
            }

            fn table() -> Vec<Self> {
                let language = $crate::check::tree::language($grammar);
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
                    let language = $crate::check::tree::language($grammar);
                    let id = |name: &str| language.field_id_for_name(name).map_or(u16::MAX, u16::from);
                    $name { $($field: id($text),)* }
                });
                &FIELDS
            }
        }
    };
}

pub(super) use {fields, kinds};
