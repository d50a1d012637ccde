//! The scopes that the semantic rules ask about.

use std::collections::{HashMap, HashSet};

use ruff_python_ast::{ExceptHandler, Identifier, Parameters, Stmt};
use ruff_text_size::{Ranged, TextRange};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Module,
    Function { is_async: bool },
    Lambda,
    Class,
    Comprehension { is_generator: bool },
}

impl Kind {
    pub(super) const fn is_comprehension(self) -> bool {
        matches!(self, Self::Comprehension { .. })
    }
}

pub(super) struct Scope<'a> {
    pub(super) kind: Kind,
    /// The names that a `global` of this scope declares, and the last such statement of each.
    pub(super) globals: HashMap<&'a str, TextRange>,
    pub(super) nonlocals: HashMap<&'a str, TextRange>,
    pub(super) parameters: HashSet<&'a str>,
    pub(super) in_loop: bool,
    /// In an `except*` that is in no loop of its own.
    pub(super) in_star_handler: bool,
    /// In an `except*`, whatever loops are in it.
    pub(super) in_star_handler_return: bool,
    pub(super) blocks: usize,
}

impl<'a> Scope<'a> {
    pub(super) fn of(kind: Kind, body: &'a [Stmt]) -> Self {
        let Declared { globals, nonlocals } = Declared::by(body);
        Self {
            kind,
            globals,
            nonlocals,
            parameters: HashSet::new(),
            in_loop: false,
            in_star_handler: false,
            in_star_handler_return: false,
            blocks: 0,
        }
    }

    pub(super) fn with_parameters(mut self, parameters: &'a Parameters) -> Self {
        let names = parameters.iter().map(|parameter| parameter.name().as_str());
        self.parameters = names.collect();
        self
    }
}

#[derive(Default)]
struct Declared<'a> {
    globals: HashMap<&'a str, TextRange>,
    nonlocals: HashMap<&'a str, TextRange>,
}

impl<'a> Declared<'a> {
    /// What a body declares; the statements of inner functions and classes are theirs.
    fn by(body: &'a [Stmt]) -> Self {
        let mut declared = Self::default();
        let mut bodies = vec![body];
        while let Some(body) = bodies.pop() {
            for statement in body {
                match statement {
                    Stmt::Global(global) => {
                        note(&mut declared.globals, &global.names, global.range());
                    }
                    Stmt::Nonlocal(nonlocal) => {
                        note(&mut declared.nonlocals, &nonlocal.names, nonlocal.range());
                    }
                    _ => inner_bodies(statement, &mut bodies),
                }
            }
        }
        declared
    }
}

/// Keeps the last statement of each name: whatever comes before it is too early.
fn note<'a>(known: &mut HashMap<&'a str, TextRange>, names: &'a [Identifier], range: TextRange) {
    for name in names {
        let last = known.entry(name.as_str()).or_insert(range);
        if last.start() < range.start() {
            *last = range;
        }
    }
}

fn inner_bodies<'a>(statement: &'a Stmt, bodies: &mut Vec<&'a [Stmt]>) {
    match statement {
        Stmt::If(inner) => {
            bodies.push(&inner.body);
            bodies.extend(inner.elif_else_clauses.iter().map(|clause| &*clause.body));
        }
        Stmt::For(inner) => bodies.extend([&*inner.body, &*inner.orelse]),
        Stmt::While(inner) => bodies.extend([&*inner.body, &*inner.orelse]),
        Stmt::With(inner) => bodies.push(&inner.body),
        Stmt::Match(inner) => bodies.extend(inner.cases.iter().map(|case| &*case.body)),
        Stmt::Try(inner) => {
            bodies.extend([&*inner.body, &*inner.orelse, &*inner.finalbody]);
            for ExceptHandler::ExceptHandler(handler) in &inner.handlers {
                bodies.push(&handler.body);
            }
        }
        _ => {}
    }
}
