//! How deeply a Python text nests, told by its tokens before anything recursive reads it.
//!
//! The strict parser, its tree's destructor and the walk over that tree recurse, so none of them
//! may meet a tree deeper than the stack they were given. This bounds the tree's height from above
//! in one pass over the tokens: it need not be exact, it must never be too low. What every Python
//! refuses while it reads tokens (brackets that do not match, too many of them, too many levels of
//! indentation) is refused here, with nothing built.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

use crate::check::syntax::brackets::MOST_BRACKETS;

/// Python's `MAXINDENT`, which counts the outermost level too.
const MOST_INDENTS: usize = 99;

/// What the tokens tell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// No node of the syntax tree has more nodes above it.
    Height(usize),
    /// No Python reads such tokens. The lexer tells no places; who explains finds the place.
    Refused(&'static str),
}

/// Reads the tokens of a text.
pub(super) fn shape(text: &str) -> Shape {
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut nest = Nest::default();
    loop {
        let kind = lexer.next_token();
        if kind == TokenKind::EndOfFile {
            break;
        }
        if let Some(why) = nest.take(kind) {
            return Shape::Refused(why);
        }
    }
    Shape::Height(nest.height() + 2 * lines_nest(text))
}

/// A bracket, or a string with expressions in it, and what was read inside so far.
#[derive(Default)]
struct Level {
    opener: Option<TokenKind>,
    /// Operators and keywords since the last comma: as many nodes can lie on top of each other.
    chain: usize,
    /// The greatest height of what was closed since the last comma.
    operand: usize,
    /// The greatest height of what the commas ended.
    done: usize,
    /// Words whose operand does not end at a comma: `lambda` up to its colon, and `yield`.
    sticky: usize,
}

impl Level {
    fn height(&self) -> usize {
        self.done.max(self.chain + self.operand)
    }

    fn comma(&mut self) {
        if self.sticky == 0 {
            self.done = self.height();
            (self.chain, self.operand) = (0, 0);
        }
    }
}

#[derive(Default)]
struct Nest {
    outside: Level,
    open: Vec<Level>,
    indents: usize,
    highest: usize,
}

impl Nest {
    /// Takes a token in; why no Python reads on, where it does not.
    fn take(&mut self, kind: TokenKind) -> Option<&'static str> {
        if is_operand(kind) {
            return None;
        }
        match kind {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => return self.bracket(kind),
            TokenKind::FStringStart | TokenKind::TStringStart => self.push(kind),
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => return self.close(kind),
            TokenKind::Newline | TokenKind::Semi if self.open.is_empty() => self.statement(),
            TokenKind::Newline => {}
            TokenKind::Indent => {
                self.indents += 1;
                return (self.indents > MOST_INDENTS).then_some("too many levels of indentation");
            }
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::Comma => self.level().comma(),
            TokenKind::Lambda | TokenKind::Yield => {
                let level = self.level();
                level.chain += 1;
                level.sticky += 1;
            }
            TokenKind::Colon => {
                let level = self.level();
                level.chain += 1;
                level.sticky = level.sticky.saturating_sub(1);
            }
            _ => self.level().chain += 1,
        }
        None
    }

    fn level(&mut self) -> &mut Level {
        self.open.last_mut().unwrap_or(&mut self.outside)
    }

    fn push(&mut self, kind: TokenKind) {
        self.open.push(Level {
            opener: Some(kind),
            ..Level::default()
        });
    }

    /// The brackets inside a string's expressions are counted anew by Python 3.11: not here.
    fn bracket(&mut self, kind: TokenKind) -> Option<&'static str> {
        self.push(kind);
        let plain = |level: &Level| level.opener != Some(TokenKind::FStringStart);
        (self.open.len() > MOST_BRACKETS && self.open.iter().all(plain))
            .then_some("too many nested brackets: Python reads at most 200")
    }

    fn close(&mut self, kind: TokenKind) -> Option<&'static str> {
        let closed = self.open.pop();
        if closed.as_ref().and_then(|level| level.opener) != Some(opener(kind)) {
            return Some("the brackets do not match");
        }
        let height = closed.map_or(0, |level| level.height()) + 1;
        let level = self.level();
        level.chain += 1;
        level.operand = level.operand.max(height);
        None
    }

    fn statement(&mut self) {
        self.highest = self.height();
        self.outside = Level::default();
    }

    /// What is still open lies within each other.
    fn height(&self) -> usize {
        let open: usize = self.open.iter().map(|level| level.height() + 1).sum();
        self.highest.max(self.outside.height() + open + 1)
    }
}

