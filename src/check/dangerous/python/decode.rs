//! What Python's operators, methods and functions make of constants. Pure, and capped in length.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::constant::Constant::{self, Bytes, Items, Number, Text, Truth};

/// The longest text that is worth knowing: names are short.
const MOST_TEXT: usize = 4_096;

/// The text, unless it has become long.
pub(super) fn capped(text: &str) -> Option<&str> {
    (text.len() <= MOST_TEXT).then_some(text)
}

fn text(text: String) -> Option<Constant> {
    capped(&text)?;
    Some(Text(text))
}

/// An integer literal.
pub(super) fn integer(written: &str) -> Option<i64> {
    let digits = written.replace('_', "").to_ascii_lowercase();
    let (digits, radix) = [("0x", 16), ("0o", 8), ("0b", 2)]
        .iter()
        .find_map(|(prefix, radix)| Some((digits.strip_prefix(prefix)?, *radix)))
        .unwrap_or((digits.as_str(), 10));
    i64::from_str_radix(digits, radix).ok()
}

/// What `str()` and an f-string make of a value.
pub(super) fn shown(value: &Constant) -> Option<String> {
    match value {
        Text(text) => Some(text.clone()),
        Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(super) fn operate(operator: &str, left: Constant, right: Constant) -> Option<Constant> {
    match (operator, left, right) {
        ("+", Text(left), Text(right)) => text(left + &right),
        ("+", Bytes(mut left), Bytes(right)) => {
            left.extend(right);
            (left.len() <= MOST_TEXT).then_some(Bytes(left))
        }
        ("+", Number(left), Number(right)) => Some(Number(left.checked_add(right)?)),
        ("-", Number(left), Number(right)) => Some(Number(left.checked_sub(right)?)),
        ("*", Number(left), Number(right)) => Some(Number(left.checked_mul(right)?)),
        ("//", Number(left), Number(right)) => Some(Number(left.checked_div_euclid(right)?)),
        ("^", Number(left), Number(right)) => Some(Number(left ^ right)),
        ("*", Text(left), Number(times)) => {
            let times = usize::try_from(times).ok()?;
            (left.len().checked_mul(times)? <= MOST_TEXT).then(|| Text(left.repeat(times)))
        }
        ("%", Text(left), Items(right)) => percent(&left, right),
        ("%", Text(left), right) => percent(&left, vec![right]),
        _ => None,
    }
}

/// `'%s%s' % ('a', 'b')`
fn percent(format: &str, values: Vec<Constant>) -> Option<Constant> {
    let mut values = values.into_iter();
    let mut made = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            made.push(letter);
            continue;
        }
        match (letters.next()?, ()) {
            ('%', ()) => made.push('%'),
            ('s' | 'd', ()) => made.push_str(&shown(&values.next()?)?),
            ('c', ()) => made.push_str(&character(&values.next()?)?),
            _ => return None,
        }
        capped(&made)?;
    }
    text(made)
}

/// `'{}{1}'.format('a', 'b')`
fn format(pattern: &str, values: &[Constant]) -> Option<Constant> {
    let mut made = String::new();
    let mut next = 0;
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        let (field, behind) = after.split_once('}')?;
        let number = match field {
            "" => next,
            _ => field.parse().ok()?,
        };
        next += 1;
        made.push_str(&shown(values.get(number)?)?);
        capped(&made)?;
        rest = behind;
    }
    made.push_str(rest);
    text(made)
}

