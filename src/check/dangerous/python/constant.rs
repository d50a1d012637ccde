//! The value of a constant expression: the ways in which scripts spell a name without writing it.
//!
//! Joins, formats, slices, decodes and changes the case of constants. Not an interpreter: no
//! statement is followed but the assignment of a constant to a name, and no value grows long.

use super::Kind;
use super::decode::{self, capped};
use super::resolve::{Resolver, Thing};
use super::scope::Value;
use crate::check::tree::{Node, children};

/// How many items of a constant sequence are kept.
const MOST_ITEMS: usize = 256;

/// Steps to find what is held somewhere: constants are held plainly.
const HELD_FUEL: u32 = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Constant {
    Text(String),
    Bytes(Vec<u8>),
    Number(i64),
    Truth(bool),
    Items(Vec<Constant>),
    Nothing,
}

impl Constant {
    /// Whether Python takes it for false.
    pub(super) fn is_false(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Number(number) => *number == 0,
            Self::Truth(truth) => !truth,
            Self::Items(items) => items.is_empty(),
            Self::Nothing => true,
        }
    }

    pub(super) fn items(self) -> Option<Vec<Self>> {
        match self {
            Self::Items(items) => Some(items),
            Self::Text(text) => {
                let letters = text.chars().take(MOST_ITEMS);
                Some(letters.map(|letter| Self::Text(letter.into())).collect())
            }
            Self::Bytes(bytes) => {
                let bytes = bytes.into_iter().take(MOST_ITEMS);
                Some(bytes.map(|byte| Self::Number(byte.into())).collect())
            }
            _ => None,
        }
    }
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
struct Place<'now, 'text> {
    scope: usize,
    /// The variable of a comprehension, and what it is at the moment.
    variable: Option<(&'text str, &'now Constant)>,
}

impl Place<'_, '_> {
    const fn of(scope: usize) -> Self {
        Self {
            scope,
            variable: None,
        }
    }
}

