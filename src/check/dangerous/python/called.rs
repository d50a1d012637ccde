//! What a call gives: of a function that is known, of the script's own, of a container's method.

use super::Kind;
use super::gather::Call;
use super::names::{EVENT_LOOP, canonical};
use super::resolve::{CLIMB, MOST_ITEMS, OWN_NAMES, Resolver, Thing, holds_names};
use crate::check::tree::{Node, children};

/// How many of the classes that a class is derived from are asked about.
const MOST_BASES: usize = 8;

impl<'tree> Resolver<'_, 'tree, '_> {
    pub(super) fn call(
        &self,
        node: Node<'tree>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<Thing<'tree>> {
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
        if self.script.of(attribute) == "__getattribute__"
            && let Some(name) = self.text(key?, scope, fuel)
        {
            let objects = self.resolve(object, scope, fuel);
            let members = self.members(&objects, &name, fuel);
            return (!members.is_empty()).then_some(members);
        }
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
                let attributes = second.map(|second| self.texts(second, scope, fuel));
                let attributes = attributes.unwrap_or_default();
                if attributes.is_empty() {
                    return Vec::new();
                }
                let objects = self.resolve(object, scope, fuel);
                let members = attributes
                    .iter()
                    .flat_map(|attribute| self.members(&objects, attribute, fuel));
                members.collect()
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
            (
                "asyncio.get_event_loop" | "asyncio.get_running_loop" | "asyncio.new_event_loop",
                None,
            ) => named(EVENT_LOOP),
            // Its keyword arguments are its pairs.
            ("builtins.dict", _) => vec![Thing::Literal(call, scope)],
            ("builtins.type", Some(first)) => self.type_of(first, scope, fuel),
            ("operator.attrgetter" | "operator.itemgetter" | "operator.methodcaller", Some(_)) => {
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

    /// What `methodcaller('system', 'id')(os)` calls.
    pub(super) fn called_by_name(
        &self,
        functions: &[Thing<'tree>],
        call: &Call<'tree>,
    ) -> Vec<Thing<'tree>> {
        let callers = functions.iter().filter_map(|function| match function {
            Thing::Getter(getter, outside) if self.is_caller(*getter) => Some((*getter, *outside)),
            _ => None,
        });
        let object = self.arguments(call.node).first().copied();
        callers
            .flat_map(|(getter, outside)| {
                self.ask(|fuel| self.got(getter, outside, object, call.scope, fuel))
            })
            .collect()
    }

    /// What the classes among things are derived from: to make one of them is to make these.
    pub(super) fn bases(&self, things: &[Thing<'tree>]) -> Vec<Thing<'tree>> {
        let classes = things.iter().filter_map(|thing| match thing {
            Thing::Definition(class, inside) => {
                let bases = class.child_by_field_id(self.fields.superclasses)?;
                Some((bases, self.scopes.parent(*inside)))
            }
            _ => None,
        });
        let named = |base: &Node<'tree>| Kind::of(*base) != Kind::Keyword;
        classes
            .flat_map(|(bases, outside)| {
                let bases = children(bases).filter(named).take(MOST_BASES);
                self.ask(|fuel| self.any(bases, outside, fuel))
            })
            .collect()
    }

    fn is_caller(&self, getter: Node<'tree>) -> bool {
        let function = getter.child_by_field_id(self.fields.function);
        function.is_some_and(|function| self.script.of(function).ends_with("methodcaller"))
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
