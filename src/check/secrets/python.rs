//! Constants under a telling name in Python: assignments, keyword arguments, defaults, dictionary
//! entries, comparisons.

use std::ops::Range;

use super::name::credential;
use super::value::is_secret;
use super::{Found, settings};
use crate::check::rules::secrets::SECRET_ASSIGNMENT;
use crate::check::tree::{Node, Script, Step, Walk, children, fields, kinds};
use crate::language::Grammar;

kinds!(Grammar::Python, Kind {
    Assignment = "assignment",
    Keyword = "keyword_argument",
    Default = "default_parameter",
    TypedDefault = "typed_default_parameter",
    Pair = "pair",
    Comparison = "comparison_operator",
    Identifier = "identifier",
    Attribute = "attribute",
    Subscript = "subscript",
    String = "string",
    StringStart = "string_start",
    StringContent = "string_content",
    Concatenated = "concatenated_string",
    Parenthesized = "parenthesized_expression",
});

fields!(Grammar::Python, Fields {
    left = "left",
    right = "right",
    name = "name",
    key = "key",
    value = "value",
    attribute = "attribute",
    subscript = "subscript",
});

pub(super) fn find(script: &Script<'_>, found: &mut Vec<Found>) {
    let fields = Fields::get();
    for step in Walk::of(script.root()) {
        let Step::Enter(node, _) = step else { continue };
        let pair = |name, value| {
            node.child_by_field_id(name)
                .zip(node.child_by_field_id(value))
        };
        let named = match Kind::of(node) {
            Kind::Assignment => pair(fields.left, fields.right),
            Kind::Keyword | Kind::Default | Kind::TypedDefault => pair(fields.name, fields.value),
            Kind::Pair => pair(fields.key, fields.value),
            Kind::Comparison => compared(script, node),
            Kind::StringContent => {
                settings::find(script, node.byte_range(), found);
                None
            }
            _ => None,
        };
        if let Some((name, value)) = named {
            constant(script, name, value, found);
        }
    }
}

fn constant(script: &Script<'_>, name: Node<'_>, value: Node<'_>, found: &mut Vec<Found>) {
    let Some(name) = name_of(script, name) else {
        return;
    };
    let Some(credential) = credential(name) else {
        return;
    };
    let Some(span) = literal(value) else { return };
    let text = script.text.get(span.clone()).unwrap_or("");
    if is_secret(text, credential) && !text.eq_ignore_ascii_case(name) {
        found.push(Found {
            rule: &SECRET_ASSIGNMENT,
            span,
            what: format!("the value of `{name}`"),
        });
    }
}

/// `name == 'constant'`
fn compared<'tree>(script: &Script<'_>, node: Node<'tree>) -> Option<(Node<'tree>, Node<'tree>)> {
    let operator = node.child(1)?;
    let equality = matches!(script.of(operator), "==" | "!=");
    equality.then_some(()).and(node.child(0).zip(node.child(2)))
}

fn name_of<'text>(script: &Script<'text>, node: Node<'_>) -> Option<&'text str> {
    let fields = Fields::get();
    match Kind::of(node) {
        Kind::Identifier => Some(script.of(node)),
        Kind::Attribute => node
            .child_by_field_id(fields.attribute)
            .map(|name| script.of(name)),
        Kind::Subscript => {
            let key = node.child_by_field_id(fields.subscript)?;
            script.text.get(literal(key)?)
        }
        Kind::String => script.text.get(literal(node)?),
        _ => None,
    }
}

/// The place of a constant string's text, without its quotes; of the first to the last of several.
fn literal(node: Node<'_>) -> Option<Range<usize>> {
    match Kind::of(node) {
        Kind::String => text_of(node),
        Kind::Concatenated => {
            let parts: Option<Vec<Range<usize>>> = children(node).map(text_of).collect();
            let parts = parts?;
            Some(parts.first()?.start..parts.last()?.end)
        }
        Kind::Parenthesized => {
            let inner = children(node).next()?;
            (Kind::of(inner) != Kind::Parenthesized).then(|| literal(inner))?
        }
        _ => None,
    }
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