impl<'tree, 'text> Resolver<'_, 'tree, 'text> {
    /// The text of an expression, where it is constant.
    pub(super) fn constant(&self, node: Node<'tree>, scope: usize) -> Option<String> {
        self.ask(|fuel| self.text(node, scope, fuel))
    }

    /// Whether an expression is a constant that Python takes for false, whatever happened before.
    pub(super) fn is_false(&self, node: Node<'tree>, scope: usize) -> bool {
        if Kind::of(node) == Kind::Identifier {
            let name = self.script.of(node);
            let values = self.scopes.lookup(name, scope, node.start_byte());
            if !matches!(values.as_slice(), [Value::Expression(..)]) {
                return false;
            }
        }
        self.value(node, scope)
            .is_some_and(|value| value.is_false())
    }

    /// The value of an expression, where it is constant.
    pub(super) fn value(&self, node: Node<'tree>, scope: usize) -> Option<Constant> {
        self.ask(|fuel| self.evaluate(node, Place::of(scope), fuel))
    }

    pub(super) fn text(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Option<String> {
        match self.evaluate(node, Place::of(scope), fuel)? {
            Constant::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The texts that an expression may be: the constant ones among those that a loop goes through,
    /// or the one.
    pub(super) fn texts(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Vec<String> {
        if Kind::of(node) == Kind::Identifier {
            let values = (self.scopes).lookup(self.script.of(node), scope, node.start_byte());
            let looped = values.into_iter().find_map(|value| match value {
                Value::Element(items, scope) => {
                    self.evaluate(items, Place::of(scope), fuel)?.items()
                }
                _ => None,
            });
            let text = |item| match item {
                Constant::Text(text) => Some(text),
                _ => None,
            };
            if let Some(items) = looped {
                return items.into_iter().filter_map(text).collect();
            }
        }
        self.text(node, scope, fuel).into_iter().collect()
    }

    pub(super) fn number(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Option<i64> {
        match self.evaluate(node, Place::of(scope), fuel)? {
            Constant::Number(number) => Some(number),
            _ => None,
        }
    }

    fn evaluate(
        &self,
        node: Node<'tree>,
        place: Place<'_, 'text>,
        fuel: &mut u32,
    ) -> Option<Constant> {
        *fuel = fuel.checked_sub(1)?;
        let mut below = |node| self.evaluate(node, place, fuel);
        match Kind::of(node) {
            Kind::String => self.string(node, place, fuel),
            Kind::Concatenated => {
                let mut parts = children(node);
                let first = below(parts.next()?)?;
                parts.try_fold(first, |sum, part| decode::operate("+", sum, below(part)?))
            }
            Kind::Binary | Kind::Augmented => {
                let left = below(node.child_by_field_id(self.fields.left)?)?;
                let right = below(node.child_by_field_id(self.fields.right)?)?;
                let operator = node.child_by_field_id(self.fields.operator)?;
                decode::operate(self.script.of(operator).trim_end_matches('='), left, right)
            }
            Kind::Unary => match below(children(node).next()?)? {
                Constant::Number(number) if self.script.of(node).starts_with('-') => {
                    Some(Constant::Number(number.checked_neg()?))
                }
                _ => None,
            },
            Kind::Parenthesized => below(children(node).next()?),
            Kind::Integer => decode::integer(self.script.of(node)).map(Constant::Number),
            Kind::True => Some(Constant::Truth(true)),
            Kind::False => Some(Constant::Truth(false)),
            Kind::None => Some(Constant::Nothing),
            Kind::List | Kind::Tuple | Kind::Set => {
                let items = children(node).take(MOST_ITEMS);
                Some(Constant::Items(items.map(below).collect::<Option<_>>()?))
            }
            Kind::Dictionary => {
                let empty = children(node).next().is_none();
                empty.then(|| Constant::Items(Vec::new()))
            }
            Kind::ListComprehension | Kind::Generator => {
                self.comprehension(node, place.scope, fuel)
            }
            Kind::Identifier => self.variable(node, place, fuel),
            Kind::Subscript => (self.part(node, place, fuel))
                .or_else(|| self.held_constant(node, place.scope, fuel)),
            Kind::Attribute => self.held_constant(node, place.scope, fuel),
            Kind::Call => self.called(node, place, fuel),
            _ => None,
        }
    }

    /// What a class, a dictionary or a function of the script holds or returns, if that is constant.
    fn held_constant(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Option<Constant> {
        let mut given = (*fuel).min(HELD_FUEL);
        *fuel -= given;
        let things = self.resolve(node, scope, &mut given).into_iter();
        *fuel += given;
        let mut literals = things.filter_map(|thing| match thing {
            Thing::Literal(literal, scope) => Some((literal, scope)),
            _ => None,
        });
        let (literal, scope) = literals.next()?;
        let plain = matches!(
            Kind::of(literal),
            Kind::String | Kind::Concatenated | Kind::Integer | Kind::List | Kind::Tuple
        );
        plain.then(|| self.evaluate(literal, Place::of(scope), fuel))?
    }

    fn variable(
        &self,
        node: Node<'tree>,
        place: Place<'_, 'text>,
        fuel: &mut u32,
    ) -> Option<Constant> {
        let name = self.script.of(node);
        if let Some((_, value)) = place.variable.filter(|(bound, _)| *bound == name) {
            return Some(value.clone());
        }
        let values = self.scopes.lookup(name, place.scope, node.start_byte());
        values.into_iter().find_map(|value| match value {
            Value::Expression(node, scope) => self.evaluate(node, Place::of(scope), fuel),
            _ => None,
        })
    }

    fn string(
        &self,
        node: Node<'tree>,
        place: Place<'_, 'text>,
        fuel: &mut u32,
    ) -> Option<Constant> {
        let mut prefix = "";
        let mut text = String::new();
        for part in children(node) {
            match Kind::of(part) {
                Kind::StringStart => prefix = self.script.of(part),
                Kind::StringEnd => break,
                Kind::Interpolation => {
                    if part.child_by_field_id(self.fields.format).is_some() {
                        return None;
                    }
                    let expression = part.child_by_field_id(self.fields.expression)?;
                    let value = self.evaluate(expression, place, fuel)?;
                    text.push_str(&decode::shown(&value)?);
                }
                _ => {
                    let content = capped(self.script.of(part))?;
                    text.push_str(&decode::unescaped(content, prefix));
                }
            }
            capped(&text)?;
        }
        if prefix.contains(['b', 'B']) {
            let bytes = text.chars().map(|letter| u8::try_from(u32::from(letter)));
            return Some(Constant::Bytes(bytes.collect::<Result<_, _>>().ok()?));
        }
        Some(Constant::Text(text))
    }

    /// `[chr(c) for c in (111, 115)]`
    fn comprehension(&self, node: Node<'tree>, scope: usize, fuel: &mut u32) -> Option<Constant> {
        let body = node.child_by_field_id(self.fields.body)?;
        let mut clauses = children(node).skip(1);
        let clause = clauses.next().filter(|_| clauses.next().is_none())?;
        let target = clause.child_by_field_id(self.fields.left)?;
        let iterable = clause.child_by_field_id(self.fields.right)?;
        let items = self.evaluate(iterable, Place::of(scope), fuel)?.items()?;
        let name = self.script.of(target);
        let each = items.into_iter().map(|item| {
            let place = Place {
                scope,
                variable: Some((name, &item)),
            };
            self.evaluate(body, place, fuel)
        });
        each.collect::<Option<_>>().map(Constant::Items)
    }

    /// `text[::-1]`, `text[1:3]`, `'text'[0]`
    fn part(&self, node: Node<'tree>, place: Place<'_, 'text>, fuel: &mut u32) -> Option<Constant> {
        let whole = node.child_by_field_id(self.fields.value)?;
        let key = node.child_by_field_id(self.fields.subscript)?;
        let whole = self.evaluate(whole, place, fuel)?;
        if Kind::of(key) != Kind::Slice {
            return match self.evaluate(key, place, fuel)? {
                Constant::Number(at) => decode::item(whole, at),
                _ => None,
            };
        }
        let mut bounds = [None; 3];
        let mut at = 0;
        for part in key.all_children() {
            if self.script.of(part) == ":" {
                at += 1;
            } else if let Some(bound) = bounds.get_mut(at) {
                match self.evaluate(part, place, fuel)? {
                    Constant::Number(number) => *bound = Some(number),
                    _ => return None,
                }
            }
        }
        decode::slice(whole, bounds)
    }

    fn called(
        &self,
        node: Node<'tree>,
        place: Place<'_, 'text>,
        fuel: &mut u32,
    ) -> Option<Constant> {
        let function = node.child_by_field_id(self.fields.function)?;
        let arguments = node.child_by_field_id(self.fields.arguments)?;
        let arguments: Vec<_> = match Kind::of(arguments) {
            Kind::Generator => vec![arguments],
            _ => children(arguments).take(8).collect(),
        };
        if let Some(object) = function.child_by_field_id(self.fields.object)
            && let Some(attribute) = function.child_by_field_id(self.fields.attribute)
            && let Some(object) = self.evaluate(object, place, fuel)
        {
            let given = self.all(&arguments, place, fuel)?;
            return decode::method(self.script.of(attribute), object, &given);
        }
        let named = |thing| match thing {
            Thing::Named(name) => Some(name),
            _ => None,
        };
        // What comes last is what a builtin's name means if nothing else does.
        let things = self.resolve(function, place.scope, fuel).into_iter();
        let Some(name) = things.rev().find_map(named) else {
            return self.held_constant(node, place.scope, fuel);
        };
        if let ("builtins.map", [function, items]) = (name.as_str(), arguments.as_slice()) {
            return self.mapped(*function, *items, place.scope, fuel);
        }
        let given = self.all(&arguments, place, fuel)?;
        decode::function(&name, given)
    }

    fn all(
        &self,
        arguments: &[Node<'tree>],
        place: Place<'_, 'text>,
        fuel: &mut u32,
    ) -> Option<Vec<Constant>> {
        let arguments = arguments.iter().map(|argument| self.unkeyed(*argument));
        arguments
            .map(|argument| self.evaluate(argument, place, fuel))
            .collect()
    }

    /// `map(chr, items)`
    fn mapped(
        &self,
        function: Node<'tree>,
        items: Node<'tree>,
        scope: usize,
        fuel: &mut u32,
    ) -> Option<Constant> {
        let functions = self.resolve(function, scope, fuel);
        let Some(Thing::Named(name)) = functions.last() else {
            return None;
        };
        let items = self.evaluate(items, Place::of(scope), fuel)?.items()?;
        let each = items
            .into_iter()
            .map(|item| decode::function(name, vec![item]));
        each.collect::<Option<_>>().map(Constant::Items)
    }
}
