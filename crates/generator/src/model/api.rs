//! The API as a whole: as a draft whose names are open, and sealed.

use indexmap::IndexMap;

use super::operation::{Operation, Security};
use super::store::Types;
use super::types::{Shape, TypeDef, TypeId, TypeRef};

/// What the document says of itself.
#[derive(Clone, Debug, Default)]
pub struct Info {
    /// The API's name.
    pub title: String,
    /// The document's version.
    pub version: String,
    /// What it is.
    pub description: String,
}

/// A way to show who asks.
#[derive(Clone, Debug)]
pub struct AuthScheme {
    /// Its name in the document.
    pub name: String,
    /// How it travels.
    pub kind: AuthKind,
    /// What the document says of it.
    pub description: String,
}

/// How credentials travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthKind {
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// A header of that name.
    Header(String),
    /// A query parameter of that name.
    Query(String),
    /// A cookie of that name.
    Cookie(String),
}

/// What the document says, before anything has a name.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What the document says of itself.
    pub info: Info,
    /// Where the API is.
    pub base_url: String,
    /// The ways to show who asks.
    pub auth: Vec<AuthScheme>,
    /// Who may ask, where an operation does not say otherwise.
    pub security: Security,
    /// What the document says of its tags, in its order.
    pub tags: IndexMap<String, String>,
    /// The operations in document order.
    pub operations: Vec<Operation>,
    /// The types that they use.
    pub types: Types,
    /// The generic type around payloads, once a pass has lifted it.
    pub envelope: Option<Envelope>,
    /// The names, once a pass has given them.
    pub names: Names,
    /// Fields and arms by index that need a box, since the type would hold itself.
    pub boxed: IndexMap<TypeId, Vec<usize>>,
    /// What most operations are asked for first.
    pub scopes: Vec<Scope>,
    /// What every operation takes.
    pub shared: Vec<SharedParam>,
}

/// A parameter that is a setting of the client.
#[derive(Clone, Debug)]
pub struct SharedParam {
    /// Its name on the wire.
    pub wire: String,
    /// What stands there unless somebody says otherwise; empty where the document has no default.
    pub default: String,
}

/// A path parameter that is said once for many operations.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The accessor: snake case, not yet escaped for Rust.
    pub name: String,
    /// The type that the accessor gives.
    pub type_name: String,
    /// The fixed part of the path in front of the parameter.
    pub prefix: String,
    /// The parameter's name on the wire.
    pub param: String,
    /// The parameter's type.
    pub ty: TypeRef,
    /// The keys of the operations that take it there.
    pub keys: Vec<String>,
}

/// The names of everything that has one.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// By type.
    pub types: IndexMap<TypeId, String>,
    /// The module that a type is filed under.
    pub homes: IndexMap<TypeId, String>,
    /// In the order of the draft's operations.
    pub operations: Vec<OperationNames>,
}

/// The names of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationNames {
    /// The module and accessor of its resource: snake case, not yet escaped for Rust.
    pub resource: String,
    /// The method on the resource: snake case, not yet escaped for Rust.
    pub method: String,
    /// The request's type.
    pub request: String,
}

impl Draft {
    /// Calls `f` on every reference to a type that operations hold, to change it.
    pub fn each_root_mut(&mut self, f: &mut impl FnMut(&mut super::TypeRef)) {
        for operation in &mut self.operations {
            operation.params.iter_mut().for_each(|param| f(&mut param.ty));
            if let Some(body) = &mut operation.body {
                f(&mut body.ty);
                body.parts.iter_mut().flatten().for_each(|(field, _)| f(&mut field.ty));
            }
            for reply in &mut operation.replies {
                reply.types_mut().for_each(&mut *f);
            }
            if let Some(ty) = operation.outcome.ty_mut() {
                f(ty);
            }
        }
    }

    /// Puts `ty` wherever the type `id` is named.
    pub fn replace(&mut self, id: TypeId, ty: &super::TypeRef) {
        self.types.each_ref_mut(&mut |reference| reference.replace(id, ty));
        self.each_root_mut(&mut |reference| reference.replace(id, ty));
        // The type itself is gone: nothing leads to it any more.
        if let Shape::Union(union) = &mut self.types.get_mut(id).shape {
            union.arms.clear();
        }
    }

    /// Points every reference at the type that stands for it now.
    pub fn settle(&mut self) {
        self.types.settle();
        let types = std::mem::take(&mut self.types);
        self.each_root_mut(&mut |ty| ty.rename(&|id| types.find(id)));
        if let Some(envelope) = &mut self.envelope {
            envelope.id = types.find(envelope.id);
        }
        self.types = types;
    }
}

/// The generic type around payloads.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Its type.
    pub id: TypeId,
    /// The property that holds the payload.
    pub payload: String,
}

/// An API whose every name is claimed and every reference resolved. Read only.
#[derive(Clone, Debug)]
pub struct Api {
    /// What the document says of itself.
    pub info: Info,
    /// Where the API is.
    pub base_url: String,
    /// The ways to show who asks.
    pub auth: Vec<AuthScheme>,
    /// Who may ask, where an operation does not say otherwise.
    pub security: Security,
    /// The operations by tag, in document order.
    pub resources: Vec<Resource>,
    /// What is said once for many operations.
    pub scopes: Vec<Scope>,
    /// What every operation takes.
    pub shared: Vec<SharedParam>,
    /// Every type that an operation reaches, in the order of their names' homes.
    pub types: IndexMap<TypeId, ApiType>,
}

/// The operations of one tag.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The tag as written.
    pub tag: String,
    /// What the document says of it.
    pub description: String,
    /// The module and accessor: snake case, not yet escaped for Rust.
    pub module: String,
    /// The handle's type name.
    pub type_name: String,
    /// The operations, each with its names.
    pub operations: Vec<ApiOperation>,
}

/// An operation with its names.
#[derive(Clone, Debug)]
pub struct ApiOperation {
    /// What it is.
    pub operation: Operation,
    /// Its names.
    pub names: OperationNames,
}

/// A type with its names.
#[derive(Clone, Debug)]
pub struct ApiType {
    /// What it is.
    pub def: TypeDef,
    /// Its name.
    pub name: String,
    /// The module that it is filed under: the resource that first used it.
    pub home: String,
    /// Names of its fields, in the order of the shape's.
    pub fields: Vec<FieldName>,
    /// Names of its variants or arms, in the order of the shape's.
    pub variants: Vec<Variant>,
    /// Whether it takes a type parameter.
    pub generic: bool,
    /// Fields and arms by index that need a box, since the type would hold itself.
    pub boxed: Vec<usize>,
    /// Whether it has to be read, and not only written: replies hold it, or a choice does that is made by reading.
    pub reads: bool,
    /// Whether every part has a default.
    pub defaultable: bool,
}

impl ApiType {
    /// The shape.
    pub fn shape(&self) -> &Shape {
        &self.def.shape
    }
}

/// The name of a field: snake case, not yet escaped for Rust.
pub type FieldName = String;

/// The name of a variant.
pub type Variant = String;
