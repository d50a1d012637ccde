//! Findings as workflow commands, which GitHub shows beside the lines of a change.
//!
//! A command is a line `::error file=…,line=…::message`. File names and messages come from
//! strangers: what they hold can neither end the line nor the property it is in. The escapes are
//! those of the `toCommandValue` and `escapeProperty` of GitHub's own `@actions/core`.

use crate::check::{Finding, Report};
use crate::policy::Level;
use crate::text::single_line;

/// A command for each finding, each with its line end.
#[must_use]
pub fn github_commands(file: &str, report: &Report) -> String {
    let commands = report.findings.iter().map(|finding| command(file, finding));
    commands.collect()
}

/// The command that tells why a file could not be checked.
#[must_use]
pub fn github_error(file: &str, message: &str) -> String {
    let (file, message) = (property(file), data(message));
    format!("::error file={file},title=lazaret::{message}\n")
}

fn command(file: &str, finding: &Finding) -> String {
    let name = match finding.level {
        Level::Block => "error",
        Level::Warn | Level::Off => "warning",
    };
    let mut place = format!("line={},endLine={}", finding.line, finding.end_line);
    // Columns are refused where a place has several lines.
    if finding.line == finding.end_line {
        place += &format!(",col={},endColumn={}", finding.column, finding.end_column);
    }
    let (file, title) = (property(file), property(finding.rule));
    let message = data(&message(finding));
    format!("::{name} file={file},{place},title={title}::{message}\n")
}

/// A command has one place: further ones are told in words.
fn message(finding: &Finding) -> String {
    let mut message = finding.message.clone();
    for related in &finding.related {
        message += &format!("\nline {}: {}", related.line, related.message);
    }
    message
}

fn data(text: &str) -> String {
    escaped(text, &[])
}

fn property(text: &str) -> String {
    escaped(text, &[':', ','])
}

/// `%`, line ends and the given marks as percent escapes; what a terminal would act on made visible.
fn escaped(text: &str, marks: &[char]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '\r' | '\n') || marks.contains(&character) {
            escaped += &format!("%{:02X}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    single_line(&escaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Related, check};
    use crate::language::Language;
    use crate::policy::Policy;
    use crate::text::LineIndex;

    fn report(script: &str) -> Report {
        let python = Language::by_name("python").expect("python");
        check(script, python, &Policy::default())
    }

    #[test]
    fn a_command_has_the_exact_place() {
        let shown = github_commands("a.py", &report("x = 1\né = eval(y)\n"));
        let begins = "::error file=a.py,line=2,endLine=2,col=5,endColumn=9,title=python-eval::";
        assert!(shown.starts_with(begins), "{shown}");
        assert_eq!(shown.lines().count(), 1);
    }

    #[test]
    fn a_warning_is_one_and_further_places_are_told() {
        let script = "eval(y)\n";
        let mut report = report(script);
        let finding = &mut report.findings[0];
        finding.level = Level::Warn;
        finding.end_line = 2;
        let related = Related::at(&LineIndex::new(script), 0..4, "there".to_owned());
        finding.related.push(related);
        let shown = github_commands("a.py", &report);
        assert!(shown.starts_with("::warning file=a.py,line=1,endLine=2,title="));
        assert!(shown.ends_with("%0Aline 1: there\n"), "{shown}");
    }

    #[test]
    fn hostile_names_and_texts_inject_nothing() {
        let hostile = "a\r\n::set-env name=X::y%0A,line=9::z\u{1b}[0m\u{2028}";
        for shown in [
            github_commands(hostile, &report("eval(y)\n")),
            github_error(hostile, hostile),
        ] {
            assert_eq!(shown.matches(['\n', '\r']).count(), 1, "{shown:?}");
            assert!(!shown.contains(['\u{1b}', '\u{2028}']), "{shown:?}");
            let property = shown.split("::").nth(1).expect("properties");
            assert!(property.contains("file=a%0D%0A%3A%3Aset-env name=X%3A%3Ay%250A%2Cline=9"));
            assert_eq!(
                property.matches("line=").count(),
                1 + usize::from(property.contains("endLine")),
                "{property}"
            );
        }
    }
}
