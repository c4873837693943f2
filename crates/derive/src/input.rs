//! Reading a struct from its tokens.
//!
//! Only what stands in generated files is read: named fields or one unnamed one, and at most a type parameter without
//! bounds. Everything else is a [`Misuse`], with the place.

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// What cannot be derived, and where.
#[derive(Debug)]
pub(crate) struct Misuse {
    span: Span,
    text: &'static str,
}

impl Misuse {
    pub(crate) fn new(span: Span, text: &'static str) -> Self {
        Self { span, text }
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        let text = self.text;
        quote_spanned!(self.span=> ::core::compile_error! { #text })
    }
}

/// The name of an item, its attributes, and what stands in its braces or parentheses.
pub(crate) struct Item {
    pub(crate) name: Ident,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) parameter: Option<Ident>,
    pub(crate) delimiter: Delimiter,
    pub(crate) body: TokenStream,
}

/// `#[name(arguments)]`.
pub(crate) struct Attribute {
    pub(crate) name: Ident,
    pub(crate) arguments: TokenStream,
}

impl Item {
    /// Reads an item that starts with `keyword`.
    pub(crate) fn read(tokens: TokenStream, keyword: &str) -> Result<Self, Misuse> {
        let mut tokens = Tokens::new(tokens);
        let attributes = tokens.attributes();
        tokens.visibility();
        match tokens.next() {
            Some(TokenTree::Ident(word)) if word == keyword => {}
            other => {
                let text = match keyword {
                    "enum" => "this derive is for enums",
                    _ => "this derive is for structs",
                };
                return Err(Misuse::new(span(other.as_ref()), text));
            }
        }
        let Some(TokenTree::Ident(name)) = tokens.next() else {
            return Err(Misuse::new(Span::call_site(), "an item has a name"));
        };
        let parameter = tokens.parameter()?;
        match tokens.next() {
            Some(TokenTree::Group(group)) => {
                let (delimiter, body) = (group.delimiter(), group.stream());
                Ok(Self { name, attributes, parameter, delimiter, body })
            }
            other => {
                Err(Misuse::new(span(other.as_ref()), "this derive takes no bounds and no units"))
            }
        }
    }
}

/// A struct with named fields.
pub(crate) struct Struct {
    pub(crate) name: Ident,
    pub(crate) parameter: Option<Ident>,
    pub(crate) constants: Vec<Constant>,
    pub(crate) fields: Vec<Field>,
}

/// A property that has no field, since it is always the same.
pub(crate) struct Constant {
    /// What it is called in JSON.
    pub(crate) wire: String,
    /// Its value, as an expression.
    pub(crate) value: TokenStream,
    /// Its kind and its value, as the runtime's deserializer reads them.
    pub(crate) mark: String,
}

/// A field of a struct.
pub(crate) struct Field {
    pub(crate) name: Ident,
    /// What it is called in JSON.
    pub(crate) wire: String,
    pub(crate) kind: Kind,
}

/// How a field stands for absence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `None` is absence.
    Optional,
    /// The default stands for absence and null.
    Default,
    /// It must be there.
    Required,
    /// It takes what no other field takes.
    Rest,
}

impl Struct {
    pub(crate) fn read(tokens: TokenStream) -> Result<Self, Misuse> {
        let item = Item::read(tokens, "struct")?;
        if item.delimiter != Delimiter::Brace {
            return Err(Misuse::new(
                item.name.span(),
                "this derive is for structs with named fields",
            ));
        }
        let mut camel = false;
        for word in words(&item.attributes) {
            match word {
                Word::Plain(word) if word == "camel" => camel = true,
                word => return Err(Misuse::new(word.span(), "a struct knows `#[wire(camel)]`")),
            }
        }
        let mut constants = Vec::new();
        for attribute in item.attributes.into_iter().filter(|it| it.name == "constant") {
            constants.push(Constant::read(attribute)?);
        }
        let mut tokens = Tokens::new(item.body);
        let mut fields = Vec::new();
        while !tokens.is_empty() {
            fields.push(Field::read(&mut tokens, camel)?);
        }
        Ok(Self { name: item.name, parameter: item.parameter, constants, fields })
    }
}

