//! Every public name of a generated crate, as programs write it.

use std::collections::BTreeSet;

use lockstep_generator::Output;
use lockstep_tests::text;
use syn::{ImplItem, Item, Visibility};

/// Types, fields, variants and methods.
pub(crate) fn public(output: &Output) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in output
        .files
        .iter()
        .filter(|file| file.path.starts_with("src/generated/") && file.path.ends_with(".rs"))
    {
        let module = file.path.trim_start_matches("src/generated/").trim_end_matches(".rs");
        for item in syn::parse_file(text(&file.contents)).expect("Rust").items {
            note(&item, module, &mut names);
        }
    }
    names
}

fn note(item: &Item, module: &str, names: &mut BTreeSet<String>) {
    let public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    match item {
        Item::Struct(item) if public(&item.vis) => {
            names.insert(format!("{module}::{}", item.ident));
            for field in item.fields.iter().filter(|field| public(&field.vis)) {
                if let Some(name) = &field.ident {
                    names.insert(format!("{module}::{}.{name}", item.ident));
                }
            }
        }
        Item::Enum(item) if public(&item.vis) => {
            names.insert(format!("{module}::{}", item.ident));
            names.extend(
                item.variants
                    .iter()
                    .map(|variant| format!("{module}::{}::{}", item.ident, variant.ident)),
            );
        }
        Item::Type(item) if public(&item.vis) => {
            names.insert(format!("{module}::{}", item.ident));
        }
        Item::Impl(block) if block.trait_.is_none() => {
            let syn::Type::Path(this) = &*block.self_ty else { return };
            let Some(this) = this.path.segments.last() else { return };
            for item in &block.items {
                if let ImplItem::Fn(method) = item
                    && public(&method.vis)
                {
                    names.insert(format!("{module}::{}::{}()", this.ident, method.sig.ident));
                }
            }
        }
        _ => {}
    }
}
