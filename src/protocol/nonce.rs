//! The secret that tells our marks from the script's output.

use std::fmt;

/// 128 random bits, fresh for every run, as 32 hexadecimal digits.
///
/// Never in argv, never in an environment, never logged: its `Debug` form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// A nonce of those random bytes; the caller brings the randomness.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(random)))
    }

    /// The 32 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Nonce(hidden)")
    }
}
