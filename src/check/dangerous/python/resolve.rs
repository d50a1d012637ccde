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
const ALL_FUEL: u32 = 60_000;

/// How far into a container one looks.
const MOST_ITEMS: usize = 64;

/// The module's own names, as `globals()` gives them.
const OWN_NAMES: &str = "<names>";

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
            left: Cell::new(length.saturating_mul(4).saturating_add(ALL_FUEL)),
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

    fn any(
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

    fn members(
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

    fn items(
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
                    things.extend(self.taken(container, Some((key, scope)), fuel))
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

    fn call(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Vec<Thing<'tree>> {
        let function = node.child_by_field_id(self.fields.function);
        let arguments = node.child_by_field_id(self.fields.arguments);
        let (Some(function), Some(arguments)) = (function, arguments) else {
            return Vec::new();
        };
        let mut given = children(arguments);
        let (first, second) = (given.next(), given.next());
        if let Some(things) = self.gotten(function, first, scope, fuel) {
            return things;
        }
        let functions = self.resolve(function, scope, fuel);
        let mut things = Vec::new();
        for function in functions {
            match function {
                Thing::Named(name) if name == CLIMB => things.push(Thing::Named(name)),
                Thing::Named(name) => {
                    things.extend(self.returned(&name, (node, first, second), scope, fuel));
                }
                Thing::Definition(node, inside) if Kind::of(node) == Kind::Class => {
                    things.push(Thing::Instance(inside));
                }
                Thing::Definition(_, inside) => {
                    let returned = self.scopes.returned(inside).iter().copied();
                    things.extend(self.any(returned, inside, fuel));
                }
                Thing::Getter(getter, outside) => {
                    things.extend(self.got(getter, outside, first, scope, fuel));
                }
                Thing::Instance(_) | Thing::Literal(..) => {}
            }
        }
        things
    }

    /// `container.get(key)` and its like.
    fn gotten(
        &self,
        function: Node<'tree>,
        key: Option<Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Option<Vec<Thing<'tree>>> {
        let attribute = function.child_by_field_id(self.fields.attribute)?;
        let object = function.child_by_field_id(self.fields.object)?;
        let reads = ["get", "pop", "setdefault", "__getitem__"];
        if !reads.contains(&self.script.of(attribute)) {
            return None;
        }
        let mut containers = self.resolve(object, scope, fuel);
        containers.retain(|container| match container {
            Thing::Named(name) => holds_names(name),
            Thing::Literal(..) => true,
            _ => false,
        });
        (!containers.is_empty()).then(|| self.items(&containers, key?, scope, fuel).into())?
    }

    /// What a known function returns for its first two arguments.
    fn returned(
        &self,
        function: &str,
        (call, first, second): (Node<'tree>, Option<Node<'tree>>, Option<Node<'tree>>),
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        let named = |name: &str| vec![Thing::Named(name.to_owned())];
        match (function, first) {
            ("builtins.globals" | "builtins.locals" | "builtins.vars", None) => named(OWN_NAMES),
            ("builtins.vars", Some(object)) => {
                let objects = self.resolve(object, scope, fuel);
                self.members(&objects, "__dict__", fuel)
            }
            (
                "builtins.__import__"
                | "importlib.import_module"
                | "importlib.__import__"
                | "builtins.__loader__.load_module"
                | "importlib.machinery.BuiltinImporter.load_module"
                | "pkgutil.resolve_name"
                | "pydoc.locate",
                Some(module),
            ) => match self.text(self.unkeyed(module), scope, fuel) {
                Some(module) => named(&loaded(function, &module)),
                None => Vec::new(),
            },
            ("builtins.getattr" | "builtins.object.__getattribute__", Some(object)) => {
                let attribute = second.and_then(|second| self.text(second, scope, fuel));
                let Some(attribute) = attribute else {
                    return Vec::new();
                };
                let objects = self.resolve(object, scope, fuel);
                self.members(&objects, &attribute, fuel)
            }
            (
                "functools.partial"
                | "functools.partialmethod"
                | "functools.cache"
                | "functools.lru_cache"
                | "builtins.staticmethod"
                | "builtins.classmethod"
                | "importlib.reload"
                | "copy.copy"
                | "builtins.next"
                | "builtins.iter",
                Some(first),
            ) => self.resolve(first, scope, fuel),
            ("builtins.type", Some(first)) => self.type_of(first, scope, fuel),
            ("operator.attrgetter" | "operator.itemgetter", Some(_)) => {
                vec![Thing::Getter(call, scope)]
            }
            _ => Vec::new(),
        }
    }

    /// `type(f)` makes functions of code; `type(())` is a step towards `object`.
    fn type_of(&self, first: Node<'tree>, scope: usize, fuel: &mut u32) -> Vec<Thing<'tree>> {
        let attribute = first.child_by_field_id(self.fields.attribute);
        if attribute.is_some_and(|attribute| self.script.of(attribute) == "__code__") {
            return vec![Thing::Named("types.CodeType".to_owned())];
        }
        let types = self.resolve(first, scope, fuel).into_iter();
        types
            .filter_map(|thing| match thing {
                Thing::Definition(node, _) if Kind::of(node) != Kind::Class => {
                    Some(Thing::Named("types.FunctionType".to_owned()))
                }
                Thing::Literal(..) => Some(Thing::Named(CLIMB.to_owned())),
                Thing::Instance(scope) => Some(Thing::Instance(scope)),
                _ => None,
            })
            .collect()
    }

    /// `attrgetter('system')(os)`, `itemgetter('eval')(vars(builtins))`.
    fn got(
        &self,
        getter: Node<'tree>,
        outside: usize,
        object: Option<Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
        let function = getter.child_by_field_id(self.fields.function);
        let arguments = getter.child_by_field_id(self.fields.arguments);
        let key = arguments.and_then(|arguments| children(arguments).next());
        let (Some(function), Some(key), Some(object)) = (function, key, object) else {
            return Vec::new();
        };
        let objects = self.resolve(object, scope, fuel);
        if self.script.of(function).ends_with("itemgetter") {
            return self.items(&objects, key, outside, fuel);
        }
        let path = self.text(key, outside, fuel).unwrap_or_default();
        let parts = path.split('.').take(MOST_ITEMS);
        parts.fold(objects, |objects, part| self.members(&objects, part, fuel))
    }

    /// The value of a keyword argument, or the argument itself.
    pub(super) fn unkeyed(&self, argument: Node<'tree>) -> Node<'tree> {
        match Kind::of(argument) {
            Kind::Keyword => argument
                .child_by_field_id(self.fields.value)
                .unwrap_or(argument),
            _ => argument,
        }
    }
}

/// Whether a thing of this name is a dictionary of names.
fn holds_names(name: &str) -> bool {
    matches!(name, OWN_NAMES | "sys.modules" | "builtins") || name.ends_with(".__dict__")
}

/// What an import by text gives.
fn loaded(function: &str, path: &str) -> String {
    let canonical_path = canonical(path);
    match function {
        // The package, whatever module of it is asked for.
        "builtins.__import__" | "importlib.__import__" => {
            let first = canonical_path.split('.').next();
            first.unwrap_or(canonical_path).to_owned()
        }
        _ => canonical_path.replace(':', "."),
    }
}
