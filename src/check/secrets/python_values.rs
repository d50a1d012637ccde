//! The constants that an expression of Python may turn out to be.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::Found;
use super::composed::Composed;
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
const METHODS: [&str; 8] = [
    "encode", "decode", "strip", "rstrip", "lstrip", "lower", "upper", "replace",
];
/// How many parts of one expression are looked at.
const MOST_PARTS: usize = 64;
/// How many literals of one value are put together.
const MOST_LITERALS: usize = 2_048;

/// The longest separator of a `join` that is read: it is repeated for every part.
const LONGEST_SEPARATOR: usize = 24;

/// The texts, without their quotes.
pub(super) fn values<'text>(script: &Script<'text>, node: Node<'_>) -> Vec<Composed<'text>> {
    let mut found = Vec::new();
    let mut open = vec![node];
    let mut fuel = MOST_PARTS;
    while let Some(node) = open.pop() {
        if fuel == 0 {
            break;
        }
        fuel -= 1;
        let kind = Kind::of(node);
        let constant = kind == Kind::String || composes(script, node, kind);
        if constant && let Some(text) = composed(script, node) {
            found.push(text);
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
        // `'terces'[::-1]`; of a table, the key tells.
        Kind::Subscript => {
            let sliced = node.child_by_field_id(fields.value);
            open.extend(sliced.filter(|text| Kind::of(*text) == Kind::String));
        }
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

/// What is still to be read of an expression.
enum Part<'tree> {
    Node(Node<'tree>),
    /// A piece of a template, by its place in the script.
    Piece(Range<usize>),
}

/// Every text that one expression puts together from literals, each at once, however deep.
#[derive(Default)]
pub(super) struct Gathered<'text> {
    texts: Composed<'text>,
    /// The expressions that were read as parts of others.
    seen: FxHashSet<u32>,
}

impl<'text> Gathered<'text> {
    pub(super) fn expression(&mut self, script: &Script<'text>, node: Node<'_>, kind: Kind) {
        if composes(script, node, kind) && !self.seen.contains(&node.id()) {
            self.texts.cut();
            let mut open = vec![Part::Node(node)];
            while let Some(part) = open.pop() {
                if let Part::Node(node) = &part {
                    self.seen.insert(node.id());
                }
                if !read(script, part, &mut self.texts, &mut open) {
                    self.texts.hole();
                }
            }
        }
    }

    pub(super) fn find(&self, found: &mut Vec<Found>) {
        self.texts.find(found);
    }
}

/// Whether an expression may put literals together.
fn composes(script: &Script<'_>, node: Node<'_>, kind: Kind) -> bool {
    match kind {
        Kind::Concatenated => true,
        Kind::Binary => is_sum(script, node) || template(script, node).is_some(),
        Kind::Call => joined(script, node).is_some() || template(script, node).is_some(),
        Kind::String => children(node).any(|part| Kind::of(part) == Kind::Interpolation),
        _ => false,
    }
}

/// A constant of one literal or of several: `'a' 'b'`, `'a' + 'b'`, `f"{'a'}b"`,
/// `''.join(['a', 'b'])`, `'a%s' % 'b'`, `'a{}'.format('b')`.
pub(super) fn composed<'text>(script: &Script<'text>, node: Node<'_>) -> Option<Composed<'text>> {
    let mut text = Composed::default();
    let mut open = vec![Part::Node(node)];
    let mut fuel = MOST_LITERALS;
    while let Some(part) = open.pop() {
        fuel = fuel.checked_sub(1)?;
        if !read(script, part, &mut text, &mut open) {
            return None;
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Reads a literal, or puts the parts of an expression on the stack, the first on top; whether the
/// node can be part of a constant at all.
fn read<'text, 'tree>(
    script: &Script<'text>,
    part: Part<'tree>,
    text: &mut Composed<'text>,
    open: &mut Vec<Part<'tree>>,
) -> bool {
    let node = match part {
        Part::Node(node) => node,
        Part::Piece(span) => {
            text.push(script.text, span);
            return true;
        }
    };
    let from = open.len();
    match Kind::of(node) {
        Kind::StringContent | Kind::Integer => text.push(script.text, node.byte_range()),
        Kind::String => {
            let parts = children(node).filter(|part| {
                matches!(Kind::of(*part), Kind::StringContent | Kind::Interpolation)
            });
            open.extend(parts.map(Part::Node));
        }
        Kind::Interpolation => open.extend(children(node).next().map(Part::Node)),
        Kind::Concatenated | Kind::Parenthesized => open.extend(children(node).map(Part::Node)),
        Kind::Binary if is_sum(script, node) => open.extend(children(node).map(Part::Node)),
        Kind::Binary | Kind::Call => match computed(script, node) {
            Some(parts) => open.extend(parts),
            None => return false,
        },
        _ => return false,
    }
    if let Some(parts) = open.get_mut(from..) {
        parts.reverse();
    }
    true
}

/// The parts of what a `join` or a template makes.
fn computed<'tree>(script: &Script<'_>, node: Node<'tree>) -> Option<Vec<Part<'tree>>> {
    if let Some((separator, parts)) = joined(script, node) {
        let parts = children(parts).flat_map(|part| [separator, part]).skip(1);
        return Some(parts.map(Part::Node).collect());
    }
    let template = template(script, node)?;
    if Kind::of(node) == Kind::Call {
        return formatted(script, &template);
    }
    let mut values = children(template.values);
    let single = Kind::of(template.values) != Kind::Tuple;
    let mut next = |at| match (single, at) {
        (true, 1) => Some(template.values),
        (true, _) => None,
        (false, _) => values.next(),
    };
    let mut start = template.text.start;
    let mut parts = Vec::new();
    for (at, piece) in (script.text.get(template.text)?.split("%s")).enumerate() {
        if at > 0 {
            parts.push(Part::Node(next(at)?));
        }
        if at > MOST_PARTS || piece.contains('%') {
            return None;
        }
        parts.push(Part::Piece(start..start + piece.len()));
        start += piece.len() + "%s".len();
    }
    Some(parts)
}

/// The parts of `'…{}…{name}'.format(…)`, of which each gap is one whole value.
fn formatted<'tree>(script: &Script<'_>, template: &Template<'tree>) -> Option<Vec<Part<'tree>>> {
    let mut start = template.text.start;
    let mut rest = script.text.get(template.text.clone())?;
    let mut parts = Vec::new();
    let mut next = 0;
    while let Some((piece, behind)) = rest.split_once('{') {
        let (gap, after) = behind.split_once('}')?;
        let value = value_of(script, template.values, gap, next)?;
        next += usize::from(gap.is_empty());
        if parts.len() > 2 * MOST_PARTS || piece.contains('}') {
            return None;
        }
        parts.push(Part::Piece(start..start + piece.len()));
        parts.push(Part::Node(value));
        start += piece.len() + gap.len() + "{}".len();
        rest = after;
    }
    parts.push(Part::Piece(start..start + rest.len()));
    (!rest.contains('}')).then_some(parts)
}

/// The argument of `format` that a gap names, be it by its number or by none.
fn value_of<'tree>(
    script: &Script<'_>,
    arguments: Node<'tree>,
    gap: &str,
    next: usize,
) -> Option<Node<'tree>> {
    let fields = Fields::get();
    let mut all = children(arguments).take(MOST_PARTS);
    let number = if gap.is_empty() {
        Some(next)
    } else {
        gap.parse().ok()
    };
    if let Some(number) = number {
        return all
            .filter(|one| Kind::of(*one) != Kind::Keyword)
            .nth(number);
    }
    let named = all.find(|one| {
        let name = one.child_by_field_id(fields.name);
        Kind::of(*one) == Kind::Keyword && name.is_some_and(|name| script.of(name) == gap)
    });
    named?.child_by_field_id(fields.value)
}

/// A constant with gaps, and what goes into them.
struct Template<'tree> {
    text: Range<usize>,
    values: Node<'tree>,
}

/// `'…%s' % value`, `'…{}'.format(value)`.
fn template<'tree>(script: &Script<'_>, node: Node<'tree>) -> Option<Template<'tree>> {
    let fields = Fields::get();
    if Kind::of(node) == Kind::Binary {
        let operator = node.child_by_field_id(fields.operator)?;
        return (script.of(operator) == "%").then_some(Template {
            text: literal(node.child_by_field_id(fields.left)?)?,
            values: node.child_by_field_id(fields.right)?,
        });
    }
    let function = node.child_by_field_id(fields.function)?;
    let method = function.child_by_field_id(fields.attribute)?;
    if script.of(method) != "format" {
        return None;
    }
    Some(Template {
        text: literal(function.child_by_field_id(fields.object)?)?,
        values: node.child_by_field_id(fields.arguments)?,
    })
}

fn is_sum(script: &Script<'_>, node: Node<'_>) -> bool {
    node.child(1)
        .is_some_and(|operator| script.of(operator) == "+")
}

/// `separator.join([…])`: the separator and the list.
fn joined<'tree>(script: &Script<'_>, call: Node<'tree>) -> Option<(Node<'tree>, Node<'tree>)> {
    let fields = Fields::get();
    let function = call.child_by_field_id(fields.function)?;
    let method = function.child_by_field_id(fields.attribute)?;
    let separator = function.child_by_field_id(fields.object)?;
    let is_join = script.of(method) == "join"
        && Kind::of(separator) == Kind::String
        && script.of(separator).len() <= LONGEST_SEPARATOR;
    let parts = children(
        call.child_by_field_id(fields.arguments)
            .filter(|_| is_join)?,
    )
    .next()?;
    matches!(Kind::of(parts), Kind::List | Kind::Tuple).then_some((separator, parts))
}

/// The place of a constant string's text, without its quotes.
pub(super) fn literal(node: Node<'_>) -> Option<Range<usize>> {
    (Kind::of(node) == Kind::String).then(|| text_of(node))?
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
