//! Scripts that start themselves without end.

use super::Search;
use crate::check::dangerous::bash::Kind;
use crate::check::dangerous::bash::command::Word;
use crate::check::dangerous::bash::functions::in_background;
use crate::check::rules::bash::BASH_FORK_BOMB;
use crate::check::tree::{Node, children};

impl<'a> Search<'a, '_, '_, '_, '_> {
    /// The script starts itself: twice, or in a loop, is once too often.
    pub(super) fn itself(&mut self, word: &Word<'a>) {
        let is_command = |node: &Node<'a>| Kind::of(*node) == Kind::Command;
        let parent = word.node.parent();
        let above = parent.and_then(Node::parent);
        let parent = parent.filter(is_command).or(above);
        let outer = parent.and_then(Node::parent);
        let background = parent.zip(outer).is_some_and(|(command, outer)| {
            in_background(self.script, outer, command) || Kind::of(outer) == Kind::Pipeline
        });
        self.selves += usize::from(background);
        let is_last = |command: Node<'a>| children(command).last().map(Node::end_byte);
        let bare = parent.and_then(is_last) == Some(word.node.end_byte());
        self.bare_selves += usize::from(bare);
        if self.selves > 1 || self.selves == 1 && self.bare_selves > 1 {
            self.add(&BASH_FORK_BOMB, word.span());
        }
    }

    /// `while :; do … & done`, with nothing in it that waits.
    pub(super) fn endless(&mut self, body: Node<'a>) {
        let Some(statement) = body.parent() else {
            return;
        };
        let head = self
            .script
            .text
            .get(statement.start_byte()..body.start_byte())
            .unwrap_or("");
        let head: String = head.split_whitespace().collect::<Vec<_>>().concat();
        let for_ever = matches!(
            head.trim_end_matches(';'),
            "while:"
                | "whiletrue"
                | "untilfalse"
                | "for((;;))"
                | "while[1]"
                | "while((1))"
                | "while[true]"
                | "while[[1]]"
        );
        if !for_ever {
            return;
        }
        let starts = body.all_children().find(|child| {
            Kind::of(*child) == Kind::Command && in_background(self.script, body, *child)
        });
        let Some(command) = starts else { return };
        // What the command itself waits for holds nothing up.
        let part = |start: usize, end: usize| self.script.text.get(start..end).unwrap_or("");
        let before = part(body.start_byte(), command.start_byte());
        let after = part(command.end_byte(), body.end_byte());
        let waits = [
            "wait", "sleep", "read", "break", "exit", "return", "accept", "-l",
        ];
        let holds_up = |text: &str| waits.iter().any(|word| text.contains(word));
        // A server that waits for who connects does so itself.
        let serves =
            self.script.of(command).contains("accept") || self.script.of(command).contains(" -l");
        if !(holds_up(before) || holds_up(after) || serves) {
            self.add(&BASH_FORK_BOMB, command.byte_range());
        }
    }
}
