//! What has a head of its own: `for`, `select`, `case`, functions, and lists in assignments.

use super::frame::{CaseStep, ForStep, Frame, FunctionStep, ListKind};
use super::problem;
use super::recogniser::{Kind, Outcome, Recogniser, Stop, Token, refuse};

impl Recogniser<'_> {
    pub(super) fn in_for(&mut self, step: ForStep, token: &Token<'_>) -> Outcome {
        let semicolon = token.is_operator(";");
        let line = token.kind == Kind::Newline;
        let after_end = matches!(step, ForStep::Do | ForStep::NamedLine);
        let next = match step {
            ForStep::Name
                if token.is_operator("(") && self.byte(self.joined(self.at)) == Some(b'(') =>
            {
                self.set_for(ForStep::Arithmetic);
                self.parenthesis(token.start);
                return Ok(());
            }
            ForStep::Name if token.is_word() => ForStep::Named,
            ForStep::Named | ForStep::NamedLine if token.is_plain("in") => ForStep::Words,
            ForStep::Named | ForStep::NamedLine if line => ForStep::NamedLine,
            ForStep::Named | ForStep::Arithmetic if semicolon => ForStep::Do,
            ForStep::Words | ForStep::Arithmetic if semicolon || line => ForStep::Do,
            ForStep::Words if token.is_word() => ForStep::Words,
            ForStep::Do if line => ForStep::Do,
            _ if step != ForStep::Name && step != ForStep::Words && token.is_plain("do") => {
                self.for_body(ListKind::Do, token);
                return Ok(());
            }
            _ if (after_end || step == ForStep::Arithmetic) && token.is_plain("{") => {
                self.for_body(ListKind::ForGroup, token);
                return Ok(());
            }
            _ => return self.out_of_place(token),
        };
        self.set_for(next);
        Ok(())
    }

    fn set_for(&mut self, next: ForStep) {
        if let Some(Frame::For { step, .. }) = self.frames.last_mut() {
            *step = next;
        }
    }

    fn for_body(&mut self, kind: ListKind, token: &Token<'_>) {
        if let Some(Frame::For { opened, .. }) = self.frames.pop() {
            self.push_list(kind, opened, token.start);
        }
    }

    pub(super) fn in_case(&mut self, step: CaseStep, token: &Token<'_>) -> Outcome {
        let line = token.kind == Kind::Newline;
        let next = match step {
            CaseStep::Word if token.is_word() => CaseStep::In,
            CaseStep::In if token.is_plain("in") => CaseStep::Clause,
            CaseStep::In if line => CaseStep::In,
            CaseStep::Clause if line => CaseStep::Clause,
            CaseStep::Clause if token.is_plain("esac") => {
                self.frames.pop();
                return Ok(());
            }
            CaseStep::Clause if token.is_operator("(") => CaseStep::Pattern,
            CaseStep::Clause | CaseStep::Pattern if token.is_word() => CaseStep::AfterPattern,
            CaseStep::AfterPattern if token.is_operator("|") => CaseStep::Pattern,
            CaseStep::AfterPattern if token.is_operator(")") => {
                self.set_case(CaseStep::Clause);
                self.push_list(ListKind::CaseBody, self.case_start(), token.start);
                return Ok(());
            }
            _ => return self.out_of_place(token),
        };
        self.set_case(next);
        Ok(())
    }

    fn case_start(&self) -> usize {
        match self.frames.last() {
            Some(Frame::Case { opened, .. }) => *opened,
            _ => 0,
        }
    }

    fn set_case(&mut self, next: CaseStep) {
        if let Some(Frame::Case { step, .. }) = self.frames.last_mut() {
            *step = next;
        }
    }

    pub(super) fn in_function(
        &mut self,
        step: FunctionStep,
        opened: usize,
        token: Token<'_>,
    ) -> Outcome {
        let next = match step {
            FunctionStep::Name if token.is_word() => FunctionStep::Named,
            FunctionStep::Named
                if token.is_operator("(") && self.byte(self.joined(self.at)) != Some(b'(') =>
            {
                FunctionStep::Open
            }
            FunctionStep::Open | FunctionStep::Close if token.is_operator(")") => {
                FunctionStep::Body
            }
            FunctionStep::Named | FunctionStep::Body if token.kind == Kind::Newline => {
                FunctionStep::Body
            }
            FunctionStep::Open => {
                self.frames.pop();
                self.push_list(ListKind::Subshell, opened, opened);
                return self.take(token);
            }
            FunctionStep::Named | FunctionStep::Body => {
                let function = self.frames.pop();
                if self.begin_compound(&token) {
                    return Ok(());
                }
                self.frames.extend(function);
                return self.out_of_place(&token);
            }
            FunctionStep::Close => {
                let (start, end) = self.operator;
                return refuse(problem::stray(self.text, start..end, "("));
            }
            FunctionStep::Name => return self.out_of_place(&token),
        };
        if let Some(Frame::Function { step, .. }) = self.frames.last_mut() {
            *step = next;
        }
        Ok(())
    }

    pub(super) fn in_array(&mut self, token: &Token<'_>) -> Outcome {
        match token.kind {
            Kind::Plain | Kind::Word | Kind::Assignment | Kind::Newline => Ok(()),
            Kind::Operator if token.text == ")" => {
                self.frames.pop();
                Ok(())
            }
            Kind::End => Err(Stop::Problem(self.never_ended())),
            Kind::Descriptor | Kind::Operator => self.out_of_place(token),
        }
    }
}
