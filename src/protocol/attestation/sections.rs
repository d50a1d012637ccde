//! The text of an attestation: sections of lines.

use std::collections::BTreeMap;

use memchr::memmem;

const HEADER: &[u8] = b"lazaret-attestation/1\n";
const FOOTER: &[u8] = b"\n=end\n";
/// A real one is about 10 kB; a container with hundreds of mounts would still fit.
const LARGEST: usize = 256 * 1024;

/// The sections of an attestation by name; lines without their leading space.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attestation {
    sections: BTreeMap<String, Vec<String>>,
}

impl Attestation {
    /// Takes the text between header and footer apart. Lines that fit no section are dropped.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut sections: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut current: Option<&mut Vec<String>> = None;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix('=') {
                current = Some(sections.entry(name.to_owned()).or_default());
            } else if let (Some(line), Some(section)) = (line.strip_prefix(' '), current.as_mut()) {
                section.push(line.to_owned());
            }
        }
        Self { sections }
    }

    /// The lines of a section; `None` where the launcher could not read its file.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&[String]> {
        self.sections.get(name).map(Vec::as_slice)
    }

    /// The lines of the cgroup file of that name, wherever it is mounted.
    #[must_use]
    pub fn cgroup_file(&self, name: &str) -> Option<&[String]> {
        let is_it = |section: &str| {
            section
                .strip_prefix("file ")
                .and_then(|path| path.rsplit_once('/'))
                .is_some_and(|(_, file)| file == name)
        };
        let mut found = self.sections.iter().filter(|(section, _)| is_it(section));
        match (found.next(), found.next()) {
            (Some((_, lines)), None) => Some(lines),
            // Two files of one name: which of them binds cannot be told.
            _ => None,
        }
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
        assert_eq!(collector.feed(b"tion/1\n=status\n Uid:\t1\n=en"), Ok(None));
        let attestation = collector
            .feed(b"d\n")
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

    #[test]
    fn an_ambiguous_cgroup_file_is_unreadable() {
        let attestation =
            Attestation::parse("=file /a/pids.max\n 1\n=file /b/pids.max\n 2\n=file /c/x\n 3\n");
        assert_eq!(attestation.cgroup_file("pids.max"), None);
        assert_eq!(
            attestation.cgroup_file("x"),
            Some(["3".to_owned()].as_slice())
        );
    }

    proptest! {
        #[test]
        fn any_text_parses(text in "[= a-z/\n]{0,200}") {
            let _ = Attestation::parse(&text).cgroup_file("a");
        }
    }
}
