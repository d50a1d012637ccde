//! What Python refuses after its parser has accepted: `return` outside a function and its like.
//!
//! The rules are ruff's semantic checker, which asks for scopes; this walk keeps them. Where a
//! question needs more than the scopes around it (which names a function binds further down), it
//! is answered so that nothing is reported: a valid script refused is worse than this filter's gap.

use std::cell::RefCell;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_interpolated_string_element, walk_stmt};
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, InterpolatedStringElement, Keyword, Mod, Parameters, Stmt,
    StmtFor, StmtTry, StmtWhile,
};
use ruff_python_parser::semantic_errors::SemanticSyntaxChecker;
use ruff_text_size::{Ranged, TextRange};

use super::leftovers;
use super::scopes::{Kind, Scope};

/// Python's `CO_MAXBLOCKS`: loops, `with` and `try` within each other in one function.
const MOST_BLOCKS: usize = 20;

/// The first thing that Python's compiler refuses.
pub(super) fn first_error(text: &str, module: &Mod) -> Option<(TextRange, String)> {
    let Mod::Module(module) = module else {
        return None;
    };
    let mut walk = Semantic {
        text,
        checker: SemanticSyntaxChecker::new(),
        scopes: vec![Scope::of(Kind::Module, &module.body)],
        found: RefCell::new(None),
        future_annotations: future_annotations(&module.body),
    };
    walk.visit_body(&module.body);
    walk.found.into_inner()
}

fn future_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::ImportFrom(import) => {
            import.module.as_deref() == Some("__future__")
                && import
                    .names
                    .iter()
                    .any(|alias| &alias.name == "annotations")
        }
        _ => false,
    })
}

pub(super) struct Semantic<'a> {
    pub(super) text: &'a str,
    checker: SemanticSyntaxChecker,
    pub(super) scopes: Vec<Scope<'a>>,
    /// Of all that is reported, what stands first in the text.
    found: RefCell<Option<(TextRange, String)>>,
    pub(super) future_annotations: bool,
}

impl<'a> Semantic<'a> {
    pub(super) fn report(&self, range: TextRange, message: impl FnOnce() -> String) {
        let mut found = self.found.borrow_mut();
        let earlier = found
            .as_ref()
            .is_none_or(|(at, _)| range.start() < at.start());
        if earlier {
            *found = Some((range, message()));
        }
    }

    fn note(&self, found: Option<(TextRange, String)>) {
        if let Some((range, message)) = found {
            self.report(range, || message);
        }
    }

    fn ask(&mut self, ask: impl FnOnce(&mut SemanticSyntaxChecker, &Self)) {
        let mut checker = std::mem::take(&mut self.checker);
        ask(&mut checker, self);
        self.checker = checker;
    }

