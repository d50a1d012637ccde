//! Whether bash 5.2 would parse a script, and where not.
//!
//! A recogniser and no parser: it builds nothing. It reads as bash does, one character after the
//! other, the words by what stands open and the keywords by the place, as `bash -O extglob -n` of
//! 5.2 (`parse.y`) has it. Time is linear but for `((`: bash reads on to see whether it is
//! arithmetic and if not reads the same text again, and so does this, within a budget of bytes.
//! What stands in here-documents, backquotes and arithmetic is not looked at: bash parses that only
//! when it runs it. Aliases and `shopt` in mid-script are not followed. Of a few errors (`[[ ]]`, a
//! `for ((` without its end) bash says nothing, stops reading and ends with 0: here they are refused.

use std::borrow::Cow;
use std::ops::Range;

use super::frame::{ConditionStep, Frame, List, ListKind, Phase, Redirect, Rules, Simple, Word};
use super::here::HereDocument;
use super::problem;
use crate::check::syntax::{Problem, Reading, Verdict, rest_of_line};

/// How many bytes may be read again for each byte of the script, and in any case.
const AGAIN: (usize, usize) = (16, 65_536);

/// Why the reading ends.
pub(super) enum Stop {
    End,
    Problem(Problem),
    Budget,
}

pub(super) type Outcome = Result<(), Stop>;

pub(super) fn refuse(problem: Problem) -> Outcome {
    Err(Stop::Problem(problem))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word without quotes and expansions.
    Plain,
    Word,
    /// `name=value` where that is one.
    Assignment,
    /// The descriptor of a redirection, which follows at once.
    Descriptor,
    Operator,
    Newline,
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token<'text> {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: Cow<'text, str>,
}

pub(super) struct Recogniser<'text> {
    pub(super) text: &'text str,
    pub(super) at: usize,
    pub(super) frames: Vec<Frame>,
    pub(super) here_documents: Vec<HereDocument>,
    /// The here-documents before this one belong outside the command substitution.
    pub(super) here_base: usize,
    /// The first quoted text over several lines that ends in the middle of a word.
    pub(super) suspicious: Option<(usize, u8)>,
    /// The first here-document that the script's end ended.
    pub(super) unended: Option<usize>,
    /// The operator that was read last.
    pub(super) operator: (usize, usize),
    /// Semicolons in the pair that was closed last.
    pub(super) semicolons: usize,
    pub(super) budget: usize,
    pub(super) outline: Outline,
}

/// What the parts of a script are that its tree may have wrong.
#[derive(Default)]
pub(in crate::check) struct Outline {
    /// Simple commands, in the order of their ends.
    pub(in crate::check) commands: Vec<Range<usize>>,
    /// The texts of here-documents, and whether their delimiters are quoted.
    pub(in crate::check) here_documents: Vec<(Range<usize>, bool)>,
    /// Where a line begins before which all that was begun has ended.
    pub(in crate::check) breaks: Vec<usize>,
}

/// Operators, the longer before those that they begin with.
const OPERATORS: [&str; 22] = [
    "<<-", "<<<", "&>>", ";;&", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "&&", "||", ";;", ";&",
    "|&", "<", ">", "|", "&", ";", "(",
];

/// What bash would say of the script, and its outline as far as it would read it.
pub(in crate::check::syntax) fn read(text: &str) -> Reading {
    let mut recogniser = Recogniser::of(text);
    Reading {
        verdict: recogniser.run(),
        outline: recogniser.outline,
    }
}

impl List {
    pub(super) const fn new(kind: ListKind, opened: usize, keyword: usize) -> Self {
        Self {
            kind,
            opened,
            keyword,
            phase: Phase::Empty,
            here_documents: 0,
        }
    }
}

impl<'text> Recogniser<'text> {
    fn of(text: &'text str) -> Self {
        Self {
            text,
            at: 0,
            frames: vec![Frame::List(List::new(ListKind::Script, 0, 0))],
            here_documents: Vec::new(),
            here_base: 0,
            suspicious: None,
            unended: None,
            operator: (0, 0),
            semicolons: 0,
            budget: AGAIN.0 * text.len() + AGAIN.1,
            outline: Outline::default(),
        }
    }

