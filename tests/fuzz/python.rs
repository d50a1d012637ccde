//! Any bytes as a script in python.

#![no_main]

mod holds;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holds::for_bytes(bytes, "python"));
