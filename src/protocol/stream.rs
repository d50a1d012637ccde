//! One output stream of the container, cut into what the engine, the launcher and the script said.

use memchr::memmem;

use super::{Mark, Nonce};
use crate::language::Launcher;

/// Which stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Standard output; carries the attestation before the marks.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A piece of a stream, in the order in which it was written.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'chunk> {
    /// Before the begin mark: the engine's text, or the launcher's attestation.
    Preamble(&'chunk [u8]),
    /// The script's own bytes.
    Script(&'chunk [u8]),
    /// A mark.
    Mark(Mark),
    /// Behind the trailer, where nothing may come.
    Surplus(&'chunk [u8]),
}

/// A mark's line is at most this long; a longer one is garbled.
const LONGEST_MARK: usize = 8 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Preamble,
    Script,
    Over,
}

/// Cuts one stream. Feed it chunks as they come, split anywhere; it holds back no byte longer than
/// it may still turn out to be a mark.
#[derive(Debug)]
pub struct Reader {
    needle: memmem::Finder<'static>,
    launcher: Launcher,
    stage: Stage,
    held: Vec<u8>,
}

impl Reader {
    /// A reader for the marks of one run.
    #[must_use]
    pub fn new(nonce: &Nonce, launcher: Launcher) -> Self {
        let needle = format!("lazaret:{}:", nonce.as_str());
        Self {
            needle: memmem::Finder::new(needle.as_bytes()).into_owned(),
            launcher,
            stage: Stage::Preamble,
            held: Vec::new(),
        }
    }

    /// Takes the next chunk and hands on its parts.
    pub fn feed(&mut self, chunk: &[u8], mut take: impl FnMut(Part<'_>)) {
        let joined;
        let mut rest = if self.held.is_empty() {
            chunk
        } else {
            self.held.extend_from_slice(chunk);
            joined = std::mem::take(&mut self.held);
            joined.as_slice()
        };
        while let Some(at) = self.needle.find(rest) {
            let (before, mark) = rest.split_at(at);
            self.pass(before, &mut take);
            let line = mark.split_at(self.needle.needle().len()).1;
            let Some(end) = memchr::memchr(b'\n', line).or_else(|| too_long(line)) else {
                self.held = mark.to_vec();
                return;
            };
            self.mark(line.split_at(end).0, &mut take);
            rest = line.get(end + 1..).unwrap_or_default();
        }
        let keep = overlap(rest, self.needle.needle());
        let (ready, held) = rest.split_at(rest.len() - keep);
        self.pass(ready, &mut take);
        self.held = held.to_vec();
    }

    /// The stream has ended: what was held back is handed on as it is.
    pub fn finish(&mut self, mut take: impl FnMut(Part<'_>)) {
        let held = std::mem::take(&mut self.held);
        if held.starts_with(self.needle.needle()) {
            take(Part::Mark(Mark::Garbled));
        } else {
            self.pass(&held, &mut take);
        }
    }

    fn pass(&self, bytes: &[u8], take: &mut impl FnMut(Part<'_>)) {
        if bytes.is_empty() {
            return;
        }
        take(match self.stage {
            Stage::Preamble => Part::Preamble(bytes),
            Stage::Script => Part::Script(bytes),
            Stage::Over => Part::Surplus(bytes),
        });
    }

    fn mark(&mut self, line: &[u8], take: &mut impl FnMut(Part<'_>)) {
        let said = std::str::from_utf8(line)
            .map_or(Mark::Garbled, |line| Mark::parse(line, self.launcher));
        let (stage, mark) = match (self.stage, said) {
            (Stage::Preamble, Mark::Begin) => (Stage::Script, Mark::Begin),
            (Stage::Preamble, Mark::Syntax(error)) => (Stage::Over, Mark::Syntax(error)),
            (Stage::Script, Mark::End(trailer)) => (Stage::Over, Mark::End(trailer)),
            (stage, _) => (stage, Mark::Garbled),
        };
        self.stage = stage;
        take(Part::Mark(mark));
    }
}

fn too_long(line: &[u8]) -> Option<usize> {
    (line.len() > LONGEST_MARK).then_some(LONGEST_MARK)
}

/// How many bytes at the end of `text` may be the beginning of `needle`.
fn overlap(text: &[u8], needle: &[u8]) -> usize {
    let longest = text.len().min(needle.len() - 1);
    (1..=longest)
        .rev()
        .find(|length| text.ends_with(needle.get(..*length).unwrap_or_default()))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TRAILER: &str = "end exit=0 wall_us=1 oom_kills=0 peak_bytes=0 cpu_us=0\n";

    #[derive(Debug, Default, PartialEq, Eq)]
    struct Seen {
        preamble: Vec<u8>,
        script: Vec<u8>,
        surplus: Vec<u8>,
        marks: Vec<Mark>,
    }

    fn nonce() -> Nonce {
        Nonce::new([7; 16])
    }

    fn read(stream: &[u8], cuts: &[usize]) -> Seen {
        let mut reader = Reader::new(&nonce(), Launcher::Python);
        let mut seen = Seen::default();
        let mut take = |part: Part<'_>| match part {
            Part::Preamble(bytes) => seen.preamble.extend(bytes),
            Part::Script(bytes) => seen.script.extend(bytes),
            Part::Surplus(bytes) => seen.surplus.extend(bytes),
            Part::Mark(mark) => seen.marks.push(mark),
        };
        let mut rest = stream;
        for cut in cuts {
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            reader.feed(now, &mut take);
            rest = later;
        }
        reader.feed(rest, &mut take);
        reader.finish(&mut take);
        seen
    }

    fn stream(script: &[u8], surplus: &[u8]) -> Vec<u8> {
        let mark = format!("lazaret:{}:", nonce().as_str());
        [
            b"WARNING: x\n",
            mark.as_bytes(),
            b"begin\n",
            script,
            mark.as_bytes(),
            TRAILER.as_bytes(),
            surplus,
        ]
        .concat()
    }

    #[test]
    fn the_parts_of_a_run_are_told_apart() {
        let seen = read(&stream(b"out", b"late"), &[]);
        assert_eq!(seen.preamble, b"WARNING: x\n");
        assert_eq!(seen.script, b"out");
        assert_eq!(seen.surplus, b"late");
        assert!(matches!(seen.marks.as_slice(), [Mark::Begin, Mark::End(_)]));
    }

    #[test]
    fn marks_out_of_order_are_garbled() {
        let mark = format!("lazaret:{}:", nonce().as_str());
        let early = read(format!("{mark}{TRAILER}").as_bytes(), &[]);
        assert_eq!(early.marks, [Mark::Garbled]);
        let twice = read(format!("{mark}begin\n{mark}begin\n").as_bytes(), &[]);
        assert_eq!(twice.marks, [Mark::Begin, Mark::Garbled]);
    }

    #[test]
    fn an_endless_mark_is_garbled_and_bounded() {
        let mark = format!(
            "lazaret:{}:begin\nlazaret:{0}:{}",
            nonce().as_str(),
            "x".repeat(20_000)
        );
        assert_eq!(
            read(mark.as_bytes(), &[]).marks,
            [Mark::Begin, Mark::Garbled]
        );
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_however_the_stream_is_split(
            script in proptest::collection::vec(prop_oneof![Just(b'l'), Just(b'a'), Just(b':'), any::<u8>()], 0..200),
            cuts in proptest::collection::vec(1usize..60, 0..40),
        ) {
            let seen = read(&stream(&script, b""), &cuts);
            prop_assert_eq!(seen.script, script);
            prop_assert_eq!(seen.marks.len(), 2);
            prop_assert!(seen.surplus.is_empty());
        }
    }
}
