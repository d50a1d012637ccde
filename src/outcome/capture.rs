//! Output of any length, kept within a bound: the head, the tail, and the exact total.

use std::collections::VecDeque;

use crate::text;

/// Takes a stream as it comes; memory stays within the bound whatever comes.
#[derive(Debug, Clone)]
pub struct Capture {
    head_bound: usize,
    tail_bound: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
}

impl Capture {
    /// Keeps at most `bound` bytes: all of a stream that fits, else half head and half tail.
    #[must_use]
    pub fn new(bound: usize) -> Self {
        Self {
            head_bound: bound.div_ceil(2),
            tail_bound: bound / 2,
            head: Vec::new(),
            tail: VecDeque::new(),
            total: 0,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = self.head_bound - self.head.len();
        let (first, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(first);
        let last = rest.split_at(rest.len().saturating_sub(self.tail_bound)).1;
        let surplus = (self.tail.len() + last.len()).saturating_sub(self.tail_bound);
        self.tail.drain(..surplus);
        self.tail.extend(last);
    }

    /// What was kept.
    #[must_use]
    pub fn finish(self) -> Captured {
        let whole = self.head.len() + self.tail.len();
        let tail = Vec::from(self.tail);
        if whole as u64 == self.total {
            let head = [self.head, tail].concat();
            return Captured {
                head,
                tail: Vec::new(),
                total: self.total,
            };
        }
        // Where something was dropped, the cuts must not split a character.
        let head = without_cut_character(&self.head);
        let tail = text::tail(&tail, tail.len().saturating_sub(continuation_bytes(&tail))).to_vec();
        Captured {
            head,
            tail,
            total: self.total,
        }
    }
}

/// The bytes up to the last character that is whole; bytes that are no text stay as they are.
fn without_cut_character(bytes: &[u8]) -> Vec<u8> {
    let cut = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    };
    bytes.split_at(cut).0.to_vec()
}

fn continuation_bytes(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(3)
        .take_while(|byte| **byte & 0b1100_0000 == 0b1000_0000)
        .count()
}

/// One stream of a script, as far as it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// The beginning, or everything.
    pub head: Vec<u8>,
    /// The end, where something in between was dropped.
    pub tail: Vec<u8>,
    /// Bytes that the script wrote.
    pub total: u64,
}

impl Captured {
    /// Bytes between head and tail that were not kept.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.total - (self.head.len() + self.tail.len()) as u64
    }

    /// Everything that was kept, without a sign of what was not.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        [self.head.as_slice(), self.tail.as_slice()].concat()
    }

    /// Everything that was kept as text; bytes that are not UTF-8 become U+FFFD, and a line in
    /// brackets stands where something was dropped.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.head).into_owned();
        if self.dropped() > 0 {
            text += &format!("\n[lazaret: {} bytes not kept]\n", self.dropped());
            text += &String::from_utf8_lossy(&self.tail);
        }
        text
    }

    /// Whether text says everything that the bytes say.
    #[must_use]
    pub fn is_text(&self) -> bool {
        std::str::from_utf8(&self.head).is_ok() && std::str::from_utf8(&self.tail).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn captured(bound: usize, chunks: &[&[u8]]) -> Captured {
        let mut capture = Capture::new(bound);
        for chunk in chunks {
            capture.push(chunk);
        }
        capture.finish()
    }

    #[test]
    fn up_to_the_bound_nothing_is_dropped() {
        for length in [0, 9, 10] {
            let output = vec![b'x'; length];
            let captured = captured(10, &[&output]);
            assert_eq!((captured.bytes(), captured.dropped()), (output, 0));
        }
    }

    #[test]
    fn beyond_it_head_and_tail_are_kept() {
        let captured = captured(10, &[b"0123456", b"789ab"]);
        assert_eq!(
            (captured.head.as_slice(), captured.tail.as_slice()),
            (b"01234".as_slice(), b"789ab".as_slice())
        );
        assert_eq!((captured.total, captured.dropped()), (12, 2));
        assert_eq!(captured.text(), "01234\n[lazaret: 2 bytes not kept]\n789ab");
    }

    #[test]
    fn no_character_is_split() {
        let captured = captured(8, &["aé日本語é".as_bytes()]);
        assert!(captured.is_text());
        assert_eq!(captured.head, "aé".as_bytes());
        assert_eq!(captured.tail, "é".as_bytes());
        assert_eq!(captured.dropped(), 9);
    }

    proptest! {
        #[test]
        fn totals_are_exact_and_memory_is_bounded(
            chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..20),
            bound in 0usize..64,
        ) {
            let mut capture = Capture::new(bound);
            for chunk in &chunks {
            capture.push(chunk);
        }
            let whole: Vec<u8> = chunks.concat();
            let captured = capture.finish();
            prop_assert_eq!(captured.total, whole.len() as u64);
            prop_assert!(captured.bytes().len() <= bound);
            prop_assert!(whole.starts_with(&captured.head));
            prop_assert!(whole.ends_with(&captured.tail));
        }
    }
}
