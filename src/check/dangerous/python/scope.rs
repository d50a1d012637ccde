//! Scopes and what names may stand for in them.

use std::collections::{HashMap, HashSet};

use crate::check::tree::Node;

/// How many things one name of one scope may stand for before the rest is forgotten.
const MOST_VALUES: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
    Comprehension,
}

/// What a name may stand for.
#[derive(Clone)]
pub(super) enum Value<'tree> {
    /// Something imported or built in, by its qualified name.
    Known(String),
    /// What an expression of some scope stands for.
    Expression(Node<'tree>, usize),
}

#[derive(Default)]
struct Bindings<'tree> {
    values: Vec<Value<'tree>>,
    /// Where the name is first bound whatever happens, from where on nothing outside is meant.
    hides_from: Option<usize>,
}

struct Scope<'text> {
    kind: ScopeKind,
    parent: Option<usize>,
    wildcards: Vec<&'text str>,
    globals: Vec<&'text str>,
}

/// A binding on its way into a scope.
pub(super) struct Binding<'tree, 'text> {
    pub(super) name: &'text str,
    pub(super) at: usize,
    pub(super) conditional: bool,
    pub(super) value: Option<Value<'tree>>,
}

/// Every scope of a script.
pub(super) struct Scopes<'tree, 'text> {
    all: Vec<Scope<'text>>,
    bindings: HashMap<(usize, &'text str), Bindings<'tree>>,
    /// Names that some scope binds to something known, as an import does.
    known: HashSet<&'text str>,
}

impl<'tree, 'text> Scopes<'tree, 'text> {
    /// The module's scope alone; its number is 0.
    pub(super) fn new() -> Self {
        let mut scopes = Self {
            all: Vec::new(),
            bindings: HashMap::new(),
            known: HashSet::new(),
        };
        scopes.open(ScopeKind::Module, None);
        scopes
    }

    pub(super) fn open(&mut self, kind: ScopeKind, parent: Option<usize>) -> usize {
        self.all.push(Scope {
            kind,
            parent,
            wildcards: Vec::new(),
            globals: Vec::new(),
        });
        self.all.len() - 1
    }

    pub(super) fn wildcard(&mut self, scope: usize, module: &'text str) {
        if let Some(scope) = self.all.get_mut(scope) {
            scope.wildcards.push(module);
        }
    }

    pub(super) fn global(&mut self, scope: usize, name: &'text str) {
        if let Some(scope) = self.all.get_mut(scope) {
            scope.globals.push(name);
        }
    }

    /// The nearest scope that is not a comprehension's: where `:=` binds.
    pub(super) fn statement_scope(&self, mut scope: usize) -> usize {
        while let Some(found) = self.all.get(scope) {
            match found.parent {
                Some(parent) if found.kind == ScopeKind::Comprehension => scope = parent,
                _ => break,
            }
        }
        scope
    }

    pub(super) fn bind(&mut self, scope: usize, binding: Binding<'tree, 'text>) {
        let global = (self.all.get(scope)).is_some_and(|own| own.globals.contains(&binding.name));
        let home = if global { 0 } else { scope };
        if matches!(binding.value, Some(Value::Known(_))) {
            self.known.insert(binding.name);
        }
        let bindings = self.bindings.entry((home, binding.name)).or_default();
        if !binding.conditional && !global && bindings.hides_from.is_none() {
            bindings.hides_from = Some(binding.at);
        }
        if let Some(value) = binding.value
            && bindings.values.len() < MOST_VALUES
        {
            bindings.values.push(value);
        }
    }

    /// Whether a name is bound to something known anywhere; cheaper to ask than [`Self::lookup`].
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    /// Everything that a name may stand for at a place of a scope.
    pub(super) fn lookup(&self, name: &str, from: usize, at: usize) -> Vec<Value<'tree>> {
        let mut found = Vec::new();
        let mut next = Some(from);
        while let Some(number) = next {
            let Some(scope) = self.all.get(number) else {
                break;
            };
            next = scope.parent;
            if scope.kind == ScopeKind::Class && number != from {
                continue;
            }
            if let Some(bindings) = self.bindings.get(&(number, name)) {
                found.extend(bindings.values.iter().cloned());
                if scope.hides(bindings, number == from, at) {
                    return found;
                }
            }
            found.extend(
                (scope.wildcards.iter()).map(|module| Value::Known(qualified(module, name))),
            );
        }
        found.push(Value::Known(qualified("builtins", name)));
        found
    }
}

impl Scope<'_> {
    /// Whether a name bound here means nothing outside. Python decides that for a whole function at
    /// once; in a module or class an earlier statement still sees what is outside.
    fn hides(&self, bindings: &Bindings<'_>, used_here: bool, at: usize) -> bool {
        match self.kind {
            ScopeKind::Function | ScopeKind::Comprehension => true,
            ScopeKind::Module | ScopeKind::Class => bindings
                .hides_from
                .is_some_and(|from| !used_here || from < at),
        }
    }
}

/// An attribute's qualified name, with the names that mean the same made one.
pub(super) fn qualified(object: &str, attribute: &str) -> String {
    match (object, attribute) {
        ("builtins", "__builtins__") => "builtins".to_owned(),
        _ => format!("{}.{attribute}", canonical(object)),
    }
}

/// A module's usual name.
pub(super) fn canonical(module: &str) -> &str {
    match module {
        "posix" | "nt" => "os",
        "__builtin__" => "builtins",
        other => other,
    }
}
