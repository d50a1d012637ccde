//! Tokens whose form tells what they are, wherever they stand, comments included.
//!
//! The form is judged and nothing else, so an example from a service's documentation is found like
//! a real one; a body of one repeated letter is not.

use std::ops::Range;
use std::sync::LazyLock;

use super::Found;
use super::forms::{AWS_KEY_ID, Body, FORMS, Form};
use crate::check::Rule;
use crate::check::rules::secrets::{SECRET_AWS_KEY_ID, SECRET_TOKEN};

/// A form with the rule that speaks of it, and one of its prefixes.
type Prefix = (&'static Rule, &'static Form, &'static str);

/// The prefixes by the letter they begin with: so each place of a text meets only a few of them.
static PREFIXES: LazyLock<Vec<Vec<Prefix>>> = LazyLock::new(|| {
    let mut by_letter = vec![Vec::new(); 256];
    let tokens = FORMS.iter().map(|form| (&SECRET_TOKEN, form));
    for (rule, form) in [(&SECRET_AWS_KEY_ID, &AWS_KEY_ID)]
        .into_iter()
        .chain(tokens)
    {
        for prefix in form.prefixes {
            let letter = prefix.bytes().next().map(usize::from);
            if let Some(same) = letter.and_then(|letter| by_letter.get_mut(letter)) {
                same.push((rule, form, *prefix));
            }
        }
    }
    by_letter
});

/// No token is shorter, with its prefix.
const SHORTEST: usize = 20;

/// Every token of a known form.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let mut start = 0;
    for run in text.as_bytes().split(|byte| !is_letter(*byte)) {
        if run.len() >= SHORTEST {
            in_run(text, start..start + run.len(), found);
        }
        start += run.len() + 1;
    }
}

/// Whether a token of any form may hold it.
const fn is_letter(byte: u8) -> bool {
    matches!(byte, b'+'..=b'9' | b'=' | b'A'..=b'Z' | b'_' | b'a'..=b'z')
}

/// Tokens that begin in a run of letters: most scripts have few that are long enough.
fn in_run(text: &str, run: Range<usize>, found: &mut Vec<Found>) {
    let last = run.end - SHORTEST;
    for start in run.start..=last {
        let rest = text.as_bytes().get(start..run.end).unwrap_or(&[]);
        let first = rest.first().map_or(0, |byte| usize::from(*byte));
        for prefix in PREFIXES.get(first).into_iter().flatten() {
            if rest.starts_with(prefix.2.as_bytes()) {
                found.extend(token(text, prefix, start));
            }
        }
    }
}

fn token(text: &str, (rule, form, prefix): &Prefix, start: usize) -> Option<Found> {
    let end = end_of(text, form, prefix, start)?;
    Some(Found {
        rule,
        span: start..end,
        literals: Vec::new(),
        what: form.what.to_owned(),
    })
}

/// Where a token ends that begins with a prefix found there.
fn end_of(text: &str, form: &Form, prefix: &str, start: usize) -> Option<usize> {
    let before = text.get(..start)?;
    // The parts of a JSON web token begin as the whole does.
    if !begins_word(before) || (prefix == "eyJ" && before.ends_with('.')) {
        return None;
    }
    let rest = text.get(start + prefix.len()..)?;
    let length = rest
        .bytes()
        .take_while(|byte| belongs(form.body, *byte))
        .take(form.most + 1)
        .count();
    let body = rest.get(..length)?.trim_end_matches(['.', '-', '=']);
    let goes_on = rest
        .get(length..)?
        .starts_with(|next: char| next.is_alphanumeric() || next == '_');
    let fits = (form.least..=form.most).contains(&body.len()) && !goes_on;
    // A JSON web token is three parts, the second of which is JSON again.
    let whole = *prefix != *"eyJ" || body.contains(".eyJ");
    (fits && whole && is_made(form.body, body)).then_some(start + prefix.len() + body.len())
}

/// Whether what stands before a token lets one begin; `\n` in a string does.
fn begins_word(before: &str) -> bool {
    let mut letters = before.chars().rev();
    match letters.next() {
        Some('n' | 't' | 'r') => letters.next() == Some('\\'),
        Some(letter) => !(letter.is_alphanumeric() || letter == '_' || letter == '-'),
        None => true,
    }
}

fn belongs(body: Body, byte: u8) -> bool {
    match body {
        Body::Mixed(marks) => byte.is_ascii_alphanumeric() || marks.as_bytes().contains(&byte),
        Body::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        Body::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
    }
}

/// Whether a machine made it: several letters, and no plain words.
fn is_made(form: Body, body: &str) -> bool {
    let mut seen = 0_u128;
    for byte in body.bytes() {
        seen |= 1 << (byte & 127);
    }
    let digits = body.bytes().any(|byte| byte.is_ascii_digit());
    let both = body.bytes().any(|byte| byte.is_ascii_uppercase())
        && body.bytes().any(|byte| byte.is_ascii_lowercase());
    let filled = ["xxxx", "XXXX", "0000000000", "...."]
        .iter()
        .any(|filler| body.contains(filler));
    seen.count_ones() >= 6 && (digits || both || form == Body::Upper) && !filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_is_shorter_than_what_is_looked_at() {
        for form in FORMS.iter().chain([&AWS_KEY_ID]) {
            let marks = match form.body {
                Body::Mixed(marks) => marks,
                Body::Hex | Body::Upper => "",
            };
            assert!(marks.bytes().all(is_letter), "{}", form.what);
            for prefix in form.prefixes {
                assert!(prefix.len() + form.least >= SHORTEST, "{prefix}");
                assert!(prefix.bytes().all(is_letter), "{prefix}");
            }
        }
    }

    #[test]
    fn every_form_is_found_whole_and_no_longer_one_is() {
        let letters = "b7d1c4e90fa2".repeat(100);
        for form in FORMS.iter().chain([&AWS_KEY_ID]) {
            let body = letters.get(..form.least).expect("as many letters");
            let body = match form.body {
                Body::Upper => body.to_uppercase(),
                _ => body.to_owned(),
            };
            for prefix in form.prefixes {
                let token = match *prefix {
                    "eyJ" => format!("eyJ{body}.eyJ{body}.{body}"),
                    prefix => format!("{prefix}{body}"),
                };
                let text = format!("x = '{token}'");
                assert_eq!(
                    end_of(&text, form, prefix, 5),
                    Some(5 + token.len()),
                    "{prefix}"
                );
                let glued = format!("x{token}");
                assert_eq!(end_of(&glued, form, prefix, 1), None, "{prefix}");
                let hidden = format!("{prefix}{}", "x".repeat(form.least));
                assert_eq!(end_of(&hidden, form, prefix, 0), None, "{prefix}");
            }
        }
    }
}
