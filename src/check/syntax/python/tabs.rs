//! Indentation whose depth depends on how wide a tab is: Python refuses it.
//!
//! As its tokenizer does, each line's depth is measured twice, with tabs to the next multiple of
//! eight and with tabs of one, and both must tell the same story.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange};

#[derive(Clone, Copy, PartialEq, Eq)]
struct Depth {
    wide: usize,
    narrow: usize,
}

/// The first line that is indented inconsistently.
pub(super) fn inconsistent(text: &str, tokens: &Tokens) -> Option<(TextRange, String)> {
    memchr::memchr(b'\t', text.as_bytes())?;
    let mut open = vec![Depth { wide: 0, narrow: 0 }];
    let mut at_start = true;
    for token in tokens {
        match token.kind() {
            TokenKind::Newline => at_start = true,
            TokenKind::Indent
            | TokenKind::Dedent
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::EndOfFile => {}
            _ if at_start => {
                at_start = false;
                let depth = depth(text, token.start().to_usize());
                if depth.is_some_and(|depth| !fits(&mut open, depth)) {
                    let message = "tabs and spaces are mixed so that this line's depth is unclear; indent with spaces alone";
                    return Some((token.range(), message.to_owned()));
                }
            }
            _ => {}
        }
    }
    None
}

/// How deep the token that begins a line stands; `None` where a continued line hides it.
fn depth(text: &str, at: usize) -> Option<Depth> {
    let before = text.get(..at)?;
    let line = before.rsplit(['\n', '\r']).next()?;
    let mut depth = Depth { wide: 0, narrow: 0 };
    for character in line.trim_start_matches('\u{feff}').chars() {
        depth = match character {
            ' ' => Depth {
                wide: depth.wide + 1,
                narrow: depth.narrow + 1,
            },
            '\t' => Depth {
                wide: (depth.wide / 8 + 1) * 8,
                narrow: depth.narrow + 1,
            },
            '\x0c' => Depth { wide: 0, narrow: 0 },
            _ => return None,
        };
    }
    Some(depth)
}

/// Whether a line fits the blocks around it, which are then what is open.
fn fits(open: &mut Vec<Depth>, line: Depth) -> bool {
    let before = open.len();
    while open.last().is_some_and(|block| block.wide > line.wide) {
        open.pop();
    }
    match open.last() {
        Some(block) if block.wide == line.wide => block.narrow == line.narrow,
        // The strict parser takes a tab for two columns, so it may have seen this line further in.
        _ if open.len() < before => false,
        Some(block) if block.narrow >= line.narrow => false,
        _ => {
            open.push(line);
            true
        }
    }
}
