//! What there is to check in a generated crate: its requests, and the fixtures that they decode.
//!
//! Both the corpus and the tests of the cases read the generator's output through this.

use std::path::PathBuf;

use lockstep_generator::File;
use serde_json::Value;

/// Checks one fixture of one operation; goes into a crate as a module of its own.
pub const ROUND_TRIP: &str = include_str!("round_trip.rs");

/// A request type: one that implements `Operation`.
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
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let text = String::from_utf8_lossy(&file.contents);
        let Ok(parsed) = syn::parse_file(&text) else { continue };
        let mut module = PathBuf::from(&file.path).with_extension("");
        if module.ends_with("mod") {
            module.pop();
        }
        let below = module.strip_prefix("src/generated").unwrap_or(&module);
        let module: String =
            below.iter().map(|part| path_segment(&part.to_string_lossy())).collect();
        found.extend(parsed.items.iter().filter_map(|item| request(item, &module)));
    }
    found
}

fn request(item: &syn::Item, module: &str) -> Option<Request> {
    let syn::Item::Impl(block) = item else { return None };
    let (implemented, _) = block.trait_.as_ref()?;
    if implemented.segments.last()?.ident != "Operation" {
        return None;
    }
    let id = block.items.iter().find_map(first_string)?;
    let reply = block.items.iter().find_map(|item| match item {
        syn::ImplItem::Type(item) if item.ident == "Reply" => last_name(&item.ty),
        _ => None,
    });
    let name = last_name(&block.self_ty)?;
    Some(Request { id, path: format!("{module}{name}"), reply: reply.unwrap_or_default() })
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

/// The first string in `const INFO: … = &OperationInfo::new("id", …)`.
fn first_string(item: &syn::ImplItem) -> Option<String> {
    fn dig(expression: &syn::Expr) -> Option<String> {
        match expression {
            syn::Expr::Reference(reference) => dig(&reference.expr),
            syn::Expr::MethodCall(call) => dig(&call.receiver),
            syn::Expr::Call(call) => call.args.first().and_then(dig),
            syn::Expr::Lit(literal) => match &literal.lit {
                syn::Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        }
    }
    match item {
        syn::ImplItem::Const(constant) if constant.ident == "INFO" => dig(&constant.expr),
        _ => None,
    }
}

/// A JSON body of a success that the client decodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixture {
    /// Its place below the folder of the fixtures.
    pub path: String,
    /// Whether it was made up, since the document has no example.
    pub synthesised: bool,
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
            if media.contains("json") {
                let synthesised = content["synthesised"] == true;
                let fixtures = content["fixtures"].as_object().into_iter().flatten();
                let paths = fixtures.filter_map(|(_, path)| path.as_str());
                found.extend(paths.map(|path| Fixture { path: path.to_owned(), synthesised }));
            }
        }
    }
    found
}