fn character(value: &Constant) -> Option<String> {
    match value {
        Number(number) => Some(char::from_u32(u32::try_from(*number).ok()?)?.to_string()),
        Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// What a method of a constant gives.
pub(super) fn method(name: &str, object: Constant, given: &[Constant]) -> Option<Constant> {
    match (name, object, given) {
        ("join", Text(between), [items]) => {
            let items = items.clone().items()?;
            let parts: Option<Vec<_>> = items.iter().map(shown).collect();
            text(parts?.join(&between))
        }
        ("format", Text(pattern), values) => format(&pattern, values),
        ("replace", Text(whole), [Text(from), Text(to)]) if !from.is_empty() => {
            let growth = whole.matches(from.as_str()).count().checked_mul(to.len())?;
            (growth <= MOST_TEXT).then(|| Text(whole.replace(from.as_str(), to)))
        }
        ("lower" | "casefold", Text(whole), []) => text(whole.to_lowercase()),
        ("upper", Text(whole), []) => text(whole.to_uppercase()),
        ("swapcase", Text(whole), []) => text(whole.chars().map(swapped).collect()),
        ("strip", Text(whole), []) => text(whole.trim().to_owned()),
        ("lstrip", Text(whole), []) => text(whole.trim_start().to_owned()),
        ("rstrip", Text(whole), []) => text(whole.trim_end().to_owned()),
        ("strip", Text(whole), [Text(of)]) => {
            text(whole.trim_matches(|letter| of.contains(letter)).to_owned())
        }
        ("removeprefix", Text(whole), [Text(of)]) => {
            text(whole.strip_prefix(of.as_str()).unwrap_or(&whole).to_owned())
        }
        ("removesuffix", Text(whole), [Text(of)]) => {
            text(whole.strip_suffix(of.as_str()).unwrap_or(&whole).to_owned())
        }
        ("split", Text(whole), []) => {
            let parts = whole.split_whitespace().take(64);
            Some(Items(parts.map(|part| Text(part.to_owned())).collect()))
        }
        ("split", Text(whole), [Text(at)]) if !at.is_empty() => {
            let parts = whole.split(at.as_str()).take(64);
            Some(Items(parts.map(|part| Text(part.to_owned())).collect()))
        }
        ("encode", Text(whole), _) => Some(Bytes(whole.into_bytes())),
        ("decode", Bytes(bytes), _) => text(String::from_utf8(bytes).ok()?),
        ("hex", Bytes(bytes), []) => {
            let digit = |digit: u8| char::from_digit(digit.into(), 16);
            let digits = bytes
                .iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
            text(digits.flatten().collect())
        }
        _ => None,
    }
}

fn swapped(letter: char) -> char {
    if letter.is_ascii_lowercase() {
        letter.to_ascii_uppercase()
    } else {
        letter.to_ascii_lowercase()
    }
}

/// What a function gives for constants.
pub(super) fn function(name: &str, given: Vec<Constant>) -> Option<Constant> {
    let mut given = given.into_iter();
    let (first, second) = (given.next(), given.next());
    match (name, first?, second) {
        ("builtins.chr", value, None) => text(character(&value)?),
        ("builtins.ord", Text(letter), None) => {
            let mut letters = letter.chars();
            let code = u32::from(letters.next()?);
            letters.next().is_none().then_some(Number(code.into()))
        }
        ("builtins.str", Bytes(bytes), Some(_)) => text(String::from_utf8(bytes).ok()?),
        ("builtins.str", value, None) => text(shown(&value)?),
        ("builtins.int", Text(digits), None) => digits.parse().ok().map(Number),
        ("builtins.bytes" | "builtins.bytearray", Bytes(bytes), None) => Some(Bytes(bytes)),
        ("builtins.bytes" | "builtins.bytearray", Text(text), Some(_)) => {
            Some(Bytes(text.into_bytes()))
        }
        ("builtins.bytes" | "builtins.bytearray", items, None) => bytes_of(items),
        ("builtins.list" | "builtins.tuple", items, None) => items.items().map(Items),
        ("builtins.reversed", items, None) => {
            let mut items = items.items()?;
            items.reverse();
            Some(Items(items))
        }
        ("shlex.split", value, None) => method("split", value, &[]),
        ("builtins.bool", value, None) => Some(Truth(!value.is_false())),
        (
            "builtins.bytes.fromhex"
            | "builtins.bytearray.fromhex"
            | "binascii.unhexlify"
            | "binascii.a2b_hex"
            | "base64.b16decode",
            value,
            _,
        ) => unhexed(value),
        ("base64.b64decode" | "base64.standard_b64decode" | "binascii.a2b_base64", value, None) => {
            Some(Bytes(STANDARD.decode(octets(value)?).ok()?))
        }
        ("base64.urlsafe_b64decode", value, None) => {
            Some(Bytes(URL_SAFE.decode(octets(value)?).ok()?))
        }
        ("codecs.decode", value, Some(Text(codec))) => decoded(value, &codec),
        ("codecs.encode", Text(value), Some(Text(codec))) if is_rot13(&codec) => {
            text(value.chars().map(rotated).collect())
        }
        _ => None,
    }
}

fn bytes_of(items: Constant) -> Option<Constant> {
    let Items(items) = items else {
        return None;
    };
    let bytes = items.into_iter().map(|item| match item {
        Number(number) => u8::try_from(number).ok(),
        _ => None,
    });
    bytes.collect::<Option<_>>().map(Bytes)
}

fn octets(value: Constant) -> Option<Vec<u8>> {
    match value {
        Text(text) => Some(text.into_bytes()),
        Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

fn unhexed(value: Constant) -> Option<Constant> {
    let digits = octets(value)?;
    let digits: Vec<u8> = digits
        .into_iter()
        .filter(|digit| !digit.is_ascii_whitespace())
        .collect();
    let nibble = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(nibble(*high)? << 4 | nibble(*low)?));
    let bytes = bytes.collect::<Option<_>>().map(Bytes);
    bytes.filter(|_| rest.is_empty())
}

fn decoded(value: Constant, codec: &str) -> Option<Constant> {
    match codec.to_ascii_lowercase().replace('_', "-").as_str() {
        "hex" | "hex-codec" => unhexed(value),
        "base64" | "base64-codec" => {
            Some(Bytes(STANDARD.decode(octets(value)?.trim_ascii()).ok()?))
        }
        "utf-8" | "utf8" | "ascii" | "latin-1" => text(String::from_utf8(octets(value)?).ok()?),
        codec if is_rot13(codec) => match value {
            Text(value) => text(value.chars().map(rotated).collect()),
            _ => None,
        },
        _ => None,
    }
}

fn is_rot13(codec: &str) -> bool {
    matches!(codec, "rot13" | "rot_13" | "rot-13")
}

fn rotated(letter: char) -> char {
    let first = match letter {
        'a'..='z' => b'a',
        'A'..='Z' => b'A',
        _ => return letter,
    };
    u8::try_from(letter).map_or(letter, |byte| char::from((byte - first + 13) % 26 + first))
}

/// `whole[at]`
pub(super) fn item(whole: Constant, at: i64) -> Option<Constant> {
    let items = whole.items()?;
    let length = i64::try_from(items.len()).ok()?;
    let at = if at < 0 { at.checked_add(length)? } else { at };
    items.into_iter().nth(usize::try_from(at).ok()?)
}

/// `whole[start:stop:step]`
pub(super) fn slice(whole: Constant, bounds: [Option<i64>; 3]) -> Option<Constant> {
    let is_text = matches!(whole, Text(_));
    let items = whole.items()?;
    let length = i64::try_from(items.len()).ok()?;
    let [start, stop, step] = bounds;
    let step = step.unwrap_or(1);
    let (lowest, highest) = if step < 0 {
        (-1, length - 1)
    } else {
        (0, length)
    };
    let clamp = |bound: i64| {
        let bound = if bound < 0 {
            bound.saturating_add(length)
        } else {
            bound
        };
        bound.clamp(lowest, highest)
    };
    let (first, end) = if step < 0 {
        (highest, lowest)
    } else {
        (lowest, highest)
    };
    let (mut at, stop) = (start.map_or(first, clamp), stop.map_or(end, clamp));
    let mut kept = Vec::new();
    while step != 0 && (if step < 0 { at > stop } else { at < stop }) {
        kept.push(items.get(usize::try_from(at).ok()?)?.clone());
        at = at.checked_add(step)?;
    }
    if !is_text {
        return Some(Items(kept));
    }
    let letters: Option<String> = kept.iter().map(shown).collect();
    letters.and_then(text)
}

/// The text of a string's content, its escapes decoded unless its prefix makes it raw.
pub(super) fn unescaped(content: &str, prefix: &str) -> String {
    if prefix.contains(['r', 'R']) {
        return content.to_owned();
    }
    let mut plain = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (decoded, remaining) = escape(after).unwrap_or((Some('\\'), after));
        plain.extend(decoded);
        rest = remaining;
    }
    plain.push_str(rest);
    plain
}

fn escape(after: &str) -> Option<(Option<char>, &str)> {
    let (skip, digits, radix) = match after.as_bytes().first()? {
        b'x' => (1, 2, 16),
        b'u' => (1, 4, 16),
        b'U' => (1, 8, 16),
        b'0'..=b'7' => {
            let octal = after
                .bytes()
                .take(3)
                .take_while(|byte| matches!(byte, b'0'..=b'7'));
            (0, octal.count(), 8)
        }
        b'\n' => return Some((None, after.get(1..)?)),
        b'n' => return Some((Some('\n'), after.get(1..)?)),
        b't' => return Some((Some('\t'), after.get(1..)?)),
        b'\\' => return Some((Some('\\'), after.get(1..)?)),
        b'\'' => return Some((Some('\''), after.get(1..)?)),
        b'"' => return Some((Some('"'), after.get(1..)?)),
        _ => return None,
    };
    let code = u32::from_str_radix(after.get(skip..skip + digits)?, radix).ok()?;
    Some((Some(char::from_u32(code)?), after.get(skip + digits..)?))
}
