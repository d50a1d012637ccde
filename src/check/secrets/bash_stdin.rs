//! Passwords that bash hands to a program's stdin: `echo secret | sudo -S …`,
//! `read password <<< secret`.

use super::Found;
use super::arguments::{Word, basename};
use super::bash::{Kind, judge, literal, words};
use super::name::Credential;
use super::value::{Place, is_secret};
use crate::check::rules::secrets::SECRET_ARGUMENT;
use crate::check::tree::{Node, Script, children};

/// A program, and the option that makes it read a password; any where there is none.
const READERS: [(&str, &str); 10] = [
    ("sudo", "-S"),
    ("passwd", ""),
    ("chpasswd", ""),
    ("", "--password-stdin"),
    ("", "--with-token"),
    ("cryptsetup", ""),
    ("kinit", ""),
    ("gpg", "--passphrase-fd"),
    ("smbpasswd", "-s"),
    ("su", ""),
];

/// How many lines of a here-document are looked at.
const MOST_LINES: usize = 256;
/// Commands that run the program among their words; `grep passwd` does not.
const WRAPPERS: [&str; 14] = [
    "sudo",
    "doas",
    "env",
    "command",
    "exec",
    "timeout",
    "nice",
    "nohup",
    "chroot",
    "arch-chroot",
    "ssh",
    "docker",
    "podman",
    "kubectl",
];

/// `echo secret | program`
pub(super) fn piped(script: &Script<'_>, pipeline: Node<'_>, found: &mut Vec<Found>) {
    let commands: Vec<Node<'_>> = children(pipeline).take(8).collect();
    for pair in commands.windows(2) {
        let [from, into] = pair else { continue };
        let both = Kind::of(*from) == Kind::Command && Kind::of(*into) == Kind::Command;
        if !both || !reads_password(&words(script, *into)) {
            continue;
        }
        let said = words(script, *from);
        let is_said = said
            .first()
            .is_some_and(|name| matches!(name.text, Some("echo" | "printf" | "yes")));
        if let Some(word) = said.get(1..).and_then(<[_]>::last).filter(|_| is_said) {
            tell(word, found);
        }
    }
}

/// `program <<< secret`
pub(super) fn here_string(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let Some(command) = node.parent() else { return };
    let first = command
        .all_children()
        .find(|part| Kind::of(*part) == Kind::HereString);
    // The words of a command with a thousand of them are read once.
    if first != Some(node) {
        return;
    }
    let Some(value) = children(node).next() else {
        return;
    };
    let words = words(script, command);
    if reads_password(&words) {
        if let Some(span) = literal(script, value) {
            let word = Word {
                text: script.text.get(span.clone()),
                start: span.start,
            };
            tell(&word, found);
        }
    } else if words.first().is_some_and(|name| name.text == Some("read"))
        && let Some(name) = words.last().and_then(|name| name.text)
    {
        judge(script, name, value, Place::Assigned, found);
    }
}

/// `program << END` with lines of secrets.
pub(super) fn here_document(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let Some(statement) = node.parent() else {
        return;
    };
    let mut parts = children(statement);
    let command = parts.next().filter(|part| Kind::of(*part) == Kind::Command);
    // The words of a command with a thousand of them are read once.
    if parts.next() != Some(node) {
        return;
    }
    let body = children(node).find(|part| Kind::of(*part) == Kind::HereDocument);
    let (Some(command), Some(body)) = (command, body) else {
        return;
    };
    if body.child(0).is_some() || !reads_password(&words(script, command)) {
        return;
    }
    let mut start = body.start_byte();
    for line in script.of(body).split('\n').take(MOST_LINES) {
        let word = Word {
            text: Some(line),
            start,
        };
        tell(&word, found);
        start += line.len() + 1;
    }
}

fn reads_password(words: &[Word<'_>]) -> bool {
    let has =
        |wanted: &str| wanted.is_empty() || words.iter().any(|word| word.text == Some(wanted));
    READERS
        .iter()
        .any(|(program, option)| runs(words, program) && has(option))
}

/// Whether a command runs that program, directly or by another; any where there is none.
fn runs(words: &[Word<'_>], program: &str) -> bool {
    let mut names = words.iter().map(|word| basename(word.text.unwrap_or("")));
    let first = names.next().unwrap_or("");
    program.is_empty()
        || first == program
        || (WRAPPERS.contains(&first) && names.any(|name| name == program))
}

/// Also `user:password`, and a line end that is written out.
fn tell(word: &Word<'_>, found: &mut Vec<Found>) {
    let Some(text) = word.text else { return };
    let line = text.split("\\n").next().unwrap_or(text);
    let value = line.split_once(':').map_or(line, |(_, password)| password);
    let start = word.start + line.len() - value.len();
    let is_word = !value.contains(char::is_whitespace);
    if is_word && is_secret(value, Credential::Password, Place::Assigned) {
        found.push(Found {
            rule: &SECRET_ARGUMENT,
            span: start..start + value.len(),
            literals: Vec::new(),
            what: "a password for a command's stdin".to_owned(),
        });
    }
}
