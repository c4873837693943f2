//! A client as the generator writes one.

use std::time::Duration;

use lockstep_runtime::{
    AuthScheme, BodyKind, DateTime, FilePart, Json, LimitRules, Method, Operation, OperationInfo,
    OptionalJson, Paged, Paging, QueryStyle, Request, Service, null_as_default,
};
use serde::{Deserialize, Serialize};

use crate::server::{KEY, Server};

const LIMITS: LimitRules = LimitRules {
    remaining_header: "x-rate-limit-remaining-minute",
    credits_used_header: "x-credits-used",
    limit_pointer: "/_meta/_rate_limits/limit_minute",
    credits_balance_pointer: "/_meta/_credits/balance",
    cached_pointer: "/_meta/_cache/is_cached",
    ..LimitRules::DEFAULT
};

static SERVICE: Service = Service {
    user_agent: "example/1.0",
    base_url: "https://api.example.com",
    auth: &[
        AuthScheme::bearer("default", "EXAMPLE_API_KEY"),
        AuthScheme::query("url", "api_key", "EXAMPLE_URL_KEY"),
    ],
    security: &[&["default"]],
    env_base_url: "EXAMPLE_BASE_URL",
    env_headers: "EXAMPLE_HEADERS",
    env_log: "EXAMPLE_LOG",
    limits: Some(LIMITS),
    ..Service::DEFAULT
};

#[derive(Clone, Debug)]
pub(crate) struct Client(lockstep_runtime::Client);
lockstep_runtime::client!(Client, SERVICE);

impl Client {
    /// A client of a local server, with waits that no one notices and a timeout that no busy machine reaches.
    pub(crate) fn of(server: &Server) -> Self {
        Self::tuned(server, |builder| builder)
    }

    pub(crate) fn tuned(
        server: &Server,
        tune: impl FnOnce(
            lockstep_runtime::ClientBuilder<Self>,
        ) -> lockstep_runtime::ClientBuilder<Self>,
    ) -> Self {
        let builder = Self::builder()
            .key(KEY)
            .base_url(&server.url)
            .backoff(Duration::from_millis(1), Duration::from_millis(2));
        tune(builder.timeout(Duration::from_secs(20))).build().expect("a client")
    }

    pub(crate) fn overview(&self, account: impl Into<String>) -> GetOverview {
        GetOverview(self.0.operation::<GetOverview>().path("account", account.into()))
    }

    pub(crate) fn send(&self, account: impl Into<String>, text: impl Into<String>) -> SendMessage {
        SendMessage(
            self.0
                .operation::<SendMessage>()
                .path("account", account.into())
                .field("text", text.into()),
        )
    }

    pub(crate) fn send_keyed(&self) -> SendKeyed {
        SendKeyed(self.0.operation::<SendKeyed>().field("text", "hello"))
    }

    pub(crate) fn upload(&self, file: impl Into<FilePart>) -> Upload {
        Upload(self.0.operation::<Upload>().file("file", file))
    }

    pub(crate) fn by_url_key(&self) -> ByUrlKey {
        ByUrlKey(self.0.operation::<ByUrlKey>())
    }

    pub(crate) fn maybe(&self) -> Maybe {
        Maybe(self.0.operation::<Maybe>())
    }
}

macro_rules! operations {
    ($($name:ident: $info:expr => $reply:ty;)*) => {
        $(
            #[must_use]
            #[derive(Clone, Debug, PartialEq)]
            pub(crate) struct $name(pub(crate) Request);

            impl Operation for $name {
                const INFO: &'static OperationInfo = &$info;
                type Reply = $reply;
            }

            lockstep_runtime::operation!($name);
        )*
    };
}

operations! {
    GetOverview: OperationInfo::new("getOverview", Method::GET, "/api/{account}/overview") => Json<Envelope>;
    SendMessage: OperationInfo::new("sendMessage", Method::POST, "/api/{account}/messages") => Json<Envelope>;
    SendKeyed: OperationInfo::new("sendKeyed", Method::POST, "/api/keyed").idempotent_by("Idempotency-Key") => Json<Envelope>;
    Upload: OperationInfo::new("upload", Method::POST, "/api/media").multipart() => Json<Envelope>;
    ByUrlKey: OperationInfo::new("byUrlKey", Method::GET, "/api/by-url-key").security(&[&["url"]]) => Json<Envelope>;
    Maybe: OperationInfo::new("maybe", Method::GET, "/api/maybe") => OptionalJson<Envelope>;
}

impl GetOverview {
    pub(crate) fn limit(self, limit: i64) -> Self {
        Self(self.0.query("limit", limit))
    }

    pub(crate) fn ids(self, ids: impl IntoIterator<Item = i64>) -> Self {
        Self(self.0.query_as("ids", QueryStyle::Comma, ids.into_iter().collect::<Vec<_>>()))
    }

    pub(crate) fn filter(self, filter: impl Serialize) -> Self {
        Self(self.0.query_as("filter", QueryStyle::Brackets, filter))
    }
}

impl SendMessage {
    pub(crate) fn price(self, price: Option<f64>) -> Self {
        Self(self.0.field("price", price))
    }
}

impl Upload {
    pub(crate) fn caption(self, caption: impl Into<String>) -> Self {
        Self(self.0.field("caption", caption.into()))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Envelope {
    pub(crate) data: Overview,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    pub(crate) meta: Option<Meta>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Overview {
    #[serde(deserialize_with = "null_as_default")]
    pub(crate) items: Vec<MassMessage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) has_more: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct MassMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) date: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) raw_text: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Meta {
    #[serde(rename = "_rate_limits", skip_serializing_if = "Option::is_none")]
    pub(crate) rate_limits: Option<RateLimits>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RateLimits {
    pub(crate) limit_minute: i64,
    pub(crate) limit_day: i64,
}

/// One operation for each form of paging.
macro_rules! lists {
    ($($name:ident: $paging:expr;)*) => {
        operations! { $($name: OperationInfo::new("list", Method::GET, "/api/list") => Json<Envelope>;)* }
        $(
            impl Paged for $name {
                type Item = MassMessage;
                const PAGING: Paging = $paging;

                fn items(reply: Envelope) -> Vec<MassMessage> {
                    reply.data.items
                }
            }

            lockstep_runtime::paged!($name);

            impl $name {
                pub(crate) fn new(client: &Client) -> Self {
                    Self(client.operation::<Self>().query("limit", 100))
                }
            }
        )*
    };
}

lists! {
    ByOffset: Paging::offset("offset", "limit", "/_pagination/next_page", "/data/items");
    ByCount: Paging::offset("offset", "limit", "", "/data/items");
    ByPage: Paging::page("page", "/data/items").last("/last_page");
    ByNextPage: Paging::page("page", "/data/items").next("/next");
    FromZero: Paging::page("page", "/data/items").first(0).more("/more");
    ByLastItem: Paging::last_item("after", "/data/items", "id").more("/more");
    ByCursorWithFlag: Paging::cursor("cursor", "/next", "/data/items").more("/more");
    ByCursor: Paging::cursor("cursor", "/next", "/data/items");
    ByMarker: Paging::marker("marker", "/data/marker", "/data/items");
    ByDate: Paging::date_backwards("endDate", "/data/items", "date");
    ByDateToTheLast: Paging::date_backwards("endDate", "/data/items", "date").more("/data/hasMore");
}

/// The kinds of bodies are told by the operation alone.
#[test]
fn an_operation_tells_how_its_body_travels() {
    assert_eq!(Upload::INFO.body_kind(), BodyKind::Multipart);
    assert_eq!(GetOverview::INFO.path(), "/api/{account}/overview");
}
