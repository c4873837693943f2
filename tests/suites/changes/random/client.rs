//! What a generated client offers, read from its source: every public method, type, field and variant.
//!
//! It reads the code and not what the generator says of it, so that what both would overlook is seen here.

use lockstep_generator::Output;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Fields, FnArg, ImplItem, Item, ReturnType, Visibility};

/// All of it.
#[derive(Default)]
pub(crate) struct Client {
    pub(crate) methods: Vec<Method>,
    pub(crate) types: Vec<Type>,
    /// The names of the ways to sign in.
    pub(crate) schemes: Vec<String>,
}

/// A public function of a type.
pub(crate) struct Method {
    /// The type that has it, as a path with lifetimes and arguments filled in.
    pub(crate) owner: String,
    pub(crate) name: String,
    /// `""` where there is no receiver, else how it is taken: `&` or by value.
    pub(crate) receiver: Option<&'static str>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) gives: String,
}

/// What a method takes.
pub(crate) struct Argument {
    /// Expressions that a program may give.
    pub(crate) given: Vec<String>,
    /// The type of a value to make up.
    pub(crate) made: String,
}

/// A type that programs can name.
pub(crate) struct Type {
    pub(crate) path: String,
    pub(crate) kind: Kind,
    /// What it derives.
    pub(crate) derives: Vec<String>,
    /// Types that it can be made from.
    pub(crate) from: Vec<String>,
    /// The type of its reply and of its items, where it is a request.
    pub(crate) reply: Option<String>,
    pub(crate) item: Option<String>,
    pub(crate) operation: Option<(String, String)>,
}

/// What it is.
pub(crate) enum Kind {
    /// Public fields.
    Struct(Vec<(String, String)>),
    /// Variants, with what each holds.
    Enum(Vec<(String, Option<String>)>),
    /// Another name.
    Alias(String),
}

impl Client {
    /// Reads the modules of a client.
    pub(crate) fn of(output: &Output) -> Self {
        let files = output.files.iter().filter_map(|file| {
            let below = file.path.strip_prefix("src/generated/")?.strip_suffix(".rs")?;
            let parsed = syn::parse_file(lockstep_tests::text(&file.contents)).expect("Rust");
            let mut module: Vec<String> = below.split('/').map(str::to_owned).collect();
            module.retain(|part| part != "mod");
            Some((module, parsed.items))
        });
        let files: Vec<(Vec<String>, Vec<Item>)> = files.collect();
        let known: Vec<(Vec<String>, String)> = files
            .iter()
            .flat_map(|(module, items)| {
                items.iter().filter_map(|item| Some((module.clone(), name(item)?)))
            })
            .collect();
        let mut client = Self::default();
        for (module, items) in &files {
            Reader { module, known: &known, client: &mut client }.read(items);
        }
        client
    }
}

fn name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Type(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

struct Reader<'c> {
    module: &'c [String],
    known: &'c [(Vec<String>, String)],
    client: &'c mut Client,
}

