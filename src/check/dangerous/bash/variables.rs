//! What variables are known to hold.
//!
//! Not where or when: a variable that is assigned twice holds one or the other. What a script reads,
//! computes or is given is unknown.

use std::collections::HashMap;

use super::Kind;
use super::word::{Piece, Text, Words, expanded_name, variable};
use crate::check::tree::{Node, Script, Step, Walk, children};

/// How many values of one variable are followed.
const MOST_VALUES: usize = 8;
/// How long a value that is followed may be; doubling a variable must not cost memory.
const MOST_LENGTH: usize = 2_000;

/// The same for an element of an array.
const MOST_ELEMENT: usize = 200;

#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each true or not"
)]
struct Variable {
    values: Vec<Vec<Option<String>>>,
    array: bool,
    unknown: bool,
    may_be_empty: bool,
    tested: bool,
    /// A place that is told from where the script itself lies.
    beside_script: bool,
}

/// All variables of a script.
#[derive(Default)]
pub(super) struct Variables {
    known: HashMap<String, Variable>,
}

impl Variables {
    /// Learns what a script assigns.
    pub(super) fn gather(&mut self, script: &Script<'_>) {
        let mut testing = 0_usize;
        let mut open = Vec::new();
        for step in Walk::of(script.root()) {
            let Step::Enter(node, _) = step else {
                testing -= usize::from(open.pop() == Some(true));
                continue;
            };
            let kind = Kind::of(node);
            open.push(kind == Kind::Test);
            testing += usize::from(kind == Kind::Test);
            match kind {
                Kind::Assignment => self.assignment(script, node),
                Kind::For => self.for_loop(script, node),
                Kind::Command => self.command(script, node),
                Kind::SimpleExpansion | Kind::Expansion if testing > 0 => self.tested(script, node),
                Kind::Expansion if script.of(node).contains('=') => self.default(script, node),
                Kind::Expansion if script.of(node).contains('?') => self.tested(script, node),
                _ => {}
            }
        }
    }

    pub(super) fn is_assigned(&self, name: &str) -> bool {
        self.known
            .get(name)
            .is_some_and(|known| known.unknown || !known.values.is_empty())
            || !name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
    }

    /// Whether a variable holds a place that is told from where the script itself lies.
    pub(super) fn is_beside_script(&self, name: &str) -> bool {
        self.known
            .get(name)
            .is_some_and(|known| known.beside_script && known.values.is_empty())
    }

    /// What an expansion of this variable gives.
    pub(super) fn value(&self, name: &str) -> Text {
        let Some(known) = self.known.get(name) else {
            return given(name);
        };
        let scalars: Option<Vec<&String>> = known
            .values
            .iter()
            .map(|value| value.first().and_then(Option::as_ref))
            .collect();
        match scalars.as_deref() {
            Some([value]) if !known.unknown => Text::Constant((*value).clone()),
            Some(values @ [_, ..]) if !known.unknown => {
                Text::Choice(values.iter().map(|value| (*value).clone()).collect())
            }
            _ if !known.unknown && known.values.is_empty() => match given(name) {
                Text::Mixed(_) => variable(name, !known.tested),
                given => given,
            },
            _ => variable(name, known.may_be_empty && !known.tested),
        }
    }

    /// The elements of an array with one known value.
    pub(super) fn elements(&self, name: &str) -> Option<Vec<Text>> {
        let known = self.known.get(name).filter(|known| !known.unknown)?;
        let element = |element: &Option<String>| match element {
            Some(text) => Text::Constant(text.clone()),
            None => Text::Mixed(vec![Piece::Output]),
        };
        match known.values.as_slice() {
            [only] if known.array => Some(only.iter().map(element).collect()),
            several @ [_, ..] => {
                let firsts: Option<Vec<String>> = several
                    .iter()
                    .map(|value| value.first().cloned().flatten())
                    .collect();
                firsts.map(|firsts| vec![Text::Choice(firsts)])
            }
            _ => None,
        }
    }

    fn assignment(&mut self, script: &Script<'_>, node: Node<'_>) {
        let mut parts = node.all_children();
        let Some(target) = parts.next() else { return };
        let appends = parts.next().is_some_and(|mark| script.of(mark) == "+=");
        let name = script.of(target);
        let Some(value) = parts.next() else {
            return self.add(name, Text::Constant(String::new()));
        };
        if Kind::of(target) == Kind::Subscript {
            return self.forget(name.split('[').next().unwrap_or(name), false);
        }
        if Kind::of(value) == Kind::Array {
            return self.array(script, name, value, appends);
        }
        let text = self.words(script).text(value);
        if self.words(script).is_own_place(value) {
            self.entry(name).beside_script = true;
        }
        let never_empty = prints_something(script, value);
        match text {
            _ if appends => self.append(name, &text),
            Text::Mixed(_) if never_empty => self.forget(name, false),
            text => self.add(name, text),
        }
    }

    /// `: "${name:=value}"`
    fn default(&mut self, script: &Script<'_>, node: Node<'_>) {
        let Some(name) = expanded_name(script, node) else {
            return;
        };
        let written = script.of(node).strip_prefix("${").unwrap_or("");
        let rest = written.strip_prefix(name).unwrap_or("");
        if rest.starts_with(":=") || rest.starts_with('=') {
            let default = self.words(script).default_of(node);
            self.add(name, default);
        }
    }

    fn words<'a, 'text>(&'a self, script: &'a Script<'text>) -> Words<'a, 'text> {
        Words {
            script,
            variables: self,
        }
    }

