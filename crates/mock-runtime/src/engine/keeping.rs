//! `--state`: replies that tell what callers have created, changed and deleted.
//!
//! A request comes here behind all checks. The reply is the one that the document has, with what is kept in the place of
//! its example, so that status, headers and envelope are the document's. See [`crate::kept`] for what belongs together.

use std::sync::Arc;

use http::HeaderValue;
use http::header::{CONTENT_TYPE, LOCATION};
use serde_json::{Map, Value};

use super::Engine;
use super::answer::Answer;
use super::call::Call;
use crate::checks::{Checked, Input};
use crate::data::Paging;
use crate::direction::Way;
use crate::dynamic::{Random, seed_for};
use crate::failure::Refusal;
use crate::forms::Kind;
use crate::kept::{self, Collection, Deed, Role};
use crate::media::Accept;
use crate::service::{Chosen, Service};
use crate::settled;
use crate::text::{self, Pair};

/// How deep objects are merged.
const DEPTH: usize = 32;

/// What is known of the items of a collection.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// The property that holds the id.
    id: String,
    /// An id of the document, which shows what new ones look like.
    example: Value,
    /// What the document's examples start it with.
    seeds: Vec<(String, Value)>,
}

impl Shape {
    /// Learns it from the replies of a collection's operations.
    fn of(service: &Service, collection: &Collection) -> Self {
        let sample = |operation: Option<usize>| {
            let chosen = service.choose(operation?, None, None, &Accept::default());
            let (_, _, content) = chosen.content.as_ref()?;
            let given = service.fixture(content, None).filter(|_| !content.synthesised);
            let given = given.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            match given {
                Some(value) => Some((value, true)),
                None => service.settled(&chosen)?.value.clone().map(|value| (value, false)),
            }
        };
        let (fetch, list) = (sample(collection.fetch), sample(collection.list));
        let create = sample(collection.create);
        let param = &collection.param;
        let all = [&fetch, &list, &create];
        let known = all.into_iter().flatten().find_map(|(value, _)| any_item(value, param, 2));
        let Some((id, example)) = known else {
            return Self { id: "id".to_owned(), example: Value::from(1), seeds: Vec::new() };
        };
        let mut items = Vec::new();
        if let Some((value, true)) = &list {
            let at =
                kept::list_at(value, &id).and_then(|at| value.pointer(&at)?.as_array().cloned());
            items.extend(at.into_iter().flatten());
        }
        if let Some((value, true)) = &fetch {
            items.extend(kept::item_at(value, &id).and_then(|at| value.pointer(&at).cloned()));
        }
        let seeds =
            items.into_iter().filter_map(|item| Some((kept::spoken(item.get(&id)?)?, item)));
        Self { seeds: seeds.collect(), id, example }
    }
}

/// The first thing in a reply that has an id: which property that is, and its value.
fn any_item(reply: &Value, param: &str, depth: usize) -> Option<(String, Value)> {
    if let Some(id) = kept::id_of(reply, param) {
        return Some((id.clone(), reply.get(&id)?.clone()));
    }
    let depth = depth.checked_sub(1)?;
    match reply {
        Value::Array(items) => any_item(items.first()?, param, depth),
        Value::Object(map) => map.values().find_map(|value| any_item(value, param, depth)),
        _ => None,
    }
}

impl Call<'_> {
    /// The reply of an operation whose items are kept; the usual one where the request or the reply is of another kind.
    pub(super) fn kept(
        &mut self,
        engine: &Engine,
        index: usize,
        path: &[(String, String)],
        query: &[Pair<'_>],
        input: &Input,
    ) -> Result<Answer, Refusal> {
        let usual = self.reply(index, query, None, input)?;
        let service = self.service;
        let collections = service.collections();
        let Some(role) = collections.role(index) else { return Ok(usual) };
        let collection = &collections.all[role.collection];
        let shape = collection.shape.get_or_init(|| Shape::of(service, collection));
        let kept = Kept { call: self, engine, index, role, shape, path };
        match role.deed {
            Deed::List => Ok(kept.list(usual, query)),
            Deed::Create => kept.create(usual, input),
            Deed::Fetch => kept.fetch(usual),
            Deed::Replace | Deed::Change => kept.change(usual, input),
            Deed::Delete => kept.delete(usual),
        }
    }
}

/// One request about a collection.
struct Kept<'k, 'r> {
    call: &'k Call<'r>,
    engine: &'k Engine,
    index: usize,
    role: &'k Role,
    shape: &'k Shape,
    path: &'k [(String, String)],
}

