//! Rules of the size layer.

use crate::check::{Layer, Rule};
use crate::policy::Level;

pub(in crate::check) static RULES: [&Rule; 4] =
    [&SIZE_CHARACTERS, &SIZE_NUL, &SIZE_UTF8, &SIZE_INTRICATE];

pub(in crate::check) static SIZE_CHARACTERS: Rule = Rule {
    id: "size-characters",
    layer: Layer::Size,
    level: Level::Block,
    language: None,
    what: "more characters than the policy allows (10 000 where it says nothing)",
    why: "what nobody can read, nobody can vet; long scripts mostly carry data that belongs on stdin",
    catches: &["{characters10001}"],
    passes: &["{characters10000}", ""],
    instead: "pass data on stdin or as files, and split the work into several scripts",
};

pub(in crate::check) static SIZE_NUL: Rule = Rule {
    id: "size-nul",
    layer: Layer::Size,
    level: Level::Block,
    language: None,
    what: "a NUL character",
    why: "no script holds one: bash silently drops it and Python refuses it, so what runs is not what was read",
    catches: &["echo a\0b\n", "\0"],
    passes: &["printf '%s\\0' a b\n"],
    instead: "write `\\0` as an escape sequence",
};

pub(in crate::check) static SIZE_UTF8: Rule = Rule {
    id: "size-utf8",
    layer: Layer::Size,
    level: Level::Block,
    language: None,
    what: "bytes that are not UTF-8",
    why: "what a check cannot read as text, it cannot check",
    catches: &["print('{byte_ff}')\n"],
    passes: &["print('\u{e9}\u{1f980}')\n"],
    instead: "save the script as UTF-8, and write other bytes as escape sequences",
};

pub(in crate::check) static SIZE_INTRICATE: Rule = Rule {
    id: "size-intricate",
    layer: Layer::Size,
    level: Level::Block,
    language: None,
    what: "text on which the parser would spend more than its budget",
    why: "some texts, mostly broken or made for it, take the parser a hundred times as long as a script does; it stops, and what it has not read, no check can vouch for",
    catches: &["#!/bin/bash\n{parentheses10000}"],
    passes: &[
        "#!/bin/bash\necho a\n",
        "#!/bin/bash\nif [ true\n",
        "x = (\n",
    ],
    instead: "write it as plain commands, one a line",
};
