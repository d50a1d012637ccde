//! Words, and the quotes, expansions and brackets in them.

use std::borrow::Cow;

use super::frame::{Frame, Pair, Rules, Word};
use super::recogniser::{Kind, Outcome, Recogniser, Stop, Token};

impl Pair {
    /// Whether an opening character inside counts, so that its closing one ends nothing.
    const fn counts(&self) -> bool {
        matches!(self.open, b'(' | b'[')
    }

    /// Whether an expansion that begins with `$` and this character is read as one.
    const fn expands(&self, open: u8) -> bool {
        match self.rules {
            Rules::Literal | Rules::Escapes | Rules::Pattern => false,
            Rules::Arithmetic => open == b'(',
            Rules::Quotes | Rules::Expansion => matches!(open, b'(' | b'{' | b'['),
        }
    }

    const fn quotes(&self, quote: u8) -> bool {
        match self.rules {
            Rules::Literal | Rules::Escapes => false,
            Rules::Quotes => quote == b'`',
            Rules::Arithmetic | Rules::Expansion | Rules::Pattern => true,
        }
    }
}

impl Recogniser<'_> {
    pub(super) fn open_pair(&mut self, opened: usize, open: u8, close: u8, rules: Rules) {
        self.frames.push(Frame::Pair(Pair {
            opened,
            open,
            close,
            depth: 1,
            rules,
            semicolons: 0,
        }));
    }

    /// On in the pair on top, to its end or to what is nested in it.
    pub(super) fn pair(&mut self) -> Outcome {
        let Some(Frame::Pair(mut pair)) = self.frames.pop() else {
            return Ok(());
        };
        let (mut dollar, mut angle) = (false, false);
        while let Some(byte) = self.byte(self.at) {
            self.at += 1;
            let expands = dollar;
            dollar = byte == b'$' && !expands;
            let substitutes = std::mem::replace(&mut angle, matches!(byte, b'<' | b'>'));
            if byte == pair.close {
                pair.depth -= 1;
                if pair.depth == 0 {
                    self.closed(&pair);
                    return Ok(());
                }
                continue;
            }
            let nested = match byte {
                b'\\' if pair.rules != Rules::Literal => {
                    self.at += 1;
                    false
                }
                b'"' | b'\'' | b'`' => pair.quotes(byte),
                b'(' if substitutes && pair.rules == Rules::Expansion => true,
                b'(' | b'{' | b'[' => expands && pair.expands(byte),
                _ => false,
            };
            if nested {
                self.frames.push(Frame::Pair(pair));
                self.nested(byte, expands);
                return Ok(());
            }
            pair.semicolons += usize::from(byte == b';');
            pair.depth += usize::from(byte == pair.open && pair.counts());
        }
        self.frames.push(Frame::Pair(pair));
        Err(Stop::Problem(self.never_ended()))
    }

    /// Opens what begins with a quote or bracket that was just read.
    fn nested(&mut self, byte: u8, dollar: bool) {
        let opened = self.at - 1;
        match byte {
            b'"' => self.open_pair(opened, byte, byte, Rules::Quotes),
            b'\'' if dollar => self.open_pair(opened, byte, byte, Rules::Escapes),
            b'\'' => self.open_pair(opened, byte, byte, Rules::Literal),
            b'`' => self.open_pair(opened, byte, byte, Rules::Escapes),
            b'{' => self.open_pair(opened - 1, b'{', b'}', Rules::Expansion),
            b'[' => self.open_pair(opened - 1, b'[', b']', Rules::Arithmetic),
            _ => self.substitution(opened - 1),
        }
    }

    /// Remembers what the closed pair leaves to know.
    fn closed(&mut self, pair: &Pair) {
        self.semicolons = pair.semicolons;
        let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || b"$/._{".contains(&byte);
        if matches!(pair.close, b'"' | b'\'')
            && self.suspicious.is_none()
            && self.byte(self.at).is_some_and(goes_on)
            && (self.text.as_bytes().get(pair.opened..self.at))
                .is_some_and(|shown| shown.contains(&b'\n'))
        {
            self.suspicious = Some((pair.opened, pair.close));
        }
    }

    /// On in the word on top, to its end or to what is nested in it.
    pub(super) fn word(&mut self) -> Outcome {
        let Some(Frame::Word(mut word)) = self.frames.pop() else {
            return Ok(());
        };
        while let Some(byte) = self.byte(self.at) {
            if self.opens(&mut word, byte) {
                return Ok(());
            }
            match byte {
                b'\\' if self.byte(self.at + 1) == Some(b'\n') => self.at += 2,
                b'\\' => {
                    word.plain = false;
                    self.at = (self.at + 2).min(self.text.len());
                }
                b'|' if word.expression => self.at += 1,
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'(' | b')' | b'|' | b'<' | b'>' => break,
                b'=' => {
                    word.assignment |= !word.equals && self.is_target(word.start, self.at);
                    word.equals = true;
                    self.at += 1;
                }
                b'$' => {
                    word.plain = false;
                    let pid = self.byte(self.joined(self.at + 1)) == Some(b'$');
                    self.at = if pid {
                        self.joined(self.at + 1) + 1
                    } else {
                        self.at + 1
                    };
                }
                _ => self.at += 1,
            }
        }
        self.finish(&word)
    }

    /// Whether something nested begins here, which is then on top of the word.
    fn opens(&mut self, word: &mut Word, byte: u8) -> bool {
        let start = self.at;
        let next_at = self.joined(start + 1);
        let next = self.byte(next_at);
        match (byte, next) {
            (b'"' | b'\'' | b'`', _) => self.nest(word, start, byte, false),
            (b'(', _) if word.expression => {
                self.nest_pair(word, start, (b'(', b')'), Rules::Pattern);
            }
            (b'?' | b'*' | b'+' | b'@' | b'!', Some(b'(')) => {
                self.at = next_at;
                self.nest_pair(word, next_at, (b'(', b')'), Rules::Pattern);
            }
            (b'$', Some(open @ (b'(' | b'{' | b'[' | b'\'' | b'"'))) => {
                self.nest(word, next_at, open, true);
            }
            (b'<' | b'>', Some(b'(')) => self.nest(word, next_at, b'(', true),
            (b'[', _) if self.is_index(word) => {
                self.nest_pair(word, start, (b'[', b']'), Rules::Expansion);
            }
            (b'=', Some(b'(')) if word.assigns && self.is_target(word.start, start) => {
                self.at = next_at + 1;
                word.plain = false;
                (word.assigns, word.assignment) = (false, true);
                self.frames.push(Frame::Word(word.clone()));
                self.frames.push(Frame::Array { opened: next_at });
            }
            _ => return false,
        }
        true
    }

    fn nest(&mut self, word: &mut Word, at: usize, byte: u8, dollar: bool) {
        word.plain = false;
        self.frames.push(Frame::Word(word.clone()));
        self.at = at + 1;
        self.nested(byte, dollar);
    }

    fn nest_pair(&mut self, word: &mut Word, at: usize, (open, close): (u8, u8), rules: Rules) {
        word.plain = false;
        self.frames.push(Frame::Word(word.clone()));
        self.at = at + 1;
        self.open_pair(at, open, close, rules);
    }

    /// Asked of a word's first `[` alone, because behind it there is no name any more.
    fn is_index(&self, word: &mut Word) -> bool {
        let first = !std::mem::replace(&mut word.bracketed, true);
        let beginning = word.indexes && word.start == self.at;
        let name = || word.plain && self.name_end(word.start) == Some(self.at);
        first && (beginning || (word.subscripts && name()))
    }

    /// Where the name ends that begins at a place; lines may be joined in it.
    fn name_end(&self, start: usize) -> Option<usize> {
        let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        self.byte(start).filter(|byte| letter(*byte))?;
        let mut at = start;
        while (self.byte(at)).is_some_and(|byte| letter(byte) || byte.is_ascii_digit()) {
            at = self.joined(at + 1);
        }
        Some(at)
    }

    /// Whether a word up to its `=` is what may be assigned to. Looks at its name and its end, not
    /// at the index between, which may be long and nested.
    fn is_target(&self, start: usize, equals: usize) -> bool {
        let plus = equals > start && self.byte(equals - 1) == Some(b'+');
        let end = equals - usize::from(plus);
        match self.name_end(start) {
            Some(name) if name == end => true,
            Some(name) => {
                name < end && self.byte(name) == Some(b'[') && self.byte(end - 1) == Some(b']')
            }
            None => false,
        }
    }

    /// The word is complete.
    fn finish(&mut self, word: &Word) -> Outcome {
        // The text of any other word is of no use, and nested ones would be copied over and over.
        let text = if word.plain {
            self.slice(word.start, self.at)
        } else {
            Cow::Borrowed("")
        };
        let describes = word.plain && matches!(self.byte(self.at), Some(b'<' | b'>'));
        let kind = if describes && is_descriptor(&text) {
            Kind::Descriptor
        } else if word.subscripts && word.assignment {
            Kind::Assignment
        } else if word.plain {
            Kind::Plain
        } else {
            Kind::Word
        };
        self.take(Token {
            kind,
            start: word.start,
            end: self.at,
            text,
        })
    }
}

/// Digits, or `{name}`.
fn is_descriptor(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
    {
        Some(name) => {
            name.bytes()
                .next()
                .is_some_and(|byte| letter(byte) && !byte.is_ascii_digit())
                && name
                    .split('[')
                    .next()
                    .is_some_and(|name| name.bytes().all(letter))
        }
        None => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
    }
}
