//! The lines with which a launcher speaks, told from the script's output by the nonce.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::language::Launcher;

/// What a launcher says after delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// The next byte is the script's.
    Begin,
    /// The interpreter's parser refused the script; no statement of it ran.
    Syntax(SyntaxError),
    /// The script has ended.
    End(Trailer),
    /// A line with the nonce that no launcher writes: somebody forges.
    Garbled,
}

/// The interpreter's verdict on a broken script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The interpreter's words. Hostile text: it quotes the script.
    pub reason: String,
    /// 1-based, 0 where the interpreter did not say.
    pub line: usize,
    /// 1-based, in characters, 0 where the interpreter did not say.
    pub column: usize,
}

/// How the script ended, as the launcher saw it. What a hostile script can forge here is its own
/// ending; the figures are claims, not evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// Exit code or signal.
    pub ending: Ending,
    /// Processes in the container that the kernel's OOM killer ended during the run.
    pub oom_kills: u64,
    /// Peak memory of the container in bytes, 0 where the kernel does not tell.
    pub peak_bytes: u64,
    /// CPU time of the container during the run.
    pub cpu: Duration,
    /// From the start of the interpreter to its end.
    pub wall: Duration,
}

/// The two ways in which a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this code, 0 to 255.
    Exit(u8),
    /// It died of this signal.
    Signal(u8),
}

impl Mark {
    /// Reads the rest of a mark's line, behind the nonce and its colon.
    #[must_use]
    pub fn parse(line: &str, launcher: Launcher) -> Self {
        let mut words = line.split_ascii_whitespace();
        let kind = words.next();
        let fields: BTreeMap<&str, &str> = words.filter_map(|word| word.split_once('=')).collect();
        match kind {
            Some("begin") => Some(Self::Begin),
            Some("syntax") => syntax(&fields, launcher).map(Self::Syntax),
            Some("end") => trailer(&fields).map(Self::End),
            _ => None,
        }
        .unwrap_or(Self::Garbled)
    }
}

fn number<T: std::str::FromStr>(fields: &BTreeMap<&str, &str>, name: &str) -> Option<T> {
    fields.get(name)?.parse().ok()
}

fn trailer(fields: &BTreeMap<&str, &str>) -> Option<Trailer> {
    let ending = match (number(fields, "exit"), number(fields, "signal")) {
        (Some(code), None) => Ending::Exit(code),
        (None, Some(signal @ 1..=64)) => Ending::Signal(signal),
        _ => return None,
    };
    Some(Trailer {
        ending,
        oom_kills: number(fields, "oom_kills")?,
        peak_bytes: number(fields, "peak_bytes")?,
        cpu: Duration::from_micros(number(fields, "cpu_us")?),
        wall: Duration::from_micros(number(fields, "wall_us")?),
    })
}

fn syntax(fields: &BTreeMap<&str, &str>, launcher: Launcher) -> Option<SyntaxError> {
    let reason = from_hex(fields.get("reason")?)?;
    let (line, reason) = match launcher {
        Launcher::Python => (number(fields, "line")?, reason),
        Launcher::Bash => bash_words(&reason),
    };
    let column = number(fields, "column").unwrap_or(0);
    Some(SyntaxError {
        reason,
        line,
        column,
    })
}

/// bash says `/work/script.sh: line 2: syntax error: …`, a line for each thought.
fn bash_words(said: &str) -> (usize, String) {
    let mut place = None;
    let thoughts = said.lines().filter_map(|thought| {
        let (_, rest) = thought.split_once(": line ")?;
        let (line, words) = rest.split_once(": ")?;
        place = place.or_else(|| line.parse().ok());
        Some(words.to_owned())
    });
    let words: Vec<String> = thoughts.collect();
    let words = if words.is_empty() {
        said.to_owned()
    } else {
        words.join("; ")
    };
    (place.unwrap_or(0), words)
}

fn from_hex(digits: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn python(line: &str) -> Mark {
        Mark::parse(line, Launcher::Python)
    }

    #[test]
    fn a_trailer_is_read() {
        let mark = python("end exit=3 wall_us=9821 oom_kills=1 peak_bytes=17 cpu_us=10");
        let Mark::End(trailer) = mark else {
            panic!("{mark:?}");
        };
        assert_eq!(trailer.ending, Ending::Exit(3));
        assert_eq!((trailer.oom_kills, trailer.peak_bytes), (1, 17));
        assert_eq!(trailer.wall, Duration::from_micros(9821));
    }

    #[test]
    fn what_no_launcher_writes_is_garbled() {
        let forged = [
            "",
            "end",
            "end exit=0",
            "end exit=256 wall_us=1 oom_kills=0 peak_bytes=0 cpu_us=0",
            "end exit=0 signal=9 wall_us=1 oom_kills=0 peak_bytes=0 cpu_us=0",
            "syntax line=1",
            "bye",
            "end signal=0 wall_us=1 oom_kills=0 peak_bytes=0 cpu_us=0",
            "syntax line=1 reason=zz",
        ];
        for line in forged {
            assert_eq!(python(line), Mark::Garbled, "{line}");
        }
    }

    #[test]
    fn bash_speaks_in_lines() {
        let said: String = "/work/script.sh: line 2: syntax error: unexpected end of file\n/work/script.sh: line 2: `x'"
            .bytes()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(u32::from(digit), 16))
            .collect();
        let mark = Mark::parse(&format!("syntax reason={said}"), Launcher::Bash);
        let reason = "syntax error: unexpected end of file; `x'".to_owned();
        assert_eq!(
            mark,
            Mark::Syntax(SyntaxError {
                reason,
                line: 2,
                column: 0
            })
        );
    }

    proptest! {
        #[test]
        fn no_line_panics(line in "\\PC{0,80}", tail in "[a-z_]{0,9}=[0-9a-f]{0,40}") {
            let _ = python(&line);
            let _ = Mark::parse(&format!("syntax {tail} reason={tail}"), Launcher::Bash);
            let _ = python(&format!("end {tail}"));
        }
    }
}
