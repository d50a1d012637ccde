//! The constants of bash: words in quotes of several kinds, put together, and what `printf -v` does.

use super::bash::{Kind, literal};
use super::composed::Composed;
use crate::check::tree::{Node, Script, children};

/// Programs that give back what they read, in another form.
const DECODERS: [&str; 6] = ["base64", "base32", "openssl", "rev", "tr", "xxd"];
/// How many pieces of a format are looked at.
const MOST_PIECES: usize = 64;

/// A constant word: `secret`, `"sec"'ret'`; also one that a command only prints or decodes.
pub(super) fn composed<'text>(script: &Script<'text>, node: Node<'_>) -> Option<Composed<'text>> {
    let mut text = Composed::default();
    add(script, said(script, node).unwrap_or(node), &mut text).then_some(text)
}

/// `$(echo secret)`, `$(echo secret | base64 -d)`, `$(base64 -d <<< secret)`: the secret.
fn said<'tree>(script: &Script<'_>, node: Node<'tree>) -> Option<Node<'tree>> {
    let inner = match Kind::of(node) {
        Kind::String => children(node).next()?,
        _ => node,
    };
    if Kind::of(inner) != Kind::Substitution {
        return None;
    }
    let mut command = children(inner).next()?;
    if Kind::of(command) == Kind::Pipeline {
        let (first, then) = (children(command).next()?, children(command).nth(1)?);
        named(script, then, &DECODERS).then_some(())?;
        command = first;
    }
    if named(script, command, &DECODERS) {
        let mut parts = command.all_children();
        let text = parts.find(|part| Kind::of(*part) == Kind::HereString)?;
        return children(text).next();
    }
    named(script, command, &["echo", "printf"]).then(|| children(command).last())?
}

fn named(script: &Script<'_>, command: Node<'_>, names: &[&str]) -> bool {
    let name = children(command)
        .next()
        .filter(|_| Kind::of(command) == Kind::Command);
    name.is_some_and(|name| names.contains(&script.of(name)))
}

/// Adds what is constant of a word; whether all of it is.
fn add<'text>(script: &Script<'text>, node: Node<'_>, text: &mut Composed<'text>) -> bool {
    if Kind::of(node) != Kind::Concatenation {
        let span = literal(script, node);
        span.clone()
            .into_iter()
            .for_each(|span| text.push(script.text, span));
        return span.is_some();
    }
    let mut constant = true;
    for part in children(node) {
        if let Some(span) = literal(script, part) {
            text.push(script.text, span);
        } else {
            text.hole();
            constant = false;
        }
    }
    constant
}

/// Tokens and settings in a word that quotes cut in two.
pub(super) fn gather<'text>(script: &Script<'text>, node: Node<'_>, texts: &mut Composed<'text>) {
    texts.cut();
    add(script, node, texts);
}

/// `printf -v NAME FORMAT ARGUMENT…`: what the name is given, where all of it is constant and the
/// format holds nothing but texts and `%s`.
pub(super) fn printed<'text>(
    script: &Script<'text>,
    format: Node<'_>,
    arguments: &[Node<'_>],
) -> Option<Composed<'text>> {
    let span = literal(script, format)?;
    let mut text = Composed::default();
    let mut arguments = arguments.iter();
    let mut start = span.start;
    for (at, piece) in script.text.get(span)?.split("%s").enumerate() {
        if at > 0 && !add(script, *arguments.next()?, &mut text) {
            return None;
        }
        if piece.contains('%') || at > MOST_PIECES {
            return None;
        }
        text.push(
            script.text,
            start..start + piece.trim_end_matches("\\n").len(),
        );
        start += piece.len() + "%s".len();
    }
    Some(text)
}
