//! Credentials among the words of a command: `mysql -psecret`, `curl -u me:secret`,
//! `--password secret`, `docker run -e PASSWORD=secret`.
//!
//! Reads commands of a bash script, lists of strings of a Python script, and texts of both that
//! are commands. Which program's `-p` is a password and not a port is data.

use std::ops::Range;

use super::Found;
use super::name::{Credential, credential};
use super::programs::{MYSQL, POSTGRES, ROWS, Row, Shape};
use super::value::{Place, is_secret};
use crate::check::rules::secrets::SECRET_ARGUMENT;

/// A word of a command; without a text where only a run can tell it.
pub(super) struct Word<'text> {
    pub(super) text: Option<&'text str>,
    /// Where the word's text begins.
    pub(super) start: usize,
}

/// Programs that are only taken for such where their options are.
const MOST_PROGRAMS: usize = 4;
/// No command that people write has more words.
const MOST_WORDS: usize = 2_000;

/// Credentials among the words of a command or a list.
pub(super) fn find(words: &[Word<'_>], found: &mut Vec<Found>) {
    let words = words.get(..MOST_WORDS).unwrap_or(words);
    let programs = words
        .iter()
        .enumerate()
        .filter(|(_, word)| is_program(word));
    for (at, program) in programs.take(MOST_PROGRAMS) {
        let name = basename(program.text.unwrap_or(""));
        let rest = words.get(at + 1..).unwrap_or(&[]);
        let rows = ROWS.iter().filter(|row| row.programs.contains(&name));
        for row in rows {
            options(row, rest, found);
        }
    }
    let mut asks = false;
    for (at, word) in words.iter().enumerate() {
        asks |= word
            .text
            .is_some_and(|text| asks_for_password(basename(text)));
        let sure = !asks || word.text != Some("--password");
        let next = words
            .get(at + 1)
            .filter(|next| sure || is_mixed_password(next));
        general(word, next, found);
    }
}

/// Commands inside a text that is handed to a shell.
pub(super) fn in_text(text: &str, offset: usize, found: &mut Vec<Found>) {
    let looks = text.contains(" -") || text.contains(" login");
    if looks && text.split([' ', '\n', '/']).take(MOST_WORDS).any(is_known) {
        for command in split(text, offset) {
            find(&command, found);
        }
    }
}

/// Words by blanks, commands by line ends and operators; quotes around whole words fall.
fn split(text: &str, offset: usize) -> Vec<Vec<Word<'_>>> {
    let mut commands = vec![Vec::new()];
    let mut rest = text;
    let mut start = offset;
    while let Some(first) = rest.chars().next() {
        let (length, word) = next_word(rest, first);
        if matches!(first, '\n' | ';' | '|' | '&') {
            commands.push(Vec::new());
        } else if let Some((skipped, word)) = word
            && let Some(command) = commands.last_mut()
        {
            let constant = !word.contains(['$', '`', '{']);
            command.push(Word {
                text: constant.then_some(word),
                start: start + skipped,
            });
        }
        start += length;
        rest = rest.get(length..).unwrap_or("");
    }
    commands
}

/// How much of the text the next word takes, and the word with what stands before it.
fn next_word(rest: &str, first: char) -> (usize, Option<(usize, &str)>) {
    if first.is_whitespace() || matches!(first, ';' | '|' | '&') {
        return (first.len_utf8(), None);
    }
    if matches!(first, '"' | '\'') {
        let inner = rest.get(1..).unwrap_or("");
        if let Some(word) = inner.find(first).and_then(|end| inner.get(..end)) {
            return (word.len() + 2, Some((1, word)));
        }
        return (1, None);
    }
    let end = rest
        .find(|letter: char| letter.is_whitespace() || matches!(letter, ';' | '|' | '&'))
        .unwrap_or(rest.len());
    (end, rest.get(..end).map(|word| (0, word)))
}

/// A password even where the program takes it for something else.
fn is_mixed_password(word: &Word<'_>) -> bool {
    word.text
        .is_some_and(|text| is_secret(text, Credential::Password, Place::Loose))
}

fn is_program(word: &Word<'_>) -> bool {
    word.text.is_some_and(|text| is_known(basename(text)))
}

fn is_known(name: &str) -> bool {
    name.len() <= 14 && ROWS.iter().any(|row| row.programs.contains(&name))
}

/// Programs that ask where `--password` stands without an equals sign.
fn asks_for_password(program: &str) -> bool {
    MYSQL.contains(&program) || POSTGRES.contains(&program)
}

