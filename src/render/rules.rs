//! The rules as their own manual: a table, a page each, `lazaret.rules/1`.

use serde::Serialize;

use crate::check::{Layer, Rule};
use crate::policy::{Level, Policy};
use crate::text::safe_for_terminal;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    rules: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    /// The level under the policy; the rule's own follows with the rest of it.
    effective_level: Level,
    #[serde(flatten)]
    rule: &'a Rule,
}

/// `lazaret.rules/1` on one line without its end.
#[must_use]
pub fn rules_document(rules: &[&Rule], policy: &Policy) -> String {
    let row = |rule| Row {
        effective_level: Rule::level_under(rule, policy),
        rule,
    };
    super::table::json(&Document {
        schema: "lazaret.rules/1",
        rules: rules.iter().copied().map(row).collect(),
    })
}

/// A line for each rule under a line of titles, levels as the policy has them.
#[must_use]
pub fn rules_table(rules: &[&Rule], policy: &Policy) -> String {
    let rows = rules.iter().map(|rule| {
        [
            rule.id.to_owned(),
            rule.layer.name().to_owned(),
            rule.level_under(policy).name().to_owned(),
            rule.what.to_owned(),
        ]
    });
    super::table::table(["RULE", "LAYER", "LEVEL", "FINDS"], rows)
}

/// The manual page of one rule.
#[must_use]
pub fn rule_manual(rule: &Rule, policy: &Policy) -> String {
    let language = rule.language.unwrap_or("every language");
    let mut page = format!("{}: {}\n\n", rule.id, rule.what);
    page += &format!("  layer    {} ({language})\n", rule.layer.name());
    page += &format!("  level    {}\n", level(rule, policy));
    page += &format!("  why      {}\n", rule.why);
    page += &format!("  instead  {}\n\n", rule.instead);
    page += &format!(
        "A policy changes the level:\n\n    [rules]\n    {} = \"{}\"  # block, warn or off\n\n",
        rule.id,
        another(rule.level_under(policy)).name()
    );
    page +=
        "No comment in a script does: its author is the one who is not trusted.\n\nIt finds\n\n";
    page += &examples(rule.catches);
    page += "It lets pass\n\n";
    page += &examples(rule.passes);
    if matches!(rule.layer, Layer::Secrets | Layer::Size) {
        page +=
            "What stands in braces, such as {hex40}, is a placeholder for so many characters.\n";
    }
    page
}

fn level(rule: &Rule, policy: &Policy) -> String {
    let (own, here) = (rule.level, rule.level_under(policy));
    let means = match here {
        Level::Block => "a script with it is rejected",
        Level::Warn => "told, and the script runs",
        Level::Off => "the rule is not asked",
    };
    let moved = if own == here {
        String::new()
    } else {
        format!("; by the policy, without it {}", own.name())
    };
    format!("{}: {means}{moved}", here.name())
}

/// A level that differs from this one, for an example.
const fn another(level: Level) -> Level {
    match level {
        Level::Block | Level::Off => Level::Warn,
        Level::Warn => Level::Block,
    }
}

/// Every line behind a bar, so that empty scripts, blank lines and blanks at an end can be seen.
fn examples(scripts: &[&str]) -> String {
    let shown = |script: &&str| {
        let script = safe_for_terminal(script.strip_suffix('\n').unwrap_or(script));
        let lines = script.split('\n').map(|line| format!("    | {line}\n"));
        lines.collect::<String>() + "\n"
    };
    scripts.iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{rule, rules};

    fn policy(toml: &str) -> Policy {
        Policy::from_toml(toml).expect("a policy")
    }

    #[test]
    fn the_table_has_every_rule_with_its_level_here() {
        let rules: Vec<&Rule> = rules().collect();
        let table = rules_table(&rules, &policy("[rules]\npython-eval = 'warn'"));
        assert_eq!(table.lines().count(), rules.len() + 1);
        let line = table
            .lines()
            .find(|line| line.starts_with("python-eval "))
            .expect("a line");
        assert!(line.contains(" warn "), "{line}");
        assert!(line.ends_with(rule("python-eval").expect("a rule").what));
    }

    #[test]
    fn every_manual_is_complete_and_safe_to_show() {
        for rule in rules() {
            let page = rule_manual(rule, &Policy::default());
            for part in [rule.id, rule.what, rule.why, rule.instead] {
                assert!(page.contains(part), "{page}");
            }
            let bars = page.matches("\n    | ").count();
            assert!(bars >= rule.catches.len() + rule.passes.len(), "{page}");
            let safe =
                |character: char| matches!(character, '\n' | '\t') || !character.is_control();
            assert!(page.chars().all(safe), "{page:?}");
        }
    }

    #[test]
    fn a_manual_says_what_the_policy_changed() {
        let eval = rule("python-eval").expect("a rule");
        let page = rule_manual(eval, &policy("checks.off = ['dangerous']"));
        assert!(page.contains("off: the rule is not asked; by the policy, without it block"));
        assert!(!rule_manual(eval, &Policy::default()).contains("by the policy"));
    }

    #[test]
    fn placeholders_stay_placeholders() {
        let page = rule_manual(rule("secret-token").expect("a rule"), &Policy::default());
        assert!(page.contains("{alnum36}") && page.contains("placeholder"));
    }

    #[test]
    fn the_document_has_both_levels() {
        let eval = rule("python-eval").expect("a rule");
        let document = rules_document(&[eval], &policy("[rules]\npython-eval = 'warn'"));
        let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
        assert_eq!(document["schema"], "lazaret.rules/1");
        let row = &document["rules"][0];
        assert_eq!(
            (&row["level"], &row["effective_level"]),
            (&"block".into(), &"warn".into())
        );
        assert_eq!(
            row["catches"].as_array().expect("examples").len(),
            eval.catches.len()
        );
    }
}
