//! The ids a policy may name, and the nearest to one that it may not.
//!
//! The rules lie in a room below this one, so whoever reads a policy brings their ids.

/// The known name that a mistyped one is nearest to, if any is near at all.
pub fn nearest<'known>(
    typed: &str,
    known: impl Iterator<Item = &'known str>,
) -> Option<&'known str> {
    // Longer names have more room for slips: a third of the letters may differ.
    let typed: String = typed.chars().take(100).collect();
    let distance = |name: &str| strsim::damerau_levenshtein(&typed, name);
    known
        .map(|name| (distance(name), name))
        .filter(|(distance, name)| distance * 3 <= name.chars().count())
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    const KNOWN: [&str; 3] = ["python-eval", "python-exec", "bash-eval"];

    #[test]
    fn unknown_rules_are_refused_with_their_line_and_the_nearest() {
        let refusal = |text: &str| {
            Policy::from_toml_with(text, &KNOWN)
                .expect_err("a refusal")
                .to_string()
        };
        let told = refusal("pull = 'never'\n[rules]\npython-eval = 'off'\npyton-eval = 'warn'\n");
        assert!(
            told.contains("line 4") && told.contains("`python-eval`"),
            "{told}"
        );
        let told = refusal("rules.something = 'off'");
        assert!(
            told.contains("line 1") && !told.contains("did you mean"),
            "{told}"
        );
    }

    #[test]
    fn known_rules_pass() {
        let policy = Policy::from_toml_with("[rules]\nbash-eval = 'off'\n", &KNOWN);
        assert!(policy.expect("a policy").rules.contains_key("bash-eval"));
    }

    #[test]
    fn near_is_a_third_of_the_letters() {
        let near = |typed| nearest(typed, KNOWN.into_iter());
        assert_eq!(near("python_eval"), Some("python-eval"));
        assert_eq!(near("bash-evil"), Some("bash-eval"));
        assert_eq!(near("eval"), None);
        assert_eq!(near(""), None);
        assert_eq!(near(&"x".repeat(1_000_000)), None);
    }
}