const fn opener(closer: TokenKind) -> TokenKind {
    match closer {
        TokenKind::Rpar => TokenKind::Lpar,
        TokenKind::Rsqb => TokenKind::Lsqb,
        TokenKind::Rbrace => TokenKind::Lbrace,
        TokenKind::FStringEnd => TokenKind::FStringStart,
        _ => TokenKind::TStringStart,
    }
}

/// What is a leaf of the tree, or nothing in it.
const fn is_operand(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Ellipsis
            | TokenKind::True
            | TokenKind::False
            | TokenKind::None
    )
}

/// How many indentations of lines lie within each other, whatever brackets say: after an error in
/// brackets the strict parser reads on as if they were closed, and then lines nest again.
fn lines_nest(text: &str) -> usize {
    let mut open: Vec<usize> = Vec::new();
    let mut most = 0;
    let text = text.as_bytes();
    let mut start = 0;
    for end in memchr::memchr2_iter(b'\n', b'\r', text).chain([text.len()]) {
        let line = text.get(start..end).unwrap_or(&[]);
        start = end + 1;
        let is_code = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\x0c');
        let Some(width) = line.iter().position(is_code) else {
            continue;
        };
        while open.last().is_some_and(|outer| *outer >= width) {
            open.pop();
        }
        open.push(width);
        most = most.max(open.len());
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn height(text: &str) -> usize {
        match shape(text) {
            Shape::Height(height) => height,
            Shape::Refused(why) => panic!("{why}"),
        }
    }

    #[test]
    fn heights_add_up_along_chains_and_not_along_commas() {
        assert!(height("x = 1\n") < 10);
        for chain in [
            "-",
            "not ",
            "a.",
            "a + ",
            "a(1).",
            "lambda: ",
            "lambda a, b=",
            "a if b else ",
            "yield a, ",
        ] {
            let text = format!("{}1\n", chain.repeat(500));
            assert!(height(&text) >= 500, "{chain} {}", height(&text));
        }
        assert!(height(&format!("x = [{}]\n", "-1, ".repeat(500))) < 20);
        assert!(height(&format!("x = [{}]\n", "lambda: 1, ".repeat(500))) < 20);
        assert!(height(&"x = -1\n".repeat(500)) < 20);
        let pyramid: Vec<String> = (0..90)
            .map(|depth| [" ".repeat(depth).as_str(), "if x:\n"].concat())
            .collect();
        assert!(height(&pyramid.concat()) >= 180);
        let chains = format!("{}1{}\n", "(".repeat(100), "+1+1)".repeat(100));
        assert!(height(&chains) >= 200);
    }

    #[test]
    fn what_no_python_reads_is_refused() {
        let refused = |text: &str| matches!(shape(text), Shape::Refused(..));
        for text in [")", "(]", "f'{)}'", "{(}"] {
            assert!(refused(text), "{text}");
        }
        assert!(height(&"[".repeat(150)) >= 150);
        let brackets = |count| format!("{}1{}", "(".repeat(count), ")".repeat(count));
        assert!(!refused(&brackets(200)) && refused(&brackets(201)));
        let indents = |count| -> String {
            let line = |depth| format!("{}if x:\n", " ".repeat(depth));
            (0..count).map(line).collect::<String>() + &" ".repeat(count) + "pass\n"
        };
        assert!(!refused(&indents(99)) && refused(&indents(100)));
    }
}
