//! From a draft to an API: every name claimed, every reference resolved, nothing left to decide.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::Value;

use crate::ident;
use crate::model::{
    Api, ApiOperation, ApiType, Arm, ArmKey, Draft, EnumShape, Field, FieldDocs, Fill, Presence,
    Resource, Scalar, Shape, Travel, TypeDef, TypeId, TypeRef, UnionShape,
};
use crate::passes::name::resource_type;
use crate::words;

/// Seals a draft that the passes have refined.
pub fn seal(mut draft: Draft) -> Api {
    draft.settle();
    let defaultable = defaultable(&draft);
    let read = read(&draft);
    wrap_payloads(&mut draft, &defaultable);
    let generic = draft.envelope.as_ref().map(|envelope| envelope.id);
    let variants = variants(&draft);
    let mut types = IndexMap::new();
    let mut defs: HashMap<TypeId, TypeDef> = std::mem::take(&mut draft.types).into_defs().collect();
    for (id, name) in &draft.names.types {
        let Some(def) = defs.remove(id) else { continue };
        let wires: Vec<&str> = match &def.shape {
            Shape::Struct(shape) => shape.fields.iter().map(|field| field.wire.as_str()).collect(),
            Shape::Enum(_) | Shape::Union(_) | Shape::Alias(_) => Vec::new(),
        };
        let fields = ident::distinct(&wires, words::snake, &["rest"]);
        types.insert(
            *id,
            ApiType {
                name: name.clone(),
                home: draft.names.homes.get(id).cloned().unwrap_or_default(),
                fields,
                variants: variants.get(id).cloned().unwrap_or_default(),
                generic: Some(*id) == generic,
                boxed: draft.boxed.get(id).cloned().unwrap_or_default(),
                reads: read.contains(id),
                defaultable: defaultable.get(id).copied().unwrap_or(false),
                def,
            },
        );
    }
    Api {
        resources: resources(&mut draft),
        info: draft.info,
        base_url: draft.base_url,
        auth: draft.auth,
        security: draft.security,
        scopes: draft.scopes,
        shared: draft.shared,
        types,
    }
}

/// The types that have to be read: what replies hold, and what stands in a union, which is told by trying.
fn read(draft: &Draft) -> HashSet<TypeId> {
    let mut read = HashSet::new();
    let mut open: Vec<TypeId> = Vec::new();
    for id in draft.types.ids() {
        let def = draft.types.get(id);
        if def.travel != Travel::Request || matches!(def.shape, Shape::Union(_)) {
            open.push(id);
        }
    }
    while let Some(id) = open.pop() {
        if read.insert(id) {
            draft
                .types
                .get(id)
                .shape
                .each_ref(&mut |ty| ty.each_named(&mut |part| open.push(draft.types.find(part))));
        }
    }
    read
}

/// What the variants of enums and unions are called.
fn variants(draft: &Draft) -> HashMap<TypeId, Vec<String>> {
    let of = |(id, name): (&TypeId, &String)| match &draft.types.get(*id).shape {
        Shape::Enum(shape) => Some((*id, enum_variants(shape, &draft.types.get(*id).fields))),
        Shape::Union(shape) => Some((*id, union_variants(name, shape, draft))),
        Shape::Struct(_) | Shape::Alias(_) => None,
    };
    draft.names.types.iter().filter_map(of).collect()
}

fn enum_variants(shape: &EnumShape, docs: &[FieldDocs]) -> Vec<String> {
    let named = |value: Value| {
        let own = docs.iter().find(|own| own.example.as_ref() == Some(&value))?;
        own.name.clone().filter(|name| !ident::words_of(name).is_empty())
    };
    let wires: Vec<String> = match shape {
        EnumShape::Strings(values) => values
            .iter()
            .map(|value| named(Value::from(value.as_str())).unwrap_or_else(|| value.clone()))
            .collect(),
        EnumShape::Integers(values) => values
            .iter()
            .map(|value| {
                named(Value::from(*value)).unwrap_or_else(|| match value {
                    ..0 => value.to_string(),
                    0.. => format!("value {value}"),
                })
            })
            .collect(),
    };
    let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
    let names = ident::distinct(&wires, words::pascal, &["Other", "Self"]);
    // A numbered last resort is written in snake case; a variant has no underscores.
    names.into_iter().map(|name| name.replace('_', "")).collect()
}

