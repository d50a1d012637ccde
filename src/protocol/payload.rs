//! What is sent to the launcher once the container has proved its limits.

use std::fmt::Write as _;
use std::time::Duration;

use super::Nonce;

/// Everything a run delivers. All of it goes through stdin; none of it is in argv, in an
/// environment, or in a file on the host.
///
/// On the wire, behind the launcher's text: one header line of words (`lazaret-payload/1 NONCE TIMEOUT_MS GRACE_MS ARGUMENTS
/// SCRIPT_BYTES STDIN_BYTES`), one line for each argument with every byte as `\xHH`, the script, the
/// user's stdin, and a last line `end NONCE` that proves that nothing was cut off.
#[derive(Debug)]
pub struct Payload<'a> {
    /// Marks of this run carry it.
    pub nonce: &'a Nonce,
    /// The deadline that the launcher holds as a net below the host's.
    pub timeout: Duration,
    /// Between SIGTERM and SIGKILL inside.
    pub grace: Duration,
    /// The script, byte for byte.
    pub script: &'a [u8],
    /// The script's arguments; without NUL.
    pub arguments: &'a [Vec<u8>],
    /// The script's stdin.
    pub stdin: &'a [u8],
}

impl Payload<'_> {
    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let nonce = self.nonce.as_str();
        let mut header = format!(
            "lazaret-payload/1 {nonce} {} {} {} {} {}\n",
            self.timeout.as_millis(),
            self.grace.as_millis(),
            self.arguments.len(),
            self.script.len(),
            self.stdin.len(),
        );
        for argument in self.arguments {
            for byte in argument {
                // Writing to a String cannot fail.
                let _ = write!(header, "\\x{byte:02x}");
            }
            header.push('\n');
        }
        let end = format!("end {nonce}\n");
        [header.as_bytes(), self.script, self.stdin, end.as_bytes()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_is_as_documented() {
        let nonce = Nonce::new([0xab; 16]);
        let payload = Payload {
            nonce: &nonce,
            timeout: Duration::from_millis(1500),
            grace: Duration::from_secs(1),
            script: b"print(1)\n",
            arguments: &[b"a b\n".to_vec(), Vec::new()],
            stdin: b"in",
        };
        let digits = "ab".repeat(16);
        let expected = format!(
            "lazaret-payload/1 {digits} 1500 1000 2 9 2\n\\x61\\x20\\x62\\x0a\n\nprint(1)\ninend {digits}\n"
        );
        assert_eq!(String::from_utf8(payload.encode()).expect("text"), expected);
    }
}