    fn run(&mut self) -> Verdict {
        loop {
            match self.advance() {
                Ok(()) => {}
                Err(Stop::End) => return Verdict::Valid,
                Err(Stop::Problem(problem)) => return Verdict::Refused(problem),
                Err(Stop::Budget) => return Verdict::Undecided,
            }
        }
    }

    /// One word's piece, or one token.
    fn advance(&mut self) -> Outcome {
        match self.frames.last() {
            Some(Frame::Pair(_)) => self.pair(),
            Some(Frame::Word(_)) => self.word(),
            Some(Frame::Arithmetic { .. }) => self.arithmetic(),
            Some(_) => self.token(),
            None => Err(Stop::End),
        }
    }

    pub(super) fn top(&self) -> Option<&Frame> {
        self.frames.last()
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// A place, or the next behind it that is not a backslash at a line's end.
    pub(super) fn joined(&self, mut at: usize) -> usize {
        while self.byte(at) == Some(b'\\') && self.byte(at + 1) == Some(b'\n') {
            at += 2;
        }
        at
    }

    /// The text of a token, lines joined.
    pub(super) fn slice(&self, start: usize, end: usize) -> Cow<'text, str> {
        let shown = self.text.get(start..end).unwrap_or("");
        if shown.contains("\\\n") {
            Cow::Owned(shown.replace("\\\n", ""))
        } else {
            Cow::Borrowed(shown)
        }
    }

    /// Reads a token that is not a word, or begins a word.
    fn token(&mut self) -> Outcome {
        self.skip_blanks();
        let start = self.at;
        let Some(byte) = self.byte(start) else {
            return self.take(Token::new(Kind::End, start, start, ""));
        };
        if byte == b'\n' {
            self.at += 1;
            self.read_here_documents();
            return self.take(Token::new(Kind::Newline, start, start + 1, "\n"));
        }
        let word = self.new_word(start);
        if !(word.expression && matches!(byte, b'(' | b'|'))
            && let Some((operator, end)) = self.operator_at(start)
        {
            self.at = end;
            return self.take(Token::new(Kind::Operator, start, end, operator));
        }
        self.frames.push(Frame::Word(word));
        Ok(())
    }

