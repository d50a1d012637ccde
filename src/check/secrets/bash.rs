//! Constants under a telling name in bash: assignments, also before a command, after `export` and
//! in arrays; defaults of expansions; comparisons; words of commands and what is piped into them.

use std::ops::Range;

use super::arguments::{self, Word};
use super::bash_stdin;
use super::bash_values::{self, composed};
use super::composed::Composed;
use super::name::{Credential, credential, one_of_several};
use super::settings::{self, Piece};
use super::value::{Place, is_secret, secret_part};
use super::{Found, named, names_itself};
use crate::check::tree::{Node, Script, Step, Walk, children, fields, kinds};
use crate::language::Grammar;

kinds!(Grammar::Bash, Kind {
    Assignment = "variable_assignment",
    Array = "array",
    VariableName = "variable_name",
    Expansion = "expansion",
    SimpleExpansion = "simple_expansion",
    Substitution = "command_substitution",
    Comparison = "binary_expression",
    Command = "command",
    CommandName = "command_name",
    Pipeline = "pipeline",
    HereString = "herestring_redirect",
    Word = "word",
    Number = "number",
    String = "string",
    StringContent = "string_content",
    RawString = "raw_string",
    AnsiString = "ansi_c_string",
    Concatenation = "concatenation",
    HereRedirect = "heredoc_redirect",
    HereDocument = "heredoc_body",
    HereContent = "heredoc_content",
    Comment = "comment",
});

fields!(Grammar::Bash, Fields {
    name = "name",
    value = "value",
    left = "left",
    right = "right",
    operator = "operator",
    argument = "argument",
});

/// How many elements of an array are looked at.
const MOST_ELEMENTS: usize = 256;
/// How many arguments of `printf` are looked at.
const MOST_PRINTED: usize = 64;

pub(super) fn find(script: &Script<'_>, found: &mut Vec<Found>) {
    let mut texts = Composed::default();
    for step in Walk::of(script.root()) {
        let Step::Enter(node, _) = step else { continue };
        let span = node.byte_range();
        match Kind::of(node) {
            Kind::Assignment => assignment(script, node, found),
            Kind::Array => children(node).for_each(|part| element(script, part, found)),
            Kind::Expansion => default(script, node, found),
            Kind::Comparison => compared(script, node, found),
            Kind::Command => command(script, node, found),
            Kind::Concatenation => bash_values::gather(script, node, &mut texts),
            Kind::Pipeline => bash_stdin::piped(script, node, found),
            Kind::HereString => bash_stdin::here_string(script, node, found),
            Kind::HereRedirect => bash_stdin::here_document(script, node, found),
            Kind::HereDocument if node.child(0).is_some() => {}
            Kind::HereDocument | Kind::HereContent => {
                settings::find(script, span, Piece::Document, found);
            }
            Kind::Word | Kind::StringContent => {
                settings::find(script, span, Piece::Text, found);
            }
            Kind::RawString | Kind::AnsiString => {
                let span = literal(script, node).unwrap_or(span);
                settings::find(script, span, Piece::Text, found);
            }
            Kind::Comment => settings::find(script, span, Piece::Comment, found),
            _ => {}
        }
    }
    texts.find(found);
}

fn assignment(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let fields = Fields::get();
    let name = node.child_by_field_id(fields.name);
    let value = node.child_by_field_id(fields.value);
    let (Some(name), Some(value)) = (name, value) else {
        return;
    };
    let name = bare_name(script.of(name));
    if Kind::of(value) == Kind::Array {
        several(script, name, value, found);
    } else {
        judge(script, name, value, Place::Assigned, found);
    }
}

/// `API_KEYS=(one two)`
fn several(script: &Script<'_>, name: &str, array: Node<'_>, found: &mut Vec<Found>) {
    let Some((name, credential)) = one_of_several(name) else {
        return;
    };
    for part in children(array).take(MOST_ELEMENTS) {
        if let Some((_, span)) = entry(script, part) {
            let value = script.text.get(span.clone()).unwrap_or("");
            if is_secret(value, credential, Place::Listed) {
                found.push(named(name, span));
            }
        } else if let Some(value) = composed(script, part) {
            judge_text(name, credential, &value, Place::Listed, found);
        }
    }
}

