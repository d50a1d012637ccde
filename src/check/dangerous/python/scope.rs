//! Scopes and what names may stand for in them.
//!
//! Follows the order of statements where that is certain, in one scope, and the branches in which
//! they stand; a name read from another scope may be anything that it is ever bound to.

use std::collections::{HashMap, HashSet};

use super::Kind;
use super::names::{canonical, is_module, qualified};
use crate::check::tree::Node;

/// How many things one name of one scope may stand for before the rest is forgotten.
const MOST_VALUES: usize = 16;

/// How many scopes a look-up climbs before it goes on in the module: no person nests deeper, and a
/// hostile script shall not make every look-up as long as itself.
const MOST_CLIMBS: usize = 64;

/// Where a binding that always happens stops to hold.
pub(super) const EVERYWHERE: usize = usize::MAX;

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
    /// What an expression of some scope holds.
    Element(Node<'tree>, usize),
    /// A function or class of the script, with the scope that it opens.
    Definition(Node<'tree>, usize),
}

/// One of the branches of an `if` or `try` of which one is always taken to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arm {
    /// The statement's number, where it ends, and where what is around it does.
    pub(super) statement: u32,
    pub(super) end: usize,
    pub(super) reach: usize,
    /// How many arms it has.
    pub(super) arms: usize,
    /// Where this one starts.
    pub(super) start: usize,
}

struct Bound<'tree> {
    at: usize,
    /// Where the branch ends in which this happens.
    reach: usize,
    arm: Option<Arm>,
    /// Whether what comes before it in the text may come after it in time.
    again: bool,
    value: Option<Value<'tree>>,
}

struct Scope<'text> {
    kind: ScopeKind,
    parent: Option<usize>,
    wildcards: Vec<&'text str>,
}

/// A binding on its way into a scope.
pub(super) struct Binding<'tree, 'text> {
    pub(super) name: &'text str,
    pub(super) at: usize,
    pub(super) reach: usize,
    pub(super) again: bool,
    pub(super) arm: Option<Arm>,
    pub(super) value: Option<Value<'tree>>,
}

