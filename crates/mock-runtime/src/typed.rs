//! Stubs and recordings in the types of a generated client.

use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use lockstep_runtime::{Operation, Request};
use serde::Serialize;
use serde_json::Value;

use crate::data::Place;
use crate::engine::Engine;
use crate::mock_server::MockServer;
use crate::settings::Fault;
use crate::stub::{Judge, Matcher, Stub, StubReply, Times};

impl MockServer {
    /// Begins a stub of an operation. Without conditions it means every request of the operation,
    /// and it is expected at least once.
    ///
    /// As soon as an operation has a stub, a request that no stub of it means is answered 501 with
    /// what differs, and [`verify`](MockServer::verify) fails.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use lockstep_mock::{Data, MockServer, Service};
    /// # use lockstep_runtime::{Client, ClientBuilder, Json, Method, Operation, OperationInfo, Request, Value};
    /// # #[derive(Clone, Debug, PartialEq)]
    /// # struct ListPets(Request);
    /// # impl Operation for ListPets {
    /// #     const INFO: &'static OperationInfo = &OperationInfo::new("listPets", Method::GET, "/pets");
    /// #     type Reply = Json<Value>;
    /// # }
    /// # impl ListPets {
    /// #     fn limit(self, limit: i64) -> Self { Self(self.0.query("limit", limit)) }
    /// # }
    /// # lockstep_runtime::operation!(ListPets);
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let routes = serde_json::json!({"operations": [{"id": "listPets", "method": "GET", "path": "/pets"}]});
    /// # let server = MockServer::start(Arc::new(Service::new(Data::new(&routes, Vec::new())?))).await?;
    /// # static SERVICE: lockstep_runtime::Service = lockstep_runtime::Service::DEFAULT;
    /// # let client: Client = ClientBuilder::new(&SERVICE).base_url(server.url()).build()?;
    /// # let list_pets = || ListPets(client.operation::<ListPets>());
    /// server.on::<ListPets>().query("limit", 5).times(1).reply(["Rex"]);
    ///
    /// assert_eq!(*list_pets().limit(5).await?, serde_json::json!(["Rex"]));
    /// server.verify();
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// When the server's document does not have the operation: the client was made from another one.
    #[track_caller]
    pub fn on<O: Operation>(&self) -> On<'_, O> {
        let id = O::INFO.id();
        let engine = self.engine();
        let Some(operation) = engine.service.operation_by_id(id) else {
            panic!("the document of this mock server has no operation {id}");
        };
        let place = Location::caller().to_string();
        let times = Times { least: 1, most: None };
        let stub = Stub {
            id: 0,
            operation,
            matchers: Vec::new(),
            times,
            replies: Vec::new(),
            hits: 0,
            place,
        };
        let id = engine.state().add_stub(stub);
        On { engine, id, operation: PhantomData }
    }

    /// The requests of an operation that came in, oldest first, as the client's own type.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use lockstep_mock::{Data, MockServer, Service};
    /// # use lockstep_runtime::{Client, ClientBuilder, Json, Method, Operation, OperationInfo, Request, Value};
    /// # #[derive(Clone, Debug, PartialEq)]
    /// # struct ListPets(Request);
    /// # impl Operation for ListPets {
    /// #     const INFO: &'static OperationInfo = &OperationInfo::new("listPets", Method::GET, "/pets");
    /// #     type Reply = Json<Value>;
    /// # }
    /// # impl ListPets {
    /// #     fn limit(self, limit: i64) -> Self { Self(self.0.query("limit", limit)) }
    /// # }
    /// # lockstep_runtime::operation!(ListPets);
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let routes = serde_json::json!({"operations": [{"id": "listPets", "method": "GET", "path": "/pets"}]});
    /// # let server = MockServer::start(Arc::new(Service::new(Data::new(&routes, Vec::new())?))).await?;
    /// # static SERVICE: lockstep_runtime::Service = lockstep_runtime::Service::DEFAULT;
    /// # let client: Client = ClientBuilder::new(&SERVICE).base_url(server.url()).build()?;
    /// # let list_pets = || ListPets(client.operation::<ListPets>());
    /// # server.on::<ListPets>().reply(["Rex"]);
    /// list_pets().limit(5).await?;
    ///
    /// assert_eq!(server.received::<ListPets>(), [list_pets().limit(5)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn received<O: Operation>(&self) -> Vec<O> {
        let state = self.engine().state();
        let own = state
            .log
            .entries()
            .filter(|received| received.operation.as_deref() == Some(O::INFO.id()));
        let requests =
            own.filter_map(|received| read::<O>(&received.uri, &received.headers, &received.body));
        requests.map(O::from).collect()
    }
}

fn read<O: Operation>(uri: &http::Uri, headers: &http::HeaderMap, body: &Bytes) -> Option<Request> {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    Request::received(O::INFO, target, headers, body.clone()).ok()
}

/// A stub in the making; every method takes effect at once.
#[derive(Debug)]
pub struct On<'s, O> {
    engine: &'s Engine,
    id: u64,
    operation: PhantomData<fn() -> O>,
}