    fn skip_blanks(&mut self) {
        loop {
            self.at = self.joined(self.at);
            match self.byte(self.at) {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'#') => {
                    let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                }
                _ => return,
            }
        }
    }

    /// The operator that stands at a place, and where it ends.
    fn operator_at(&self, start: usize) -> Option<(&'static str, usize)> {
        let first = self.byte(start)?;
        if first == b')' {
            return Some((")", start + 1));
        }
        let substitution = self.byte(self.joined(start + 1)) == Some(b'(');
        if !matches!(first, b'<' | b'>' | b'&' | b'|' | b';' | b'(')
            || (substitution && matches!(first, b'<' | b'>'))
        {
            return None;
        }
        OPERATORS
            .iter()
            .find_map(|operator| Some((*operator, self.end_of(start, operator)?)))
    }

    fn end_of(&self, start: usize, operator: &str) -> Option<usize> {
        let mut at = start;
        for (number, byte) in operator.bytes().enumerate() {
            at = if number == 0 { at } else { self.joined(at) };
            if self.byte(at) != Some(byte) {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// What a word may be that begins here.
    fn new_word(&self, start: usize) -> Word {
        let (first, declares) = match self.top() {
            Some(Frame::List(list)) => (list.phase.wants_command(), false),
            Some(Frame::Simple(simple)) => (simple.words == 0, simple.declares),
            _ => (false, false),
        };
        Word {
            start,
            plain: true,
            assigns: first || declares,
            subscripts: first,
            indexes: matches!(self.top(), Some(Frame::Array { .. })),
            expression: matches!(
                self.top(),
                Some(Frame::Condition {
                    step: ConditionStep::Expression,
                    ..
                })
            ),
            ..Word::default()
        }
    }

    /// Whether `((` was arithmetic, now that its inner parenthesis is closed.
    fn arithmetic(&mut self) -> Outcome {
        let Some(Frame::Arithmetic {
            opened,
            here_documents,
        }) = self.frames.pop()
        else {
            return Ok(());
        };
        let arithmetic = self.byte(self.at) == Some(b')');
        if let Some(Frame::For { .. }) = self.top() {
            return self.arithmetic_for(opened, arithmetic);
        }
        if arithmetic {
            self.at += 1;
            return Ok(());
        }
        self.budget = self
            .budget
            .checked_sub(self.at - opened)
            .ok_or(Stop::Budget)?;
        self.here_documents.truncate(here_documents);
        self.at = opened + 1;
        let list = List::new(ListKind::Subshell, opened, opened);
        self.frames.push(Frame::List(list));
        Ok(())
    }

    fn arithmetic_for(&mut self, opened: usize, arithmetic: bool) -> Outcome {
        let message = match (arithmetic, self.semicolons) {
            (true, 2) => {
                self.at += 1;
                return Ok(());
            }
            (true, _) => {
                "`for ((` needs three parts with `;` between them: `for ((i = 0; i < 3; i++))`"
            }
            (false, _) => "the `((` of this `for` needs `))` at its end",
        };
        refuse(problem::other(self.text, opened, message))
    }

    /// A redirection begins in the frame on top.
    pub(super) fn redirect(&mut self, token: &Token<'_>) {
        let operator = OPERATORS.iter().find(|operator| **operator == token.text);
        self.frames.push(Frame::Redirect(Redirect {
            at: token.start,
            operator: operator.copied().unwrap_or(">"),
        }));
    }

    /// A simple command begins with a token that is still to be taken.
    pub(super) fn begin_simple(&mut self, start: usize, coprocess: bool) {
        self.frames.push(Frame::Simple(Simple {
            start,
            coprocess,
            ..Simple::default()
        }));
    }

    /// A list of commands inside a word: `$(`, `<(`; arithmetic where two parentheses stand.
    pub(super) fn substitution(&mut self, opened: usize) {
        if self.byte(self.joined(self.at)) == Some(b'(') {
            self.open_pair(opened, b'(', b')', Rules::Arithmetic);
            return;
        }
        let mut list = List::new(ListKind::Substitution, opened, opened);
        list.here_documents = self.here_base;
        self.here_base = self.here_documents.len().max(self.here_base);
        self.frames.push(Frame::List(list));
    }

    /// The beginning of a token, for messages.
    pub(super) fn shown(&self, token: &Token<'_>) -> String {
        match token.kind {
            Kind::Newline => "the end of the line".to_owned(),
            Kind::End => "the script's end".to_owned(),
            _ => {
                let span = rest_of_line(self.text, token.start);
                let end = span.end.min(token.end);
                self.text.get(span.start..end).unwrap_or("").to_owned()
            }
        }
    }

    pub(super) fn stray(&self, token: &Token<'_>) -> Outcome {
        let shown = self.shown(token);
        let end = token.start + shown.len().min(token.end - token.start);
        refuse(problem::stray(self.text, token.start..end, &shown))
    }
}

impl<'text> Token<'text> {
    pub(super) const fn new(kind: Kind, start: usize, end: usize, text: &'text str) -> Self {
        Self {
            kind,
            start,
            end,
            text: Cow::Borrowed(text),
        }
    }

    /// A word in any form.
    pub(super) const fn is_word(&self) -> bool {
        matches!(self.kind, Kind::Plain | Kind::Word | Kind::Assignment)
    }

    pub(super) fn is_plain(&self, text: &str) -> bool {
        self.kind == Kind::Plain && self.text == text
    }

    pub(super) fn is_operator(&self, text: &str) -> bool {
        self.kind == Kind::Operator && self.text == text
    }

    pub(super) fn is_redirection(&self) -> bool {
        self.kind == Kind::Operator && (self.text.contains(['<', '>']))
    }
}