impl Kept<'_, '_> {
    /// The path of the collection, with the values that the request has for it.
    fn collection(&self) -> String {
        let own = &self.call.service.operations()[self.index].path;
        let template = match self.role.deed {
            Deed::List | Deed::Create => own.trim_end_matches('/'),
            _ => kept::item_path(own).map_or(own.as_str(), |(collection, _)| collection),
        };
        self.path.iter().fold(template.to_owned(), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), &text::percent_encode(value))
        })
    }

    /// The id that the path names.
    fn id(&self) -> &str {
        let own = &self.call.service.operations()[self.index].path;
        let param = kept::item_path(own).map_or("", |(_, param)| param);
        let found = self.path.iter().find(|(name, _)| name == param);
        found.map_or("", |(_, value)| value.as_str())
    }

    fn missing(&self) -> Refusal {
        let id: String = self.id().chars().take(100).collect();
        Refusal::new(404, format!("nothing is kept at {}/{id}", self.collection()))
    }

    fn seeds(&self) -> Vec<(String, Value)> {
        self.shape.seeds.clone()
    }

    fn create(&self, usual: Answer, input: &Input) -> Result<Answer, Refusal> {
        let Some(Value::Object(sent)) = &input.body else { return Ok(usual) };
        if !usual.status.is_success() {
            return Ok(usual);
        }
        let at = self.collection();
        let mut state = self.engine.state();
        state.kept.collection(&at, || self.seeds());
        let id = match sent.get(&self.shape.id).filter(|id| kept::spoken(id).is_some()) {
            Some(id) => id.clone(),
            None => new_id(&self.shape.example, state.kept.next_number()),
        };
        let spoken = kept::spoken(&id).unwrap_or_default();
        if state.kept.collection(&at, Vec::new).contains_key(&spoken) {
            return Err(Refusal::new(409, format!("there is one at {at} with this id already")));
        }
        drop(state);
        let mut item = Map::new();
        item.insert(self.shape.id.clone(), id);
        item.extend(sent.iter().map(|(name, value)| (name.clone(), value.clone())));
        let (mut answer, item) = self.shown(usual, Value::Object(item));
        self.put(&at, &spoken, item)?;
        if answer.status.as_u16() == 201 {
            let base = self.call.request.uri().path().trim_end_matches('/');
            let location = format!("{base}/{}", text::percent_encode(&spoken));
            if let Ok(location) = HeaderValue::from_str(&location) {
                answer.headers.insert(LOCATION, location);
            }
        }
        Ok(answer)
    }

    fn fetch(&self, usual: Answer) -> Result<Answer, Refusal> {
        let mut state = self.engine.state();
        let items = state.kept.collection(&self.collection(), || self.seeds());
        let item = items.get(self.id()).cloned();
        drop(state);
        Ok(self.shown(usual, item.ok_or_else(|| self.missing())?).0)
    }

    fn change(&self, usual: Answer, input: &Input) -> Result<Answer, Refusal> {
        let at = self.collection();
        let mut state = self.engine.state();
        let items = state.kept.collection(&at, || self.seeds());
        let Some(mut item) = items.get(self.id()).cloned() else {
            return Err(self.missing());
        };
        drop(state);
        // A list of steps (RFC 6902) and the like are another language; the item stays, and the usual reply is sent.
        let Some(Value::Object(sent)) = &input.body else { return Ok(usual) };
        let id = item.get(&self.shape.id).cloned();
        match self.role.deed {
            Deed::Replace => item = Value::Object(sent.clone()),
            _ => kept::merge(&mut item, &Value::Object(sent.clone()), DEPTH),
        }
        // What an item is called by does not change: its path says so.
        if let (Some(map), Some(id)) = (item.as_object_mut(), id) {
            map.insert(self.shape.id.clone(), id);
        }
        let (answer, item) = self.shown(usual, item);
        self.put(&at, self.id(), item)?;
        Ok(answer)
    }

    fn delete(&self, usual: Answer) -> Result<Answer, Refusal> {
        let at = self.collection();
        let mut state = self.engine.state();
        state.kept.collection(&at, || self.seeds());
        let removed = state.kept.remove(&at, self.id());
        drop(state);
        removed.ok_or_else(|| self.missing())?;
        Ok(usual)
    }

    fn put(&self, at: &str, id: &str, item: Value) -> Result<(), Refusal> {
        let put = self.engine.state().kept.put(at, id, item);
        put.map_err(|reason| Refusal::own(507, reason))
    }

    fn list(&self, usual: Answer, query: &[Pair<'_>]) -> Answer {
        let Some(mut reply) = json_of(&usual) else { return usual };
        let paging = self.call.service.operations()[self.index].paging.as_ref();
        let named = paging.map(|paging| paging.items().to_owned());
        let named = named.filter(|at| reply.pointer(at).is_some_and(Value::is_array));
        let Some(at) = named.or_else(|| kept::list_at(&reply, &self.shape.id)) else {
            return usual;
        };
        let mut state = self.engine.state();
        let items = state.kept.collection(&self.collection(), || self.seeds());
        let (first, size) = window(paging, query, self.call.settings.page_size);
        let page: Vec<Value> = items.values().skip(first).take(size).cloned().collect();
        let is_more = items.len() > first.saturating_add(page.len());
        drop(state);
        let template = reply.pointer(&at).and_then(|list| list.get(0)).cloned();
        if let Some(list) = reply.pointer_mut(&at) {
            *list = Value::Array(page);
        }
        if let Some(more) = paging.and_then(Paging::more).and_then(|at| reply.pointer_mut(at)) {
            *more = Value::Bool(is_more);
        }
        let schema = self.schema(usual.status.as_u16());
        if !schema.as_ref().is_none_or(|schema| schema.is_valid(&reply)) {
            let items = reply.pointer_mut(&at).and_then(Value::as_array_mut);
            for item in items.into_iter().flatten() {
                fill(item, template.as_ref());
            }
        }
        with_json(usual, &reply)
    }

    /// The reply with an item in the place of its example, and the item as it stands there.
    fn shown(&self, usual: Answer, mut item: Value) -> (Answer, Value) {
        let Some(mut reply) = json_of(&usual) else { return (usual, item) };
        let Some(at) = kept::item_at(&reply, &self.shape.id) else { return (usual, item) };
        let template = reply.pointer(&at).cloned();
        let schema = self.schema(usual.status.as_u16());
        if let Some(schema) = &schema {
            hide(&mut item, schema, &at);
        }
        let mut set = |item: &Value| {
            if let Some(place) = reply.pointer_mut(&at) {
                *place = item.clone();
            }
            schema.as_ref().is_none_or(|schema| schema.is_valid(&reply))
        };
        if !set(&item) {
            fill(&mut item, template.as_ref());
            if !set(&item) {
                // What the reply has no place for is left out, one property after the other.
                let mut fitting = template.unwrap_or_default();
                for (name, value) in item.as_object().into_iter().flatten() {
                    let mut next = fitting.clone();
                    if let Some(map) = next.as_object_mut() {
                        map.insert(name.clone(), value.clone());
                    }
                    if set(&next) {
                        fitting = next;
                    }
                }
                set(&fitting);
                return (with_json(usual, &reply), item);
            }
        }
        (with_json(usual, &reply), item)
    }

    fn schema(&self, status: u16) -> Option<Arc<Checked>> {
        let code = Some(status).filter(|status| *status != 200);
        let chosen: Chosen<'_> =
            self.call.service.choose(self.index, code, None, &Accept::default());
        self.call.service.reply_schema(&chosen)
    }
}

