//! What an expression stands for, as qualified names, and the constant text of one.
//!
//! Follows names, attributes, `getattr`, imports by text, and the dictionaries that hold a module's
//! names. Every question has the same small fuel, so no chain of aliases costs more than a glance.

use super::scope::{Scopes, Value, canonical, qualified};
use super::{Fields, Kind};
use crate::check::tree::{Node, Script, children};

/// Steps that one question may take; also the depth of its recursion.
const FUEL: u32 = 64;

pub(super) struct Resolver<'all, 'tree, 'text> {
    pub(super) script: &'all Script<'text>,
    pub(super) scopes: &'all Scopes<'tree, 'text>,
    pub(super) fields: &'static Fields,
}

impl<'tree> Resolver<'_, 'tree, '_> {
    /// Every qualified name that an expression may stand for.
    pub(super) fn names(&self, node: Node<'tree>, scope: usize) -> Vec<String> {
        let mut fuel = FUEL;
        self.resolve(node, scope, &mut fuel)
    }

    /// The text of an expression, where it is constant.
    pub(super) fn constant(&self, node: Node<'tree>, scope: usize) -> Option<String> {
        let mut fuel = FUEL;
        self.text(node, scope, &mut fuel)
    }

    fn resolve(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Vec<String> {
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
            Kind::Parenthesized | Kind::Conditional => self.any(children(node), scope, fuel),
            Kind::Named => self.any(field(fields.value).into_iter(), scope, fuel),
            Kind::Assignment => self.any(field(fields.right).into_iter(), scope, fuel),
            Kind::Subscript => self.item(field(fields.value), field(fields.subscript), scope, fuel),
            Kind::Call => self.call(node, scope, fuel),
            _ => Vec::new(),
        }
    }

