//! Texts that programs in other languages hand to a shell: `system("…")` and its like.
//!
//! Looks for such a call with a text written out, and reads nothing else of these languages.

/// Functions of awk, Perl, Ruby, PHP and Node that give a text to a shell.
const FUNCTIONS: [&str; 6] = [
    "exec",
    "execSync",
    "passthru",
    "popen",
    "shell_exec",
    "system",
];

/// How many such texts of one program are read.
const MOST_TEXTS: usize = 16;

/// The texts, in order.
pub(super) fn shell_texts(code: &str) -> Vec<&str> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut texts = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(is_name) {
        let word = rest.get(start..).unwrap_or("");
        let end = word.find(|letter| !is_name(letter)).unwrap_or(word.len());
        let (name, after) = word.split_at(end);
        if FUNCTIONS.contains(&name)
            && texts.len() < MOST_TEXTS
            && let Some(text) = quoted(after)
        {
            texts.push(text);
        }
        rest = after;
    }
    texts
}

/// The text in quotes that a call begins with, unless it is put together of parts.
fn quoted(call: &str) -> Option<&str> {
    let call = call.trim_start();
    let argument = call.strip_prefix('(').unwrap_or(call).trim_start();
    let mark = argument
        .chars()
        .next()
        .filter(|mark| "'\"".contains(*mark))?;
    let (text, _) = argument.get(1..)?.split_once(mark)?;
    (!text.contains('\\')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::shell_texts;

    #[test]
    fn texts_are_those_of_calls() {
        for (code, texts) in [
            ("BEGIN { system(\"ls\") }", &["ls"][..]),
            ("system 'a b'; exec(\"c\")", &["a b", "c"]),
            ("require('child_process').execSync( 'x' )", &["x"]),
            ("filesystem(\"x\"); system_of(\"x\"); print \"system\"", &[]),
            ("system($0); system(\"a\\n\"); system", &[]),
        ] {
            assert_eq!(shell_texts(code), texts, "{code:?}");
        }
    }
}
