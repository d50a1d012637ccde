//! Here-documents: their delimiters, and where their text ends.

use super::frame::Redirect;
use super::recogniser::{Outcome, Recogniser, Stop, Token};

pub(super) struct HereDocument {
    /// Where its `<<` stands.
    at: usize,
    pub(super) delimiter: Vec<u8>,
    pub(super) quoted: bool,
    pub(super) tabs: bool,
}

impl Recogniser<'_> {
    /// The target of a redirection was read: of a here-document it is the delimiter.
    pub(super) fn target(&mut self, redirect: &Redirect, token: &Token<'_>) -> Outcome {
        if !matches!(redirect.operator, "<<" | "<<-") {
            return Ok(());
        }
        self.budget = (self.budget.checked_sub(token.end - token.start)).ok_or(Stop::Budget)?;
        let text = self.slice(token.start, token.end);
        self.here_documents.push(HereDocument {
            at: redirect.at,
            delimiter: unquoted(&text),
            quoted: text.contains(['\'', '"', '\\']),
            tabs: redirect.operator == "<<-",
        });
        Ok(())
    }

    /// The bodies of the here-documents whose commands stand on the line that ends here.
    pub(super) fn read_here_documents(&mut self) {
        let documents = self
            .here_documents
            .split_off(self.here_base.min(self.here_documents.len()));
        for document in documents {
            let start = self.at;
            self.read_here_document(&document);
            let text = start..self.at;
            self.outline.here_documents.push((text, document.quoted));
        }
    }

    fn read_here_document(&mut self, document: &HereDocument) {
        let mut continues = false;
        while self.at < self.text.len() {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or(&[]);
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..length).unwrap_or(&[]);
            let tabs = line.iter().take_while(|byte| **byte == b'\t').count();
            let skipped = if document.tabs { tabs } else { 0 };
            let tail =
                (line.get(skipped..).unwrap_or(&[])).strip_prefix(document.delimiter.as_slice());
            match tail.filter(|_| !continues) {
                Some([]) => {
                    self.at += (length + 1).min(rest.len());
                    return;
                }
                Some(tail) if self.here_base > 0 && tail.contains(&b')') => {
                    self.at += length - tail.len();
                    return;
                }
                _ => {}
            }
            let backslashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
            continues = !document.quoted && backslashes % 2 == 1;
            self.at += (length + 1).min(rest.len());
        }
        self.unended = self.unended.or(Some(document.at));
    }
}

/// A here-document's delimiter without its quotes.
fn unquoted(text: &str) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut quote = None;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'\\', None) => plain.extend(bytes.next()),
            (b'\\', Some(b'"')) if bytes.peek().is_some_and(|next| b"\"\\$`".contains(next)) => {
                plain.extend(bytes.next());
            }
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => plain.push(byte),
        }
    }
    plain
}
