//! The page at `/`: operations, their examples, a form to try each, and the log of requests.
//!
//! One file with nothing from elsewhere. Everything but the forms and the live log can be read
//! without JavaScript. All text is data from a document or from a request and is escaped.

use std::fmt::Write;

use serde_json::Value;

use crate::checks::{Checked, Terms};
use crate::credentials;
use crate::data::{BodyContent, Operation, Parameter, Place};
use crate::direction::Way;
use crate::dynamic;
use crate::engine::Engine;
use crate::forms::Kind;
use crate::record::Received;
use crate::service::Service;
use crate::text::plain;

const TEMPLATE: &str = include_str!("page.html");
/// Most characters of an example that are shown.
const SHOWN: usize = 6_000;
/// Most requests that are listed before the live log takes over.
const LISTED: usize = 30;

/// The whole page.
pub(crate) fn html(engine: &Engine, host: &str) -> String {
    let service = &engine.service;
    let routes = &service.data().routes;
    let title = if routes.title.is_empty() {
        "Mock server".to_owned()
    } else {
        format!("{} mock", routes.title)
    };
    let count = routes.operations.len();
    let count = if count == 1 { "1 operation".to_owned() } else { format!("{count} operations") };
    let mut notes = String::new();
    for note in service.notes() {
        let _ = write!(notes, "<p class=\"quiet\">{}</p>", escaped(note));
    }
    let state = engine.state();
    let last = state.log.total().to_string();
    let log: String =
        state.log.entries().rev().take(LISTED).map(|own| entry(own, service)).collect();
    drop(state);
    let mut page = String::with_capacity(TEMPLATE.len() + service.page().len() + log.len());
    // Filled from left to right, so that text with braces in it is never taken for a placeholder.
    let mut rest = TEMPLATE;
    while let Some((before, after)) = rest.split_once("{{") {
        page.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or_default();
        match name {
            "title" => page.push_str(&escaped(&title)),
            "count" => page.push_str(&count),
            "url" => page.push_str(&escaped(&format!("http://{host}{}", routes.base_path))),
            "notes" => page.push_str(&notes),
            "operations" => {
                page.push_str(&service.page().replace(HOST, &escaped(&format!("http://{host}"))));
            }
            "waiting" if !log.is_empty() => page.push_str(" hidden"),
            "log" => page.push_str(&log),
            "last" => page.push_str(&last),
            _ => {}
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

fn entry(received: &Received, service: &Service) -> String {
    let method = escaped(received.method.as_str());
    let target: String = service.mask().target(&received.uri).chars().take(2_000).collect();
    let blame = received
        .blame
        .map(|blame| format!("{blame} at fault"))
        .filter(|blame| !blame.starts_with("nobody"));
    let why: Vec<_> =
        [received.operation.clone(), received.note.clone(), blame].into_iter().flatten().collect();
    let why = if why.is_empty() {
        String::new()
    } else {
        format!("<div class=\"why\">{}</div>", escaped(&why.join(" · ")))
    };
    let status = received.status;
    format!(
        "<li><span class=\"status s{}\">{status}</span><span class=\"method {method}\">{method} </span><span class=\"target\">{}</span>{why}</li>",
        status / 100,
        escaped(&target)
    )
}

/// The part of the page that does not change while the server runs.
pub(crate) fn operations(service: &Service) -> String {
    let mut html = String::new();
    let mut group = None;
    for own in service.operations() {
        if group != Some(&own.resource) {
            html.push_str(if group.is_some() { "</div>" } else { "" });
            group = Some(&own.resource);
            let _ =
                write!(html, "<div class=\"group\"><h2>{}</h2>", escaped(&heading(&own.resource)));
        }
        operation(service, own, &mut html);
    }
    html.push_str(if group.is_some() { "</div>" } else { "" });
    html
}

/// `mass_messaging` as "Mass messaging".
fn heading(resource: &str) -> String {
    let mut characters = resource.chars();
    let first = characters.next().map(char::to_uppercase);
    let text: String = first.into_iter().flatten().chain(characters).collect();
    if text.is_empty() { "Operations".to_owned() } else { text.replace('_', " ") }
}

fn operation(service: &Service, own: &Operation, html: &mut String) {
    let path = format!("{}{}", service.base_of(own), own.path);
    let words =
        format!("{} {path} {} {} {}", own.method, own.summary, own.id, own.resource).to_lowercase();
    let _ = write!(
        html,
        "<details class=\"operation\" id=\"{}\" data-words=\"{}\"><summary><span class=\"method {method}\">{method}</span><span class=\"path\">{}</span><span class=\"summary\">{}</span></summary><div class=\"inside\">",
        escaped(&own.id),
        escaped(&words),
        // A long path breaks before a slash rather than inside a word.
        escaped(&path).replace('/', "<wbr>/"),
        escaped(&own.summary),
        method = escaped(&own.method)
    );
    parameters(&own.parameters, html);
    replies(service, own, html);
    form(service, own, &path, html);
    html.push_str("</div></details>");
}

fn parameters(parameters: &[Parameter], html: &mut String) {
    if parameters.is_empty() {
        return;
    }
    html.push_str("<h3>Parameters</h3><table>");
    for own in parameters {
        let required = if own.required { ", required" } else { "" };
        let schema = own.schema.as_ref().map(|schema| schema.value()).unwrap_or_default();
        let kind = match schema.get("type") {
            Some(Value::String(name)) => format!(", {name}"),
            _ => String::new(),
        };
        let example = own
            .example
            .as_ref()
            .map(|example| format!("<code>{}</code>", escaped(&plain(example))))
            .unwrap_or_default();
        let _ = write!(
            html,
            "<tr><td class=\"name\"><code>{}</code></td><td class=\"quiet\">{}{kind}{required}</td><td>{example}</td></tr>",
            escaped(&own.name),
            place(own.place)
        );
    }
    html.push_str("</table>");
}

fn replies(service: &Service, own: &Operation, html: &mut String) {
    for (status, response) in &own.responses {
        if response.content.is_empty() {
            let _ = write!(html, "<h3>{}, no body</h3>", escaped(status));
        }
        for content in response.content.values() {
            for (name, _) in &content.fixtures {
                let Some(bytes) = service.fixture(content, Some(name)) else { continue };
                let name = if name == "default" { String::new() } else { format!(" {name}") };
                let made = if content.synthesised { ", made from the schema" } else { "" };
                let _ = write!(
                    html,
                    "<h3>{}{}{made}</h3><pre>{}</pre>",
                    escaped(status),
                    escaped(&name),
                    escaped(&clipped(&bytes))
                );
            }
        }
    }
}

fn form(service: &Service, own: &Operation, path: &str, html: &mut String) {
    let credentials = credentials::of(own, &service.data().routes);
    let credentials = serde_json::to_string(&credentials).unwrap_or_default();
    let _ = write!(
        html,
        "<form class=\"script\" data-method=\"{}\" data-path=\"{}\" data-credentials=\"{}\"><h3>Try it</h3><div class=\"fields\">",
        escaped(&own.method),
        escaped(path),
        escaped(&credentials)
    );
    for parameter in own.parameters.iter().filter(|own| own.place != Place::Cookie) {
        let value = if parameter.required { start(service, parameter) } else { String::new() };
        let name = escaped(&parameter.name);
        let required = if parameter.required { " required" } else { "" };
        let place = place(parameter.place);
        let _ = write!(
            html,
            "<label>{name}<input class=\"mono\" data-in=\"{place}\" data-name=\"{name}\" value=\"{}\"{required} autocomplete=\"off\"></label>",
            escaped(&value)
        );
    }
    wishes(own, html);
    html.push_str("</div>");
    let body = own
        .body
        .iter()
        .flat_map(|body| &body.content)
        .find(|(media, _)| Kind::of(media) == Kind::Json);
    let example = || own.body.as_ref().and_then(|body| body.example.clone());
    let body = body.map(|(media, content)| (media.as_str(), sample(service, content, example())));
    if let Some((media, sample)) = &body {
        let sample = escaped(sample);
        let _ = write!(
            html,
            "<label>Body<textarea data-media=\"{}\" spellcheck=\"false\">{sample}</textarea></label>",
            escaped(media)
        );
    }
    html.push_str("<div class=\"send\"><button>Send</button><span class=\"told mono\"></span></div><div class=\"answer\"></div></form>");
    let compact = body.map(|(media, sample)| {
        let value = serde_json::from_str::<Value>(&sample);
        (media, value.map_or(sample, |value| value.to_string()))
    });
    let body = compact.as_ref().map(|(media, body)| (*media, body.as_str()));
    let base = format!("{HOST}{}", service.base_of(own));
    let start = |parameter: &Parameter| start(service, parameter);
    let command = credentials::command(own, &service.data().routes, &base, &start, body);
    let _ = write!(html, "<h3>In a shell</h3><pre class=\"command\">{}</pre>", escaped(&command));
}

/// The replies that the document has, to be asked for by name: each status, and each example with a name of its own.
fn wishes(own: &Operation, html: &mut String) {
    html.push_str(
        "<label>Reply<select class=\"reply\"><option value=\"\">as asked for above</option>",
    );
    for (status, response) in &own.responses {
        let code = match status.as_str() {
            "default" => "500".to_owned(),
            range => range.to_ascii_uppercase().replace("XX", "00"),
        };
        // What may not be asked for is left out, and so is a name that would end the wish.
        if !code.parse().is_ok_and(|code: u16| (200..600).contains(&code)) {
            continue;
        }
        let _ = write!(html, "<option value=\"code={code}\">{}</option>", escaped(status));
        let mut told: Vec<&str> = Vec::new();
        for name in response.content.values().flat_map(|content| content.fixtures.keys()) {
            let is_sayable = name.chars().all(|c| (' '..='~').contains(&c) && !",;\"".contains(c));
            if name == "default" || !is_sayable || told.contains(&name.as_str()) {
                continue;
            }
            told.push(name);
            let name = escaped(name);
            let _ = write!(
                html,
                "<option value=\"code={code}, example={name}\">{} {name}</option>",
                escaped(status)
            );
        }
    }
    html.push_str("</select></label>");
}

/// Stands for the address that the page was asked for under, which is not known when this part is written.
const HOST: &str = "http://{host}";

/// A value of a required parameter to start from: the document's, or one made from the schema.
fn start(service: &Service, parameter: &Parameter) -> String {
    let made = || {
        let checked = Checked::new(
            parameter.schema.as_ref(),
            Terms::of(&service.data().routes, Way::Request),
        );
        dynamic::value(&checked, 0).ok().flatten()
    };
    parameter.example.clone().or_else(made).as_ref().map(plain).unwrap_or_default()
}

/// A body to start from: the document's, or one made from the schema.
fn sample(service: &Service, content: &BodyContent, example: Option<Value>) -> String {
    let made = || {
        let checked =
            Checked::new(content.schema.as_ref(), Terms::of(&service.data().routes, Way::Request));
        dynamic::value(&checked, 0).ok().flatten()
    };
    let value = example.or_else(made).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

fn place(place: Place) -> &'static str {
    match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Cookie => "cookie",
    }
}

fn clipped(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN * 4)]);
    let mut clipped: String = text.chars().take(SHOWN).collect();
    if clipped.len() < bytes.len() && clipped.chars().count() == SHOWN {
        clipped.push_str("\n…");
    }
    clipped
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn text_stays_text() {
        let evil = "<script>alert('{{log}}')</script>\"";
        let routes = serde_json::json!({"title": evil, "operations": [{"id": evil, "method": "GET", "path": "/a", "summary": evil, "resource": evil,
            "parameters": [{"name": evil, "in": "query", "example": evil}], "responses": {"200": {"content": {"text/plain": {"fixtures": {"default": "x"}}}}}}]});
        let data =
            crate::data::Data::new(&routes, vec![("x".to_owned(), evil.as_bytes().to_vec())])
                .expect("routes");
        let engine =
            Engine::new(Arc::new(Service::new(data)), crate::settings::Settings::default());
        let request = http::Request::get("/<script>x").body(bytes::Bytes::new());
        if let Ok(request) = request {
            engine.answer(request, Duration::ZERO);
        }
        let page = html(&engine, evil);
        assert_eq!(page.matches("<script>").count(), 1, "the page's own");
        assert!(page.contains("&lt;script&gt;alert(&#39;{{log}}&#39;)"));
    }
}
