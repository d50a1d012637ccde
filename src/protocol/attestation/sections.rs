//! The text of an attestation: lines, each behind the name of its section and a colon.

use std::collections::BTreeMap;

use memchr::memmem;

const HEADER: &[u8] = b"lazaret-attestation/2\n";
const FOOTER: &[u8] = b"\nattested\n";
/// A real one is about 10 kB; a container with hundreds of mounts would still fit.
const LARGEST: usize = 256 * 1024;

/// The lines of an attestation by section: a file of the kernel's by its path, or `launcher`,
/// `devices` and `writable`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attestation {
    sections: BTreeMap<String, Vec<String>>,
}

impl Attestation {
    /// Takes the text between header and footer apart. A line without a section is dropped.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut sections: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, line) in text.lines().filter_map(|line| line.split_once(':')) {
            let section = sections.entry(name.to_owned()).or_default();
            section.push(line.to_owned());
        }
        Self { sections }
    }

    /// The lines of a section; `None` where the launcher could not read its file.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&[String]> {
        self.sections.get(name).map(Vec::as_slice)
    }
}

/// Gathers an attestation from the beginning of the container's stdout.
#[derive(Debug, Default)]
pub struct Collector {
    bytes: Vec<u8>,
}

impl Collector {
    /// Takes the next chunk; gives the attestation once it is complete.
    ///
    /// # Errors
    /// More was written than any launcher writes.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<Option<Attestation>, TooLong> {
        self.bytes.extend_from_slice(chunk);
        if let Some(text) = self.complete() {
            return Ok(Some(Attestation::parse(&String::from_utf8_lossy(text))));
        }
        if self.bytes.len() > LARGEST {
            Err(TooLong)
        } else {
            Ok(None)
        }
    }

    /// What has come so far, for a message.
    #[must_use]
    pub fn so_far(&self) -> &[u8] {
        &self.bytes
    }

    fn complete(&self) -> Option<&[u8]> {
        let start = memmem::find(&self.bytes, HEADER)? + HEADER.len();
        let text = self.bytes.get(start..)?;
        text.get(..memmem::find(text, FOOTER)? + 1)
    }
}

/// What should have been an attestation does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_attestation_may_come_in_pieces_behind_other_text() {
        let mut collector = Collector::default();
        assert_eq!(collector.feed(b"noise\nlazaret-attesta"), Ok(None));
        assert_eq!(collector.feed(b"tion/2\nstatus:Uid:\t1\nattes"), Ok(None));
        let attestation = collector
            .feed(b"ted\n")
            .expect("in bounds")
            .expect("complete");
        assert_eq!(
            attestation.section("status"),
            Some(["Uid:\t1".to_owned()].as_slice())
        );
        assert_eq!(attestation.section("net"), None);
    }

    #[test]
    fn an_endless_one_is_refused() {
        let mut collector = Collector::default();
        assert_eq!(collector.feed(&vec![b'x'; LARGEST + 1]), Err(TooLong));
    }

    proptest! {
        #[test]
        fn any_text_parses(text in "[: a-z/\n]{0,200}") {
            let _ = Attestation::parse(&text).section("a");
        }
    }
}
