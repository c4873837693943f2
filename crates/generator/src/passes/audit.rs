//! Looks over the draft once more and says what a reviewer should know.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::lower::same_operation;
use crate::model::Draft;

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    let known = |written: &str| {
        draft.operations.iter().any(|operation| same_operation(written, &operation.key))
    };
    let idempotency =
        context.config.idempotency.iter().map(|rule| ("idempotency", &rule.operation));
    let paging = context.config.paging.iter().map(|rule| ("paging", &rule.operation));
    let unused: Vec<(&str, String)> = idempotency
        .chain(paging)
        .filter(|(_, operation)| !known(operation))
        .map(|(what, operation)| (what, operation.clone()))
        .collect();
    for (what, operation) in unused {
        context.diagnostics.push(
            Diagnostic::error("unused-choice", format!("`{what}` in client.yaml speaks of `{operation}`, and there is no such operation"))
                .help("correct the method and path, or remove the entry"),
        );
    }
    if draft.operations.is_empty() {
        context.diagnostics.push(
            Diagnostic::error(
                "no-operations",
                "the document holds no operation that could be read",
            )
            .help("see the diagnostics above for why"),
        );
    }
}
