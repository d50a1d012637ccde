//! The characters that stand for secrets in the labelled scripts, made anew and the same each time.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What `{name}` or `{nameN}` in a script becomes.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\{(?:(alnum|hex|upperhex|digits|upper|base64_|urlsafe)([0-9]{1,3})|(dashes|uuid|chosen|phrase))\}";
    Regex::new(pattern).expect("a pattern")
});

const WORDS: [&str; 16] = [
    "Maple", "River", "Copper", "Lantern", "Walnut", "Harbor", "Thunder", "Meadow", "Pickle",
    "Saturn", "Velvet", "Bishop", "Cactus", "Dragon", "Falcon", "Glacier",
];

/// Characters that look random and are the same each time.
struct Generator(u64);

impl Generator {
    /// Its sequence depends on the text alone (FNV-1a).
    fn seeded(text: &str) -> Self {
        let mix = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
    }

    /// A number below `end` (splitmix64).
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % end as u64).unwrap_or_default()
    }

    fn characters(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let mut letter = |_| letters.get(self.below(letters.len())).copied();
        (0..length).filter_map(&mut letter).collect()
    }

    fn word(&mut self) -> &'static str {
        let at = self.below(WORDS.len());
        WORDS.get(at).copied().unwrap_or_default()
    }

    /// Two words, digits, and for every other one a sign that neither language nor URL minds.
    fn chosen_password(&mut self) -> String {
        let words = [self.word(), self.word()].concat();
        let digits = self.characters("123456789", 4);
        let sign = if self.below(2) == 0 { "_" } else { "" };
        [words.as_str(), &digits, sign].concat()
    }

    fn named(&mut self, name: &str) -> String {
        match name {
            "dashes" => "-".repeat(5),
            "uuid" => [8, 4, 4, 4, 12]
                .map(|length| self.characters(&alphabet("hex"), length))
                .join("-"),
            "chosen" => self.chosen_password(),
            _ => [self.word(), self.word(), self.word(), self.word()]
                .join("-")
                .to_lowercase(),
        }
    }
}

/// The characters a placeholder's name stands for.
fn alphabet(name: &str) -> String {
    const DIGITS: &str = "0123456789";
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    match name {
        "digits" => DIGITS.to_owned(),
        "hex" => [DIGITS, "abcdef"].concat(),
        "upperhex" => [DIGITS, "ABCDEF"].concat(),
        "upper" => [UPPER, "234567"].concat(),
        "base64_" => [UPPER, LOWER, DIGITS, "+/"].concat(),
        "urlsafe" => [UPPER, LOWER, DIGITS, "-_"].concat(),
        _ => [UPPER, LOWER, DIGITS].concat(),
    }
}

/// The script with its placeholders replaced.
pub fn expand(script: &str, seed: &str) -> String {
    let mut generator = Generator::seeded(seed);
    let replaced = PLACEHOLDER.replace_all(script, |found: &Captures<'_>| {
        let length = found.get(2).and_then(|length| length.as_str().parse().ok());
        match (found.get(1), length, found.get(3)) {
            (Some(name), Some(length), _) => generator.characters(&alphabet(name.as_str()), length),
            (_, _, Some(name)) => generator.named(name.as_str()),
            _ => String::new(),
        }
    });
    replaced.into_owned()
}

#[test]
fn placeholders_become_what_they_name() {
    let made = expand("{hex8} {upper4} {dashes} {name} {alnum20}{alnum20}", "seed");
    let expected = r"^[0-9a-f]{8} [A-Z2-7]{4} ----- \{name\} [A-Za-z0-9]{40}$";
    assert!(
        Regex::new(expected).expect("a pattern").is_match(&made),
        "{made}"
    );
    assert_eq!(
        made,
        expand("{hex8} {upper4} {dashes} {name} {alnum20}{alnum20}", "seed")
    );
    assert_ne!(expand("{alnum20}", "one"), expand("{alnum20}", "two"));
}