/// `table["password"]`: the key.
fn bare_name(name: &str) -> &str {
    let name = name.trim_end_matches(']').trim_end_matches(['"', '\'']);
    name.rsplit(['[', '"', '\'']).next().unwrap_or(name)
}

/// A constant under a name.
pub(super) fn judge(
    script: &Script<'_>,
    name: &str,
    value: Node<'_>,
    place: Place,
    found: &mut Vec<Found>,
) {
    let Some(credential) = credential(name) else {
        return;
    };
    if let Some(value) = composed(script, value) {
        judge_text(name, credential, &value, place, found);
    }
}

fn judge_text(
    name: &str,
    credential: Credential,
    value: &Composed<'_>,
    place: Place,
    found: &mut Vec<Found>,
) {
    let text = value.text();
    if is_secret(text, credential, place) && !names_itself(name, text) {
        found.extend(value.placed(named(name, secret_part(text, 0..text.len()))));
    }
}

/// `printf -v NAME FORMAT ARGUMENT…`, and settings that `printf FORMAT ARGUMENT…` writes.
fn printed(script: &Script<'_>, command: Node<'_>, found: &mut Vec<Found>) {
    let argument = Fields::get().argument;
    let arguments = command
        .all_children()
        .filter(|part| part.field() == argument);
    let arguments: Vec<Node<'_>> = arguments.take(MOST_PRINTED).collect();
    let (name, rest) = match arguments.as_slice() {
        [option, name, rest @ ..] if script.of(*option) == "-v" => (script.of(*name), rest),
        [option, rest @ ..] if script.of(*option).starts_with("-v") => {
            (script.of(*option).trim_start_matches("-v"), rest)
        }
        [format, arguments @ ..] => {
            if let Some(text) = bash_values::printed(script, *format, arguments) {
                text.find(found);
            }
            return;
        }
        [] => return,
    };
    let rest = match rest {
        [dashes, rest @ ..] if script.of(*dashes) == "--" => rest,
        rest => rest,
    };
    let name = bare_name(name);
    if let (Some(kind), [format, arguments @ ..]) = (credential(name), rest)
        && let Some(value) = bash_values::printed(script, *format, arguments)
    {
        judge_text(name, kind, &value, Place::Assigned, found);
    }
}

/// `[password]=value` in an array.
fn element(script: &Script<'_>, part: Node<'_>, found: &mut Vec<Found>) {
    let Some((name, span)) = entry(script, part) else {
        return;
    };
    let value = script.text.get(span.clone()).unwrap_or("");
    if credential(name).is_some_and(|kind| is_secret(value, kind, Place::Entry)) {
        found.push(named(name, span));
    }
}

/// `[name]=value`, one word to the grammar: the name, and the place of the value.
fn entry<'text>(script: &Script<'text>, part: Node<'_>) -> Option<(&'text str, Range<usize>)> {
    let text = script.of(part);
    let constant = text.starts_with('[') && children(part).all(is_constant);
    let (name, value) = text.split_once("]=").filter(|_| constant)?;
    let start = part.start_byte() + text.len() - value.len();
    let span = arguments::unquoted(value, start..start + value.len());
    Some((bare_name(name), span))
}

/// `${NAME:-value}`; where the name tells nothing, that of the variable it is assigned to does.
fn default(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let fields = Fields::get();
    let Some(operator) = node.child_by_field_id(fields.operator) else {
        return;
    };
    if !matches!(script.of(operator), ":-" | "-" | ":=" | "=") {
        return;
    }
    let name = children(node).find(|part| Kind::of(*part) == Kind::VariableName);
    let name = name
        .map(|name| script.of(name))
        .filter(|name| credential(name).is_some())
        .or_else(|| assigned(script, node));
    let Some((name, credential)) = name.and_then(|name| Some((name, credential(name)?))) else {
        return;
    };
    // The grammar cuts `a#b` in pieces.
    let span = operator.end_byte()..node.end_byte().saturating_sub(1);
    let text = script.text.get(span.clone()).unwrap_or("");
    if !text.contains(['$', '`']) {
        let mut value = Composed::default();
        value.push(script.text, arguments::unquoted(text, span));
        judge_text(name, credential, &value, Place::Assigned, found);
    }
}