impl<O: Operation> On<'_, O> {
    fn change(self, change: impl FnOnce(&mut Stub)) -> Self {
        let mut state = self.engine.state();
        if let Some(stub) = state.stubs.iter_mut().find(|stub| stub.id == self.id) {
            change(stub);
        }
        drop(state);
        self
    }

    #[track_caller]
    fn when(self, place: Place, name: &str, value: impl Serialize) -> Self {
        let matcher = Matcher::Parameter(place, name.to_owned(), json(value));
        self.change(|stub| stub.matchers.push(matcher))
    }

    /// Means requests with this path parameter.
    ///
    /// # Panics
    /// When the value cannot be JSON, as with every value here.
    #[track_caller]
    pub fn path(self, name: &str, value: impl Serialize) -> Self {
        self.when(Place::Path, name, value)
    }

    /// Means requests with this query parameter, compared by value: 5 is the text `5`.
    #[track_caller]
    pub fn query(self, name: &str, value: impl Serialize) -> Self {
        self.when(Place::Query, name, value)
    }

    /// Means requests with this header.
    #[track_caller]
    pub fn header(self, name: &str, value: impl Serialize) -> Self {
        self.when(Place::Header, name, value)
    }

    /// Means requests with this cookie.
    #[track_caller]
    pub fn cookie(self, name: &str, value: impl Serialize) -> Self {
        self.when(Place::Cookie, name, value)
    }

    /// Means requests with exactly this body, whatever it was encoded as.
    #[track_caller]
    pub fn body(self, value: impl Serialize) -> Self {
        self.body_at("", value)
    }

    /// Means requests whose body has this value at a JSON pointer.
    #[track_caller]
    pub fn body_at(self, pointer: &str, value: impl Serialize) -> Self {
        let matcher = Matcher::Body(pointer.to_owned(), json(value));
        self.change(|stub| stub.matchers.push(matcher))
    }

    /// Means requests that are equal to this one.
    pub fn matching(self, request: O) -> Self {
        let matchers = matchers::<O>(request.into());
        self.change(|stub| stub.matchers.extend(matchers))
    }

    /// Expects so many requests (`2`, `0..=3`, `1..`), and answers no more than that.
    pub fn times(self, times: impl Into<Times>) -> Self {
        let times = times.into();
        self.change(|stub| stub.times = times)
    }

    fn then(self, reply: StubReply) -> Self {
        self.change(|stub| stub.replies.push(reply))
    }

    /// Replies with a value and the usual status. Several replies follow one another, one per
    /// request; the last stays.
    #[track_caller]
    pub fn reply(self, value: impl Serialize) -> Self {
        let body = Bytes::from(json(value).to_string());
        self.then(StubReply { body: Some((body, "application/json")), ..StubReply::default() })
    }

    /// Replies with a status, and with what upstream sends for it.
    pub fn reply_status(self, status: u16) -> Self {
        self.then(StubReply { status: Some(status), ..StubReply::default() })
    }

    /// Replies with a status and a JSON body.
    #[track_caller]
    pub fn reply_with(self, status: u16, value: impl Serialize) -> Self {
        let body = Bytes::from(json(value).to_string());
        self.then(StubReply {
            status: Some(status),
            body: Some((body, "application/json")),
            ..StubReply::default()
        })
    }

    /// Replies with bytes of a media type, and the usual status.
    pub fn reply_bytes(self, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.then(StubReply { body: Some((body.into(), media_type)), ..StubReply::default() })
    }

    /// Replies with an example of the document, by name.
    pub fn reply_example(self, name: &str) -> Self {
        self.then(StubReply { example: Some(name.to_owned()), ..StubReply::default() })
    }

    /// Replies as if there were no stub.
    pub fn reply_as_usual(self) -> Self {
        self.then(StubReply::default())
    }

    /// Replies with pages of so many made items.
    pub fn reply_items(self, items: u64) -> Self {
        self.then(StubReply { items: Some(items), ..StubReply::default() })
    }

    /// Lets the connection fail.
    pub fn fault(self, fault: Fault) -> Self {
        self.then(StubReply { fault: Some(fault), ..StubReply::default() })
    }

    /// Holds the last of the replies so far back.
    pub fn after(self, wait: Duration) -> Self {
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        self.last_reply(|reply| reply.wait_ms = wait_ms)
    }

    /// Adds a header to the last of the replies so far.
    ///
    /// # Panics
    /// When name or value cannot be a header.
    #[track_caller]
    pub fn with_header(self, name: &str, value: &str) -> Self {
        let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value))
        else {
            panic!("{name:?}: {value:?} is no header");
        };
        self.last_reply(|reply| {
            reply.headers.append(name, value);
        })
    }

    fn last_reply(self, change: impl FnOnce(&mut StubReply)) -> Self {
        self.change(|stub| {
            if stub.replies.is_empty() {
                stub.replies.push(StubReply::default());
            }
            stub.replies.last_mut().map(change);
        })
    }

    /// How many requests it has answered.
    pub fn hits(&self) -> u64 {
        self.engine.state().stubs.iter().find(|stub| stub.id == self.id).map_or(0, |stub| stub.hits)
    }
}

#[track_caller]
fn json(value: impl Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(value) => value,
        Err(error) => panic!("the value cannot be JSON: {error}"),
    }
}

/// The conditions that a whole request is: each part for its own words, the whole for certainty.
fn matchers<O: Operation>(request: Request) -> Vec<Matcher> {
    let mut matchers = Vec::new();
    let names = O::INFO.path().split('{').skip(1).filter_map(|rest| rest.split('}').next());
    for name in names {
        if let Some(value) = request.path_value(name) {
            matchers.push(Matcher::Parameter(Place::Path, name.to_owned(), value.into()));
        }
    }
    let mut query: indexmap::IndexMap<String, Vec<String>> = indexmap::IndexMap::new();
    for (name, value) in request.query_pairs() {
        query.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    matchers.push(Matcher::OnlyQuery(query.keys().cloned().collect()));
    matchers.extend(query.into_iter().map(|(name, texts)| Matcher::QueryTexts(name, texts)));
    if let Some(body) = request.json_body() {
        matchers.push(Matcher::Body(String::new(), body.clone()));
    }
    let judge: Judge = Arc::new(move |uri, headers, body| {
        read::<O>(uri, headers, body).is_some_and(|received| received == request)
    });
    matchers.push(Matcher::Same(judge));
    matchers
}
