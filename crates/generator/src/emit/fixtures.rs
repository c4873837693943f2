//! Fixtures: upstream's example of every operation and status, in its own key order.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;

use super::files::FileNames;
use super::jobs::Job;
use super::json_text::JsonText;
use super::synthesis::Maker;
use super::{Context, File};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lower::reply::examples_of;
use crate::model::{Api, ApiOperation, Reply, ReplyKind, Status};
use crate::read::{Document, Node};
use crate::words;

/// A body that the mock can answer with.
#[derive(Clone, Debug)]
pub(crate) struct Fixture<'a> {
    /// Its place below the fixtures' folder.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) contents: Vec<u8>,
    /// The operation's key.
    pub(super) operation: &'a str,
    /// The status as the document writes it.
    pub(super) status: String,
    /// The example's name.
    pub(super) example: Cow<'a, str>,
    /// Whether the document has no such example.
    pub(super) synthesised: bool,
    /// The media type.
    pub(super) media_type: &'a str,
}

pub(super) fn emit(context: Context<'_>) -> Vec<Job<'_>> {
    vec![Box::new(move |diagnostics| files(&context, diagnostics))]
}

fn files(context: &Context<'_>, diagnostics: &mut Diagnostics) -> Vec<File> {
    let fixtures = all(context.document, context.api, diagnostics);
    tell_of_several_types(context, diagnostics);
    let routes = super::routes::routes(context.document, context.api, context.config, &fixtures);
    let folder = context.layout.fixtures();
    let mut text = serde_json::to_vec_pretty(&routes).unwrap_or_default();
    text.push(b'\n');
    let mut files = vec![File { path: format!("{folder}/routes.json"), contents: text }];
    files.extend(fixtures.into_iter().map(|fixture| File {
        path: format!("{folder}/{}", fixture.path),
        contents: fixture.contents,
    }));
    files
}

/// A client asks for one media type of each reply; the mock has them all. Says which one, and what is left to ask for.
fn tell_of_several_types(context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let operations = context.api.resources.iter().flat_map(|resource| &resource.operations);
    for operation in operations {
        for reply in operation.operation.replies.iter().filter(|own| own.status.is_success()) {
            let media_types = media_types(context.document, operation, reply);
            let others: Vec<String> = media_types
                .iter()
                .skip(1)
                .map(|(name, _)| *name)
                .filter(|name| reply.framing_of(name).is_none())
                .map(|name| format!("`{name}`"))
                .collect();
            if others.is_empty() {
                continue;
            }
            let message = format!(
                "{} {} comes as several media types; the client asks for `{}`, and not for {}",
                operation.operation.id,
                reply.status,
                reply.media_type,
                others.join(" or ")
            );
            let pointer =
                operation.operation.pointer.child("responses").child(&reply.status.to_string());
            diagnostics.push(Diagnostic::note("several-reply-types", message).at(&pointer).help(
                "the mock negotiates by `Accept`; remove with an overlay what nobody asks for",
            ));
        }
    }
}

/// Every fixture in document order.
pub(crate) fn all<'a>(
    document: &'a Document,
    api: &'a Api,
    _: &mut Diagnostics,
) -> Vec<Fixture<'a>> {
    let mut fixtures = Vec::new();
    let mut maker = Maker::new(document);
    for resource in &api.resources {
        for operation in &resource.operations {
            let mut has_success = false;
            for reply in &operation.operation.replies {
                has_success |= reply.status.is_success() || reply.status == Status::Default;
                of_reply(document, &mut maker, operation, reply, &mut fixtures);
            }
            // Documents that were recorded often hold failures only; the mock needs something to succeed with.
            if !has_success {
                let contents = Contents::Made(b"{}\n".to_vec());
                fixtures.push(fixture(operation, "200", "default", "application/json", contents));
            }
        }
    }
    name_files(api, &mut fixtures);
    fixtures
}

/// Gives every fixture its file: a folder for the resource, one for the method, and status and example in the name.
fn name_files(api: &Api, fixtures: &mut [Fixture<'_>]) {
    let operations = || api.resources.iter().flat_map(|resource| &resource.operations);
    let folders = FileNames::of(operations().map(|operation| operation.names.resource.as_str()));
    let mut places: HashMap<&str, String> = HashMap::new();
    let mut methods: IndexMap<&str, Vec<&ApiOperation>> = IndexMap::new();
    for operation in operations() {
        methods.entry(&operation.names.resource).or_default().push(operation);
    }
    for (resource, operations) in methods {
        let files = FileNames::of(operations.iter().map(|own| own.names.method.as_str()));
        for own in operations {
            let folder = format!("{}/{}", folders.get(resource), files.get(&own.names.method));
            places.insert(&own.operation.key, folder);
        }
    }
    let mut groups: IndexMap<(&str, String, &str), Vec<usize>> = IndexMap::new();
    for (index, fixture) in fixtures.iter().enumerate() {
        let group = (fixture.operation, fixture.status.clone(), fixture.media_type);
        groups.entry(group).or_default().push(index);
    }
    for ((operation, status, _), members) in groups {
        let folder = places.get(operation).cloned().unwrap_or_default();
        let words = |name| words::snake(&crate::ident::words_of(name));
        let named: Vec<_> = members.iter().map(|index| fixtures[*index].example.clone()).collect();
        let files = FileNames::written(named.iter().map(|name| (&**name, words(name))));
        for index in members {
            let fixture = &mut fixtures[index];
            let example = match &*fixture.example {
                "default" => String::new(),
                name => format!(".{}", files.get(name)),
            };
            fixture.path = format!("{folder}/{status}{example}{}", fixture.path);
        }
    }
}

fn of_reply<'a>(
    document: &'a Document,
    maker: &mut Maker<'a>,
    operation: &'a ApiOperation,
    reply: &'a Reply,
    fixtures: &mut Vec<Fixture<'a>>,
) {
    let status = reply.status.to_string();
    if reply.kind == ReplyKind::Empty {
        return;
    }
    of_other_types(document, operation, reply, fixtures);
    if reply.examples.is_empty() {
        let contents = match (&reply.kind, schema_of(document, operation, reply)) {
            (ReplyKind::Json(_) | ReplyKind::Stream(..), Some(schema)) => {
                Contents::Made(maker.example(&schema))
            }
            (ReplyKind::Json(_) | ReplyKind::Stream(..), None) => Contents::Made(b"{}\n".to_vec()),
            (ReplyKind::Text | ReplyKind::Binary | ReplyKind::Empty, _) => {
                Contents::Made(b"\"text\"\n".to_vec())
            }
        };
        fixtures.push(fixture(operation, &status, "default", &reply.media_type, contents));
        return;
    }
    for (name, value) in &reply.examples {
        let contents = Contents::Given(value);
        fixtures.push(fixture(operation, &status, name.as_str(), &reply.media_type, contents));
    }
}

