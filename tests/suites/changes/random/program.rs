//! Programs that use everything that a client offers.

use std::fmt::Write as _;

use super::client::{Client, Kind, Method, Type};

/// A program with a function for every method, type, field and variant. It is compiled and never run.
pub(crate) fn uses(client: &Client) -> String {
    let mut out = String::from(
        "use super::generated as g;\nuse lockstep_runtime as rt;\n\nfn v<T>() -> T {\n    unimplemented!()\n}\n",
    );
    for (index, method) in client.methods.iter().enumerate() {
        out.push_str(&call(index, method));
    }
    for (index, ty) in client.types.iter().enumerate() {
        out.push_str(&named(index, ty));
    }
    out
}

/// Every way to call a method.
fn call(index: usize, method: &Method) -> String {
    let Method { owner, name, gives, .. } = method;
    let most = method.arguments.iter().map(|argument| argument.given.len()).max().unwrap_or(1);
    let mut out = format!("pub fn call_{index}() {{\n");
    for turn in 0..most {
        let given = method
            .arguments
            .iter()
            .map(|argument| argument.given[turn.min(argument.given.len() - 1)].clone());
        let given = given.collect::<Vec<_>>().join(", ");
        let _ = match method.receiver {
            Some(by) => writeln!(
                out,
                "    let this = v::<{by}{owner}>();\n    let _gives: {gives} = this.{name}({given});"
            ),
            None => writeln!(out, "    let _gives: {gives} = <{owner}>::{name}({given});"),
        };
    }
    out + "}\n"
}

fn named(index: usize, ty: &Type) -> String {
    let path = &ty.path;
    let mut out = format!("pub fn type_{index}() {{\n");
    match &ty.kind {
        Kind::Struct(fields) => {
            for (name, held) in fields {
                let held = held.replace(" T ", " bool ");
                let held = if held == "T" { "bool" } else { held.as_str() };
                let _ = writeln!(
                    out,
                    "    let mut this = v::<{path}>();\n    this.{name} = v::<{held}>();\n    let _held: {held} = this.{name};"
                );
            }
        }
        Kind::Enum(variants) => {
            for (name, held) in variants {
                let _ = match held {
                    Some(held) => writeln!(
                        out,
                        "    if let {path}::{name}(_held) = {path}::{name}(v::<{held}>()) {{\n        let _held: {held} = _held;\n    }}"
                    ),
                    None => writeln!(
                        out,
                        "    let _is = matches!(v::<{path}>(), {path}::{name});\n    let _made: {path} = {path}::{name};"
                    ),
                };
            }
        }
        Kind::Alias(other) => {
            let _ = writeln!(out, "    let _same: {other} = v::<{path}>();");
        }
    }
    for held in &ty.from {
        let _ = writeln!(out, "    let _from = {path}::from(v::<{held}>());");
    }
    for name in &ty.derives {
        let bound = match name.as_str() {
            "rt :: Decode" => "rt::serde::de::DeserializeOwned",
            "rt :: Encode" => "rt::serde::Serialize",
            "rt :: Operation" => "rt::Operation",
            "rt :: OpenEnum" => "std::fmt::Display + rt::serde::Serialize",
            "Debug" => "std::fmt::Debug",
            "Hash" => "std::hash::Hash",
            other => other,
        };
        let _ = writeln!(out, "    {{ fn is<T: {bound}>() {{}} is::<{path}>(); }}");
    }
    out.push_str("}\n");
    if let Some(reply) = &ty.reply {
        let value = format!("<{reply} as rt::Reply>::Value");
        let _ = writeln!(
            out,
            "pub async fn reply_{index}() {{\n    let _reply: rt::Result<rt::Response<{value}>> = v::<{path}>().await;\n}}"
        );
    }
    if let Some(item) = &ty.item {
        let _ = writeln!(
            out,
            "pub fn items_{index}() {{\n    let _walk: rt::Items<{path}> = v::<{path}>().items();\n    let _item: fn(<{path} as rt::Paged>::Item) -> {item} = |item| item;\n}}"
        );
    }
    out
}

