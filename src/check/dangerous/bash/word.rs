//! What a word of bash says after quote removal and the expansions that can be foretold.

use super::Kind;
use super::quotes::{ansi, unescaped, unescaped_in_quotes};
use super::variables::Variables;
use crate::check::tree::{Node, Script, children};

/// A word's text, as far as it can be known without running anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// This text, always.
    Constant(String),
    /// One of these, as the script runs.
    Choice(Vec<String>),
    /// Known and unknown parts.
    Mixed(Vec<Piece>),
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    /// A variable's value.
    Variable {
        name: String,
        may_be_empty: bool,
    },
    /// What a command prints, or else something that only a run can tell.
    Output,
}

/// Stands for a part that is not known and not empty.
const SOMETHING: &str = "\u{1}";

impl Text {
    pub(super) fn constant(&self) -> Option<&str> {
        match self {
            Self::Constant(text) => Some(text),
            Self::Choice(_) | Self::Mixed(_) => None,
        }
    }

    /// The text before the first unknown part, or that all of several begin with.
    pub(super) fn beginning(&self) -> &str {
        match self {
            Self::Constant(text) => text,
            Self::Choice(texts) => common_beginning(texts),
            Self::Mixed(pieces) => match pieces.first() {
                Some(Piece::Literal(text)) => text,
                _ => "",
            },
        }
    }

    /// The last component of a path whose last component is known (`"$dir/tool"`).
    pub(super) fn base(&self) -> Option<&str> {
        let end = match self {
            Self::Constant(text) => return Some(text.rsplit('/').next().unwrap_or(text)),
            Self::Choice(_) => return None,
            Self::Mixed(pieces) => match pieces.last() {
                Some(Piece::Literal(text)) => text,
                _ => return None,
            },
        };
        end.rsplit_once('/')
            .map(|(_, base)| base)
            .filter(|base| !base.is_empty())
    }

    /// What is left where every variable that may be empty is; of several texts, the first.
    pub(super) fn emptied(&self) -> String {
        match self {
            Self::Constant(text) => text.clone(),
            Self::Choice(texts) => texts.first().cloned().unwrap_or_default(),
            Self::Mixed(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text.as_str(),
                    Piece::Variable {
                        may_be_empty: true, ..
                    } => "",
                    Piece::Variable { .. } | Piece::Output => SOMETHING,
                })
                .collect(),
        }
    }

    /// The name of the variable that is the whole word.
    pub(super) fn only_variable(&self) -> Option<&str> {
        match self {
            Self::Mixed(pieces) => match pieces.as_slice() {
                [Piece::Variable { name, .. }] => Some(name),
                _ => None,
            },
            Self::Constant(_) | Self::Choice(_) => None,
        }
    }

    /// Whether nothing of it is written in the script.
    pub(super) fn is_unknown(&self) -> bool {
        match self {
            Self::Mixed(pieces) => !pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Literal(text) if !text.trim().is_empty())),
            Self::Constant(_) | Self::Choice(_) => false,
        }
    }

    /// A name for the word that is the same wherever it is written the same.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Constant(text) => text.clone(),
            Self::Choice(values) => values.join("|"),
            Self::Mixed(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text.clone(),
                    Piece::Variable { name, .. } => format!("${name}"),
                    Piece::Output => SOMETHING.to_owned(),
                })
                .collect(),
        }
    }
}

/// Joins parts; what is known throughout becomes a constant.
#[derive(Default)]
struct Builder {
    pieces: Vec<Piece>,
    /// The piece that is one of several texts, and these.
    choice: Option<(usize, Vec<String>)>,
}

/// How much text is made of a word that may be one of several.
const MOST_CHOICE: usize = 400;