impl Constant {
    /// Reads `"name" = "text"`, `"name" = 1` or `"name" = true`.
    fn read(attribute: Attribute) -> Result<Self, Misuse> {
        let span = attribute.name.span();
        let known =
            "a constant is `#[constant(\"name\" = \"text\")]`, or a whole number, or a boolean";
        let read = || {
            let mut tokens = Tokens::new(attribute.arguments);
            let Some(TokenTree::Literal(wire)) = tokens.next() else { return None };
            let wire = unquoted(&wire.to_string())?;
            if !tokens.takes('=') {
                return None;
            }
            let minus = if tokens.takes('-') { "-" } else { "" };
            let (value, mark) = match tokens.next()? {
                TokenTree::Ident(truth) if truth == "true" || truth == "false" => {
                    (quote!(Bool(#truth)), format!("b{truth}"))
                }
                TokenTree::Literal(literal) => match unquoted(&literal.to_string()) {
                    Some(text) if minus.is_empty() => (quote!(Text(#text)), format!("t{text}")),
                    Some(_) => return None,
                    None => {
                        let number: i64 = format!("{minus}{literal}").parse().ok()?;
                        let literal = Literal::i64_unsuffixed(number);
                        (quote!(Integer(#literal)), format!("i{number}"))
                    }
                },
                TokenTree::Ident(_) | TokenTree::Group(_) | TokenTree::Punct(_) => return None,
            };
            tokens.is_empty().then(|| Self { wire, value, mark: format!("\0{mark}") })
        };
        read().ok_or_else(|| Misuse::new(span, known))
    }
}

impl Field {
    fn read(tokens: &mut Tokens, camel: bool) -> Result<Self, Misuse> {
        let attributes = tokens.attributes();
        tokens.visibility();
        let Some(TokenTree::Ident(name)) = tokens.next() else {
            return Err(Misuse::new(Span::call_site(), "a field has a name"));
        };
        let mut kind = match tokens.type_name() {
            Some(outermost) if outermost == "Option" => Kind::Optional,
            Some(outermost) if outermost == "Vec" => Kind::Default,
            _ => Kind::Required,
        };
        let plain = name.to_string();
        let plain = plain.strip_prefix("r#").unwrap_or(&plain);
        let mut wire = if camel { in_camel(plain) } else { plain.to_owned() };
        for word in words(&attributes) {
            match word {
                Word::Text(text, _) => wire = text,
                Word::Plain(word) if word == "default" => kind = Kind::Default,
                Word::Plain(word) if word == "required" => kind = Kind::Required,
                Word::Plain(word) if word == "rest" => kind = Kind::Rest,
                word => {
                    let known = "a field knows `#[wire(\"name\")]`, `default`, `required`, `rest`";
                    return Err(Misuse::new(word.span(), known));
                }
            }
        }
        Ok(Self { name, wire, kind })
    }
}

/// An enum of texts or whole numbers, and a last variant for what is neither.
pub(crate) struct Choice {
    pub(crate) name: Ident,
    /// Each variant with the literal that travels.
    pub(crate) variants: Vec<(Ident, TokenStream)>,
    /// The type of the last variant's value.
    pub(crate) other: TokenStream,
}

impl Choice {
    pub(crate) fn read(tokens: TokenStream) -> Result<Self, Misuse> {
        let item = Item::read(tokens, "enum")?;
        let mut tokens = Tokens::new(item.body);
        let mut variants = Vec::new();
        loop {
            let attributes = tokens.attributes();
            let Some(TokenTree::Ident(variant)) = tokens.next() else {
                return Err(Misuse::new(item.name.span(), "the last variant is `Other(String)`"));
            };
            if let Some(TokenTree::Group(other)) = tokens.0.peek() {
                return Ok(Self { name: item.name, variants, other: other.stream() });
            }
            let wire = attributes.into_iter().find(|attribute| attribute.name == "wire");
            let wire = wire.map(|attribute| attribute.arguments).unwrap_or_else(|| {
                TokenTree::from(Literal::string(&in_snake(&variant.to_string()))).into()
            });
            variants.push((variant, wire));
            tokens.takes(',');
        }
    }
}

/// serde's snake_case.
fn in_snake(variant: &str) -> String {
    let mut snake = String::with_capacity(variant.len());
    for letter in variant.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// serde's camelCase, so that nobody has to learn another.
fn in_camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut is_start = false;
    for letter in name.chars() {
        match letter {
            '_' => is_start = true,
            _ if camel.is_empty() => camel.push(letter.to_ascii_lowercase()),
            _ if is_start => camel.push(letter.to_ascii_uppercase()),
            _ => camel.push(letter),
        }
        is_start &= letter == '_';
    }
    camel
}

/// One argument of `#[wire(...)]`.
enum Word {
    Plain(Ident),
    Text(String, Span),
    Other(Span),
}

impl Word {
    fn span(&self) -> Span {
        match self {
            Self::Plain(word) => word.span(),
            Self::Text(_, span) | Self::Other(span) => *span,
        }
    }
}

/// The arguments of all `#[wire(...)]`.
fn words(attributes: &[Attribute]) -> impl Iterator<Item = Word> {
    let wires = attributes.iter().filter(|attribute| attribute.name == "wire");
    let trees = wires.flat_map(|attribute| attribute.arguments.clone());
    trees.filter_map(|tree| match tree {
        TokenTree::Punct(comma) if comma.as_char() == ',' => None,
        TokenTree::Ident(word) => Some(Word::Plain(word)),
        TokenTree::Literal(literal) => {
            let span = literal.span();
            Some(
                unquoted(&literal.to_string())
                    .map_or(Word::Other(span), |text| Word::Text(text, span)),
            )
        }
        other => Some(Word::Other(other.span())),
    })
}

/// The text of a string literal.
fn unquoted(literal: &str) -> Option<String> {
    let mut rest = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(rest.len());
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        let escape = rest.chars().next()?;
        rest = &rest[escape.len_utf8()..];
        match escape {
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            '0' => text.push('\0'),
            '\\' | '\'' | '"' => text.push(escape),
            'x' => {
                text.push(char::from(u8::from_str_radix(rest.get(..2)?, 16).ok()?));
                rest = &rest[2..];
            }
            'u' => {
                let (digits, after) = rest.strip_prefix('{')?.split_once('}')?;
                text.push(char::from_u32(u32::from_str_radix(&digits.replace('_', ""), 16).ok()?)?);
                rest = after;
            }
            _ => return None,
        }
    }
    Some(text)
}

/// Tokens, from the front.
struct Tokens(std::iter::Peekable<proc_macro2::token_stream::IntoIter>);

impl Tokens {
    fn new(tokens: TokenStream) -> Self {
        Self(tokens.into_iter().peekable())
    }

    fn next(&mut self) -> Option<TokenTree> {
        self.0.next()
    }

    fn is_empty(&mut self) -> bool {
        self.0.peek().is_none()
    }

    fn takes(&mut self, sign: char) -> bool {
        self.0
            .next_if(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign))
            .is_some()
    }

    fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        while self.takes('#') {
            let Some(TokenTree::Group(group)) = self.next() else { continue };
            let mut inside = group.stream().into_iter();
            // `#[doc = "…"]` and the like concern others.
            if let (Some(TokenTree::Ident(name)), Some(TokenTree::Group(arguments))) =
                (inside.next(), inside.next())
            {
                attributes.push(Attribute { name, arguments: arguments.stream() });
            }
        }
        attributes
    }

    fn visibility(&mut self) {
        let is_pub = |tree: &TokenTree| matches!(tree, TokenTree::Ident(word) if word == "pub");
        if self.0.next_if(is_pub).is_some() {
            let _ = self.0.next_if(|tree| {
                matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
            });
        }
    }

    /// `<T>`, if there is one.
    fn parameter(&mut self) -> Result<Option<Ident>, Misuse> {
        if !self.takes('<') {
            return Ok(None);
        }
        match (self.next(), self.takes('>')) {
            (Some(TokenTree::Ident(parameter)), true) => Ok(Some(parameter)),
            (other, _) => {
                Err(Misuse::new(span(other.as_ref()), "this derive takes one type, without bounds"))
            }
        }
    }

    /// Reads `: Type,` and gives the type's first word, if it is a word.
    fn type_name(&mut self) -> Option<Ident> {
        self.takes(':');
        let mut first = None;
        let mut depth = 0_usize;
        for (index, tree) in self.0.by_ref().enumerate() {
            match tree {
                TokenTree::Punct(punct) => match punct.as_char() {
                    ',' if depth == 0 => break,
                    '<' => depth += 1,
                    '>' => depth = depth.saturating_sub(1),
                    _ => {}
                },
                TokenTree::Ident(word) if index == 0 => first = Some(word),
                TokenTree::Ident(_) | TokenTree::Group(_) | TokenTree::Literal(_) => {}
            }
        }
        first
    }
}

fn span(tree: Option<&TokenTree>) -> Span {
    tree.map_or_else(Span::call_site, TokenTree::span)
}
