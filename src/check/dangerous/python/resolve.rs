//! What an expression stands for: things with qualified names, and things of the script itself.
//!
//! Follows names, attributes, `getattr`, imports by text, the dictionaries that hold a module's
//! names, containers, what functions return and what classes hold. Every question has the same
//! small fuel, which bounds its recursion too, and a script has so much for all its questions.

use std::cell::Cell;

use super::names::{canonical, is_held, qualified};
use super::scope::{Scopes, Value};
use super::{Fields, Kind};
use crate::check::tree::{Node, Script, children};

/// Steps that one question may take; also the depth of its recursion.
const FUEL: u32 = 128;

/// What is left for each question once a script has used up what there is for all.
const LEAST_FUEL: u32 = 6;

/// Steps for all questions of a script, apart from those for its length.
const ALL_FUEL: u32 = 12_000;

/// How far into a container one looks.
pub(super) const MOST_ITEMS: usize = 64;

/// How many things one attribute may be before the rest is forgotten.
const MOST_THINGS: usize = 64;

/// The module's own names, as `globals()` gives them.
pub(super) const OWN_NAMES: &str = "<names>";

/// Somewhere on the way from an object to `object` itself.
pub(super) const CLIMB: &str = "<climb>";

/// What an expression may stand for.
pub(super) enum Thing<'tree> {
    /// Something imported or built in.
    Named(String),
    /// A function or class of the script, with the scope that it opens.
    Definition(Node<'tree>, usize),
    /// An object of a class of the script, by the class's scope.
    Instance(usize),
    /// A literal or container, with the scope that it stands in.
    Literal(Node<'tree>, usize),
    /// `attrgetter` and `itemgetter`, called: what they take from what they are called with.
    Getter(Node<'tree>, usize),
}

pub(super) struct Resolver<'all, 'tree, 'text> {
    pub(super) script: &'all Script<'text>,
    pub(super) scopes: &'all Scopes<'tree, 'text>,
    pub(super) fields: &'static Fields,
    left: Cell<u32>,
}

impl<'all, 'tree, 'text> Resolver<'all, 'tree, 'text> {
    pub(super) fn new(script: &'all Script<'text>, scopes: &'all Scopes<'tree, 'text>) -> Self {
        let length = u32::try_from(script.text.len()).unwrap_or(u32::MAX);
        Self {
            script,
            scopes,
            fields: Fields::get(),
            left: Cell::new(length.saturating_add(ALL_FUEL)),
        }
    }

    /// Asks one question with fuel of its own, taken from the script's.
    pub(super) fn ask<Answer>(&self, question: impl FnOnce(&mut u32) -> Answer) -> Answer {
        let given = FUEL.min(self.left.get()).max(LEAST_FUEL);
        let mut fuel = given;
        let answer = question(&mut fuel);
        let used = given - fuel;
        self.left.set(self.left.get().saturating_sub(used));
        answer
    }

    /// Everything that an expression may stand for.
    pub(super) fn things(&self, node: Node<'tree>, scope: usize) -> Vec<Thing<'tree>> {
        self.ask(|fuel| self.resolve(node, scope, fuel))
    }

    /// Every qualified name that an expression may stand for.
    pub(super) fn names(&self, node: Node<'tree>, scope: usize) -> Vec<String> {
        let things = self.things(node, scope).into_iter();
        things
            .filter_map(|thing| match thing {
                Thing::Named(name) => Some(name),
                _ => None,
            })
            .collect()
    }

    pub(super) fn resolve(
        &self,
        node: Node<'tree>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        if *fuel == 0 {
            return Vec::new();
        }
        *fuel -= 1;
        let fields = self.fields;
        let field = |id| node.child_by_field_id(id);
        match Kind::of(node) {
            Kind::Identifier => self.identifier(node, scope, fuel),
            Kind::Attribute => {
                self.member(field(fields.object), field(fields.attribute), scope, fuel)
            }
            Kind::Conditional | Kind::Boolean => self.any(children(node), scope, fuel),
            Kind::Parenthesized | Kind::Await => self.any(children(node).take(1), scope, fuel),
            Kind::Named => self.any(field(fields.value).into_iter(), scope, fuel),
            Kind::Assignment => self.any(field(fields.right).into_iter(), scope, fuel),
            Kind::Subscript => self.item(field(fields.value), field(fields.subscript), scope, fuel),
            Kind::Call => self.call(node, scope, fuel),
            Kind::Lambda => match self.scopes.inside(node) {
                Some(inside) => vec![Thing::Definition(node, inside)],
                None => Vec::new(),
            },
            Kind::String
            | Kind::Concatenated
            | Kind::Integer
            | Kind::Float
            | Kind::True
            | Kind::False
            | Kind::None
            | Kind::Tuple
            | Kind::List
            | Kind::Set
            | Kind::Dictionary
            | Kind::ExpressionList => vec![Thing::Literal(node, scope)],
            _ => Vec::new(),
        }
    }

    pub(super) fn any(
        &self,
        nodes: impl Iterator<Item = Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        nodes
            .flat_map(|node| self.resolve(node, scope, fuel))
            .collect()
    }

    fn identifier(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Vec<Thing<'tree>> {
        let name = self.script.of(node);
        let mut things = self.values(self.scopes.lookup(name, scope, node.start_byte()), fuel);
        if matches!(name, "self" | "cls")
            && let Some(class) = self.scopes.above(scope, super::scope::ScopeKind::Class)
        {
            things.push(Thing::Instance(class));
        }
        things
    }

    fn values(&self, values: Vec<Value<'tree>>, fuel: &mut u32) -> Vec<Thing<'tree>> {
        let mut things = Vec::new();
        for value in values {
            match value {
                Value::Known(name) if name == "builtins.__builtins__" => {
                    things.push(Thing::Named("builtins".to_owned()));
                }
                Value::Known(name) => things.push(Thing::Named(name)),
                Value::Definition(node, scope) => things.push(Thing::Definition(node, scope)),
                Value::Expression(node, scope) => things.extend(self.resolve(node, scope, fuel)),
                Value::Element(node, scope) => {
                    let containers = self.resolve(node, scope, fuel);
                    for container in &containers {
                        things.extend(self.taken(container, None, fuel));
                    }
                }
            }
        }
        things
    }

    fn member(
        &self,
        object: Option<Node<'tree>>,
        attribute: Option<Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        let (Some(object), Some(attribute)) = (object, attribute) else {
            return Vec::new();
        };
        let attribute = self.script.of(attribute);
        let objects = self.resolve(object, scope, fuel);
        self.members(&objects, attribute, fuel)
    }

    pub(super) fn members(
        &self,
        objects: &[Thing<'tree>],
        attribute: &str,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        let named = |name: &str| vec![Thing::Named(name.to_owned())];
        match attribute {
            "__base__" | "__bases__" | "__mro__" | "mro" => return named(CLIMB),
            "__globals__" | "f_globals" | "f_builtins" => return named("builtins.__dict__"),
            "__builtins__" => return named("builtins"),
            _ => {}
        }
        let mut members = Vec::new();
        for object in objects {
            match object {
                // Circles of classes would multiply without end.
                Thing::Definition(..) | Thing::Instance(_)
                    if *fuel == 0 || members.len() > MOST_THINGS => {}
                Thing::Named(name) if name == CLIMB => members.push(Thing::Named(name.clone())),
                Thing::Named(name) => members.push(Thing::Named(qualified(name, attribute))),
                Thing::Definition(_, scope) | Thing::Instance(scope) => {
                    members.extend(self.values(self.scopes.attribute(*scope, attribute), fuel));
                }
                Thing::Literal(..) if attribute == "__class__" => members.extend(named(CLIMB)),
                Thing::Literal(..) | Thing::Getter(..) => {}
            }
        }
        members
    }

    /// `module.__dict__['name']`, `sys.modules['name']`, `globals()['name']`, `[f, g][0]`.
    fn item(
        &self,
        value: Option<Node<'tree>>,
        key: Option<Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        let (Some(value), Some(key)) = (value, key) else {
            return Vec::new();
        };
        let containers = self.resolve(value, scope, fuel);
        self.items(&containers, key, scope, fuel)
    }

    pub(super) fn items(
        &self,
        containers: &[Thing<'tree>],
        key: Node<'tree>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        let mut things = Vec::new();
        for container in containers {
            match container {
                Thing::Named(name) if name == CLIMB => things.push(Thing::Named(name.clone())),
                Thing::Named(name) if holds_names(name) => {
                    if let Some(key) = self.text(key, scope, fuel) {
                        things.extend(self.held(name, &key, fuel));
                    }
                }
                Thing::Literal(..) => {
                    things.extend(self.taken(container, Some((key, scope)), fuel));
                }
                _ => {}
            }
        }
        things
    }

    /// What a dictionary of names holds under a key.
    fn held(&self, container: &str, key: &str, fuel: &mut u32) -> Vec<Thing<'tree>> {
        let name = match container {
            OWN_NAMES => {
                let values = self.scopes.lookup(key, 0, usize::MAX - 1);
                return self.values(values, fuel);
            }
            "sys.modules" => canonical(key).to_owned(),
            _ if is_held(key) => key.to_owned(),
            "builtins" => qualified("builtins", key),
            other => qualified(other.strip_suffix(".__dict__").unwrap_or(other), key),
        };
        vec![Thing::Named(name)]
    }

    /// What a literal container holds, under a key where that is constant.
    fn taken(
        &self,
        container: &Thing<'tree>,
        key: Option<(Node<'tree>, usize)>,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        let Thing::Literal(node, scope) = container else {
            return Vec::new();
        };
        let items = children(*node).take(MOST_ITEMS);
        match Kind::of(*node) {
            Kind::Dictionary => {
                let key = key.and_then(|(key, scope)| self.text(key, scope, fuel));
                self.pairs(items, *scope, key.as_deref(), fuel)
            }
            Kind::Call => {
                let arguments = node.child_by_field_id(self.fields.arguments);
                let keywords = arguments.into_iter().flat_map(children).take(MOST_ITEMS);
                let key = key.and_then(|(key, scope)| self.text(key, scope, fuel));
                let fits = |keyword: &Node<'tree>| {
                    let name = keyword.child_by_field_id(self.fields.name);
                    name.is_some_and(|name| {
                        key.as_deref().is_none_or(|key| self.script.of(name) == key)
                    })
                };
                let values = keywords.filter(fits).map(|keyword| self.unkeyed(keyword));
                self.any(values, *scope, fuel)
            }
            Kind::List | Kind::Tuple | Kind::Set | Kind::ExpressionList => {
                let key = key.and_then(|(key, scope)| self.number(key, scope, fuel));
                match key.and_then(|key| usize::try_from(key).ok()) {
                    Some(key) => self.any(items.skip(key).take(1), *scope, fuel),
                    None => self.any(items, *scope, fuel),
                }
            }
            _ => Vec::new(),
        }
    }

    fn pairs(
        &self,
        pairs: impl Iterator<Item = Node<'tree>>,
        scope: usize,
        key: Option<&str>,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        let mut things = Vec::new();
        for pair in pairs {
            let (own, value) = (
                pair.child_by_field_id(self.fields.key),
                pair.child_by_field_id(self.fields.value),
            );
            let own = own.and_then(|own| self.text(own, scope, fuel));
            let fits = key.is_none() || own.is_none() || own.as_deref() == key;
            if let Some(value) = value.filter(|_| fits) {
                things.extend(self.resolve(value, scope, fuel));
            }
        }
        things
    }
}

/// Whether a thing of this name is a dictionary of names.
pub(super) fn holds_names(name: &str) -> bool {
    matches!(name, OWN_NAMES | "sys.modules" | "builtins") || name.ends_with(".__dict__")
}