impl Builder {
    fn push(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (_, Piece::Literal(text)) if text.is_empty() => {}
            (Some(Piece::Literal(before)), Piece::Literal(text)) => before.push_str(&text),
            (_, piece) => self.pieces.push(piece),
        }
    }

    fn extend(&mut self, text: Text) {
        match text {
            Text::Constant(text) => self.push(Piece::Literal(text)),
            Text::Choice(texts) => {
                let only = self.choice.is_none();
                self.choice = Some((self.pieces.len(), texts)).filter(|_| only);
                self.push(Piece::Output);
            }
            Text::Mixed(pieces) => pieces.into_iter().for_each(|piece| self.push(piece)),
        }
    }

    /// The texts that the word may be, where one piece has several and the others one.
    fn texts(&self) -> Option<Vec<String>> {
        let (at, texts) = self.choice.as_ref()?;
        let literal = |piece: &Piece| match piece {
            Piece::Literal(text) => Some(text.clone()),
            Piece::Variable { .. } | Piece::Output => None,
        };
        let (before, rest) = self.pieces.split_at_checked(*at)?;
        let before: String = before.iter().map(literal).collect::<Option<_>>()?;
        let after: String = rest.iter().skip(1).map(literal).collect::<Option<_>>()?;
        let most = texts.iter().map(String::len).max()? + before.len() + after.len();
        let joined = texts.iter().map(|text| format!("{before}{text}{after}"));
        (most * texts.len() <= MOST_CHOICE).then(|| joined.collect())
    }

    fn text(mut self) -> Text {
        if let Some(texts) = self.texts() {
            return Text::Choice(texts);
        }
        match self.pieces.as_mut_slice() {
            [] => Text::Constant(String::new()),
            [Piece::Literal(text)] => Text::Constant(std::mem::take(text)),
            _ => Text::Mixed(self.pieces),
        }
    }
}

/// Reads words of one script.
#[derive(Clone, Copy)]
pub(super) struct Words<'a, 'text> {
    pub(super) script: &'a Script<'text>,
    pub(super) variables: &'a Variables,
}

impl Words<'_, '_> {
    /// Reads one word.
    pub(super) fn text(&self, node: Node<'_>) -> Text {
        if Kind::of(node) == Kind::Concatenation {
            let mut builder = Builder::default();
            children(node).for_each(|part| builder.extend(self.piece(part)));
            return builder.text();
        }
        self.piece(node)
    }

    /// Reads a word that bash splits: constant values of variables and arrays become words.
    pub(super) fn split(&self, node: Node<'_>) -> Vec<Text> {
        let kind = Kind::of(node);
        let inner = match kind {
            Kind::SimpleExpansion | Kind::Expansion => Some(node),
            Kind::String => only_child(node),
            _ => None,
        };
        let elements = inner
            .filter(|inner| self.script.of(*inner).contains("[@]"))
            .and_then(|inner| self.variables.elements(expanded_name(self.script, inner)?));
        if let Some(elements) = elements {
            return elements;
        }
        if kind == Kind::String {
            return vec![self.text(node)];
        }
        if kind == Kind::Concatenation && self.script.of(node).contains("IFS") {
            return split_at_blanks(self.text(node));
        }
        match self.text(node) {
            Text::Constant(text) if inner.is_some() => text
                .split_whitespace()
                .map(|word| Text::Constant(word.to_owned()))
                .collect(),
            Text::Constant(text) if text.starts_with('{') && text.contains(',') => {
                braces(&text).unwrap_or_else(|| vec![Text::Constant(text)])
            }
            text => vec![text],
        }
    }

    fn piece(&self, node: Node<'_>) -> Text {
        let written = self.script.of(node);
        match Kind::of(node) {
            Kind::Word | Kind::Number | Kind::CommandName => Text::Constant(unescaped(written)),
            Kind::RawString => Text::Constant(inside(written, "'", "'").to_owned()),
            Kind::AnsiString => Text::Constant(ansi(written)),
            Kind::String => self.quoted(node),
            Kind::TranslatedString => children(node)
                .next()
                .map_or_else(unknown, |string| self.quoted(string)),
            Kind::SimpleExpansion => self.variables.value(written.trim_start_matches('$')),
            Kind::Expansion => self.expansion(node),
            Kind::Substitution => self.substituted(node),
            Kind::Concatenation => self.flat(node),
            _ => unknown(),
        }
    }

    /// A concatenation in a concatenation, which the grammar makes of braces alone.
    fn flat(&self, node: Node<'_>) -> Text {
        let plain = children(node).all(|part| Kind::of(part) == Kind::Word);
        if plain {
            Text::Constant(unescaped(self.script.of(node)))
        } else {
            unknown()
        }
    }

    /// Whether a word is `$name` or `${name}`, quoted or not, of a variable with a name or number.
    pub(super) fn is_scalar(&self, node: Node<'_>) -> bool {
        let written = inside(self.script.of(node), "\"", "\"");
        let name = inside(written, "${", "}");
        let name = if name == written {
            name.trim_start_matches('$')
        } else {
            name
        };
        name.len() < written.len()
            && !matches!(name, "0" | "")
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    }

    /// `"$(dirname "$0")/lib.sh"`: a file with a known name, in a place told from where the script lies.
    pub(super) fn is_beside_script(&self, node: Node<'_>) -> bool {
        self.text(node).base().is_some() && self.is_own_place(node)
    }

