//! What the semantic checker asks about the place that the walk has reached.

use ruff_python_ast::PythonVersion;
use ruff_python_parser::semantic_errors::{
    LazyImportContext, SemanticSyntaxContext, SemanticSyntaxError,
};
use ruff_text_size::TextRange;

use super::scopes::Kind;
use super::semantic::Semantic;
use super::{strict, words};

impl SemanticSyntaxContext for Semantic<'_> {
    fn future_annotations_or_stub(&self) -> bool {
        self.future_annotations
    }

    fn lazy_import_context(&self) -> Option<LazyImportContext> {
        None
    }

    fn python_version(&self) -> PythonVersion {
        strict::VERSION
    }

    fn source(&self) -> &str {
        self.text
    }

    fn global(&self, name: &str) -> Option<TextRange> {
        self.scopes.last()?.globals.get(name).copied()
    }

    fn has_nonlocal_binding(&self, _: &str) -> bool {
        true
    }

    fn in_async_context(&self) -> bool {
        let scopes = self.scopes.iter().rev();
        let mut around = scopes
            .map(|scope| scope.kind)
            .skip_while(|kind| kind.is_comprehension());
        matches!(around.next(), Some(Kind::Function { is_async: true }))
    }

    fn in_await_allowed_context(&self) -> bool {
        let scopes = self.scopes.iter().rev();
        let mut around = scopes
            .map(|scope| scope.kind)
            .skip_while(|kind| kind.is_comprehension());
        matches!(around.next(), Some(Kind::Function { .. } | Kind::Lambda))
    }

    fn in_yield_allowed_context(&self) -> bool {
        let innermost = self.scopes.last().map(|scope| scope.kind);
        matches!(innermost, Some(Kind::Function { .. } | Kind::Lambda))
    }

    fn in_sync_comprehension(&self) -> bool {
        // Asked for versions before 3.11 alone.
        false
    }

    fn in_class_body_comprehension(&self) -> bool {
        let mut scopes = self.scopes.iter().rev().map(|scope| scope.kind).peekable();
        scopes.peek().is_some_and(|kind| kind.is_comprehension())
            && scopes.find(|kind| !kind.is_comprehension()) == Some(Kind::Class)
    }

    fn in_module_scope(&self) -> bool {
        self.scopes.len() == 1
    }

    fn in_function_scope(&self) -> bool {
        let innermost = self.scopes.last().map(|scope| scope.kind);
        matches!(innermost, Some(Kind::Function { .. }))
    }

    fn in_generator_context(&self) -> bool {
        let mut kinds = self.scopes.iter().map(|scope| scope.kind);
        kinds.any(|kind| kind == Kind::Comprehension { is_generator: true })
    }

    fn in_notebook(&self) -> bool {
        false
    }

    fn report_semantic_error(&self, error: SemanticSyntaxError) {
        self.report(error.range, || words::plain(&error.to_string()));
    }

    fn in_loop_context(&self) -> bool {
        self.scopes.last().is_some_and(|scope| scope.in_loop)
    }

    fn is_bound_parameter(&self, name: &str) -> bool {
        let innermost = self.scopes.last();
        innermost.is_some_and(|scope| scope.parameters.contains(name))
    }
}
