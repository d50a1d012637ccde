//! Quantities as people write them: `512m`, `1.5`, `90s`.

use std::fmt;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

/// A quantity that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {wanted}")]
pub struct ParseUnitError {
    given: String,
    wanted: &'static str,
}

const WANTED_BYTES: &str =
    "a size: write bytes, or a number with k, m or g (powers of 1024), such as 512m";
const WANTED_CPUS: &str =
    "a number of CPUs: write a number above 0 with at most three decimals, such as 1.5";
const WANTED_SECONDS: &str =
    "a duration: write seconds above 0, such as 2.5, or a number with ms, s or m, such as 90s";

/// A size in bytes; written with the engines' suffixes `k`, `m` and `g`, powers of 1024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(u64);

impl Bytes {
    /// That many bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// That many times 1024 × 1024 bytes.
    #[must_use]
    pub const fn mib(mib: u64) -> Self {
        Self(mib * 1024 * 1024)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number of bytes, for buffers in memory.
    #[must_use]
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (size, suffix) in [(1 << 30, "g"), (1 << 20, "m"), (1 << 10, "k")] {
            if self.0 >= size && self.0.is_multiple_of(size) {
                return write!(formatter, "{}{suffix}", self.0 / size);
            }
        }
        write!(formatter, "{}", self.0)
    }
}

impl std::str::FromStr for Bytes {
    type Err = ParseUnitError;

    fn from_str(given: &str) -> Result<Self, ParseUnitError> {
        let lower = given.to_ascii_lowercase();
        let trimmed = lower.strip_suffix('b').unwrap_or(&lower);
        let (number, factor) = [("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30)]
            .into_iter()
            .find_map(|(suffix, factor)| Some((trimmed.strip_suffix(suffix)?, factor)))
            .unwrap_or((trimmed, 1_u64));
        number
            .parse::<u64>()
            .ok()
            .filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|number| number.checked_mul(factor))
            .map(Self)
            .ok_or_else(|| not(given, WANTED_BYTES))
    }
}

/// An amount of CPU time per time, in thousandths of one CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpus(u32);

impl Cpus {
    /// Thousandths of a CPU.
    #[must_use]
    pub const fn from_millis(millis: u32) -> Self {
        Self(millis)
    }

    /// Thousandths of a CPU.
    #[must_use]
    pub const fn millis(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Cpus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, thousandths) = (self.0 / 1000, self.0 % 1000);
        if thousandths == 0 {
            return write!(formatter, "{whole}");
        }
        let decimals = format!("{thousandths:03}");
        write!(formatter, "{whole}.{}", decimals.trim_end_matches('0'))
    }
}

impl std::str::FromStr for Cpus {
    type Err = ParseUnitError;

    fn from_str(given: &str) -> Result<Self, ParseUnitError> {
        let error = || not(given, WANTED_CPUS);
        let (whole, decimals) = given.split_once('.').unwrap_or((given, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || decimals.len() > 3 || !digits(whole) || !digits(decimals) {
            return Err(error());
        }
        let whole: u32 = whole.parse().map_err(|_| error())?;
        let thousandths: u32 = format!("{decimals:0<3}").parse().map_err(|_| error())?;
        whole
            .checked_mul(1000)
            .and_then(|millis| millis.checked_add(thousandths))
            .filter(|millis| *millis > 0)
            .map(Self)
            .ok_or_else(error)
    }
}

/// Reads a duration above 0: seconds (`2.5`), or a number with `ms`, `s` or `m`.
///
/// # Errors
/// Whatever else is given; the message names what is wanted. A duration that no clock can hold
/// becomes the largest, so that a ceiling can clamp it.
pub fn parse_seconds(given: &str) -> Result<Duration, ParseUnitError> {
    let (number, factor) = [("ms", 0.001), ("s", 1.0), ("m", 60.0)]
        .into_iter()
        .find_map(|(suffix, factor)| Some((given.strip_suffix(suffix)?, factor)))
        .unwrap_or((given, 1.0));
    let well_formed = number.starts_with(|first: char| first.is_ascii_digit())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds = number
        .parse::<f64>()
        .ok()
        .filter(|seconds| well_formed && *seconds > 0.0)
        .ok_or_else(|| not(given, WANTED_SECONDS))?;
    let duration = Duration::try_from_secs_f64(seconds * factor).unwrap_or(Duration::MAX);
    if duration.as_millis() == 0 {
        return Err(not(given, WANTED_SECONDS));
    }
    Ok(duration)
}

fn not(given: &str, wanted: &'static str) -> ParseUnitError {
    ParseUnitError {
        given: crate::text::single_line(given),
        wanted,
    }
}

/// Serialises a duration as seconds.
pub(super) fn seconds<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// Serialises a duration as seconds, none as null.
#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
pub(super) fn optional_seconds<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    duration
        .map(|duration| duration.as_secs_f64())
        .serialize(serializer)
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl Serialize for Cpus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 1000.0)
    }
}

/// A duration in a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seconds(pub(super) Duration);

struct Quantity<T> {
    wanted: &'static str,
    read: fn(&str) -> Result<T, ParseUnitError>,
}

impl<T> Visitor<'_> for Quantity<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.wanted)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        (self.read)(&value.to_string()).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        (self.read)(&value.to_string()).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        (self.read)(value).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (wanted, read): (_, fn(&str) -> _) = (WANTED_BYTES, str::parse);
        deserializer.deserialize_any(Quantity { wanted, read })
    }
}

impl<'de> Deserialize<'de> for Cpus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (wanted, read): (_, fn(&str) -> _) = (WANTED_CPUS, str::parse);
        deserializer.deserialize_any(Quantity { wanted, read })
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (wanted, read): (_, fn(&str) -> _) = (WANTED_SECONDS, parse_seconds);
        deserializer
            .deserialize_any(Quantity { wanted, read })
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_read_as_the_engines_read_them() {
        let sizes = [
            ("512m", 512 << 20),
            ("2G", 2 << 30),
            ("64kb", 64 << 10),
            ("17", 17),
            ("0", 0),
        ];
        for (text, bytes) in sizes {
            assert_eq!(text.parse(), Ok(Bytes::new(bytes)), "{text}");
        }
        for text in ["", "m", "-1", "+1m", "1.5g", "1t", "99999999999g", " 1m"] {
            assert!(text.parse::<Bytes>().is_err(), "{text}");
        }
    }

    #[test]
    fn cpus_have_at_most_three_decimals() {
        for (text, millis) in [("1", 1000), ("0.5", 500), ("1.25", 1250), ("0.001", 1)] {
            assert_eq!(text.parse(), Ok(Cpus::from_millis(millis)));
            assert_eq!(Cpus::from_millis(millis).to_string(), text);
        }
        for text in ["0", "", "-1", "1.2345", ".5", "1e3", "inf", "9999999999"] {
            assert!(text.parse::<Cpus>().is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_above_zero() {
        assert_eq!(parse_seconds("2.5"), Ok(Duration::from_millis(2500)));
        assert_eq!(parse_seconds("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_seconds("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(parse_seconds("99999999999999999999999"), Ok(Duration::MAX));
        for text in ["0", "-1", "", "s", "nan", "inf", "1e9", "1h", "0.0001"] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn sizes_survive_being_written(bytes in any::<u64>()) {
            prop_assert_eq!(Bytes::new(bytes).to_string().parse(), Ok(Bytes::new(bytes)));
        }
    }
}
