//! Simple commands and redirections.

use super::frame::{Frame, FunctionStep, Phase, Redirect, Simple};
use super::problem;
use super::recogniser::{Kind, Outcome, Recogniser, Token, refuse};

/// Commands whose arguments may be assignments of lists.
const DECLARE: [&str; 8] = [
    "alias", "declare", "eval", "export", "let", "local", "readonly", "typeset",
];

impl Recogniser<'_> {
    pub(super) fn in_simple(&mut self, mut simple: Simple, token: Token<'_>) -> Outcome {
        if simple.coprocess
            && simple.words < 2
            && (token.kind == Kind::Plain || token.is_operator("("))
        {
            let mut list = self.frames.split_off(self.frames.len() - 1);
            if self.begin_compound(&token) {
                return Ok(());
            }
            self.frames.append(&mut list);
        }
        let first = simple.words == 0;
        match token.kind {
            Kind::Plain | Kind::Word => {
                simple.words += 1;
                simple.only_a_name = first && token.start == simple.start;
                simple.declares |= first && DECLARE.contains(&&*token.text);
            }
            Kind::Assignment | Kind::Descriptor => simple.only_a_name = false,
            Kind::Operator if token.is_redirection() => {
                simple.only_a_name = false;
                simple.declares = false;
                self.set_simple(simple);
                self.redirect(&token);
                return Ok(());
            }
            Kind::Operator if token.text == "(" && simple.only_a_name => {
                self.begin_function(simple.start, &token);
                return Ok(());
            }
            Kind::Operator if token.text == "(" => return self.stray(&token),
            Kind::Operator | Kind::Newline | Kind::End => {
                self.frames.pop();
                self.outline.commands.push(simple.start..token.start);
                if simple.coprocess && first {
                    return refuse(problem::other(
                        self.text,
                        simple.start,
                        "`coproc` needs a command after it",
                    ));
                }
                return self.take(token);
            }
        }
        self.set_simple(simple);
        Ok(())
    }

    fn set_simple(&mut self, changed: Simple) {
        if let Some(Frame::Simple(simple)) = self.frames.last_mut() {
            *simple = changed;
        }
    }

    /// The one word before `(` was a function's name.
    fn begin_function(&mut self, opened: usize, parenthesis: &Token<'_>) {
        self.operator = (parenthesis.start, parenthesis.end);
        self.frames.pop();
        self.set_phase(Phase::AfterCompound);
        self.frames.push(Frame::Function {
            opened,
            step: FunctionStep::Close,
        });
    }

    pub(super) fn in_redirect(&mut self, redirect: &Redirect, token: &Token<'_>) -> Outcome {
        let descriptor = token.kind == Kind::Descriptor && matches!(redirect.operator, "<&" | ">&");
        if token.is_word() || descriptor {
            self.frames.pop();
            return self.target(redirect, token);
        }
        let end = redirect.at + redirect.operator.len();
        refuse(problem::target(
            redirect.at..end,
            redirect.operator,
            &token.text,
        ))
    }
}
