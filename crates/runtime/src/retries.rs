//! What is repeated, what never is, and how long everything may take.
//!
//! # What is repeated
//!
//! By default a request is attempted three times: once, and twice more. Between attempts it waits, at first at
//! most half a second and then twice as long each time, up to 8 s; the wait is drawn at random between half of
//! that bound and the whole, so that many clients do not return at the same moment. A server that names its own wait
//! (`Retry-After` in seconds or as a date, or `Retry-After-Ms`) is obeyed up to a minute, and never sooner than
//! that; if it asks for more, the failure is returned at once with [`retry_after`](crate::Error::retry_after).
//!
//! | what happened | GET, HEAD, PUT, DELETE, or with an idempotency key | POST, PATCH |
//! |---|---|---|
//! | no connection | again | again |
//! | 429 | again | again |
//! | the connection broke, or no reply in time | again | **never** |
//! | 408, 500, 502, 503, 504 and their kin | again | **never** |
//! | 409 | only with an idempotency key, while the first attempt is worked on | never |
//! | any other status, a reply that cannot be read | never | never |
//!
//! The rule behind the table: a request that may already have taken effect is not sent a second time, unless a
//! second time does nothing. A message goes out once, even if the reply to it is lost. Where an operation
//! accepts an idempotency key, one is made for each request and kept for all its attempts, so that it is repeated
//! like a GET. A body that is a stream is not sent again once it has been read.
//!
//! A service may say itself whether a failure is to be repeated, `x-should-retry: true` or `false`. Where its
//! [`retry_header`](crate::Service::retry_header) is set (`retries` in client.yaml), that counts before the table.
//!
//! # How long everything may take
//!
//! ```
//! # use lockstep_runtime::{Client, Service};
//! # static SERVICE: Service = Service { base_url: "http://localhost:4010", ..Service::DEFAULT };
//! use std::time::Duration;
//! use lockstep_runtime::RequestOptions;
//!
//! let client = Client::builder(&SERVICE)
//!     .connect_timeout(Duration::from_secs(5))    // to a connection; 10 s by default
//!     .timeout(Duration::from_secs(30))           // per attempt, to the last byte; 60 s by default
//!     .deadline(Duration::from_secs(90))          // for all attempts and the waits; none by default
//!     .max_retries(4)
//!     .backoff(Duration::from_millis(200), Duration::from_secs(5))
//!     .retry_after_cap(Duration::from_secs(20))
//!     .build()?;
//!
//! let patient = RequestOptions::new().timeout(Duration::from_secs(600)).max_retries(0);
//! let request = client.get("/api/report").with(patient);
//! # let _ = request; Ok::<(), lockstep_runtime::Error>(())
//! ```
//!
//! For a streamed reply the timeout counts to its headers, and then from each piece to the next: a long download
//! is no failure, a silent one is. An upload counts as a whole, so large files want a longer timeout.
//!
//! # A runtime that is no longer driven
//!
//! Connections are kept for the next request, and each is served by a task of the tokio runtime in which it was made. When
//! that runtime is gone or no longer polled (a `current_thread` runtime outside of `block_on`, or one for each
//! test), a later request that takes such a connection waits until its timeout. Nothing tells an idle runtime from a
//! busy one, so the client cannot see it. Keep one runtime for as long as the client lives, make the client within the
//! runtime that uses it (one per test), or keep no connections:
//! `.http(|http| http.pool_max_idle_per_host(0))`. A runtime that has been dropped closes its connections, and
//! costs one attempt at most. `send_blocking` has a runtime of its own, which is always driven.
//!
//! # Redirects
//!
//! They are followed, up to ten. The key, cookies and all headers of one's own stay behind as soon as a redirect
//! leads to another host, port or scheme, also when a later one leads back. Nothing that carries a body, and
//! nothing from https to http, is redirected there.
