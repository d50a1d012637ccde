//! Any bytes as a script in bash.

#![no_main]

mod holds;

use lazaret::language::Language;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let language = Language::by_name("bash").expect("a language of the table");
    holds::for_bytes(bytes, language);
});
