//! `lazaret rules`.

use super::args::{Format, RulesOptions};
use super::{output, setup};
use crate::check::{self, Rule};
use crate::language::Language;
use crate::policy::nearest;
use crate::render;

pub(super) fn rules(options: &RulesOptions) -> u8 {
    output::told(text(options))
}

fn text(options: &RulesOptions) -> Result<String, String> {
    let policy = setup::policy(&options.policy).map_err(|error| error.to_string())?;
    let rules = chosen(options)?;
    Ok(match (options.format, &options.rule, rules.as_slice()) {
        (Format::Json, ..) => render::rules_document(&rules, &policy) + "\n",
        (Format::Text, Some(_), [rule]) => render::rule_manual(rule, &policy),
        (Format::Text, ..) => render::rules_table(&rules, &policy),
    })
}

/// The rule that is named, or those that read the language, or all.
fn chosen(options: &RulesOptions) -> Result<Vec<&'static Rule>, String> {
    if let Some(language) = &options.language
        && Language::by_name(language).is_none()
    {
        let names = Language::names();
        return Err(format!("unknown language `{language}`; there are: {names}"));
    }
    let language = options.language.as_deref();
    let reads = |rule: &&Rule| language.is_none_or(|language| rule.reads(language));
    let Some(id) = options.rule.as_deref() else {
        return Ok(check::rules().filter(reads).collect());
    };
    let rule = check::rule(id).ok_or_else(|| unknown(id))?;
    match language {
        Some(language) if !reads(&rule) => Err(format!("`{id}` does not read {language}")),
        _ => Ok(vec![rule]),
    }
}

fn unknown(id: &str) -> String {
    let near = nearest(id, check::rules().map(|rule| rule.id))
        .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    format!("unknown rule `{id}`; {near}`lazaret rules` lists them all")
}
