//! Bash's grammar: what each token means to what stands open.

use super::frame::{CaseStep, ConditionStep, ForStep, Frame, FunctionStep, List, ListKind, Phase};
use super::problem;
use super::recogniser::{Kind, Outcome, Recogniser, Stop, Token, refuse};

const KEYWORDS: [&str; 22] = [
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do",
    "done", "in", "function", "time", "{", "}", "!", "[[", "]]", "coproc",
];

impl Recogniser<'_> {
    /// A token, for what is on top.
    pub(super) fn take(&mut self, token: Token<'_>) -> Outcome {
        match self.frames.last() {
            Some(Frame::List(list)) => {
                let (kind, phase) = (list.kind, list.phase);
                self.in_list(kind, phase, token)
            }
            Some(Frame::Simple(simple)) => {
                let simple = simple.clone();
                self.in_simple(simple, token)
            }
            Some(Frame::Redirect(redirect)) => {
                let redirect = redirect.clone();
                self.in_redirect(&redirect, &token)
            }
            Some(Frame::For { step, .. }) => self.in_for(*step, &token),
            Some(Frame::Case { step, .. }) => self.in_case(*step, &token),
            Some(Frame::Function { step, opened }) => self.in_function(*step, *opened, token),
            Some(Frame::Condition { step, nested, .. }) => {
                self.in_condition(*step, *nested, &token)
            }
            Some(Frame::Array { .. }) => self.in_array(&token),
            Some(Frame::Arithmetic { .. } | Frame::Word(_) | Frame::Pair(_)) | None => {
                Err(Stop::End)
            }
        }
    }

    fn list(&mut self) -> Option<&mut List> {
        match self.frames.last_mut() {
            Some(Frame::List(list)) => Some(list),
            _ => None,
        }
    }

    pub(super) fn set_phase(&mut self, phase: Phase) {
        if let Some(list) = self.list() {
            list.phase = phase;
        }
    }

    fn in_list(&mut self, kind: ListKind, phase: Phase, token: Token<'_>) -> Outcome {
        match token.kind {
            Kind::Plain if is_keyword(phase, &token.text) => self.keyword(phase, &token),
            Kind::Plain if phase == Phase::Timed && matches!(&*token.text, "-p" | "--") => Ok(()),
            Kind::Plain | Kind::Word | Kind::Assignment | Kind::Descriptor
                if phase.wants_command() =>
            {
                self.simple(token)
            }
            Kind::Descriptor if phase != Phase::After => {
                self.set_phase(Phase::AfterRedirection);
                Ok(())
            }
            Kind::Plain | Kind::Word | Kind::Assignment | Kind::Descriptor => self.stray(&token),
            Kind::Newline => self.line_end(phase),
            Kind::End => self.script_end(kind, phase),
            Kind::Operator => self.operator(kind, phase, token),
        }
    }

    /// A simple command begins with a token.
    fn simple(&mut self, token: Token<'_>) -> Outcome {
        self.set_phase(Phase::After);
        self.begin_simple(token.start, false);
        self.take(token)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the value of a match arm, as its neighbours are"
    )]
    fn line_end(&mut self, phase: Phase) -> Outcome {
        match phase {
            Phase::Empty | Phase::Ready | Phase::Operator | Phase::Pipe => {}
            _ => self.set_phase(Phase::Ready),
        }
        if self.frames.len() == 1 && phase.may_end() {
            self.outline.breaks.push(self.at);
        }
        Ok(())
    }

    fn script_end(&mut self, kind: ListKind, phase: Phase) -> Outcome {
        if matches!(phase, Phase::Operator | Phase::Pipe) {
            return self.dangling("");
        }
        if kind == ListKind::Script {
            return Err(Stop::End);
        }
        Err(Stop::Problem(self.never_ended()))
    }

    fn dangling(&self, found: &str) -> Outcome {
        let (start, end) = self.operator;
        refuse(problem::dangling(
            start..end,
            &self.slice(start, end),
            found,
        ))
    }

    fn operator(&mut self, kind: ListKind, phase: Phase, token: Token<'_>) -> Outcome {
        let ended = matches!(
            phase,
            Phase::After | Phase::AfterCompound | Phase::AfterRedirection
        );
        match &*token.text {
            ";" if ended || matches!(phase, Phase::Prefix | Phase::Timed) => {
                self.separator(Phase::Ready, &token)
            }
            "&" if ended => self.separator(Phase::Ready, &token),
            "&&" | "||" if ended => self.separator(Phase::Operator, &token),
            "|" | "|&" if ended => self.separator(Phase::Pipe, &token),
            "(" if phase.wants_command() => {
                self.set_phase(Phase::AfterCompound);
                self.parenthesis(token.start);
                Ok(())
            }
            ")" | ";;" | ";&" | ";;&" => self.close(kind, phase, &token),
            _ if token.is_redirection() && phase.wants_command() => self.simple(token),
            _ if token.is_redirection() && phase != Phase::After => {
                self.set_phase(Phase::AfterRedirection);
                self.redirect(&token);
                Ok(())
            }
            _ if matches!(phase, Phase::Operator | Phase::Pipe) => self.dangling(&token.text),
            _ => self.stray(&token),
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the value of a match arm, as its neighbours are"
    )]
    fn separator(&mut self, phase: Phase, token: &Token<'_>) -> Outcome {
        self.operator = (token.start, token.end);
        self.set_phase(phase);
        Ok(())
    }

    /// `(` where a command may begin: a subshell, or arithmetic as long as nothing speaks against it.
    pub(super) fn parenthesis(&mut self, start: usize) {
        let next = self.joined(self.at);
        if self.byte(next) == Some(b'(') {
            let here_documents = self.here_documents.len();
            self.at = next + 1;
            self.frames.push(Frame::Arithmetic {
                opened: start,
                here_documents,
            });
            self.open_pair(start, b'(', b')', super::frame::Rules::Arithmetic);
        } else {
            self.push_list(ListKind::Subshell, start, start);
        }
    }

    pub(super) fn push_list(&mut self, kind: ListKind, opened: usize, keyword: usize) {
        self.frames
            .push(Frame::List(List::new(kind, opened, keyword)));
    }

    /// A keyword where a command may begin, or where a compound one has ended.
    fn keyword(&mut self, phase: Phase, token: &Token<'_>) -> Outcome {
        let begins = phase.wants_command();
        match &*token.text {
            "!" if begins && phase != Phase::Pipe => self.separator(Phase::Prefix, token),
            "time" if begins => self.separator(Phase::Timed, token),
            "function" if begins => {
                self.set_phase(Phase::AfterCompound);
                self.frames.push(Frame::Function {
                    opened: token.start,
                    step: FunctionStep::Name,
                });
                Ok(())
            }
            "coproc" if begins => {
                self.set_phase(Phase::After);
                self.begin_simple(token.start, true);
                Ok(())
            }
            _ if begins && self.begin_compound(token) => Ok(()),
            _ => self.close_keyword(phase, token),
        }
    }

    /// Whether a compound command begins with a token; if so it is on top now.
    pub(super) fn begin_compound(&mut self, token: &Token<'_>) -> bool {
        let (opened, plain) = (token.start, token.kind == Kind::Plain);
        if token.is_operator("(") {
            self.set_phase(Phase::AfterCompound);
            self.parenthesis(opened);
            return true;
        }
        let list = |kind| Frame::List(List::new(kind, opened, opened));
        let frame = match &*token.text {
            "if" => list(ListKind::If),
            "while" | "until" => list(ListKind::While),
            "{" => list(ListKind::Group),
            "for" | "select" => Frame::For {
                opened,
                step: ForStep::Name,
            },
            "case" => Frame::Case {
                opened,
                step: CaseStep::Word,
            },
            "[[" => Frame::Condition {
                opened,
                nested: false,
                step: ConditionStep::Term,
            },
            _ => return false,
        };
        if plain {
            self.set_phase(Phase::AfterCompound);
            self.frames.push(frame);
        }
        plain
    }

    /// A keyword that ends a list, or goes on in its construct.
    fn close_keyword(&mut self, phase: Phase, token: &Token<'_>) -> Outcome {
        let Some(Frame::List(list)) = self.frames.last().cloned() else {
            return self.stray(token);
        };
        let Some(next) = after(list.kind, &token.text) else {
            return self.misplaced(token);
        };
        self.may_end(&list, phase, token)?;
        self.frames.pop();
        match next {
            Next::End => {
                if list.kind == ListKind::CaseBody {
                    self.frames.pop();
                }
            }
            Next::List(kind) => self.push_list(kind, list.opened, token.start),
        }
        Ok(())
    }

    fn may_end(&mut self, list: &List, phase: Phase, token: &Token<'_>) -> Outcome {
        let empty = phase == Phase::Empty
            && !matches!(list.kind, ListKind::Substitution | ListKind::CaseBody);
        if empty {
            return refuse(problem::empty(self.text, list, &token.text));
        }
        if phase.may_end() {
            return Ok(());
        }
        self.dangling(&token.text)
    }

    /// `)`, and what ends a clause of `case`.
    fn close(&mut self, kind: ListKind, phase: Phase, token: &Token<'_>) -> Outcome {
        let fits = match kind {
            ListKind::Subshell | ListKind::Substitution => token.text == ")",
            ListKind::CaseBody => token.text != ")",
            _ => false,
        };
        let Some(Frame::List(list)) = self.frames.last().cloned().filter(|_| fits) else {
            return self.misplaced(token);
        };
        self.may_end(&list, phase, token)?;
        self.frames.pop();
        if kind == ListKind::Substitution {
            self.here_documents.truncate(self.here_base);
            self.here_base = list.here_documents;
        }
        Ok(())
    }

    /// Something that ends another construct than the one that is open, or none.
    fn misplaced(&self, token: &Token<'_>) -> Outcome {
        let ends = |frame: &&Frame| match frame {
            Frame::List(list) => match &*token.text {
                ")" => matches!(list.kind, ListKind::Subshell | ListKind::Substitution),
                ";;" | ";&" | ";;&" => list.kind == ListKind::CaseBody,
                text => ends_later(list.kind, text) || after(list.kind, text).is_some(),
            },
            _ => false,
        };
        let wall = |frame: &&Frame| !matches!(frame, Frame::List(list) if list.kind == ListKind::Substitution);
        let inside = self.frames.iter().rev().take_while(|frame| wall(frame));
        let outer = inside.clone().any(|frame| ends(&frame))
            || (token.text == ")" && inside.count() < self.frames.len());
        let innermost = self.frames.last().filter(|_| outer);
        match innermost.and_then(|frame| problem::unclosed(self.text, frame, Some(&token.text))) {
            Some(problem) => refuse(problem),
            None => refuse(self.ends_nothing(token, &self.shown(token))),
        }
    }

    /// A token that the head of a construct has no use for: the head is what is not complete.
    pub(super) fn out_of_place(&self, token: &Token<'_>) -> Outcome {
        if token.kind == Kind::End {
            return Err(Stop::Problem(self.never_ended()));
        }
        if let Some(problem) = self.head_misread(token) {
            return refuse(problem);
        }
        let shown = self.shown(token);
        match self
            .frames
            .last()
            .and_then(|frame| problem::unclosed(self.text, frame, Some(&shown)))
        {
            Some(problem) => refuse(problem),
            None => self.stray(token),
        }
    }
}

