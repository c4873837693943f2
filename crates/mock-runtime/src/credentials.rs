//! What a caller of an operation has to send to be let in, for the page's forms and for commands to copy.

use serde::Serialize;

use crate::data::{Operation, Place, Routes, SecurityScheme};
use crate::text::percent_encode;

/// One thing to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Credential<'r> {
    /// `header`, `query` or `cookie`.
    #[serde(rename = "in")]
    place: &'static str,
    name: &'r str,
    /// What stands in front of the key: `Bearer`, `Basic` (around name and password) or nothing.
    scheme: String,
}

/// What the first way in that the mock knows demands. Nothing where nothing is demanded.
pub(crate) fn of<'r>(operation: &'r Operation, routes: &'r Routes) -> Vec<Credential<'r>> {
    let sets = operation.security.iter();
    let mut known = sets.filter_map(|set| {
        let schemes = set.iter().filter_map(|name| routes.security_schemes.get(name));
        schemes.map(credential).collect::<Option<Vec<_>>>()
    });
    known.next().unwrap_or_default().into_iter().flatten().collect()
}

/// What a scheme demands; `None` where nobody can meet it.
fn credential(scheme: &SecurityScheme) -> Option<Option<Credential<'_>>> {
    let authorization =
        |scheme: String| Some(Some(Credential { place: "header", name: "Authorization", scheme }));
    match scheme {
        SecurityScheme::Http { scheme } if scheme.eq_ignore_ascii_case("basic") => {
            authorization("Basic".to_owned())
        }
        SecurityScheme::Http { scheme } if scheme.eq_ignore_ascii_case("bearer") => {
            authorization("Bearer".to_owned())
        }
        SecurityScheme::Http { scheme } => authorization(scheme.clone()),
        SecurityScheme::Oauth2 | SecurityScheme::OpenIdConnect => {
            authorization("Bearer".to_owned())
        }
        SecurityScheme::ApiKey { name, place } => {
            let place = match place.as_str() {
                "query" => "query",
                "cookie" => "cookie",
                _ => "header",
            };
            Some(Some(Credential { place, name, scheme: String::new() }))
        }
        SecurityScheme::MutualTls => Some(None),
        SecurityScheme::Other => None,
    }
}

/// A command for a shell that calls an operation. `values` are for its parameters.
pub(crate) fn command(
    operation: &Operation,
    routes: &Routes,
    url: &str,
    values: &dyn Fn(&crate::data::Parameter) -> String,
    body: Option<(&str, &str)>,
) -> String {
    let mut words = vec!["curl".to_owned()];
    if operation.method != "GET" {
        words.push(format!("-X {}", operation.method));
    }
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    let (mut headers, mut cookies) = (Vec::new(), Vec::new());
    for parameter in operation.parameters.iter().filter(|own| own.required) {
        let (name, value) = (&parameter.name, values(parameter));
        match parameter.place {
            Place::Path => path = path.replace(&format!("{{{name}}}"), &percent_encode(&value)),
            Place::Query => {
                query.push(format!("{}={}", percent_encode(name), percent_encode(&value)))
            }
            Place::Header => headers.push(format!("{name}: {value}")),
            Place::Cookie => cookies.push(format!("{name}={value}")),
        }
    }
    for own in of(operation, routes) {
        match (own.place, own.scheme.as_str()) {
            (_, "Basic") => words.push("-u test:test".to_owned()),
            ("query", _) => query.push(format!("{}=test", percent_encode(own.name))),
            ("cookie", _) => cookies.push(format!("{}=test", own.name)),
            (_, scheme) => {
                headers.push(format!("{}: {}", own.name, format!("{scheme} test").trim()))
            }
        }
    }
    words.extend(headers.iter().map(|header| format!("-H {}", quoted(header))));
    if !cookies.is_empty() {
        words.push(format!("-b {}", quoted(&cookies.join("; "))));
    }
    if let Some((media, body)) = body {
        words.push(format!("-H {}", quoted(&format!("Content-Type: {media}"))));
        words.push(format!("-d {}", quoted(body)));
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    words.push(quoted(&format!("{url}{path}{query}")));
    words.join(" ")
}

/// A word for a shell, in quotation marks where it needs them.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/=%,+@~".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    // What is not seen must not end up in a shell.
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;
    use serde_json::json;

    #[test]
    fn each_operation_by_its_own_way_in() {
        let security = |sets: serde_json::Value| json!({"id": "a", "method": "POST", "path": "/a/{id}", "security": sets, "parameters": [{"name": "id", "in": "path", "required": true}]});
        let routes = json!({
            "security_schemes": {
                "basic": {"type": "http", "scheme": "basic"}, "token": {"type": "oauth2"}, "odd": {"type": "telepathy"},
                "head": {"type": "apiKey", "in": "header", "name": "X-Key"}, "query": {"type": "apiKey", "in": "query", "name": "k"},
                "cook": {"type": "apiKey", "in": "cookie", "name": "sid"}},
            "operations": [
                security(json!([["basic"]])), security(json!([["odd"], ["head", "cook"]])), security(json!([["query"]])),
                security(json!([["token"]])), security(json!([])), security(json!([[], ["basic"]]))]
        });
        let data = Data::new(&routes, Vec::new()).expect("routes");
        let commands = data.routes.operations.iter().map(|own| {
            command(
                own,
                &data.routes,
                "http://h",
                &|_| "it's".to_owned(),
                Some(("application/json", "{}")),
            )
        });
        let ends = "-H 'Content-Type: application/json' -d '{}'";
        let expected = [
            format!("curl -X POST -u test:test {ends} http://h/a/it%27s"),
            format!("curl -X POST -H 'X-Key: test' -b sid=test {ends} http://h/a/it%27s"),
            format!("curl -X POST {ends} 'http://h/a/it%27s?k=test'"),
            format!("curl -X POST -H 'Authorization: Bearer test' {ends} http://h/a/it%27s"),
            format!("curl -X POST {ends} http://h/a/it%27s"),
            format!("curl -X POST {ends} http://h/a/it%27s"),
        ];
        assert_eq!(commands.collect::<Vec<_>>(), expected);
    }
}
