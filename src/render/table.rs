//! The table of languages, and the one way to JSON.

use serde::Serialize;

use crate::language::{LANGUAGES, Language};
use crate::policy::Policy;

#[derive(Serialize)]
struct Languages<'a> {
    schema: &'static str,
    languages: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'static str,
    interpreter: &'static str,
    extensions: &'static [&'static str],
    image: &'a str,
    description: &'static str,
}

/// `lazaret.languages/1` on one line without its end; images as the policy has them.
#[must_use]
pub fn languages_document(policy: &Policy) -> String {
    let row = |language: &'static Language| Row {
        name: language.name,
        interpreter: language.interpreter,
        extensions: language.extensions,
        image: policy.image(language),
        description: language.description,
    };
    json(&Languages {
        schema: "lazaret.languages/1",
        languages: LANGUAGES.iter().map(row).collect(),
    })
}

/// A line for each language under a line of titles.
#[must_use]
pub fn languages_table(policy: &Policy) -> String {
    let titles = [
        "LANGUAGE",
        "INTERPRETER",
        "EXTENSIONS",
        "IMAGE",
        "DESCRIPTION",
    ];
    let rows = LANGUAGES.iter().map(|language| {
        [
            language.name.to_owned(),
            language.interpreter.to_owned(),
            language.extensions.join(" "),
            policy.image(language).to_owned(),
            language.description.to_owned(),
        ]
    });
    table(titles, rows)
}

/// Columns as wide as their widest cell, under a line of titles.
pub(super) fn table<const COLUMNS: usize>(
    titles: [&str; COLUMNS],
    rows: impl Iterator<Item = [String; COLUMNS]>,
) -> String {
    let rows: Vec<[String; COLUMNS]> = std::iter::once(titles.map(str::to_owned))
        .chain(rows)
        .collect();
    let mut widths = [0; COLUMNS];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line += &format!("{cell:<width$}  ");
    }
    line.trim_end().to_owned() + "\n"
}

/// Our documents have string keys and finite numbers: they can always be written.
pub(super) fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}"))
}
