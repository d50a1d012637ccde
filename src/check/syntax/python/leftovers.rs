//! What Python's compiler refuses and the borrowed checker does not know.

use ruff_python_ast::{
    Expr, ExprContext, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringFormatSpec, Keyword, Stmt,
};
use ruff_text_size::{Ranged, TextRange};

use super::scopes::Scope;

type Found = Option<(TextRange, String)>;

const DEBUG: &str = "__debug__";

pub(super) fn in_statement(statement: &Stmt, scope: Option<&Scope<'_>>) -> Found {
    match statement {
        Stmt::Expr(line) if line.value.is_starred_expr() => Some(starred(line.range())),
        Stmt::Nonlocal(nonlocal) => {
            let globals = &scope?.globals;
            let mut names = nonlocal.names.iter();
            let both = names.find(|name| globals.contains_key(name.as_str()))?;
            Some((both.range, format!("name `{both}` is nonlocal and global")))
        }
        _ => None,
    }
}

pub(super) fn in_expression(expression: &Expr, scope: Option<&Scope<'_>>) -> Found {
    match expression {
        Expr::Name(name) => {
            let declared = scope?.nonlocals.get(name.id.as_str())?;
            let earlier = name.range.start() < declared.start();
            earlier.then(|| {
                (
                    name.range,
                    format!("name `{}` is used before it is declared nonlocal", name.id),
                )
            })
        }
        Expr::Attribute(attribute) if attribute.attr.as_str() == DEBUG => {
            (attribute.ctx != ExprContext::Load).then(|| debug(attribute.attr.range))
        }
        _ => None,
    }
}

pub(super) fn in_keyword(keyword: &Keyword) -> Found {
    let name = keyword.arg.as_ref()?;
    (name.as_str() == DEBUG).then(|| debug(name.range))
}

/// What only later versions allow between the braces of an f-string.
pub(super) fn in_string(text: &str, element: &InterpolatedStringElement) -> Found {
    let braces = element.as_interpolation()?;
    // With a comma it is a tuple, and fine.
    if braces.expression.is_starred_expr() {
        return Some(starred(braces.expression.range()));
    }
    if !braces.conversion.is_none() && has_blank_behind_conversion(text, braces) {
        let message = "no blank may stand behind the conversion of an f-string";
        return Some((braces.range, message.to_owned()));
    }
    let inner = braces
        .format_spec
        .iter()
        .flat_map(|format| formatted(format));
    let mut innermost = inner
        .filter_map(|braces| braces.format_spec.as_deref())
        .flat_map(formatted);
    let third = innermost.next()?;
    let message = "braces in the format of braces in a format: Python 3.11 reads two levels";
    Some((third.range, message.to_owned()))
}

/// The braces in a format.
fn formatted(format: &InterpolatedStringFormatSpec) -> impl Iterator<Item = &InterpolatedElement> {
    format
        .elements
        .iter()
        .filter_map(|element| element.as_interpolation())
}

fn has_blank_behind_conversion(text: &str, braces: &InterpolatedElement) -> bool {
    let end = match &braces.format_spec {
        Some(format) => format.range.start().to_usize(),
        None => braces.range.end().to_usize().saturating_sub(1),
    };
    let conversion = text.get(braces.expression.end().to_usize()..end);
    conversion.is_some_and(|shown| shown.trim_end_matches(':').ends_with(char::is_whitespace))
}

fn starred(range: TextRange) -> (TextRange, String) {
    (
        range,
        "`*` can unpack only inside brackets, a tuple or a call".to_owned(),
    )
}

fn debug(range: TextRange) -> (TextRange, String) {
    (range, "nothing can be assigned to `__debug__`".to_owned())
}