    fn any(
        &self,
        nodes: impl Iterator<Item = Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<String> {
        nodes
            .flat_map(|node| self.resolve(node, scope, fuel))
            .collect()
    }

    fn identifier(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Vec<String> {
        let values = self
            .scopes
            .lookup(self.script.of(node), scope, node.start_byte());
        let mut names = Vec::new();
        for value in values {
            match value {
                Value::Known(name) if name == "builtins.__builtins__" => {
                    names.push("builtins".to_owned());
                }
                Value::Known(name) => names.push(name),
                Value::Expression(expression, scope) => {
                    names.extend(self.resolve(expression, scope, fuel));
                }
            }
        }
        names
    }

    fn member(
        &self,
        object: Option<Node<'tree>>,
        attribute: Option<Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<String> {
        let (Some(object), Some(attribute)) = (object, attribute) else {
            return Vec::new();
        };
        let attribute = self.script.of(attribute);
        let objects = self.resolve(object, scope, fuel);
        objects
            .iter()
            .map(|object| qualified(object, attribute))
            .collect()
    }

    /// `module.__dict__['name']`, `sys.modules['name']`, `globals()['name']`.
    fn item(
        &self,
        value: Option<Node<'tree>>,
        key: Option<Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<String> {
        let (Some(value), Some(key)) = (value, key) else {
            return Vec::new();
        };
        let containers = self.resolve(value, scope, fuel);
        if containers.is_empty() {
            return containers;
        }
        let Some(key) = self.text(key, scope, fuel) else {
            return Vec::new();
        };
        containers
            .iter()
            .filter_map(|container| held(container, &key))
            .collect()
    }

    fn call(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Vec<String> {
        let function = node.child_by_field_id(self.fields.function);
        let arguments = node.child_by_field_id(self.fields.arguments);
        let (Some(function), Some(arguments)) = (function, arguments) else {
            return Vec::new();
        };
        let mut given = children(arguments);
        let (first, second) = (given.next(), given.next());
        let functions = self.resolve(function, scope, fuel);
        let mut names = Vec::new();
        for name in functions {
            names.extend(self.returned(&name, first, second, scope, fuel));
        }
        names
    }

    /// What a known function returns for its first two arguments.
    fn returned(
        &self,
        function: &str,
        first: Option<Node<'tree>>,
        second: Option<Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Vec<String> {
        match (function, first) {
            ("builtins.globals" | "builtins.locals" | "builtins.vars", None) => {
                vec!["builtins.__dict__".to_owned()]
            }
            ("builtins.vars", Some(object)) => {
                let objects = self.resolve(object, scope, fuel);
                objects
                    .iter()
                    .map(|object| qualified(object, "__dict__"))
                    .collect()
            }
            (
                "builtins.__import__" | "importlib.import_module" | "importlib.__import__",
                Some(module),
            ) => {
                let module = self.text(module, scope, fuel);
                module
                    .iter()
                    .map(|module| canonical(module).to_owned())
                    .collect()
            }
            ("builtins.getattr", Some(object)) => {
                let attribute = second.and_then(|second| self.text(second, scope, fuel));
                let Some(attribute) = attribute else {
                    return Vec::new();
                };
                let objects = self.resolve(object, scope, fuel);
                objects
                    .iter()
                    .map(|object| qualified(object, &attribute))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn text(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Option<String> {
        *fuel = fuel.checked_sub(1)?;
        match Kind::of(node) {
            Kind::String => literal(self.script, node),
            Kind::Concatenated => self.joined(children(node), scope, fuel),
            Kind::Binary if self.adds(node) => self.joined(children(node), scope, fuel),
            Kind::Parenthesized => self.text(children(node).next()?, scope, fuel),
            Kind::Identifier => {
                let values = self
                    .scopes
                    .lookup(self.script.of(node), scope, node.start_byte());
                values.into_iter().find_map(|value| match value {
                    Value::Expression(expression, scope) => self.text(expression, scope, fuel),
                    Value::Known(_) => None,
                })
            }
            _ => None,
        }
    }

    fn adds(&self, node: Node<'tree>) -> bool {
        node.child(1)
            .is_some_and(|operator| self.script.of(operator) == "+")
    }

    fn joined(
        &self,
        parts: impl Iterator<Item = Node<'tree>>,
        scope: usize,
        fuel: &mut u32,
    ) -> Option<String> {
        parts.map(|part| self.text(part, scope, fuel)).collect()
    }
}

/// What a dictionary of names holds under a key.
fn held(container: &str, key: &str) -> Option<String> {
    match container {
        "sys.modules" => Some(canonical(key).to_owned()),
        "builtins" => Some(qualified("builtins", key)),
        other => Some(qualified(other.strip_suffix(".__dict__")?, key)),
    }
}

/// The text between the quotes of a string that holds no interpolation, escapes as written.
pub(super) fn literal(script: &Script<'_>, string: Node<'_>) -> Option<String> {
    let mut parts = children(string);
    let start = parts
        .next()
        .filter(|part| Kind::of(*part) == Kind::StringStart)?;
    let mut end = start.end_byte();
    for part in parts {
        match Kind::of(part) {
            Kind::Interpolation => return None,
            Kind::StringEnd => break,
            _ => end = part.end_byte(),
        }
    }
    Some(unescaped(script.text.get(start.end_byte()..end)?))
}

/// `\xHH`, `\uHHHH` and octal escapes decoded, which are what hides letters.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (decoded, remaining) = escape(after).unwrap_or(('\\', after));
        plain.push(decoded);
        rest = remaining;
    }
    plain.push_str(rest);
    plain
}

fn escape(after: &str) -> Option<(char, &str)> {
    let (skip, digits, radix) = match after.as_bytes().first()? {
        b'x' => (1, 2, 16),
        b'u' => (1, 4, 16),
        b'U' => (1, 8, 16),
        b'0'..=b'7' => (0, 3, 8),
        _ => return None,
    };
    let code = u32::from_str_radix(after.get(skip..skip + digits)?, radix).ok()?;
    Some((char::from_u32(code)?, after.get(skip + digits..)?))
}