    fn scope(&mut self) -> Option<&mut Scope<'a>> {
        self.scopes.last_mut()
    }

    fn within(&mut self, scope: Scope<'a>, visit: impl FnOnce(&mut Self)) {
        self.scopes.push(scope);
        visit(self);
        self.scopes.pop();
    }

    /// A body that is one more block to the compiler, and perhaps a loop.
    fn block(&mut self, body: &'a [Stmt], is_loop: bool) {
        let before = self.scope().map(|scope| {
            let before = (scope.blocks, scope.in_loop, scope.in_star_handler);
            scope.blocks += 1;
            scope.in_loop |= is_loop;
            scope.in_star_handler &= !is_loop;
            before
        });
        if before.is_some_and(|(blocks, ..)| blocks == MOST_BLOCKS)
            && let Some(first) = body.first()
        {
            self.report(first.range(), || {
                "too many nested blocks: Python compiles at most 20".to_owned()
            });
        }
        self.visit_body(body);
        if let (Some(scope), Some(before)) = (self.scope(), before) {
            (scope.blocks, scope.in_loop, scope.in_star_handler) = before;
        }
    }

    fn parameters(&mut self, parameters: Option<&'a Parameters>) {
        if let Some(parameters) = parameters {
            self.visit_parameters(parameters);
        }
    }

    fn for_loop(&mut self, statement: &'a StmtFor) {
        self.visit_expr(&statement.iter);
        self.visit_expr(&statement.target);
        self.block(&statement.body, true);
        self.visit_body(&statement.orelse);
    }

    fn while_loop(&mut self, statement: &'a StmtWhile) {
        self.visit_expr(&statement.test);
        self.block(&statement.body, true);
        self.visit_body(&statement.orelse);
    }

    fn try_statement(&mut self, statement: &'a StmtTry) {
        self.block(&statement.body, false);
        for (number, handler) in statement.handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(except) = handler;
            if except.type_.is_none() && number + 1 < statement.handlers.len() {
                self.report(except.range, || {
                    "an `except:` that catches everything must be the last one".to_owned()
                });
            }
            if let Some(kind) = &except.type_ {
                self.visit_expr(kind);
            }
            self.handler(&except.body, statement.is_star);
        }
        self.visit_body(&statement.orelse);
        self.visit_body(&statement.finalbody);
    }

    fn handler(&mut self, body: &'a [Stmt], is_star: bool) {
        let before = self.scope().map(|scope| {
            let before = (scope.in_star_handler, scope.in_star_handler_return);
            scope.in_star_handler |= is_star;
            scope.in_star_handler_return |= is_star;
            before
        });
        self.visit_body(body);
        if let (Some(scope), Some(before)) = (self.scope(), before) {
            (scope.in_star_handler, scope.in_star_handler_return) = before;
        }
    }

    /// `break`, `continue` and `return` cannot leave an `except*`.
    fn leaves_star_handler(&self, statement: &Stmt) {
        let Some(scope) = self.scopes.last() else {
            return;
        };
        let word = match statement {
            Stmt::Break(_) if scope.in_star_handler => "break",
            Stmt::Continue(_) if scope.in_star_handler => "continue",
            Stmt::Return(_) if scope.in_star_handler_return => "return",
            _ => return,
        };
        self.report(statement.range(), || {
            format!("`{word}` cannot leave an `except*` block")
        });
    }

    fn comprehension(
        &mut self,
        generators: &'a [Comprehension],
        is_generator: bool,
        parts: [Option<&'a Expr>; 2],
    ) {
        // The first iterable belongs to the scope around.
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let kind = Kind::Comprehension { is_generator };
        self.within(Scope::of(kind, &[]), |walk| {
            for (number, generator) in generators.iter().enumerate() {
                if number > 0 {
                    walk.visit_expr(&generator.iter);
                }
                walk.visit_expr(&generator.target);
                for condition in &generator.ifs {
                    walk.visit_expr(condition);
                }
            }
            for part in parts.into_iter().flatten() {
                walk.visit_expr(part);
            }
        });
    }
}

impl<'a> Visitor<'a> for Semantic<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.ask(|checker, walk| checker.visit_stmt(statement, walk));
        self.leaves_star_handler(statement);
        self.note(leftovers::in_statement(statement, self.scopes.last()));
        match statement {
            Stmt::FunctionDef(function) => {
                for decorator in &function.decorator_list {
                    self.visit_decorator(decorator);
                }
                self.visit_parameters(&function.parameters);
                if let Some(returns) = &function.returns {
                    self.visit_annotation(returns);
                }
                let kind = Kind::Function {
                    is_async: function.is_async,
                };
                let scope = Scope::of(kind, &function.body).with_parameters(&function.parameters);
                self.within(scope, |walk| walk.visit_body(&function.body));
            }
            Stmt::ClassDef(class) => {
                for decorator in &class.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                self.within(Scope::of(Kind::Class, &class.body), |walk| {
                    walk.visit_body(&class.body);
                });
            }
            Stmt::For(statement) => self.for_loop(statement),
            Stmt::While(statement) => self.while_loop(statement),
            Stmt::Try(statement) => self.try_statement(statement),
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_with_item(item);
                }
                self.block(&with.body, false);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        // Then a name in it is no use of the name, and `global` may come later.
        if !self.future_annotations {
            self.visit_expr(annotation);
        }
    }

    fn visit_keyword(&mut self, keyword: &'a Keyword) {
        self.note(leftovers::in_keyword(keyword));
        self.visit_expr(&keyword.value);
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        self.note(leftovers::in_string(self.text, element));
        walk_interpolated_string_element(self, element);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.ask(|checker, walk| checker.visit_expr(expression, walk));
        self.note(leftovers::in_expression(expression, self.scopes.last()));
        match expression {
            Expr::Lambda(lambda) => {
                self.parameters(lambda.parameters.as_deref());
                self.within(Scope::of(Kind::Lambda, &[]), |walk| {
                    walk.visit_expr(&lambda.body);
                });
            }
            Expr::ListComp(list) => {
                self.comprehension(&list.generators, false, [Some(&list.elt), None]);
            }
            Expr::SetComp(set) => {
                self.comprehension(&set.generators, false, [Some(&set.elt), None]);
            }
            Expr::DictComp(dict) => {
                self.comprehension(
                    &dict.generators,
                    false,
                    [dict.key.as_deref(), Some(&dict.value)],
                );
            }
            Expr::Generator(generator) => {
                self.comprehension(&generator.generators, true, [Some(&generator.elt), None]);
            }
            _ => walk_expr(self, expression),
        }
    }
}
