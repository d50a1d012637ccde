//! Image references, as far as argv is concerned.

/// Whether a reference can stand in an engine's command line as an image and nothing else.
///
/// The characters are those of the distribution project's reference grammar (name, tag, digest);
/// whether the image exists is the engine's to say.
///
/// # Errors
/// What is wrong with it, and an example.
pub fn check(image: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
    let starts_well = image
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    if starts_well && image.bytes().all(allowed) && image.len() <= 512 {
        return Ok(());
    }
    Err(format!(
        "`{}` is not an image reference; write one such as python:3.11-slim or name@sha256:…",
        crate::text::single_line(image)
    ))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn references_pass_and_flags_do_not() {
        for good in ["python:3.11-slim", "localhost:5000/a/b_c.d@sha256:0f", "a"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "-v/:/host",
            "--privileged",
            "a b",
            "a\nb",
            "a;b",
            "$(x)",
            "/a",
            "é",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
