//! An operation's parts as a caller sees them: what the constructor takes, and what has a setter.
//!
//! The resource, the surface and the tests of the client all read the operation through this.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::setter::plain;
use super::surface::tidy;
use super::types::{is_telling, prose_of};
use crate::ident;
use crate::model::{
    Api, ApiOperation, Body, BodyKind, Field, Fill, Framing, Location, Operation, Outcome, Param,
    Presence, Scalar, StreamChoice, Style, TypeRef,
};
use crate::passes::flatten::MOST_ARGUMENTS;
use crate::words;

/// Names that requests have already whose reply can come item by item.
const RESERVED_BY_STREAMS: [&str; 1] = ["stream"];

/// Names that every request has already.
const RESERVED: [&str; 8] =
    ["new", "send", "send_blocking", "with", "pages", "items", "into_future", "clone"];

/// A part of a request.
pub(super) struct Part<'a> {
    /// Its name in Rust, not yet escaped.
    pub(super) name: String,
    /// Whether the constructor takes it.
    pub(super) required: bool,
    /// What it is.
    pub(super) kind: PartKind<'a>,
    /// What the client fills in by itself.
    pub(super) fill: Option<&'a Fill>,
    /// What is said of it.
    pub(super) docs: Vec<String>,
    /// Whether its use is discouraged.
    pub(super) deprecated: bool,
}

/// What a part of a request is.
pub(super) enum PartKind<'a> {
    /// A parameter.
    Param(&'a Param),
    /// A property of the body.
    Property(&'a Field, &'a Body),
    /// The body as one value.
    Body(&'a Body),
}

/// The parts of a request: parameters in document order, then what its body holds.
pub(super) fn parts(operation: &ApiOperation) -> Vec<Part<'_>> {
    let operation = &operation.operation;
    let mut parts: Vec<Part<'_>> = Vec::new();
    for param in &operation.params {
        let example = param.example.as_ref().filter(|example| is_telling(example, &param.wire));
        let docs = [docs::prose(&param.description), docs::example(example)]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        parts.push(Part {
            name: String::new(),
            required: param.required && param.fill.is_none() && !param.shared,
            kind: PartKind::Param(param),
            fill: param.fill.as_ref(),
            docs,
            deprecated: param.deprecated,
        });
    }
    if let Some(body) = &operation.body {
        match &body.parts {
            Some(fields) => {
                for (field, field_docs) in fields {
                    // What only replies carry is not the caller's to set.
                    if field.only == Some(crate::model::Travel::Reply) {
                        continue;
                    }
                    parts.push(Part {
                        name: String::new(),
                        required: field.presence == Presence::Required && field.fill.is_none(),
                        kind: PartKind::Property(field, body),
                        fill: field.fill.as_ref(),
                        docs: prose_of(field, field_docs),
                        deprecated: field_docs.deprecated,
                    });
                }
            }
            None => parts.push(Part {
                name: String::new(),
                required: body.required,
                kind: PartKind::Body(body),
                fill: None,
                docs: vec![docs::prose(&body.description)],
                deprecated: false,
            }),
        }
    }
    let order = |part: &Part<'_>| {
        let own = match &part.kind {
            PartKind::Param(param) => param.argument(),
            PartKind::Property(field, _) => format!("body {}", field.wire),
            PartKind::Body(_) => return usize::MAX,
        };
        operation.arguments.iter().position(|known| *known == own).unwrap_or(usize::MAX)
    };
    hide_choice(&mut parts, operation.stream_choice.as_ref());
    name(&mut parts, operation.streamed().is_some());
    // What is optional has a setter, and no order.
    parts.sort_by_cached_key(order);
    set_apart(&mut parts);
    parts
}

/// What asks for a stream is the method's to say, and no setter's.
fn hide_choice(parts: &mut Vec<Part<'_>>, choice: Option<&StreamChoice>) {
    let Some(choice) = choice else { return };
    parts.retain(|part| match &part.kind {
        PartKind::Param(param) => !choice.is_param(param),
        PartKind::Property(field, _) => !choice.is_property(field),
        PartKind::Body(_) => true,
    });
}

