//! `[[ … ]]`, as bash's `cond_term` and its kin read it.

use super::frame::{ConditionStep, Frame};
use super::problem;
use super::recogniser::{Kind, Outcome, Recogniser, Stop, Token, refuse};

const UNARY: &[u8] = b"abcdefghknoprstuvwxzGLNORS";

const BINARY: [&str; 15] = [
    "=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef", "<", ">",
];

impl Recogniser<'_> {
    pub(super) fn in_condition(
        &mut self,
        step: ConditionStep,
        nested: bool,
        token: &Token<'_>,
    ) -> Outcome {
        let end = token.is_plain("]]");
        let text = &*token.text;
        let next = match step {
            ConditionStep::Term | ConditionStep::After if token.kind == Kind::Newline => step,
            ConditionStep::Left | ConditionStep::After if end && !nested => {
                self.frames.pop();
                return Ok(());
            }
            ConditionStep::Left | ConditionStep::After if token.is_operator(")") && nested => {
                self.frames.pop();
                ConditionStep::After
            }
            ConditionStep::Left | ConditionStep::After if matches!(text, "&&" | "||") => {
                ConditionStep::Term
            }
            ConditionStep::Term if token.is_operator("(") => {
                self.frames.push(Frame::Condition {
                    opened: token.start,
                    nested: true,
                    step,
                });
                return Ok(());
            }
            ConditionStep::Term if text == "!" => ConditionStep::Term,
            ConditionStep::Term if is_unary(text) => ConditionStep::Operand,
            ConditionStep::Term if token.is_word() && !end => ConditionStep::Left,
            ConditionStep::Operand | ConditionStep::Right | ConditionStep::Expression
                if token.is_word() && !end =>
            {
                ConditionStep::After
            }
            ConditionStep::Left if text == "=~" => ConditionStep::Expression,
            ConditionStep::Left if BINARY.contains(&text) => ConditionStep::Right,
            _ => return self.in_no_condition(step, token),
        };
        if let Some(Frame::Condition { step, .. }) = self.frames.last_mut() {
            *step = next;
        }
        Ok(())
    }

    fn in_no_condition(&self, step: ConditionStep, token: &Token<'_>) -> Outcome {
        if token.kind == Kind::End {
            return Err(Stop::Problem(self.never_ended()));
        }
        let shown = self.shown(token);
        refuse(problem::condition(
            self.frames.last(),
            step,
            token.start..token.end,
            &shown,
        ))
    }
}

fn is_unary(text: &str) -> bool {
    matches!(text.as_bytes(), [b'-', letter] if UNARY.contains(letter))
}