impl Reader<'_> {
    fn read(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Struct(item) => {
                    let fields = match &item.fields {
                        Fields::Named(fields) => fields.named.iter().collect(),
                        _ => Vec::new(),
                    };
                    let fields = fields.into_iter().filter(|field| is_public(&field.vis));
                    let fields = fields
                        .filter_map(|field| {
                            Some((field.ident.as_ref()?.to_string(), self.ty(&field.ty)))
                        })
                        .collect();
                    let generic = !item.generics.params.is_empty();
                    self.ty_def(&item.ident, generic, Kind::Struct(fields), &item.attrs);
                }
                Item::Enum(item) => {
                    let variants = item.variants.iter().map(|variant| {
                        let held = variant.fields.iter().next().map(|field| self.ty(&field.ty));
                        (variant.ident.to_string(), held)
                    });
                    let kind = Kind::Enum(variants.collect());
                    self.ty_def(&item.ident, false, kind, &item.attrs);
                }
                Item::Type(item) => {
                    let kind = Kind::Alias(self.ty(&item.ty));
                    self.ty_def(&item.ident, false, kind, &item.attrs);
                }
                Item::Impl(item) if item.trait_.is_none() => self.methods(item),
                Item::Macro(item) => self.conversions(item),
                Item::Static(item) => self.schemes(item),
                _ => {}
            }
        }
    }

    fn ty_def(&mut self, ident: &Ident, generic: bool, kind: Kind, attrs: &[syn::Attribute]) {
        let list = |name: &str| {
            let attribute = attrs.iter().find(|attribute| attribute.path().is_ident(name))?;
            Some(attribute.meta.require_list().ok()?.tokens.clone())
        };
        let parts = |tokens: TokenStream| -> Vec<String> {
            let text = self.path(tokens);
            text.split(" , ").map(|part| part.trim().to_owned()).collect()
        };
        let operation = list("operation").map(|tokens| {
            let mut words: Vec<String> =
                tokens.into_iter().map(|token| token.to_string()).collect();
            words.retain(|word| word != "," && word != "=");
            (words[1].clone(), words[2].trim_matches('"').to_owned())
        });
        let is_request = operation.is_some();
        let own = self.own(&ident.to_string());
        let path = if generic { format!("{own}<bool>") } else { own };
        // Handles of resources borrow the client; what they offer are their methods.
        let borrows = !is_request && self.module.first().is_none_or(|first| first != "types");
        if borrows {
            return;
        }
        let reply = list("reply").map(|tokens| self.path(tokens));
        let item = list("items").map(|tokens| {
            let first: TokenStream =
                tokens.into_iter().take_while(|token| token.to_string() != ",").collect();
            self.path(first)
        });
        let derives = list("derive").map(parts).unwrap_or_default();
        let from = Vec::new();
        self.client.types.push(Type { path, kind, derives, from, reply, item, operation });
    }

    fn methods(&mut self, item: &syn::ItemImpl) {
        let mut owner = self.ty(&item.self_ty);
        if owner.contains("< T >") {
            owner = owner.replace("< T >", "<bool>");
        }
        for function in &item.items {
            let ImplItem::Fn(function) = function else { continue };
            if !is_public(&function.vis) {
                continue;
            }
            let mut receiver = None;
            let mut arguments = Vec::new();
            for input in &function.sig.inputs {
                match input {
                    FnArg::Receiver(own) => {
                        receiver = Some(if own.to_token_stream().to_string().starts_with('&') {
                            "&"
                        } else {
                            ""
                        });
                    }
                    FnArg::Typed(input) => arguments.push(self.argument(&input.ty)),
                }
            }
            let gives = match &function.sig.output {
                ReturnType::Default => "()".to_owned(),
                ReturnType::Type(_, ty) => self.ty(ty).replace("Self", &owner),
            };
            self.client.methods.push(Method {
                owner: owner.clone(),
                name: function.sig.ident.to_string(),
                receiver,
                arguments,
                gives,
            });
        }
    }

    /// What can be given where `ty` is asked for.
    fn argument(&self, ty: &syn::Type) -> Argument {
        let of = |given: &[&str], made: &str| Argument {
            given: given.iter().map(|&given| given.to_owned()).collect(),
            made: made.to_owned(),
        };
        let text = self.ty(ty);
        let Some(bound) = text.strip_prefix("impl ") else {
            return of(&[&format!("v::<{text}>()")], &text);
        };
        let inner = |prefix: &str| -> Option<String> {
            Some(bound.strip_prefix(prefix)?.trim().strip_suffix('>')?.trim().to_owned())
        };
        if bound.starts_with("AsRef") {
            return of(&["\"t\"", "String::new()", "&String::new()"], "String");
        }
        if let Some(item) = inner("IntoIterator < Item =") {
            if item.starts_with("impl ") {
                return of(&["[\"t\"]", "Vec::<String>::new()"], "Vec<String>");
            }
            return of(
                &[&format!("v::<Vec<{item}>>()"), &format!("[v::<{item}>()]")],
                &format!("Vec<{item}>"),
            );
        }
        let target = inner("Into <").unwrap_or_else(|| panic!("an argument of a new kind: {text}"));
        if target == "String" {
            return of(&["\"t\"", "String::new()"], "String");
        }
        if let Some(held) =
            target.strip_prefix("rt :: OrNull <").and_then(|rest| rest.strip_suffix('>'))
        {
            let mut argument =
                of(&[&format!("v::<{held}>()"), &format!("v::<Option<{held}>>()")], &target);
            if held.trim() == "String" {
                argument.given.push("\"t\"".to_owned());
            }
            return argument;
        }
        of(&[&format!("v::<{target}>()")], &target)
    }

    /// Unions without a tag can be made from what they hold.
    fn conversions(&mut self, item: &syn::ItemMacro) {
        let is_union = item.mac.path.segments.last().is_some_and(|it| it.ident == "untagged_union");
        let mut tokens = item.mac.tokens.clone().into_iter();
        let Some(TokenTree::Ident(name)) = tokens.next().filter(|_| is_union) else { return };
        let Some(TokenTree::Group(arms)) = tokens.next() else { return };
        let path = self.own(&name.to_string());
        let held = arms.stream().into_iter().filter_map(|token| match token {
            TokenTree::Group(held) => Some(self.path(held.stream())),
            _ => None,
        });
        let held: Vec<String> = held.collect();
        if let Some(ty) = self.client.types.iter_mut().find(|ty| ty.path == path) {
            ty.from = held;
        }
    }

    fn schemes(&mut self, item: &syn::ItemStatic) {
        let text = item.to_token_stream().to_string();
        for part in text.split("AuthScheme ::").skip(1) {
            let name = part.split('"').nth(1).unwrap_or_default();
            self.client.schemes.push(name.to_owned());
        }
    }

    fn ty(&self, ty: &syn::Type) -> String {
        self.path(ty.to_token_stream())
    }

    fn own(&self, name: &str) -> String {
        self.resolved(vec![name.to_owned()])
    }

    /// The tokens with every path from the client's root.
    fn path(&self, tokens: TokenStream) -> String {
        let mut out: Vec<String> = Vec::new();
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '\'' => {
                    let name = tokens.next().map(|name| name.to_string()).unwrap_or_default();
                    out.push(format!("'{name}"));
                }
                TokenTree::Ident(ident) => {
                    let mut segments = vec![ident.to_string()];
                    while tokens.peek().is_some_and(|next| next.to_string() == ":") {
                        tokens.next();
                        tokens.next();
                        if let Some(next) = tokens.next() {
                            segments.push(next.to_string());
                        }
                    }
                    out.push(self.resolved(segments));
                }
                TokenTree::Group(group) => out.push(self.group(&group)),
                other => out.push(other.to_string()),
            }
        }
        out.join(" ")
    }

    fn group(&self, group: &Group) -> String {
        let inner = self.path(group.stream());
        match group.delimiter() {
            Delimiter::Parenthesis => format!("({inner})"),
            Delimiter::Bracket => format!("[{inner}]"),
            Delimiter::Brace | Delimiter::None => inner,
        }
    }

    fn resolved(&self, segments: Vec<String>) -> String {
        let mut module: Vec<&str> = self.module.iter().map(String::as_str).collect();
        let mut rest: &[String] = &segments;
        let mut is_here = false;
        while let Some(("super", below)) = rest.split_first().map(|(a, b)| (a.as_str(), b)) {
            module.pop();
            rest = below;
            is_here = true;
        }
        let first = rest.first().map(String::as_str).unwrap_or_default();
        let in_types = module.first() == Some(&"types");
        is_here |= rest.len() == 1
            && self.known.iter().any(|(place, name)| {
                name == first && (place == self.module || (in_types && place[0] == "types"))
            });
        if first == "types" && !is_here {
            return format!("g::{}", rest.join("::"));
        }
        if !is_here {
            return segments.join(" :: ");
        }
        // What stands in the files of the types and of the client is found one step up.
        match module.first() {
            Some(&"types") => format!("g::types::{}", rest.join("::")),
            Some(&"client") | None => format!("g::{}", rest.join("::")),
            Some(_) => format!("g::{}::{}", module.join("::"), rest.join("::")),
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