/// The examples of the media types that the client does not ask for. What has none is made when it is asked for.
fn of_other_types<'a>(
    document: &'a Document,
    operation: &'a ApiOperation,
    reply: &'a Reply,
    fixtures: &mut Vec<Fixture<'a>>,
) {
    let status = reply.status.to_string();
    let media_types = media_types(document, operation, reply);
    let words = |name| words::snake(&crate::ident::words_of(name));
    let files = FileNames::written(media_types.iter().map(|(name, _)| (*name, words(name))));
    for (media_type, media) in media_types {
        let Some(media) = media.filter(|_| media_type != reply.media_type) else { continue };
        for (name, value) in examples_of(document, &media, media.get("schema").as_ref()) {
            let mut made = fixture(operation, &status, name, media_type, Contents::Given(&value));
            made.path = format!(".{}{}", files.get(media_type), made.path);
            fixtures.push(made);
        }
    }
}

/// The media types of a reply, each with what the document says of it: the one that the client asks for first, since
/// that is what a caller gets who does not say what they take.
pub(super) fn media_types<'d>(
    document: &'d Document,
    operation: &ApiOperation,
    reply: &'d Reply,
) -> Vec<(&'d str, Option<Node<'d>>)> {
    if reply.kind == ReplyKind::Empty {
        return Vec::new();
    }
    let content = response_of(document, operation, reply).and_then(|node| node.get("content"));
    let mut declared: IndexMap<&str, Node<'_>> = content.iter().flat_map(Node::entries).collect();
    let chosen = reply.media_type.as_str();
    let first = (chosen, declared.shift_remove(chosen));
    std::iter::once(first)
        .chain(declared.into_iter().map(|(name, media)| (name, Some(media))))
        .collect()
}

/// What a fixture holds.
enum Contents<'a> {
    /// An example of the document.
    Given(&'a Value),
    /// JSON that was made up, as the text of a file.
    Made(Vec<u8>),
}

impl Contents<'_> {
    /// The text itself, where all there is is a string.
    fn string(&self) -> Option<String> {
        match self {
            Self::Given(value) => value.as_str().map(str::to_owned),
            Self::Made(json) => serde_json::from_slice(json).ok(),
        }
    }

    fn into_json(self) -> Vec<u8> {
        match self {
            Self::Given(value) => {
                let mut text = JsonText::default();
                text.value(value);
                text.into_file()
            }
            Self::Made(json) => json,
        }
    }
}

fn fixture<'a>(
    operation: &'a ApiOperation,
    status: &str,
    example: impl Into<Cow<'a, str>>,
    media_type: &'a str,
    contents: Contents<'_>,
) -> Fixture<'a> {
    let is_json =
        crate::lower::reply::is_json(media_type.split(';').next().unwrap_or_default().trim())
            || media_type == "*/*";
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_text =
        media_type.starts_with("text/") || crate::lower::stream::framing_of(&essence).is_some();
    let synthesised = matches!(contents, Contents::Made(_));
    let (extension, contents) = match if is_json { None } else { contents.string() } {
        Some(text) => (if is_text { "txt" } else { "bin" }, text.into_bytes()),
        None => ("json", contents.into_json()),
    };
    Fixture {
        path: format!(".{extension}"),
        contents,
        operation: &operation.operation.key,
        status: status.to_owned(),
        example: example.into(),
        synthesised,
        media_type,
    }
}

/// A reply in the document.
pub(super) fn response_of<'d>(
    document: &'d Document,
    operation: &ApiOperation,
    reply: &Reply,
) -> Option<Node<'d>> {
    let responses = document.node(&operation.operation.pointer)?.get("responses")?;
    let status = reply.status.to_string();
    let mut described = responses.value.as_object()?.iter();
    let (name, value) = described.find(|(name, _)| name.eq_ignore_ascii_case(&status))?;
    document.resolve(&Node { value, pointer: responses.pointer.child(name) }).ok()
}

/// The schema of a reply in the document.
pub(super) fn schema_of<'d>(
    document: &'d Document,
    operation: &ApiOperation,
    reply: &Reply,
) -> Option<Node<'d>> {
    response_of(document, operation, reply)?.get("content")?.get(&reply.media_type)?.get("schema")
}
