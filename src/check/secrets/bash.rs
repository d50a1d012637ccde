//! Constants under a telling name in bash: assignments, also before a command and after `export`.

use std::ops::Range;

use super::name::credential;
use super::value::is_secret;
use super::{Found, settings};
use crate::check::rules::secrets::SECRET_ASSIGNMENT;
use crate::check::tree::{Node, Script, Step, Walk, children, fields, kinds};
use crate::language::Grammar;

kinds!(Grammar::Bash, Kind {
    Assignment = "variable_assignment",
    Word = "word",
    Number = "number",
    String = "string",
    StringContent = "string_content",
    RawString = "raw_string",
    AnsiString = "ansi_c_string",
    Concatenation = "concatenation",
    HereDocument = "heredoc_body",
    HereContent = "heredoc_content",
});

fields!(Grammar::Bash, Fields { name = "name", value = "value" });

pub(super) fn find(script: &Script<'_>, found: &mut Vec<Found>) {
    let fields = Fields::get();
    for step in Walk::of(script.root()) {
        let Step::Enter(node, _) = step else { continue };
        match Kind::of(node) {
            Kind::Assignment => {
                let name = node.child_by_field_id(fields.name);
                let value = node.child_by_field_id(fields.value);
                if let (Some(name), Some(value)) = (name, value) {
                    assignment(script, name, value, found);
                }
            }
            Kind::HereDocument if node.child(0).is_some() => {}
            Kind::Word
            | Kind::StringContent
            | Kind::RawString
            | Kind::HereDocument
            | Kind::HereContent => {
                settings::find(script, node.byte_range(), found);
            }
            _ => {}
        }
    }
}

fn assignment(script: &Script<'_>, name: Node<'_>, value: Node<'_>, found: &mut Vec<Found>) {
    let name = script
        .of(name)
        .trim_end_matches(']')
        .trim_end_matches(['"', '\'']);
    let name = name.rsplit(['[', '"', '\'']).next().unwrap_or(name);
    let Some(credential) = credential(name) else {
        return;
    };
    let Some(span) = literal(script, value) else {
        return;
    };
    let text = script.text.get(span.clone()).unwrap_or("");
    if is_secret(text, credential) && !text.eq_ignore_ascii_case(name) {
        found.push(Found {
            rule: &SECRET_ASSIGNMENT,
            span,
            what: format!("the value of `{name}`"),
        });
    }
}

/// The place of a constant word's text, without the quotes that enclose it.
fn literal(script: &Script<'_>, node: Node<'_>) -> Option<Range<usize>> {
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
        Kind::Word | Kind::Number | Kind::RawString | Kind::AnsiString => true,
        Kind::String => children(node).all(|part| Kind::of(part) == Kind::StringContent),
        _ => false,
    }
}
