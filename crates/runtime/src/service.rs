//! What a document says about a service as a whole: constants that generated code hands over.

use std::time::Duration;

/// One API: where it lives, how one proves who one is, and what it calls things.
///
/// Generated code holds one as a `static`:
///
/// ```
/// use lockstep_runtime::{AuthScheme, Service};
///
/// static SERVICE: Service = Service {
///     base_url: "https://api.example.com",
///     auth: &[AuthScheme::bearer("default", "EXAMPLE_API_KEY")],
///     security: &[&["default"]],
///     ..Service::DEFAULT
/// };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Crate and version, sent as `User-Agent`.
    pub user_agent: &'static str,
    /// Where the API lives. Empty when the document does not say: the builder then demands one.
    pub base_url: &'static str,
    /// The ways to prove who one is.
    pub auth: &'static [AuthScheme],
    /// Alternatives of sets of scheme names, for every operation that does not say otherwise. Empty: none.
    pub security: &'static [&'static [&'static str]],
    /// Parameters that every operation takes, each with its default or an empty text: settings of the client.
    pub parameters: &'static [(&'static str, &'static str)],
    /// The environment variable for the base URL; empty for none.
    pub env_base_url: &'static str,
    /// The environment variable for extra headers, one `Name: value` per line; empty for none.
    pub env_headers: &'static str,
    /// The environment variable for the log, `info` or `debug`; empty for none.
    pub env_log: &'static str,
    /// Where replies tell rate limit and credits.
    pub limits: Option<LimitRules>,
    /// JSON pointer to what only a failure holds. A reply that succeeds by its status and has something there (not null,
    /// false or empty) is an [`Error::Failure`](crate::Error::Failure). Empty: the status alone counts.
    pub failure_pointer: &'static str,
    /// The header by which a failure says whether to ask again, `true` or `false`, such as `x-should-retry`. Empty: none.
    pub retry_header: &'static str,
    /// Whether some operation needs no key, although `security` asks for one. Where none does, `from_env` without a key
    /// fails at once.
    pub has_public_operations: bool,
}

impl Service {
    /// A service that says nothing: for `..Service::DEFAULT`.
    pub const DEFAULT: Self = Self {
        user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")),
        base_url: "",
        auth: &[],
        security: &[],
        parameters: &[],
        env_base_url: "",
        env_headers: "",
        env_log: "",
        limits: None,
        failure_pointer: "",
        retry_header: "",
        has_public_operations: false,
    };
}

/// One way to prove who one is, under the name that the document gives it.
#[derive(Clone, Copy, Debug)]
pub struct AuthScheme {
    pub(crate) name: &'static str,
    pub(crate) carrier: Carrier,
    pub(crate) env: &'static str,
}

/// Where a credential travels.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Carrier {
    Bearer,
    /// The environment variable of the password; the user's is the scheme's own.
    Basic(&'static str),
    Header(&'static str),
    Query(&'static str),
    Cookie(&'static str),
}

impl AuthScheme {
    /// `Authorization: Bearer <key>`.
    #[must_use]
    pub const fn bearer(name: &'static str, env: &'static str) -> Self {
        Self { name, carrier: Carrier::Bearer, env }
    }

    /// `Authorization: Basic <user:password>`.
    #[must_use]
    pub const fn basic(
        name: &'static str,
        user_env: &'static str,
        password_env: &'static str,
    ) -> Self {
        Self { name, carrier: Carrier::Basic(password_env), env: user_env }
    }

    /// A header of its own, such as `X-Api-Key`.
    #[must_use]
    pub const fn header(name: &'static str, header: &'static str, env: &'static str) -> Self {
        Self { name, carrier: Carrier::Header(header), env }
    }

    /// A parameter of the query.
    #[must_use]
    pub const fn query(name: &'static str, parameter: &'static str, env: &'static str) -> Self {
        Self { name, carrier: Carrier::Query(parameter), env }
    }

    /// A cookie.
    #[must_use]
    pub const fn cookie(name: &'static str, cookie: &'static str, env: &'static str) -> Self {
        Self { name, carrier: Carrier::Cookie(cookie), env }
    }
}

/// Where replies tell what is left: names of headers, and JSON pointers for replies without them.
///
/// An empty string means that the service does not tell. Headers come first, because they cost nothing to read.
///
/// ```
/// use lockstep_runtime::LimitRules;
///
/// const LIMITS: LimitRules = LimitRules {
///     remaining_header: "x-rate-limit-remaining-minute",
///     credits_used_pointer: "/_meta/_credits/used",
///     ..LimitRules::DEFAULT
/// };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LimitRules {
    /// Header: requests allowed per window.
    pub limit_header: &'static str,
    /// Header: requests left in this window.
    pub remaining_header: &'static str,
    /// Header: credits that this request cost.
    pub credits_used_header: &'static str,
    /// Header: credits left.
    pub credits_balance_header: &'static str,
    /// Header: whether the reply came from a cache.
    pub cached_header: &'static str,
    /// Pointer: requests allowed per window.
    pub limit_pointer: &'static str,
    /// Pointer: requests left in this window.
    pub remaining_pointer: &'static str,
    /// Pointer: credits that this request cost.
    pub credits_used_pointer: &'static str,
    /// Pointer: credits left.
    pub credits_balance_pointer: &'static str,
    /// Pointer: whether the reply came from a cache.
    pub cached_pointer: &'static str,
    /// How long a window lasts.
    pub window: Duration,
}

impl LimitRules {
    /// Rules that find nothing, with a window of a minute: for `..LimitRules::DEFAULT`.
    pub const DEFAULT: Self = Self {
        limit_header: "",
        remaining_header: "",
        credits_used_header: "",
        credits_balance_header: "",
        cached_header: "",
        limit_pointer: "",
        remaining_pointer: "",
        credits_used_pointer: "",
        credits_balance_pointer: "",
        cached_pointer: "",
        window: Duration::from_secs(60),
    };
}