/// A program that makes every request of a client in many ways: `run` gives what the second of two servers refuses and the
/// first one takes, and what of its replies is not as the client expects.
pub(crate) fn runs(client: &Client, codes: impl Fn(&str, &str) -> Vec<String>) -> String {
    let mut out = String::from(
        "use super::generated as g;\nuse lockstep_runtime as rt;\nuse crate::sample::{Dice, Sample, Sides, asked};\n\n",
    );
    for ty in &client.types {
        out.push_str(&sample(ty));
    }
    let schemes: String = client
        .schemes
        .iter()
        .map(|name| format!(".credential({name:?}, \"user:secret\")"))
        .collect();
    let _ = writeln!(
        out,
        "fn client(url: String) -> g::Client {{\n    g::Client::builder().base_url(url){schemes}.max_retries(0).build().expect(\"a client\")\n}}\n"
    );
    let mut body = String::new();
    for (index, ty) in client.types.iter().enumerate() {
        let (Some((verb, path)), Some((handle, method))) =
            (&ty.operation, made_by(client, &ty.path))
        else {
            continue;
        };
        let _ = writeln!(
            out,
            "fn build_{index}(client: &g::Client, dice: &mut Dice) -> {} {{",
            ty.path
        );
        let _ = writeln!(
            out,
            "    let request = client.{handle}().{}({});",
            method.name,
            samples(method)
        );
        for setter in
            client.methods.iter().filter(|it| it.owner == ty.path && it.receiver == Some(""))
        {
            let _ = writeln!(
                out,
                "    let request = if dice.yes() {{ request.{}({}) }} else {{ request }};",
                setter.name,
                samples(setter)
            );
        }
        out.push_str("    request\n}\n");
        let codes = codes(verb, path);
        let _ = writeln!(
            body,
            "    asked({:?}, sides, client, &{codes:?}, &mut found, |client, dice, options| {{\n        let reply = build_{index}(client, dice).with(options).send_blocking()?;\n        Ok(reply.drift().iter().map(ToString::to_string).collect())\n    }});",
            ty.path
        );
    }
    let _ = writeln!(
        out,
        "pub fn run(sides: &Sides) -> Vec<String> {{\n    let mut found = Vec::new();\n{body}    found\n}}"
    );
    out
}

fn samples(method: &Method) -> String {
    let made = method.arguments.iter().map(|argument| format!("<{}>::sample(dice)", argument.made));
    made.collect::<Vec<_>>().join(", ")
}

/// The method that makes a request, and the one of the client that leads to it.
fn made_by<'c>(client: &'c Client, request: &str) -> Option<(&'c str, &'c Method)> {
    let makers = client.methods.iter().filter(|it| it.gives == request && it.owner != request);
    makers.into_iter().find_map(|maker| {
        let handle = client.methods.iter().find(|it| {
            it.owner == "g::Client"
                && it.arguments.is_empty()
                && it.gives.split('<').next().map(str::trim)
                    == maker.owner.split('<').next().map(str::trim)
        })?;
        Some((handle.name.as_str(), maker))
    })
}

/// How a value of a type is made up, where values of it can be sent.
fn sample(ty: &Type) -> String {
    let path = &ty.path;
    let is_sent = ty.derives.iter().any(|name| name == "rt :: Encode" || name == "rt :: OpenEnum");
    let body = match &ty.kind {
        Kind::Struct(fields) if is_sent && !path.ends_with('>') => {
            let fields = fields.iter().map(|(name, held)| {
                // Recursion ends where nothing has to follow.
                format!("{name}: <{held}>::sample(dice)")
            });
            format!("{path} {{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Kind::Enum(variants) => {
            let known: Vec<&(String, Option<String>)> =
                variants.iter().filter(|(name, _)| name != "Unknown").collect();
            let arms = known.iter().enumerate().map(|(index, (name, held))| match held {
                Some(held) => format!("{index} => {path}::{name}(<{held}>::sample(dice))"),
                None => format!("{index} => {path}::{name}"),
            });
            let last = known.len() - 1;
            let arms = arms.collect::<Vec<_>>().join(", ");
            let arms = arms.replacen(&format!("{last} =>"), "_ =>", 1);
            format!("match dice.choose({}) {{ {arms} }}", known.len())
        }
        _ => return String::new(),
    };
    // What only comes back is never made up; a type that cannot be sent has parts that cannot be made.
    let body = if is_sent || !ty.from.is_empty() || matches!(ty.kind, Kind::Enum(_)) {
        body
    } else {
        return String::new();
    };
    format!(
        "impl Sample for {path} {{\n    fn sample(dice: &mut Dice) -> Self {{\n        dice.below(|dice| {body})\n    }}\n}}\n"
    )
}
