//! What there is to check in a generated crate: its requests, and the fixtures that they decode.
//!
//! Both the corpus and the tests of the cases read the generator's output through this.

use std::collections::HashMap;
use std::path::PathBuf;

use lockstep_generator::File;
use serde_json::Value;

/// Checks one fixture of one operation; goes into a crate as a module of its own.
pub const ROUND_TRIP: &str = include_str!("round_trip.rs");

/// A request type: one that derives `Operation`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The operation's id.
    pub id: String,
    /// Where the type is, from the folder of the generated modules: `pets::List`.
    pub path: String,
    /// How it decodes replies: `Json`, `Text` and so on.
    pub reply: String,
}

/// Every request type of a generated crate, in the order of the files.
pub fn requests(files: &[File]) -> Vec<Request> {
    let mut found = Vec::new();
    let modules = modules(files);
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let text = String::from_utf8_lossy(&file.contents);
        let Ok(parsed) = syn::parse_file(&text) else { continue };
        let mut module = PathBuf::from(&file.path).with_extension("");
        if module.ends_with("mod") {
            module.pop();
        }
        let below = module.strip_prefix("src/generated").unwrap_or(&module);
        let module: String = below
            .iter()
            .map(|part| {
                let file = part.to_string_lossy();
                path_segment(modules.get(&*file).map_or(&*file, String::as_str))
            })
            .collect();
        found.extend(parsed.items.iter().filter_map(|item| request(item, &module)));
    }
    found
}

/// The modules that are called otherwise than their files, by file.
fn modules(files: &[File]) -> HashMap<String, String> {
    let index = files.iter().find(|file| file.path == "src/generated/mod.rs");
    let text = index.map(|file| String::from_utf8_lossy(&file.contents)).unwrap_or_default();
    let items = syn::parse_file(&text).map(|file| file.items).unwrap_or_default();
    let named = items.into_iter().filter_map(|item| {
        let syn::Item::Mod(module) = item else { return None };
        let path = module.attrs.iter().find(|attribute| attribute.path().is_ident("path"))?;
        let syn::Expr::Lit(path) = &path.meta.require_name_value().ok()?.value else { return None };
        let syn::Lit::Str(path) = &path.lit else { return None };
        let name = module.ident.to_string();
        Some((
            path.value().trim_end_matches(".rs").to_owned(),
            name.trim_start_matches("r#").to_owned(),
        ))
    });
    named.collect()
}

fn request(item: &syn::Item, module: &str) -> Option<Request> {
    let syn::Item::Struct(item) = item else { return None };
    let attribute = |name: &str| {
        item.attrs
            .iter()
            .find(|attribute| attribute.path().is_ident(name))?
            .meta
            .require_list()
            .ok()
    };
    let operation = attribute("operation")?.tokens.clone().into_iter().next()?;
    let id = syn::parse2::<syn::LitStr>(operation.into()).ok()?.value();
    let reply = attribute("reply").and_then(|list| last_name(&list.parse_args().ok()?));
    let reply = reply.unwrap_or_default();
    Some(Request { id, path: format!("{module}{}", item.ident), reply })
}

fn last_name(ty: &syn::Type) -> Option<String> {
    let syn::Type::Path(ty) = ty else { return None };
    ty.path.segments.last().map(|segment| segment.ident.to_string())
}

/// A module's part of a path; a keyword is written raw.
fn path_segment(name: &str) -> String {
    let raw = if syn::parse_str::<syn::Ident>(name).is_ok() { "" } else { "r#" };
    format!("{raw}{name}::")
}

/// A JSON body of a success that the client decodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixture {
    /// Its place below the folder of the fixtures.
    pub path: String,
    /// Whether it was made up, since the document has no example.
    pub synthesised: bool,
}

/// Whether a media type is one JSON value, and not a stream of them.
pub fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim();
    essence.ends_with("/json") || (essence.ends_with("+json") && !essence.ends_with("/stream+json"))
}

/// The JSON fixtures of an operation's successes; `default` counts where no success is described.
pub fn fixtures(files: &[File], id: &str) -> Vec<Fixture> {
    let routes = files.iter().find(|file| file.path == "fixtures/routes.json");
    let routes: Value =
        routes.and_then(|file| serde_json::from_slice(&file.contents).ok()).unwrap_or_default();
    let operations = routes["operations"].as_array().into_iter().flatten();
    let Some(operation) = operations.into_iter().find(|operation| operation["id"] == id) else {
        return Vec::new();
    };
    let responses = || operation["responses"].as_object().into_iter().flatten();
    let described = responses().any(|(status, _)| status.starts_with('2'));
    let mut found = Vec::new();
    for (status, response) in responses() {
        if !(status.starts_with('2') || (status == "default" && !described)) {
            continue;
        }
        for (media, content) in response["content"].as_object().into_iter().flatten() {
            if is_json(media) {
                let synthesised = content["synthesised"] == true;
                let fixtures = content["fixtures"].as_object().into_iter().flatten();
                let paths = fixtures.filter_map(|(_, path)| path.as_str());
                found.extend(paths.map(|path| Fixture { path: path.to_owned(), synthesised }));
            }
        }
    }
    found
}