/// What a form requires beyond what a constructor can take is set by name, and says that it has to be.
fn set_apart(parts: &mut [Part<'_>]) {
    let mut room = MOST_ARGUMENTS;
    for part in parts.iter_mut().filter(|part| part.required) {
        match part.kind {
            PartKind::Property(..) if room == 0 => {
                part.required = false;
                part.docs.push("Required.".to_owned());
            }
            PartKind::Param(_) | PartKind::Property(..) | PartKind::Body(_) => {
                room = room.saturating_sub(1);
            }
        }
    }
}

/// What is less than a point in time lies before it.
fn in_time(wire: &str) -> String {
    let (base, comparison) = match ident::comparison(wire) {
        Some((base, "less than")) => (base, "before"),
        Some((base, "greater than")) => (base, "after"),
        Some((base, "at most")) => (base, "until"),
        Some((base, "at least")) => (base, "since"),
        _ => return wire.to_owned(),
    };
    format!("{base} {comparison}")
}

/// Parts that share a name say where they travel: `id` in the path and `id` in the body are `id` and `body_id`.
fn name(parts: &mut [Part<'_>], is_streamed: bool) {
    let mut wires: Vec<String> = Vec::with_capacity(parts.len());
    let mut names: HashSet<String> = HashSet::with_capacity(parts.len());
    for part in parts.iter() {
        let (wire, prefix) = match &part.kind {
            PartKind::Param(param) => (
                param.wire.clone(),
                match param.location {
                    Location::Path => "path",
                    Location::Query => "query",
                    Location::Header => "header",
                    Location::Cookie => "cookie",
                },
            ),
            PartKind::Property(field, _) => (field.wire.clone(), "body"),
            PartKind::Body(_) => ("body".to_owned(), "whole"),
        };
        let wire = wire.strip_suffix("[]").map(str::to_owned).unwrap_or(wire);
        let wire = if part.is_time() { in_time(&wire) } else { wire };
        let snake = |wire: &str| words::snake(&ident::words_of(wire));
        let own = snake(&wire);
        if names.contains(&own) {
            let wire = format!("{prefix} {wire}");
            names.insert(snake(&wire));
            wires.push(wire);
        } else {
            names.insert(own);
            wires.push(wire);
        }
    }
    let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
    let more: &[&str] = if is_streamed { &RESERVED_BY_STREAMS } else { &[] };
    let reserved = [&RESERVED, more].concat();
    for (part, name) in parts.iter_mut().zip(ident::distinct(&wires, words::snake, &reserved)) {
        part.name = name;
    }
}

impl Part<'_> {
    /// Its name on the wire.
    pub(super) fn wire(&self) -> &str {
        match &self.kind {
            PartKind::Param(param) => &param.wire,
            PartKind::Property(field, _) => &field.wire,
            PartKind::Body(_) => "body",
        }
    }

    /// Whether a program sees it at all.
    pub(super) fn is_seen(&self) -> bool {
        !matches!(self.fill, Some(Fill::Fixed(_)))
    }

    /// Whether it is the path parameter of that name.
    pub(super) fn is_path(&self, name: &str) -> bool {
        matches!(&self.kind, PartKind::Param(param) if param.location == Location::Path && param.wire == name)
    }

    /// The call that fills in what the client knows by itself.
    pub(super) fn filling(&self) -> Option<TokenStream> {
        let wire = self.wire();
        if let PartKind::Param(param) = &self.kind
            && param.shared
        {
            return match param.location {
                Location::Path => Some(quote!(.shared_path(#wire))),
                Location::Query => Some(quote!(.shared_query(#wire))),
                Location::Header => Some(quote!(.shared_header(#wire))),
                Location::Cookie => None,
            };
        }
        let value = super::constant::literal(self.fill?.constant());
        Some(match &self.kind {
            PartKind::Param(param) => param_put(param, &value),
            PartKind::Property(_, body) => field_put(wire, body, &value),
            PartKind::Body(_) => quote!(.body(#value)),
        })
    }

    /// Whether it is a point in time, or a day.
    fn is_time(&self) -> bool {
        matches!(self.ty().non_null(), TypeRef::Scalar(Scalar::Date | Scalar::DateTime))
    }

    fn ty(&self) -> &TypeRef {
        match &self.kind {
            PartKind::Param(param) => &param.ty,
            PartKind::Property(field, _) => &field.ty,
            PartKind::Body(body) => &body.ty,
        }
    }

    /// Whether it takes several values.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.ty().non_null(), TypeRef::List(_))
    }

    /// The type of the method's parameter `name`, and the call on the runtime's request that takes the value.
    pub(super) fn call(
        &self,
        api: &Api,
        name: &str,
        types: &TokenStream,
    ) -> (TokenStream, TokenStream) {
        match &self.kind {
            PartKind::Param(param) => param_call(api, param, name, types),
            PartKind::Property(field, body) => property_call(api, field, body, name, types),
            PartKind::Body(body) => body_call(api, body, name, types),
        }
    }
}

fn param_call(
    api: &Api,
    param: &Param,
    name: &str,
    types: &TokenStream,
) -> (TokenStream, TokenStream) {
    let argument = plain(api, &param.ty, name, false, types);
    let call = param_put(param, &argument.value);
    (argument.ty, call)
}

/// The call that sets a parameter.
fn param_put(param: &Param, value: &TokenStream) -> TokenStream {
    let wire = &param.wire;
    let value = match (param.location, param.style) {
        (Location::Path | Location::Header | Location::Cookie, Style::Json) => {
            &quote!(rt::JsonText(#value))
        }
        _ => value,
    };
    match param.location {
        Location::Path => match path_style(param.style) {
            Some(style) => quote!(.path_as(#wire, rt::PathStyle::#style, #value)),
            None => quote!(.path(#wire, #value)),
        },
        Location::Query => match style(param.style) {
            Some(style) => quote!(.query_as(#wire, rt::QueryStyle::#style, #value)),
            None => quote!(.query(#wire, #value)),
        },
        Location::Header if param.style == Style::Exploded => {
            quote!(.header_exploded(#wire, #value))
        }
        Location::Header => quote!(.header(#wire, #value)),
        Location::Cookie => quote!(.cookie(#wire, #value)),
    }
}

/// The style of a path parameter, where it isn't the usual one.
fn path_style(style: Style) -> Option<TokenStream> {
    match style {
        Style::Exploded => Some(quote!(SimpleExploded)),
        Style::Label => Some(quote!(Label)),
        Style::LabelExploded => Some(quote!(LabelExploded)),
        Style::Matrix => Some(quote!(Matrix)),
        Style::MatrixExploded => Some(quote!(MatrixExploded)),
        Style::Plain
        | Style::Comma
        | Style::Space
        | Style::Pipe
        | Style::DeepObject
        | Style::Brackets
        | Style::Json => None,
    }
}

/// The call that sets a property of the body.
fn field_put(wire: &str, body: &Body, value: &TokenStream) -> TokenStream {
    let part_type = body.part_types.iter().find(|(name, _)| name == wire);
    match part_type.filter(|_| body.kind == BodyKind::Multipart) {
        Some((_, media_type)) => quote!(.field_as(#wire, #media_type, #value)),
        None => quote!(.field(#wire, #value)),
    }
}

fn property_call(
    api: &Api,
    field: &Field,
    body: &Body,
    part: &str,
    types: &TokenStream,
) -> (TokenStream, TokenStream) {
    let name = super::rust::ident(part);
    let wire = &field.wire;
    if body.kind == BodyKind::Multipart {
        match field.ty.non_null() {
            TypeRef::Scalar(Scalar::Binary | Scalar::Base64) => {
                return (quote!(impl Into<rt::FilePart>), quote!(.file(#wire, #name)));
            }
            TypeRef::List(item)
                if matches!(item.non_null(), TypeRef::Scalar(Scalar::Binary | Scalar::Base64)) =>
            {
                return (
                    quote!(impl IntoIterator<Item = rt::FilePart>),
                    quote!(.files(#wire, rt::list(#name))),
                );
            }
            _ => {}
        }
    }
    let null_matters = matches!(body.kind, BodyKind::Json(_));
    let argument = plain(api, &field.ty, part, null_matters, types);
    (argument.ty, field_put(wire, body, &argument.value))
}

fn body_call(
    api: &Api,
    body: &Body,
    part: &str,
    types: &TokenStream,
) -> (TokenStream, TokenStream) {
    let name = super::rust::ident(part);
    match &body.kind {
        BodyKind::Text(_) => (quote!(impl Into<String>), quote!(.text_body(#name))),
        BodyKind::Bytes(_) => (quote!(impl Into<rt::Body>), quote!(.bytes_body(#name))),
        BodyKind::Json(_) | BodyKind::Form | BodyKind::Multipart => {
            let argument = plain(api, &body.ty, part, false, types);
            let value = argument.value;
            (argument.ty, quote!(.body(#value)))
        }
    }
}

/// The style of a parameter in a query, or of a field of a form, where it isn't the usual one.
pub(super) fn style(style: Style) -> Option<TokenStream> {
    match style {
        Style::Plain
        | Style::Exploded
        | Style::Label
        | Style::LabelExploded
        | Style::Matrix
        | Style::MatrixExploded => None,
        Style::Comma => Some(quote!(Comma)),
        Style::Space => Some(quote!(Space)),
        Style::Pipe => Some(quote!(Pipe)),
        Style::DeepObject => Some(quote!(DeepObject)),
        Style::Brackets => Some(quote!(Brackets)),
        Style::Json => Some(quote!(Json)),
    }
}

/// The reply type of an operation.
pub(super) fn reply(api: &Api, outcome: &Outcome, types: &TokenStream) -> TokenStream {
    match outcome {
        Outcome::Json(ty) => {
            let ty = super::rust::type_tokens(api, ty, types);
            quote!(rt::Json<#ty>)
        }
        Outcome::OptionalJson(ty) => {
            let ty = super::rust::type_tokens(api, ty, types);
            quote!(rt::OptionalJson<#ty>)
        }
        Outcome::Text => quote!(rt::Text),
        Outcome::Binary => quote!(rt::Binary),
        Outcome::Stream(framing, ty) => stream(api, *framing, ty, types),
        Outcome::Empty => quote!(rt::Empty),
    }
}

/// The kind of a reply that comes item by item.
pub(super) fn stream(
    api: &Api,
    framing: Framing,
    ty: &TypeRef,
    types: &TokenStream,
) -> TokenStream {
    if (framing, ty) == (Framing::Events, &TypeRef::Scalar(Scalar::String)) {
        return quote!(rt::TextEvents);
    }
    let kind = super::rust::ident(match framing {
        Framing::Events => "Events",
        Framing::EventObjects => "EventObjects",
        Framing::JsonLines => "JsonLines",
        Framing::JsonSeq => "JsonSeq",
    });
    let ty = super::rust::type_tokens(api, ty, types);
    quote!(rt::#kind<#ty>)
}

/// The calls that say by the request whether items are to come or the whole.
pub(super) fn choose_stream(choice: &StreamChoice, wants_stream: bool) -> TokenStream {
    let wire = &choice.wire;
    match choice.location {
        None => quote!(.field(#wire, #wants_stream)),
        Some(_) => quote!(.query(#wire, #wants_stream)),
    }
}

/// The replies of an operation as the surface has them: what comes, and what comes item by item.
pub(super) fn reply_text(api: &Api, operation: &Operation) -> String {
    let whole = tidy(&reply(api, &operation.outcome, &quote!()).to_string());
    match stream_text(api, operation) {
        Some(stream) => format!("{whole}, streams {stream}"),
        None => whole,
    }
}

/// What is to be had item by item in place of the whole.
pub(super) fn stream_text(api: &Api, operation: &Operation) -> Option<String> {
    let (framing, ty, _) = operation.streamed()?;
    Some(tidy(&stream(api, framing, ty, &quote!()).to_string()))
}
