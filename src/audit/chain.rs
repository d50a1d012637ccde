//! The chain: each record carries its number, its own hash and that of the record before.
//!
//! Pure. A line is `{"schema":…,"number":…,"previous":…, the record's fields ,"hash":…}`; the hash is
//! SHA-256 over the bytes before `,"hash":`. So any change of a byte, any line removed, inserted or
//! moved is found by reading from the start. A cut tail leaves a chain that is whole: that is what an
//! anchor, kept elsewhere, is for.

use std::fmt;
use std::str::FromStr;

use crate::text::Hash;

/// The shape of a record.
pub const SCHEMA: &str = "lazaret.audit/1";

/// Where a chain stands: how many records, and the hash of the last. Written `COUNT:HASH`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many records there are.
    pub count: u64,
    /// The last one's hash; zeros before the first.
    pub hash: Hash,
}

impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.count, self.hash)
    }
}

impl FromStr for Head {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (count, hash) = text.split_once(':').ok_or(())?;
        Ok(Self {
            count: count.parse().map_err(|_| ())?,
            hash: hash.parse()?,
        })
    }
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It has no end.
    #[error("the line has no end: a writer was killed or the file was cut")]
    Torn,
    /// It does not end in a hash.
    #[error("the line is no record: it does not end in its hash")]
    NotARecord,
    /// Its hash is not that of its bytes.
    #[error("the record was changed: its hash is not that of its bytes")]
    Changed,
    /// It is whole, and does not belong here.
    #[error(
        "the record does not follow the one before it: something was removed, inserted or moved"
    )]
    OutOfPlace,
}

const HASH_KEY: &[u8] = b",\"hash\":\"";
const LINE_END: &[u8] = b"\"}";

impl Head {
    /// Before the first record.
    pub const START: Self = Self {
        count: 0,
        hash: Hash::NONE,
    };

    /// The line for a record, without its newline, and the head after it. `fields` is a JSON object.
    #[must_use]
    pub fn seal(self, fields: &str) -> (String, Self) {
        let fields = fields.strip_prefix('{').unwrap_or(fields);
        let fields = fields.strip_suffix('}').unwrap_or(fields);
        let mut line = self.beginning();
        line.push_str(fields);
        let head = Self {
            count: self.count + 1,
            hash: Hash::of(line.as_bytes()),
        };
        line.push_str(",\"hash\":\"");
        line.push_str(&head.hash.to_string());
        line.push_str("\"}");
        (line, head)
    }

    /// The head after a line that must follow this one.
    ///
    /// # Errors
    /// What is wrong with the line.
    pub fn follow(self, line: &[u8]) -> Result<Self, Fault> {
        let (covered, hash) = split(line)?;
        let is_next = covered.starts_with(self.beginning().as_bytes());
        is_next
            .then_some(Self {
                count: self.count + 1,
                hash,
            })
            .ok_or(Fault::OutOfPlace)
    }

    /// The head after a line, whatever stood before it.
    ///
    /// # Errors
    /// What is wrong with the line in itself.
    pub fn after(line: &[u8]) -> Result<Self, Fault> {
        let (covered, hash) = split(line)?;
        let prefix = format!("{{\"schema\":\"{SCHEMA}\",\"number\":");
        let number = covered
            .strip_prefix(prefix.as_bytes())
            .and_then(|rest| rest.split(|byte| *byte == b',').next())
            .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        let count = number.ok_or(Fault::NotARecord)?;
        Ok(Self { count, hash })
    }

    fn beginning(self) -> String {
        let number = self.count + 1;
        let previous = self.hash;
        format!("{{\"schema\":\"{SCHEMA}\",\"number\":{number},\"previous\":\"{previous}\",")
    }
}

/// The bytes that a line's hash covers, and the hash, which is theirs.
fn split(line: &[u8]) -> Result<(&[u8], Hash), Fault> {
    let rest = line.strip_suffix(LINE_END).ok_or(Fault::NotARecord)?;
    let at = rest.len().checked_sub(64).ok_or(Fault::NotARecord)?;
    let (rest, digits) = rest.split_at(at);
    let covered = rest.strip_suffix(HASH_KEY).ok_or(Fault::NotARecord)?;
    let hash: Hash = std::str::from_utf8(digits)
        .map_err(|_| Fault::NotARecord)?
        .parse()
        .map_err(|()| Fault::NotARecord)?;
    if Hash::of(covered) == hash {
        Ok((covered, hash))
    } else {
        Err(Fault::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> Vec<String> {
        let mut head = Head::START;
        (0..count)
            .map(|at| {
                let (line, next) = head.seal(&format!(
                    "{{\"run\":\"number {at}\",\"in\":{{\"a\":{{}}}}}}"
                ));
                head = next;
                line
            })
            .collect()
    }

    fn verify(lines: &[impl AsRef<[u8]>]) -> Result<Head, (usize, Fault)> {
        lines
            .iter()
            .enumerate()
            .try_fold(Head::START, |head, (at, line)| {
                head.follow(line.as_ref()).map_err(|fault| (at, fault))
            })
    }

    #[test]
    fn a_line_is_json_and_follows() {
        let lines = lines(3);
        let value: serde_json::Value = serde_json::from_str(&lines[1]).expect("JSON");
        assert_eq!(value["number"], 2);
        assert_eq!(value["run"], "number 1");
        let head = verify(&lines).expect("whole");
        assert_eq!(head.count, 3);
        assert_eq!(Head::after(lines[2].as_bytes()), Ok(head));
        assert_eq!(head.to_string().parse(), Ok(head));
    }

    #[test]
    fn removed_moved_and_repeated_lines_are_out_of_place() {
        let lines = lines(4);
        let chosen = |order: &[usize]| order.iter().map(|at| &lines[*at]).collect::<Vec<_>>();
        for (order, bad) in [
            (&[1, 2, 3][..], 0),
            (&[0, 2, 3], 1),
            (&[0, 2, 1, 3], 1),
            (&[0, 1, 1, 2], 2),
        ] {
            assert_eq!(verify(&chosen(order)), Err((bad, Fault::OutOfPlace)));
        }
        assert!(
            verify(&chosen(&[0, 1])).is_ok(),
            "a cut tail needs an anchor"
        );
    }

    #[test]
    fn any_other_byte_anywhere_is_found() {
        let lines = lines(2);
        for at in 0..lines[0].len() {
            for other in 0..=255 {
                let mut changed = lines[0].clone().into_bytes();
                if changed[at] == other {
                    continue;
                }
                changed[at] = other;
                let found = verify(&[changed, lines[1].clone().into_bytes()]);
                assert!(matches!(found, Err((0, _))), "byte {at} as {other}");
            }
        }
    }
}