/// Every scope of a script.
pub(super) struct Scopes<'tree, 'text> {
    all: Vec<Scope<'text>>,
    bindings: HashMap<(usize, &'text str), Vec<Bound<'tree>>>,
    /// Where a name of a scope lives that a `global` or `nonlocal` sends elsewhere.
    homes: HashMap<(usize, &'text str), usize>,
    /// What is stored in attributes of `self`, by the scope of the class.
    stored: HashMap<(usize, &'text str), Vec<Value<'tree>>>,
    /// What the functions return, by their scopes.
    returns: HashMap<usize, Vec<Node<'tree>>>,
    /// The scopes of the lambdas, by their nodes.
    lambdas: HashMap<u32, usize>,
    /// What is set under the key `shell` of dictionaries, by their names.
    shells: HashMap<&'text str, Vec<(Node<'tree>, usize)>>,
    /// Names that are bound to something imported, or to what another name stands for.
    aliases: HashSet<&'text str>,
    /// Names that are bound to something that could be called.
    callable: HashSet<&'text str>,
}

impl<'tree, 'text> Scopes<'tree, 'text> {
    /// The module's scope alone; its number is 0.
    pub(super) fn new() -> Self {
        let mut scopes = Self {
            all: Vec::new(),
            bindings: HashMap::new(),
            homes: HashMap::new(),
            stored: HashMap::new(),
            returns: HashMap::new(),
            lambdas: HashMap::new(),
            shells: HashMap::new(),
            aliases: HashSet::new(),
            callable: HashSet::new(),
        };
        scopes.open(ScopeKind::Module, None);
        scopes
    }

    pub(super) fn open(&mut self, kind: ScopeKind, parent: Option<usize>) -> usize {
        self.all.push(Scope {
            kind,
            parent,
            wildcards: Vec::new(),
        });
        self.all.len() - 1
    }

    pub(super) fn wildcard(&mut self, scope: usize, module: &'text str) {
        if let Some(scope) = self.all.get_mut(scope)
            && scope.wildcards.len() < MOST_VALUES
        {
            scope.wildcards.push(module);
        }
    }

    /// `global name`: what a scope binds to it is the module's.
    pub(super) fn global(&mut self, scope: usize, name: &'text str) {
        self.homes.insert((scope, name), 0);
    }

    /// `nonlocal name`: what a scope binds to it is the function's around it.
    pub(super) fn nonlocal(&mut self, scope: usize, name: &'text str) {
        if let Some(home) = self.above(scope, ScopeKind::Function) {
            self.homes.insert((scope, name), home);
        }
    }

    /// The nearest scope of a kind around a scope.
    pub(super) fn above(&self, scope: usize, kind: ScopeKind) -> Option<usize> {
        let mut next = self.all.get(scope)?.parent;
        for _ in 0..MOST_CLIMBS {
            let number = next?;
            let scope = self.all.get(number)?;
            if scope.kind == kind {
                return Some(number);
            }
            next = scope.parent;
        }
        None
    }

    /// The nearest scope that is not a comprehension's: where `:=` binds.
    pub(super) fn statement_scope(&self, mut scope: usize) -> usize {
        for _ in 0..MOST_CLIMBS {
            match self.all.get(scope) {
                Some(found) if found.kind == ScopeKind::Comprehension => {
                    scope = found.parent.unwrap_or(0);
                }
                _ => break,
            }
        }
        scope
    }

    pub(super) fn bind(&mut self, scope: usize, binding: Binding<'tree, 'text>) {
        let Binding {
            name,
            at,
            mut reach,
            mut again,
            mut arm,
            value,
        } = binding;
        let home = self.homes.get(&(scope, name)).copied();
        if home.is_some() {
            // When the function runs is not known, nor whether it does; but who writes a function of
            // that name for all means it from then on.
            let defined = matches!(value, Some(Value::Definition(..)));
            (reach, again) = (if defined { EVERYWHERE } else { 0 }, true);
            arm = None;
        }
        self.note(name, value.as_ref());
        let bindings = (self.bindings)
            .entry((home.unwrap_or(scope), name))
            .or_default();
        if bindings.len() < MOST_VALUES {
            bindings.push(Bound {
                at,
                reach,
                arm,
                again,
                value,
            });
        }
    }

    fn note(&mut self, name: &'text str, value: Option<&Value<'tree>>) {
        match value {
            Some(Value::Known(_)) => {
                self.aliases.insert(name);
                self.callable.insert(name);
            }
            Some(Value::Expression(node, _)) => match Kind::of(*node) {
                Kind::Identifier | Kind::Attribute | Kind::Subscript | Kind::Conditional => {
                    self.aliases.insert(name);
                    self.callable.insert(name);
                }
                Kind::Integer | Kind::String | Kind::True | Kind::False | Kind::None => {}
                _ => drop(self.callable.insert(name)),
            },
            Some(Value::Element(..) | Value::Definition(..)) => drop(self.callable.insert(name)),
            None => {}
        }
    }

    /// `self.name = value` in a method of a class.
    pub(super) fn store(&mut self, class: usize, name: &'text str, value: Value<'tree>) {
        self.note(name, Some(&value));
        let stored = self.stored.entry((class, name)).or_default();
        if stored.len() < MOST_VALUES {
            stored.push(value);
        }
    }

    /// `name['shell'] = value`
    pub(super) fn set_shell(&mut self, name: &'text str, value: Node<'tree>, scope: usize) {
        let shells = self.shells.entry(name).or_default();
        if shells.len() < MOST_VALUES {
            shells.push((value, scope));
        }
    }

    /// What is set under the key `shell` of what is called that, with the scopes it is said in.
    pub(super) fn shells(&self, name: &str) -> &[(Node<'tree>, usize)] {
        self.shells.get(name).map_or(&[], Vec::as_slice)
    }

    /// A lambda, with the scope that it opens.
    pub(super) fn opened(&mut self, lambda: Node<'tree>, scope: usize) {
        self.lambdas.insert(lambda.id(), scope);
    }

    /// The scope that a lambda opens.
    pub(super) fn inside(&self, lambda: Node<'tree>) -> Option<usize> {
        self.lambdas.get(&lambda.id()).copied()
    }

    /// The scope around a scope; the module's own is its own.
    pub(super) fn parent(&self, scope: usize) -> usize {
        self.all
            .get(scope)
            .and_then(|scope| scope.parent)
            .unwrap_or(0)
    }

    pub(super) fn returns(&mut self, scope: usize, value: Node<'tree>) {
        let returns = self.returns.entry(scope).or_default();
        if returns.len() < MOST_VALUES {
            returns.push(value);
        }
    }

    pub(super) fn returned(&self, scope: usize) -> &[Node<'tree>] {
        self.returns.get(&scope).map_or(&[], Vec::as_slice)
    }

    /// Whether a name is bound to something known anywhere; cheaper to ask than [`Self::lookup`].
    pub(super) fn is_alias(&self, name: &str) -> bool {
        self.aliases.contains(name)
    }

    /// Whether a name is bound to anything that a call could reach.
    pub(super) fn is_callable(&self, name: &str) -> bool {
        self.callable.contains(name)
    }

    /// What an attribute of a class or of its instances may stand for.
    pub(super) fn attribute(&self, class: usize, name: &str) -> Vec<Value<'tree>> {
        let own = self.bindings.get(&(class, name)).into_iter().flatten();
        let stored = self.stored.get(&(class, name)).into_iter().flatten();
        own.filter_map(|bound| bound.value.clone())
            .chain(stored.cloned())
            .collect()
    }

    /// Everything that a name may stand for at a place of a scope.
    pub(super) fn lookup(&self, name: &str, from: usize, at: usize) -> Vec<Value<'tree>> {
        let mut found = Vec::new();
        let (mut next, mut climbs, mut bound) = (Some(from), 0, false);
        while let Some(number) = next {
            let Some(scope) = self.all.get(number) else {
                break;
            };
            climbs += 1;
            next = scope.parent.map(|parent| match climbs {
                ..MOST_CLIMBS => parent,
                _ => 0,
            });
            if scope.kind == ScopeKind::Class && number != from {
                continue;
            }
            if let Some(bindings) = self.bindings.get(&(number, name)) {
                bound = true;
                // A comprehension's body stands before what it iterates over.
                let here = number == from && scope.kind != ScopeKind::Comprehension;
                if scope.take(bindings, here.then_some(at), &mut found) {
                    return found;
                }
            }
            found.extend(
                (scope.wildcards.iter()).map(|module| Value::Known(qualified(module, name))),
            );
        }
        if !bound && is_module(name) {
            // Its import was forgotten, or stands in a file that this one is pasted into.
            found.push(Value::Known(canonical(name).to_owned()));
        }
        found.push(Value::Known(qualified("builtins", name)));
        found
    }
}

impl Scope<'_> {
    /// Adds what a name bound here may stand for, and tells whether nothing outside is meant.
    ///
    /// Python decides the latter for a whole function at once; in a module or class an earlier
    /// statement still sees what is outside. `at` is the place of the use if it is in this scope.
    fn take<'tree>(
        &self,
        bindings: &[Bound<'tree>],
        at: Option<usize>,
        found: &mut Vec<Value<'tree>>,
    ) -> bool {
        let single = at.and_then(|at| bindings.iter().rposition(|bound| bound.governs(at)));
        let last = single.max(first_of_arms(bindings, at));
        let here = bindings.iter().skip(last.unwrap_or(0));
        let reaches = |bound: &&Bound<'_>| at.is_none_or(|at| bound.at < at || bound.again);
        found.extend(here.filter(reaches).filter_map(|bound| bound.value.clone()));
        match (self.kind, at) {
            (ScopeKind::Function | ScopeKind::Comprehension, _) => true,
            (_, Some(_)) => last.is_some(),
            (_, None) => last.is_some() || bindings.iter().any(|bound| bound.reach == EVERYWHERE),
        }
    }
}

