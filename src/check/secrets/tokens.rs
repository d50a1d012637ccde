//! Tokens whose form tells what they are, wherever they stand, comments included.
//!
//! The form is judged and nothing else, so an example from a service's documentation is found like
//! a real one; a body of one repeated letter is not.

use memchr::memmem;

use super::Found;
use super::forms::{AWS_KEY_ID, Body, FORMS, Form};
use crate::check::Rule;
use crate::check::rules::secrets::{SECRET_AWS_KEY_ID, SECRET_TOKEN};

/// Every token of a known form.
pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    of_form(text, &AWS_KEY_ID, &SECRET_AWS_KEY_ID, found);
    for form in &FORMS {
        of_form(text, form, &SECRET_TOKEN, found);
    }
}

fn of_form(text: &str, form: &'static Form, rule: &'static Rule, found: &mut Vec<Found>) {
    for prefix in form.prefixes {
        let places = memmem::find_iter(text.as_bytes(), prefix);
        let ends = places.filter_map(|at| Some((at, end_of(text, form, prefix, at)?)));
        found.extend(ends.map(|(start, end)| Found {
            rule,
            span: start..end,
            literals: Vec::new(),
            what: form.what.to_owned(),
        }));
    }
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
