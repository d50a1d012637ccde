//! What the check costs, against the bare parse of the same text.
//!
//! `cargo bench --bench check`; the goal is at most twice the parse.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lazaret::check::check;
use lazaret::language::Language;
use lazaret::policy::Policy;

const SCRIPTS: [(&str, &str, &str); 4] = [
    (
        "python",
        "large",
        include_str!("../../fixtures/scripts/good/large.py"),
    ),
    (
        "bash",
        "large",
        include_str!("../../fixtures/scripts/good/large.sh"),
    ),
    (
        "python",
        "hello",
        include_str!("../../fixtures/scripts/good/hello.py"),
    ),
    (
        "bash",
        "hello",
        include_str!("../../fixtures/scripts/good/hello.sh"),
    ),
];

const LAYERS: [&str; 3] = ["syntax", "secrets", "dangerous"];

/// The default policy with one layer of those that read the tree.
fn only(layer: &str) -> Policy {
    let others = LAYERS.iter().filter(|other| **other != layer);
    Policy {
        checks_off: others.map(|other| (*other).to_owned()).collect(),
        ..Policy::default()
    }
}

fn bare_parse(language: &str) -> impl FnMut(&str) -> Option<tree_sitter::Tree> {
    let grammar = match language {
        "python" => tree_sitter_python::LANGUAGE,
        _ => tree_sitter_bash::LANGUAGE,
    };
    let mut parser = tree_sitter::Parser::new();
    let fits = parser.set_language(&grammar.into()).is_ok();
    move |text| if fits { parser.parse(text, None) } else { None }
}

fn whole(criterion: &mut Criterion) {
    let policy = Policy::default();
    for (name, size, text) in SCRIPTS {
        let Some(language) = Language::by_name(name) else {
            continue;
        };
        let mut parse = bare_parse(name);
        let mut group = criterion.benchmark_group(format!("{name}/{size}"));
        group.bench_function("parse", |bencher| bencher.iter(|| parse(black_box(text))));
        group.bench_function("check", |bencher| {
            bencher.iter(|| check(black_box(text), language, &policy));
        });
        for layer in LAYERS {
            let policy = only(layer);
            group.bench_function(format!("parse and {layer}"), |bencher| {
                bencher.iter(|| check(black_box(text), language, &policy));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, whole);
criterion_main!(benches);
