//! Finds out how the pages of an operation are walked: as `client.yaml` says, else by what its own parameters and its own
//! reply say.
//!
//! This comes before anything is made one with anything else: what another operation's reply holds says nothing here.

mod find;
mod reply;

use self::find::found;
use self::reply::items_at;
use super::Context;
use crate::config::{self, PagingRule};
use crate::diagnostic::Diagnostic;
use crate::lower::same_operation;
use crate::model::{Draft, Operation, Paging, PagingForm};

pub(super) fn run(draft: &mut Draft, context: &mut Context<'_>) {
    for index in 0..draft.operations.len() {
        let operation = &draft.operations[index];
        let rule = context
            .config
            .paging
            .iter()
            .find(|rule| same_operation(&rule.operation, &operation.key));
        let paging = match rule {
            Some(rule) => told(draft, operation, rule, context.diagnostics),
            None => found(draft, operation).unwrap_or_else(|unclear| {
                context.diagnostics.push(*unclear);
                None
            }),
        };
        draft.operations[index].paging = paging;
    }
}

fn told(
    draft: &Draft,
    operation: &Operation,
    rule: &PagingRule,
    diagnostics: &mut crate::diagnostic::Diagnostics,
) -> Option<Paging> {
    let mut complain = |what: String, help: &str| {
        diagnostics.push(
            Diagnostic::error(
                "invalid-paging",
                format!("the paging of `{}` in client.yaml: {what}", rule.operation),
            )
            .help(help),
        );
        None
    };
    if !operation.params.iter().any(|param| param.wire == rule.param) {
        return complain(
            format!("there is no parameter `{}`", rule.param),
            "name a parameter of the operation",
        );
    }
    if items_at(draft, operation, &rule.items).is_none() {
        return complain(
            format!("`{}` leads to no list of objects in the reply", rule.items),
            "give the JSON pointer of the list in the reply",
        );
    }
    let form = match rule.form {
        config::PagingForm::Offset => {
            PagingForm::Offset { limit_param: rule.limit_param.clone(), next: rule.next.clone() }
        }
        config::PagingForm::Page => PagingForm::Page {
            first: rule.first.unwrap_or_else(|| find::first_of(operation, &rule.param)),
            last: rule.last.clone(),
            next: rule.next.clone(),
        },
        config::PagingForm::Cursor | config::PagingForm::Marker => match &rule.next {
            Some(next) => PagingForm::Cursor { next: next.clone() },
            None => {
                return complain(
                    "a cursor needs `next`".to_owned(),
                    "give the JSON pointer of the next cursor in the reply",
                );
            }
        },
        config::PagingForm::LastItem => {
            let field = rule.field.clone().unwrap_or_else(|| "id".to_owned());
            PagingForm::LastItem { field }
        }
        config::PagingForm::DateBackwards => match &rule.field {
            Some(field) => PagingForm::DateBackwards { field: field.clone() },
            None => {
                return complain(
                    "a walk by date needs `field`".to_owned(),
                    "name the field of an item that holds its date",
                );
            }
        },
    };
    Some(Paging {
        param: rule.param.clone(),
        items: rule.items.clone(),
        more: rule.more.clone(),
        form,
    })
}