    /// Whether a word says where the script lies, itself or through a variable.
    pub(super) fn is_own_place(&self, node: Node<'_>) -> bool {
        let written = self.script.of(node);
        let own = ["BASH_SOURCE", "$0", "${0"];
        let through_variable = || match self.text(node) {
            Text::Mixed(pieces) => matches!(
                pieces.first(),
                Some(Piece::Variable { name, .. }) if self.variables.is_beside_script(name)
            ),
            Text::Constant(_) | Text::Choice(_) => false,
        };
        own.iter().any(|own| written.contains(own)) || through_variable()
    }

    fn quoted(&self, string: Node<'_>) -> Text {
        if let Some(only) = only_child(string)
            && only.byte_range().len() + 2 == string.byte_range().len()
            && Kind::of(only) != Kind::StringContent
        {
            return self.piece(only);
        }
        let mut builder = Builder::default();
        let mut at = string.start_byte() + 1;
        for part in children(string) {
            // The grammar leaves blanks before an expansion out of the contents.
            builder.push(Piece::Literal(self.between(at, part.start_byte())));
            at = part.end_byte();
            builder.extend(match Kind::of(part) {
                Kind::StringContent => Text::Constant(unescaped_in_quotes(self.script.of(part))),
                _ => self.piece(part),
            });
        }
        builder.push(Piece::Literal(
            self.between(at, string.end_byte().saturating_sub(1)),
        ));
        builder.text()
    }

    fn between(&self, start: usize, end: usize) -> String {
        let text = self.script.text.get(start..end).unwrap_or("");
        if text.chars().all(char::is_whitespace) {
            text.to_owned()
        } else {
            String::new()
        }
    }
}

fn common_beginning(texts: &[String]) -> &str {
    let Some((first, others)) = texts.split_first() else {
        return "";
    };
    let mut beginning = first.as_str();
    for other in others {
        let same = (beginning.char_indices().zip(other.chars()))
            .find(|((_, one), another)| one != another)
            .map_or(beginning.len().min(other.len()), |((at, _), _)| at);
        beginning = beginning.get(..same).unwrap_or("");
    }
    beginning
}

pub(super) fn unknown() -> Text {
    Text::Mixed(vec![Piece::Output])
}

pub(super) fn variable(name: &str, may_be_empty: bool) -> Text {
    Text::Mixed(vec![Piece::Variable {
        name: name.to_owned(),
        may_be_empty,
    }])
}

/// What stands between an opening and a closing mark; the text itself where they are not there.
pub(super) fn inside<'text>(text: &'text str, open: &str, close: &str) -> &'text str {
    text.strip_prefix(open)
        .and_then(|rest| rest.strip_suffix(close))
        .unwrap_or(text)
}

fn only_child(node: Node<'_>) -> Option<Node<'_>> {
    let mut parts = children(node);
    let first = parts.next()?;
    parts.next().is_none().then_some(first)
}

/// The name of the variable that an expansion expands.
pub(super) fn expanded_name<'text>(script: &Script<'text>, node: Node<'_>) -> Option<&'text str> {
    let written = script.of(node);
    let inner = inside(written, "${", "}").trim_start_matches('$');
    let length = inner
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
        .count();
    let length = if length == 0 { 1 } else { length };
    inner
        .get(..length)
        .filter(|name| !matches!(*name, "!" | "#"))
}

/// `rm${IFS}-rf`, where the variable holds the blanks between words.
fn split_at_blanks(text: Text) -> Vec<Text> {
    let Text::Mixed(pieces) = text else {
        return vec![text];
    };
    let is_blank = |piece: &Piece| matches!(piece, Piece::Variable { name, .. } if name == "IFS");
    // `$IFS$9` is written where a letter follows; nobody gives nine arguments.
    let is_nothing = |piece: &Piece| matches!(piece, Piece::Variable { name, .. } if name == "9");
    let words = pieces.split(is_blank).map(|word| {
        let mut builder = Builder::default();
        let word = word.iter().filter(|piece| !is_nothing(piece));
        word.for_each(|piece| builder.push(piece.clone()));
        builder.text()
    });
    words.collect()
}

/// `{a,b}` as words; `None` where it is not that simple.
fn braces(text: &str) -> Option<Vec<Text>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let simple = !inner.contains(['{', '}']);
    simple.then(|| {
        inner
            .split(',')
            .map(|word| Text::Constant(word.to_owned()))
            .collect()
    })
}