/// The variable that an expansion is the value of, directly or in quotes.
fn assigned<'text>(script: &Script<'text>, node: Node<'_>) -> Option<&'text str> {
    let parent = node.parent()?;
    let parent = if Kind::of(parent) == Kind::String {
        parent.parent()?
    } else {
        parent
    };
    let name = parent.child_by_field_id(Fields::get().name)?;
    (Kind::of(parent) == Kind::Assignment).then(|| bare_name(script.of(name)))
}

fn command(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let words = words(script, node);
    arguments::find(&words, found);
    if words
        .first()
        .is_some_and(|name| name.text == Some("printf"))
    {
        printed(script, node, found);
    }
    if words.first().is_some_and(|name| name.text == Some("test")) {
        let parts: Vec<Node<'_>> = children(node).skip(1).take(16).collect();
        for operands in parts.windows(3) {
            if let [left, operator, right] = operands
                && matches!(script.of(*operator), "=" | "==" | "!=")
                && let Some(name) = variable(script.of(*left))
            {
                judge(script, name, *right, Place::Entry, found);
            }
        }
    }
}

/// `"$password" = constant`
fn compared(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let fields = Fields::get();
    let left = node.child_by_field_id(fields.left);
    let right = node.child_by_field_id(fields.right);
    let operator = node.child_by_field_id(fields.operator);
    let (Some(left), Some(operator), Some(right)) = (left, operator, right) else {
        return;
    };
    if !matches!(script.of(operator), "=" | "==" | "!=") {
        return;
    }
    if let Some(name) = variable(script.of(left)) {
        judge(script, name, right, Place::Entry, found);
    } else if let Some(name) = variable(script.of(right)) {
        judge(script, name, left, Place::Entry, found);
    }
}

/// `"${name}"`: the name.
pub(super) fn variable(word: &str) -> Option<&str> {
    let name = word.trim_matches('"').strip_prefix('$')?;
    let name = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'))
        .unwrap_or(name);
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .then_some(name)
}

/// The words of a command, its name first.
pub(super) fn words<'text>(script: &Script<'text>, command: Node<'_>) -> Vec<Word<'text>> {
    let fields = Fields::get();
    let parts = command
        .all_children()
        .filter(|part| part.field() == fields.name || part.field() == fields.argument);
    parts
        .map(|part| {
            let part = match Kind::of(part) {
                Kind::CommandName => children(part).next().unwrap_or(part),
                _ => part,
            };
            let span = literal(script, part);
            Word {
                text: span.clone().and_then(|span| script.text.get(span)),
                start: span.map_or(0, |span| span.start),
            }
        })
        .collect()
}

/// The place of a constant word's text, without the quotes that enclose it.
pub(super) fn literal(script: &Script<'_>, node: Node<'_>) -> Option<Range<usize>> {
    let span = node.byte_range();
    if Kind::of(node) == Kind::Concatenation {
        return children(node).all(is_constant).then_some(span);
    }
    let opening = match script.of(node).as_bytes() {
        [b'$', b'\'', ..] => 2,
        [b'"' | b'\'', ..] => 1,
        _ => 0,
    };
    let closing = usize::from(opening > 0);
    is_constant(node).then(|| span.start + opening..(span.end - closing).max(span.start + opening))
}

fn is_constant(node: Node<'_>) -> bool {
    match Kind::of(node) {
        Kind::Word | Kind::Number | Kind::RawString | Kind::AnsiString | Kind::StringContent => {
            true
        }
        Kind::String => children(node).all(|part| Kind::of(part) == Kind::StringContent),
        _ => false,
    }
}
