//! What Python's compiler refuses and the borrowed checker does not know.

use ruff_python_ast::{Expr, ExprContext, InterpolatedStringElement, Keyword, Stmt};
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

/// `f'{*a}'`; with a comma it is a tuple, and fine.
pub(super) fn in_string(element: &InterpolatedStringElement) -> Found {
    let expression = &element.as_interpolation()?.expression;
    expression
        .is_starred_expr()
        .then(|| starred(expression.range()))
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
