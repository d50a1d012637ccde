//! The constants that an expression of Python may turn out to be.

use std::ops::Range;

use super::python::{Fields, Kind};
use crate::check::tree::{Node, Script, children};

/// Calls that give back what they are given, or keep it.
const WRAPPERS: [&str; 24] = [
    "SecretStr",
    "SecretBytes",
    "Secret",
    "bytes",
    "bytearray",
    "str",
    "b64decode",
    "b64encode",
    "urlsafe_b64decode",
    "urlsafe_b64encode",
    "b32decode",
    "unhexlify",
    "fromhex",
    "quote",
    "quote_plus",
    "Field",
    "field",
    "Option",
    "Form",
    "Query",
    "Header",
    "StringVar",
    "Variable",
    "to_bytes",
];
/// Methods that give back what they are called on.
const METHODS: [&str; 5] = ["encode", "decode", "strip", "rstrip", "lstrip"];
/// How many parts of one expression are looked at.
const MOST_PARTS: usize = 64;

/// The places of the texts, without their quotes.
pub(super) fn values(script: &Script<'_>, node: Node<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open = vec![node];
    let mut fuel = MOST_PARTS;
    while let Some(node) = open.pop() {
        if fuel == 0 {
            break;
        }
        fuel -= 1;
        if let Some(span) = literal(node) {
            found.push(span);
        } else {
            inside(script, node, &mut open);
        }
    }
    found
}

/// What a value comes from: either side of `or`, either branch of `if`, a wrapper's argument.
fn inside<'tree>(script: &Script<'_>, node: Node<'tree>, open: &mut Vec<Node<'tree>>) {
    let fields = Fields::get();
    match Kind::of(node) {
        Kind::Boolean | Kind::Parenthesized => open.extend(children(node)),
        Kind::Conditional => open.extend(children(node).step_by(2)),
        Kind::Assignment => open.extend(node.child_by_field_id(fields.right)),
        Kind::NamedExpression => open.extend(node.child_by_field_id(fields.value)),
        Kind::Call => wrapped(script, node, open),
        _ => {}
    }
}

fn wrapped<'tree>(script: &Script<'_>, call: Node<'tree>, open: &mut Vec<Node<'tree>>) {
    let fields = Fields::get();
    let Some(function) = call.child_by_field_id(fields.function) else {
        return;
    };
    let attribute = function.child_by_field_id(fields.attribute);
    let name = script.of(attribute.unwrap_or(function));
    if METHODS.contains(&name) {
        open.extend(function.child_by_field_id(fields.object));
    }
    if !WRAPPERS.contains(&name) {
        return;
    }
    let arguments = call.child_by_field_id(fields.arguments);
    let arguments = arguments.into_iter().flat_map(children).take(8);
    for (at, argument) in arguments.enumerate() {
        if Kind::of(argument) == Kind::Keyword {
            let is_default = argument
                .child_by_field_id(fields.name)
                .is_some_and(|name| matches!(script.of(name), "default" | "value"));
            open.extend(
                argument
                    .child_by_field_id(fields.value)
                    .filter(|_| is_default),
            );
        } else if at == 0 {
            open.push(argument);
        }
    }
}

/// The place of a constant string's text, without its quotes; of the first to the last of several.
pub(super) fn literal(node: Node<'_>) -> Option<Range<usize>> {
    match Kind::of(node) {
        Kind::String => text_of(node),
        Kind::Concatenated | Kind::Binary | Kind::Parenthesized => joined(node),
        _ => None,
    }
}

/// `'a' 'b'`, `'a' + 'b'`, however nested in parentheses.
fn joined(node: Node<'_>) -> Option<Range<usize>> {
    let (mut first, mut last) = (None, None);
    let mut open = vec![node];
    let mut fuel = MOST_PARTS;
    while let Some(node) = open.pop() {
        fuel = fuel.checked_sub(1)?;
        match Kind::of(node) {
            // The last part comes first off the stack.
            Kind::String => {
                let span = text_of(node)?;
                last = last.or(Some(span.end));
                first = Some(span.start);
            }
            Kind::Concatenated | Kind::Binary | Kind::Parenthesized => {
                open.extend(children(node).take(MOST_PARTS));
            }
            _ => return None,
        }
    }
    Some(first?..last?)
}

fn text_of(string: Node<'_>) -> Option<Range<usize>> {
    let mut parts = children(string);
    let start = parts
        .next()
        .filter(|part| Kind::of(*part) == Kind::StringStart)?;
    let content = parts
        .next()
        .filter(|part| Kind::of(*part) == Kind::StringContent)?;
    let end = parts.next()?;
    // One content and then the closing quote: no interpolation.
    (parts.next().is_none() && end.end_byte() == string.end_byte())
        .then(|| start.end_byte()..content.end_byte())
}