/// A keyword that comes too early: another one is missing before it.
fn ends_later(kind: ListKind, keyword: &str) -> bool {
    matches!(
        (kind, keyword),
        (ListKind::If, "else" | "elif" | "fi") | (ListKind::While, "done")
    )
}

/// Whether a word is a keyword where a list has come so far.
fn is_keyword(phase: Phase, text: &str) -> bool {
    match phase {
        Phase::After | Phase::AfterRedirection => false,
        Phase::Pipe => text != "time" && KEYWORDS.contains(&text),
        _ => KEYWORDS.contains(&text),
    }
}

/// What a keyword does to the list that it ends.
enum Next {
    End,
    List(ListKind),
}

fn after(kind: ListKind, keyword: &str) -> Option<Next> {
    Some(match (kind, keyword) {
        (ListKind::If, "then") => Next::List(ListKind::Then),
        (ListKind::Then, "elif") => Next::List(ListKind::If),
        (ListKind::Then, "else") => Next::List(ListKind::Else),
        (ListKind::While, "do") => Next::List(ListKind::Do),
        (ListKind::Then | ListKind::Else, "fi")
        | (ListKind::Do, "done")
        | (ListKind::CaseBody, "esac")
        | (ListKind::Group | ListKind::ForGroup, "}") => Next::End,
        _ => return None,
    })
}