fn union_variants(own: &str, shape: &UnionShape, draft: &Draft) -> Vec<String> {
    let names = &draft.names.types;
    let mut wires: Vec<String> = shape.arms.iter().map(|arm| arm_name(&arm.ty, names)).collect();
    // `Shape::Circle(ShapeCircle)`: the variant need not say again whose it is.
    let short = |wire: &str| {
        let rest = wire.strip_prefix(own)?;
        rest.starts_with(|c: char| c.is_uppercase()).then(|| rest.to_owned())
    };
    // What is written out in place has no name of its own but what the document calls it.
    let said = |arm: &Arm| match (&arm.key, &arm.ty) {
        (ArmKey::Said(said), TypeRef::Named(id)) if draft.types.get(*id).given_name.is_none() => {
            let said = words::split(said);
            let is_name = said.first()?.starts_with(|c: char| c.is_alphabetic());
            is_name.then(|| words::pascal(&ident::clean(said)))
        }
        _ => None,
    };
    let shorts: Vec<String> = (shape.arms.iter().zip(&wires))
        .map(|(arm, wire)| said(arm).or_else(|| short(wire)).unwrap_or_else(|| wire.clone()))
        .collect();
    if shorts.iter().collect::<HashSet<_>>().len() == wires.len() {
        wires = shorts;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for wire in &mut wires {
        let count = seen.entry(wire.clone()).or_default();
        *count += 1;
        if *count > 1 || wire == "Unknown" || wire == "Self" {
            *wire = format!(
                "{wire}{}",
                if *count > 1 { count.to_string() } else { "Value".to_owned() }
            );
        }
    }
    wires
}

fn arm_name(ty: &TypeRef, names: &IndexMap<TypeId, String>) -> String {
    match ty {
        TypeRef::Named(id) | TypeRef::Apply(id, _) => {
            names.get(id).cloned().unwrap_or_else(|| "Value".to_owned())
        }
        TypeRef::Scalar(scalar) => match scalar {
            Scalar::Bool => "Bool",
            Scalar::Int32 | Scalar::Int64 | Scalar::UInt64 => "Integer",
            Scalar::Float => "Number",
            Scalar::String | Scalar::Binary => "String",
            Scalar::Date => "Date",
            Scalar::DateTime => "DateTime",
            Scalar::Uuid => "Uuid",
            Scalar::Base64 => "Base64",
            Scalar::Decimal => "Decimal",
        }
        .to_owned(),
        TypeRef::List(inner) => format!("{}List", arm_name(inner, names)),
        TypeRef::Map(_) => "Map".to_owned(),
        TypeRef::Nullable(inner) | TypeRef::OrEmpty(inner) => arm_name(inner, names),
        TypeRef::Param | TypeRef::Unknown | TypeRef::Any => "Value".to_owned(),
    }
}

fn resources(draft: &mut Draft) -> Vec<Resource> {
    let mut resources: IndexMap<String, Resource> = IndexMap::new();
    let names = std::mem::take(&mut draft.names.operations);
    for (operation, names) in draft.operations.drain(..).zip(names) {
        let resource = resources.entry(names.resource.clone()).or_insert_with(|| Resource {
            description: draft.tags.get(&operation.tag).cloned().unwrap_or_default(),
            tag: operation.tag.clone(),
            module: names.resource.clone(),
            type_name: resource_type(&names.resource),
            operations: Vec::new(),
        });
        resource.operations.push(ApiOperation { operation, names });
    }
    resources.into_values().collect()
}

/// Which types have a default: those whose every promised part has one.
fn defaultable(draft: &Draft) -> HashMap<TypeId, bool> {
    let mut known: HashMap<TypeId, bool> = draft
        .types
        .ids()
        .map(|id| (id, matches!(draft.types.get(id).shape, Shape::Struct(_))))
        .collect();
    loop {
        let mut changed = false;
        for id in draft.types.ids() {
            let def = draft.types.get(id);
            let Shape::Struct(shape) = &def.shape else { continue };
            // What a reply holds is never made up, so there it has no default of its own.
            let fills = |field: &Field| match field.fill {
                Some(Fill::Fixed(_)) => true,
                Some(Fill::Usual(_)) => def.travel != Travel::Reply,
                None => false,
            };
            let all = shape.fields.iter().all(|field| {
                field.presence != Presence::Required
                    || fills(field)
                    || has_default(&field.ty, &known)
            });
            if known.get(&id) == Some(&true) && !all {
                known.insert(id, false);
                changed = true;
            }
        }
        if !changed {
            return known;
        }
    }
}

fn has_default(ty: &TypeRef, known: &HashMap<TypeId, bool>) -> bool {
    match ty {
        TypeRef::Named(id) => known.get(id).copied().unwrap_or(false),
        TypeRef::Apply(id, argument) => {
            known.get(id).copied().unwrap_or(false) && has_default(argument, known)
        }
        TypeRef::Scalar(scalar) => match scalar {
            Scalar::Bool
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::UInt64
            | Scalar::Float
            | Scalar::String
            | Scalar::Binary => true,
            Scalar::Date | Scalar::DateTime | Scalar::Uuid | Scalar::Base64 | Scalar::Decimal => {
                false
            }
        },
        TypeRef::List(_)
        | TypeRef::Map(_)
        | TypeRef::Nullable(_)
        | TypeRef::OrEmpty(_)
        | TypeRef::Param
        | TypeRef::Unknown
        | TypeRef::Any => true,
    }
}

/// A payload without a default may be absent all the same: it is then nothing.
fn wrap_payloads(draft: &mut Draft, known: &HashMap<TypeId, bool>) {
    draft.each_root_mut(&mut |ty| {
        if let TypeRef::Apply(_, argument) = ty
            && !has_default(argument, known)
        {
            let inner = std::mem::replace(argument.as_mut(), TypeRef::Unknown);
            **argument = inner.nullable();
        }
    });
}
