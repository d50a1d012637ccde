//! Covers what the secrets layer found wherever else it stands: a copy of a password on the line of
//! another finding, or in the code that a message quotes.
//!
//! Values of less than six characters stand inside innocent words: of them only copies that are
//! words of their own are covered. Of a script with hundreds of secrets, the first hundred values.
//! What no layer could search for secrets is covered whole. No search for a value in another form,
//! such as its base64.

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

/// The shortest value whose copies are covered, in characters.
const SHORTEST: usize = 4;
/// The shortest value whose copies are covered inside other words and in messages, which are full of
/// short ones.
const DISTINCT: usize = 6;
/// How many values are looked for: each costs a search through the script.
const MOST_VALUES: usize = 128;
/// How much of a value a message can quote before it is cut short.
const LONGEST_CUT: usize = 128;

/// The places of secrets: of each, the literals it was written as.
#[derive(Default)]
pub(super) struct Cover {
    secrets: Vec<Vec<Range<usize>>>,
    /// Nobody knows where secrets are.
    everything: bool,
}

/// What must not be shown of one script.
pub(super) struct Covered {
    values: Vec<String>,
    /// Apart and in order.
    pub(super) places: Arc<[Range<usize>]>,
}

impl Cover {
    pub(super) fn add(&mut self, literals: Vec<Range<usize>>) {
        self.secrets.push(literals);
    }

    /// Covers all of the text.
    pub(super) fn add_everything(&mut self) {
        self.everything = true;
    }

    /// Every place of every secret, with those of its copies.
    pub(super) fn of(&self, text: &str) -> Covered {
        if self.everything {
            let whole = 0..text.len();
            return Covered {
                values: Vec::new(),
                places: [whole].into(),
            };
        }
        let mut values = self.values(text);
        let mut hidden = vec![
            false;
            if self.secrets.is_empty() {
                0
            } else {
                text.len()
            }
        ];
        let mut hide = |place: Range<usize>| {
            for byte in hidden.get_mut(place).into_iter().flatten() {
                *byte = true;
            }
        };
        self.secrets.iter().flatten().cloned().for_each(&mut hide);
        for value in &values {
            let copies = memmem::find_iter(text.as_bytes(), value);
            copies
                .map(|at| at..at + value.len())
                .filter(|copy| is_distinct(value) || is_word(text, copy))
                .for_each(&mut hide);
        }
        values.retain(|value| is_distinct(value));
        Covered {
            values,
            places: runs(&hidden).into(),
        }
    }

    /// The texts to look for: each secret as a whole, and each literal of it.
    fn values(&self, text: &str) -> Vec<String> {
        let mut values = Vec::new();
        for literals in &self.secrets {
            let parts = || literals.iter().filter_map(|part| text.get(part.clone()));
            let whole: String = parts().collect();
            values.push(whole);
            values.extend(parts().map(str::to_owned));
            if values.len() > 2 * MOST_VALUES {
                break;
            }
        }
        values.retain(|value| value.chars().nth(SHORTEST - 1).is_some());
        // The longest first, so that none is spoilt by one that it holds.
        values.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        values.dedup();
        values.truncate(MOST_VALUES);
        values
    }
}

impl Covered {
    /// A message with the values in its quoted code covered; a plain word outside of the quotes is
    /// the message's own.
    pub(super) fn message(&self, message: &str) -> String {
        let quoted = message.find('`').zip(message.rfind('`'));
        let parts = quoted.and_then(|(from, to)| {
            Some((
                message.get(..from)?,
                message.get(from..to)?,
                message.get(to..)?,
            ))
        });
        let Some((before, code, after)) = parts.filter(|_| !self.values.is_empty()) else {
            return message.to_owned();
        };
        let mut code = code.to_owned();
        for value in &self.values {
            if code.contains(value.as_str()) {
                code = code.replace(value.as_str(), "***");
            }
            if let Some(shorter) = without_beginning(&code, value) {
                code = shorter;
            }
        }
        [before, &code, after].concat()
    }
}

fn is_distinct(value: &str) -> bool {
    value.chars().nth(DISTINCT - 1).is_some()
}

/// Whether a part of the text is no part of a longer word.
fn is_word(text: &str, part: &Range<usize>) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let before = text.get(..part.start).unwrap_or("");
    let after = text.get(part.end..).unwrap_or("");
    !before.ends_with(is_letter) && !after.starts_with(is_letter)
}

/// Code that was cut short within a value: without the beginning of the value.
fn without_beginning(code: &str, value: &str) -> Option<String> {
    // The cut comes last: what stands before it is the script's own.
    let (kept, rest) = code.rsplit_once('…')?;
    let beginnings = value.char_indices().take(LONGEST_CUT).skip(DISTINCT);
    let longest = beginnings
        .filter_map(|(end, _)| value.get(..end))
        .filter_map(|beginning| kept.strip_suffix(beginning))
        .last()?;
    Some(format!("{longest}***…{rest}"))
}

/// The runs of what is hidden.
fn runs(hidden: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in hidden.iter().enumerate().filter(|(_, hidden)| **hidden) {
        match runs.last_mut() {
            Some(last) if last.end == at => last.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(text: &str, secrets: &[&[&str]]) -> Covered {
        let mut cover = Cover::default();
        for literals in secrets {
            let places = literals.iter().map(|literal| {
                let start = text.find(literal).expect("it stands there");
                start..start + literal.len()
            });
            cover.add(places.collect());
        }
        cover.of(text)
    }

    #[test]
    fn copies_are_covered_and_short_ones_as_words() {
        let covered_places = |text, secrets: &[&[&str]]| covered(text, secrets).places.to_vec();
        assert_eq!(
            covered_places("hunter2 x hunter2", &[&["hunter2"]]),
            [0..7, 10..17]
        );
        assert_eq!(
            covered_places("admin x admin administer", &[&["admin"]]),
            [0..5, 8..13]
        );
        assert_eq!(covered_places("abc abc", &[&["abc"]]), vec![0..3; 1]);
        assert!(covered_places("hunter2", &[]).is_empty());
    }

    #[test]
    fn what_was_not_searched_is_covered_whole() {
        let mut cover = Cover::default();
        cover.add_everything();
        assert_eq!(cover.of("hunter2 x").places.to_vec(), vec![0..9; 1]);
    }

    #[test]
    fn a_composed_secret_is_covered_whole_and_in_parts() {
        let covered = covered("'hun'+'ter2' hunter2", &[&["hun", "ter2"]]);
        assert_eq!(covered.places.to_vec(), [1..4, 7..11, 13..20]);
    }

    #[test]
    fn a_message_quotes_no_secret_and_keeps_its_own_words() {
        let covered = covered("secret hunter23", &[&["secret"], &["hunter23"]]);
        for (message, shown) in [
            ("`f(hunter23)`: a secret", "`f(***)`: a secret"),
            ("`f(hunter2…`: runs code", "`f(***…`: runs code"),
            ("`f(… hunter2…`: runs code", "`f(… ***…`: runs code"),
            ("no secret is quoted", "no secret is quoted"),
        ] {
            assert_eq!(covered.message(message), shown);
        }
    }
}