/// The items that a request asks for: how many are left out before them, and how many they are.
fn window(paging: Option<&Paging>, query: &[Pair<'_>], size: u64) -> (usize, usize) {
    let sent = |name: &str| {
        let pair = query.iter().rev().find(|pair| pair.name == name)?;
        pair.value.parse::<usize>().ok()
    };
    let size = usize::try_from(size).unwrap_or(usize::MAX).max(1);
    match paging {
        Some(Paging::Offset { param, limit_param, .. }) => {
            let limit = limit_param.as_deref().and_then(sent).unwrap_or(size);
            (sent(param).unwrap_or(0), limit)
        }
        Some(Paging::Page { param, first, .. }) => {
            let first = first.and_then(|first| usize::try_from(first).ok()).unwrap_or(1);
            let page = sent(param).unwrap_or(first).saturating_sub(first);
            (page.saturating_mul(size), size)
        }
        _ => (0, usize::MAX),
    }
}

/// An id of the kind that the document's example is of.
fn new_id(example: &Value, number: u64) -> Value {
    let Value::String(text) = example else { return Value::from(number) };
    let is_uuid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    if !is_uuid {
        return Value::from(number.to_string());
    }
    let mut random = Random::new(seed_for(number, &["id"]));
    let (high, low) = (random.next(), random.next());
    let [a, b, c] = [high >> 32, (high >> 16) & 0xFFFF, high & 0xFFF];
    let (d, e) = (0x8000 | (low >> 50), low & 0xFFFF_FFFF_FFFF);
    Value::from(format!("{a:08x}-{b:04x}-4{c:03x}-{d:04x}-{e:012x}"))
}

/// Adds what an example has and an item has not.
fn fill(item: &mut Value, template: Option<&Value>) {
    let (Some(item), Some(Value::Object(template))) = (item.as_object_mut(), template) else {
        return;
    };
    for (name, value) in template {
        if !item.contains_key(name) {
            item.insert(name.clone(), value.clone());
        }
    }
}

/// Takes away what travels in requests only.
fn hide(item: &mut Value, schema: &Checked, at: &str) {
    let Some(view) = schema.view().and_then(|root| settled::at(root, at)) else { return };
    if let Some(map) = item.as_object_mut() {
        map.retain(|name, _| !view.property(name).is_some_and(|own| Way::Reply.bars(own)));
    }
}

fn json_of(answer: &Answer) -> Option<Value> {
    let media = answer.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = answer.status.is_success() && Kind::of(&essence) == Kind::Json;
    is_json.then(|| serde_json::from_slice(&answer.body).ok()).flatten()
}

fn with_json(answer: Answer, reply: &Value) -> Answer {
    Answer { body: reply.to_string().into(), ..answer }
}