/// How many of a name's latest bindings in branches are asked whether every branch binds it.
const MOST_ARMS: usize = 32;

/// The first of the latest bindings of which one happens in every branch of a statement.
///
/// Without a place, as from another scope, the statement must be one that always runs.
fn first_of_arms(bindings: &[Bound<'_>], at: Option<usize>) -> Option<usize> {
    let is_over = |arm: &Arm| match at {
        Some(at) => arm.end <= at && at < arm.reach,
        None => arm.reach == EVERYWHERE,
    };
    let arms = || bindings.iter().map(|bound| bound.arm.filter(is_over));
    let all_bind = |arm: &Arm| {
        let of_statement = |other: &Arm| other.statement == arm.statement;
        let mut starts: Vec<usize> = (arms().flatten().filter(of_statement))
            .map(|other| other.start)
            .collect();
        starts.sort_unstable();
        starts.dedup();
        starts.len() == arm.arms
    };
    let mut latest = arms().flatten().rev().take(MOST_ARMS);
    let statement = latest.find(all_bind)?.statement;
    arms().position(|arm| arm.is_some_and(|arm| arm.statement == statement))
}

impl Bound<'_> {
    /// Whether it has happened for certain wherever `at` is reached.
    const fn governs(&self, at: usize) -> bool {
        self.at < at && at < self.reach
    }
}