pub(super) fn basename(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The options of a row among a program's arguments.
fn options(row: &Row, words: &[Word<'_>], found: &mut Vec<Found>) {
    if !(row.with.is_empty() || words.iter().any(|word| has(word, row.with))) {
        return;
    }
    if matches!(row.shape, Shape::Last | Shape::Operand) {
        let last = words.get(1..).and_then(<[_]>::last);
        let named = |word: &&Word<'_>| word.text.is_some_and(|text| text.contains('='));
        if let Some(last) = last.filter(|last| row.shape == Shape::Last || !named(last)) {
            secret(last, 0, found);
        }
        return;
    }
    for (at, word) in words.iter().enumerate() {
        let Some(text) = word.text else { continue };
        let exact = text == row.option || bundles(text, row.option);
        let next = words.get(at + 1).filter(|_| exact);
        match (row.shape, next) {
            (Shape::Next | Shape::Either, Some(next)) => secret(next, 0, found),
            (Shape::Source, Some(next)) => behind(next, 0, ':', Some("pass"), found),
            (Shape::Pair(mark), Some(next)) => behind(next, 0, mark, None, found),
            (Shape::Attached | Shape::Either, None) if text.starts_with(row.option) => {
                secret(word, row.option.len(), found);
            }
            (Shape::Pair(mark), None) if text.starts_with(row.option) => {
                behind(word, row.option.len(), mark, None, found);
            }
            _ => {}
        }
    }
}

/// The word itself, or a flag among several (`-cb` for `-b`).
fn has(word: &Word<'_>, wanted: &str) -> bool {
    let text = word.text.unwrap_or("");
    let flags = text.strip_prefix('-').zip(wanted.strip_prefix('-'));
    text == wanted || flags.is_some_and(|(flags, flag)| flags.contains(flag))
}

/// `-sSu` for `-u`.
fn bundles(text: &str, option: &str) -> bool {
    let letters = text.strip_prefix('-').unwrap_or("");
    let option = option.strip_prefix('-').unwrap_or("");
    option.len() == 1
        && (2..6).contains(&letters.len())
        && letters.ends_with(option)
        && option == "u"
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The rest of a word is a password.
fn secret(word: &Word<'_>, skip: usize, found: &mut Vec<Found>) {
    let Some(value) = word.text.and_then(|text| text.get(skip..)) else {
        return;
    };
    if !value.starts_with('-') {
        tell(
            value,
            word.start + skip,
            Credential::Password,
            "an argument",
            found,
        );
    }
}

/// `name:password`, from some place of a word on.
fn behind(word: &Word<'_>, skip: usize, mark: char, name: Option<&str>, found: &mut Vec<Found>) {
    let Some(text) = word.text.and_then(|text| text.get(skip..)) else {
        return;
    };
    let Some((before, value)) = text.split_once(mark) else {
        return;
    };
    if name.is_none_or(|name| before == name) {
        let start = word.start + skip + before.len() + mark.len_utf8();
        tell(value, start, Credential::Password, "an argument", found);
    }
}

/// `--password=value`, `--password value`, `PASSWORD=value`, whatever the program.
fn general(word: &Word<'_>, next: Option<&Word<'_>>, found: &mut Vec<Found>) {
    let Some(text) = word.text else { return };
    let name = text.trim_start_matches('-');
    let dashes = text.len() - name.len();
    if let Some((name, value)) = name.split_once('=') {
        // `.data.password = …` is a word of another language.
        if name.contains(char::is_whitespace) {
            return;
        }
        let part = name
            .rsplit(['.', ':', '/', '?', '&'])
            .next()
            .unwrap_or(name);
        if let Some(kind) = credential(part) {
            let start = word.start + dashes + name.len() + 1;
            tell(value, start, kind, part, found);
        }
    } else if dashes == 2 || (dashes == 1 && name.len() > 4) {
        let value = next.and_then(|next| Some((next.text?, next.start)));
        if let (Some(kind), Some((value, start))) = (credential(name), value)
            && !value.starts_with('-')
        {
            tell(value, start, kind, name, found);
        }
    }
}

fn tell(value: &str, start: usize, kind: Credential, name: &str, found: &mut Vec<Found>) {
    let inner = value.trim_start_matches(['"', '\'']);
    let start = start + value.len() - inner.len();
    let inner = inner.trim_end_matches(['"', '\'', ';', ')']);
    let place = if kind == Credential::Password {
        Place::Assigned
    } else {
        Place::Loose
    };
    let listed = inner.contains(',') && inner.contains('=');
    if is_secret(inner, kind, place) && !listed && !inner.eq_ignore_ascii_case(name) {
        found.push(Found {
            rule: &SECRET_ARGUMENT,
            span: start..start + inner.len(),
            literals: Vec::new(),
            what: if name == "an argument" {
                "a password among a command's arguments".to_owned()
            } else {
                format!("the argument `{name}`")
            },
        });
    }
}

/// The place of a text without the quotes around it.
pub(super) fn unquoted(text: &str, span: Range<usize>) -> Range<usize> {
    let quoted = text.len() >= 2 && text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']);
    if quoted {
        span.start + 1..span.end - 1
    } else {
        span
    }
}
