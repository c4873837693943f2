//! The failures of an operation as one enum, where the document says what a failure holds.

use std::collections::HashSet;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs;
use super::rust::{ident, type_tokens};
use crate::model::{Api, ApiOperation, Operation, Reply, ReplyKind, Resource, Status, TypeRef};

/// A failure that an operation declares.
pub(super) struct Failure<'a> {
    /// Its variant.
    pub(super) variant: String,
    reply: &'a Reply,
}

impl<'a> Failure<'a> {
    /// What its body holds, where the document gives that a type.
    pub(super) fn ty(&self) -> Option<&'a TypeRef> {
        match &self.reply.kind {
            ReplyKind::Json(TypeRef::Any | TypeRef::Unknown) => None,
            ReplyKind::Json(ty) => Some(ty),
            ReplyKind::Text | ReplyKind::Binary | ReplyKind::Stream(..) | ReplyKind::Empty => None,
        }
    }
}

/// The failures of an operation: statuses first, then hundreds, then the rest. None where no body has a type, since the
/// status says as much then.
pub(super) fn failures(operation: &Operation) -> Vec<Failure<'_>> {
    let good: Vec<Status> = operation.successes().map(|reply| reply.status).collect();
    let is_failure = |status: Status| match status {
        Status::Code(code) => code >= 300,
        Status::Range(hundred) => hundred >= 3,
        Status::Default => !good.contains(&status),
    };
    let mut replies: Vec<&Reply> =
        operation.replies.iter().filter(|reply| is_failure(reply.status)).collect();
    replies.sort_by_key(|reply| match reply.status {
        Status::Code(_) => 0,
        Status::Range(_) => 1,
        Status::Default => 2,
    });
    let mut seen = HashSet::new();
    let failures: Vec<Failure<'_>> = replies
        .into_iter()
        .filter(|reply| seen.insert(reply.status))
        .map(|reply| Failure { variant: variant(reply.status), reply })
        .collect();
    if failures.iter().any(|failure| failure.ty().is_some()) { failures } else { Vec::new() }
}

/// The name of the enum: the request's, and that it fails. A request that is called so keeps its name.
pub(super) fn name(resource: &Resource, operation: &ApiOperation) -> String {
    let own = format!("{}Failure", operation.names.request);
    let is_taken = resource.operations.iter().any(|other| other.names.request == own)
        || resource.type_name == own;
    if is_taken { format!("{own}Reply") } else { own }
}

/// The enum, and how it is read.
pub(super) fn emit(
    api: &Api,
    resource: &Resource,
    operation: &ApiOperation,
    types: &TokenStream,
) -> Option<TokenStream> {
    let failures = failures(&operation.operation);
    if failures.is_empty() {
        return None;
    }
    let name = ident(&name(resource, operation));
    let docs = docs::attributes(&[format!(
        "How [`{}::{}`] fails, as its document says: `error.declared::<{name}>()`.",
        resource.type_name,
        docs::linked(&operation.names.method)
    )]);
    let (variants, arms): (Vec<_>, Vec<_>) = failures
        .iter()
        .map(|failure| {
            let variant = ident(&failure.variant);
            let line = docs::line(&failure.reply.description);
            let line = if line.is_empty() { "described upstream".to_owned() } else { line };
            let docs = docs::attributes(&[format!("{}: {line}", failure.reply.status)]);
            let ty = failure.ty().map(|ty| {
                let ty = type_tokens(api, ty, types);
                quote!((#ty))
            });
            let statuses = statuses(failure.reply.status);
            (quote!(#docs #variant #ty), quote!(#statuses => #variant #ty))
        })
        .unzip();
    Some(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name { #(#variants),* }

        rt::failures!(#name { #(#arms),* });
    })
}

fn statuses(status: Status) -> TokenStream {
    match status {
        Status::Code(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(#code)
        }
        Status::Range(hundred) => {
            let first = Literal::u16_unsuffixed(hundred.saturating_mul(100));
            let last = Literal::u16_unsuffixed(hundred.saturating_mul(100).saturating_add(99));
            quote!(#first ..= #last)
        }
        Status::Default => quote!(_),
    }
}

/// A status by the words that RFC 9110 and its kin have for it.
fn variant(status: Status) -> String {
    let code = match status {
        Status::Default => return "Other".to_owned(),
        Status::Range(3) => return "Redirection".to_owned(),
        Status::Range(4) => return "ClientError".to_owned(),
        Status::Range(5) => return "ServerError".to_owned(),
        Status::Range(hundred) => return format!("Status{hundred}XX"),
        Status::Code(code) => code,
    };
    let known = match code {
        300 => "MultipleChoices",
        301 => "MovedPermanently",
        302 => "Found",
        303 => "SeeOther",
        304 => "NotModified",
        307 => "TemporaryRedirect",
        308 => "PermanentRedirect",
        400 => "BadRequest",
        401 => "Unauthorized",
        402 => "PaymentRequired",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        407 => "ProxyAuthenticationRequired",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "LengthRequired",
        412 => "PreconditionFailed",
        413 => "ContentTooLarge",
        414 => "UriTooLong",
        415 => "UnsupportedMediaType",
        416 => "RangeNotSatisfiable",
        417 => "ExpectationFailed",
        421 => "MisdirectedRequest",
        422 => "UnprocessableContent",
        423 => "Locked",
        424 => "FailedDependency",
        425 => "TooEarly",
        426 => "UpgradeRequired",
        428 => "PreconditionRequired",
        429 => "TooManyRequests",
        431 => "RequestHeaderFieldsTooLarge",
        451 => "UnavailableForLegalReasons",
        500 => "InternalServerError",
        501 => "NotImplemented",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        505 => "HttpVersionNotSupported",
        507 => "InsufficientStorage",
        508 => "LoopDetected",
        511 => "NetworkAuthenticationRequired",
        _ => return format!("Status{code}"),
    };
    known.to_owned()
}
