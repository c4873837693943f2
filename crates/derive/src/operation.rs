//! The traits of requests.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;

use crate::input::{Item, Misuse};

pub(crate) fn operation(tokens: TokenStream) -> Result<TokenStream, Misuse> {
    let item = Item::read(tokens, "struct")?;
    let name = &item.name;
    if item.delimiter != Delimiter::Parenthesis || item.parameter.is_some() {
        return Err(Misuse::new(name.span(), "an operation is a newtype around `Request`"));
    }
    let given = |wanted: &str| {
        let found = item.attributes.iter().find(|attribute| attribute.name == wanted);
        found.map(|attribute| attribute.arguments.clone())
    };
    let attribute =
        |wanted: &str, text: &'static str| given(wanted).ok_or(Misuse::new(name.span(), text));
    let info =
        info(name, attribute("operation", "`#[operation(\"id\", get = \"/path\")]` is missing")?)?;
    let reply = attribute("reply", "`#[reply(Json<Type>)]` is missing")?;
    let paged = match given("paged") {
        Some(rule) => {
            let items = attribute("items", "`#[items(Type, reply.field)]` is missing")?;
            Some(paged(name, rule, items)?)
        }
        None => None,
    };
    let streamed = given("streamed").map(|parts| streamed(name, parts)).transpose()?;
    Ok(quote! {
        impl ::lockstep_runtime::Operation for #name {
            const INFO: &'static ::lockstep_runtime::OperationInfo = &#info;
            type Reply = #reply;
        }

        ::lockstep_runtime::operation!(#name);
        #paged
        #streamed
    })
}

/// The kind of the stream, and the request that asks for it, made of `request`.
fn streamed(name: &Ident, parts: TokenStream) -> Result<TokenStream, Misuse> {
    let parts = split(parts);
    let [stream, change] = &parts[..] else {
        let text = "a stream is a kind of reply, and the request for it, made of `request`";
        return Err(Misuse::new(name.span(), text));
    };
    Ok(quote! {
        impl ::lockstep_runtime::Streamed for #name {
            type Stream = #stream;

            fn streaming(request: ::lockstep_runtime::Request) -> ::lockstep_runtime::Request {
                #change
            }
        }

        ::lockstep_runtime::streamed!(#name);
    })
}

/// `rule`: how pages follow each other; `items`: the type of an entry, and the way to the list of them.
fn paged(name: &Ident, rule: TokenStream, items: TokenStream) -> Result<TokenStream, Misuse> {
    let parts = split(items);
    let [item, way] = &parts[..] else {
        return Err(Misuse::new(name.span(), "items are a type, and the way to them from `reply`"));
    };
    Ok(quote! {
        impl ::lockstep_runtime::Paged for #name {
            type Item = #item;
            const PAGING: ::lockstep_runtime::Paging = ::lockstep_runtime::Paging::#rule;

            fn items(
                reply: <<Self as ::lockstep_runtime::Operation>::Reply as ::lockstep_runtime::Reply>::Value,
            ) -> ::std::vec::Vec<Self::Item> {
                #way
            }
        }

        ::lockstep_runtime::paged!(#name);
    })
}

/// `"id", get = "/path", multipart, accept = "text/csv"`.
fn info(name: &Ident, arguments: TokenStream) -> Result<TokenStream, Misuse> {
    let mut parts = split(arguments).into_iter();
    let (Some(id), Some(target)) = (parts.next(), parts.next()) else {
        return Err(Misuse::new(name.span(), "an operation has an id, a method and a path"));
    };
    let mut target = target.into_iter();
    let (Some(TokenTree::Ident(method)), Some(TokenTree::Punct(_)), Some(path), None) =
        (target.next(), target.next(), target.next(), target.next())
    else {
        return Err(Misuse::new(name.span(), "the second part is `method = \"/path\"`"));
    };
    let rt = quote!(::lockstep_runtime);
    let start = if method == "query" {
        quote!(#rt::OperationInfo::query(#id, #path))
    } else {
        let method = Ident::new(&method.to_string().to_uppercase(), method.span());
        quote!(#rt::OperationInfo::new(#id, #rt::Method::#method, #path))
    };
    let mut options = TokenStream::new();
    for part in parts {
        let mut part = part.into_iter();
        match (part.next(), part.next()) {
            (Some(TokenTree::Ident(option)), None) => options.extend(quote!(.#option())),
            (Some(TokenTree::Ident(option)), Some(TokenTree::Punct(sign)))
                if sign.as_char() == '=' =>
            {
                let value: TokenStream = part.collect();
                options.extend(quote!(.#option(#value)));
            }
            _ => return Err(Misuse::new(name.span(), "an option is a word, or `word = value`")),
        }
    }
    Ok(quote!(#start #options))
}

/// What stands between commas, but for those within `<` and `>`.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    let mut depth = 0_usize;
    for tree in tokens {
        if let TokenTree::Punct(punct) = &tree {
            match punct.as_char() {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    parts.push(TokenStream::new());
                    continue;
                }
                _ => {}
            }
        }
        if let Some(part) = parts.last_mut() {
            part.extend([tree]);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