    fn array(&mut self, script: &Script<'_>, name: &str, value: Node<'_>, appends: bool) {
        let words = self.words(script);
        let elements: Vec<Option<String>> = children(value)
            .flat_map(|element| words.split(element))
            .map(|text| {
                text.constant()
                    .filter(|text| text.len() < MOST_ELEMENT)
                    .map(str::to_owned)
            })
            .take(MOST_LENGTH / 10)
            .collect();
        let known = self.entry(name);
        known.array = true;
        match known.values.last_mut() {
            Some(before) if appends && before.len() < MOST_LENGTH / 10 => before.extend(elements),
            _ => known.push(elements),
        }
    }

    fn append(&mut self, name: &str, text: &Text) {
        let known = self.entry(name);
        let last = known.values.last_mut().and_then(|value| value.first_mut());
        match (last, text.constant()) {
            (Some(Some(before)), Some(text)) if before.len() + text.len() < MOST_LENGTH => {
                before.push_str(text);
            }
            _ => known.unknown = true,
        }
    }

    fn add(&mut self, name: &str, text: Text) {
        match text {
            Text::Constant(text) if text.len() < MOST_LENGTH => {
                self.entry(name).push(vec![Some(text)]);
            }
            Text::Choice(values) => {
                let known = self.entry(name);
                for value in values {
                    known.push(vec![Some(value)]);
                }
            }
            text => {
                let empty = text.emptied().is_empty()
                    || text.only_variable().is_none() && text.is_unknown();
                self.forget(name, empty);
            }
        }
    }

    /// The variable holds something that only a run can tell.
    fn forget(&mut self, name: &str, may_be_empty: bool) {
        let known = self.entry(name);
        known.unknown = true;
        known.may_be_empty |= may_be_empty;
    }

    fn entry(&mut self, name: &str) -> &mut Variable {
        self.known.entry(name.to_owned()).or_default()
    }

    fn for_loop(&mut self, script: &Script<'_>, node: Node<'_>) {
        let mut parts = children(node);
        let Some(name) = parts.next().map(|name| script.of(name)) else {
            return;
        };
        let mut any = false;
        for word in parts.filter(|part| Kind::of(*part) != Kind::Body) {
            any = true;
            match self.words(script).text(word) {
                Text::Constant(text) if text == "/*" || !text.contains(['*', '?', '[', '{']) => {
                    self.add(name, Text::Constant(text));
                }
                // Unquoted, nothing gives no round and not an empty one.
                _ => self.forget(name, Kind::of(word) == Kind::String),
            }
        }
        if !any {
            self.forget(name, false);
        }
    }

    /// Commands that assign: `read`, `mapfile`, `getopts`, `printf -v`.
    fn command(&mut self, script: &Script<'_>, node: Node<'_>) {
        let mut words = children(node)
            .map(|word| script.of(word))
            .skip_while(|word| word.contains('='));
        let name = words.next().unwrap_or("");
        match name {
            "read" | "mapfile" | "readarray" | "getopts" => {
                words
                    .filter(|word| is_name(word))
                    .for_each(|word| self.forget(word, true));
            }
            "printf" if words.next() == Some("-v") => {
                words.take(1).for_each(|word| self.forget(word, true));
            }
            "test" => {
                for word in children(node) {
                    self.tested_below(script, word);
                }
            }
            _ => {}
        }
    }

    fn tested_below(&mut self, script: &Script<'_>, word: Node<'_>) {
        match Kind::of(word) {
            Kind::SimpleExpansion | Kind::Expansion => self.tested(script, word),
            Kind::String => {
                for part in children(word) {
                    if matches!(Kind::of(part), Kind::SimpleExpansion | Kind::Expansion) {
                        self.tested(script, part);
                    }
                }
            }
            _ => {}
        }
    }

    fn tested(&mut self, script: &Script<'_>, node: Node<'_>) {
        if let Some(name) = expanded_name(script, node) {
            self.entry(name).tested = true;
        }
    }
}

impl Variable {
    fn push(&mut self, value: Vec<Option<String>>) {
        if self.values.contains(&value) {
            return;
        }
        if self.values.len() == MOST_VALUES {
            self.unknown = true;
        } else {
            self.values.push(value);
        }
    }
}

/// Variables that nobody assigns: what bash and the container give them.
fn given(name: &str) -> Text {
    match name {
        "HOME" => Text::Constant("~".to_owned()),
        "SHELL" | "BASH" => Text::Constant("/bin/bash".to_owned()),
        "PWD" | "OLDPWD" | "RANDOM" | "SECONDS" | "UID" | "EUID" | "PPID" | "HOSTNAME"
        | "LINENO" | "BASH_SOURCE" | "FUNCNAME" | "BASHPID" | "BASH_VERSION" | "IFS" | "0"
        | "$" | "#" | "?" | "!" | "-" => variable(name, false),
        _ => variable(name, true),
    }
}

/// Commands whose output is never empty where they succeed.
fn prints_something(script: &Script<'_>, value: Node<'_>) -> bool {
    const NAMES: [&str; 12] = [
        "mktemp", "pwd", "cd", "dirname", "basename", "realpath", "readlink", "date", "id",
        "whoami", "uname", "hostname",
    ];
    let written = script
        .of(value)
        .trim_start_matches(['"', '$', '(', '`', ' ']);
    let length = written
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .count();
    NAMES.contains(&written.get(..length).unwrap_or(""))
}

fn is_name(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && word
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
