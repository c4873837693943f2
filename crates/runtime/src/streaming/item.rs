//! One item of a stream, and what came with it.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::decode::{self, Drift};

/// One item of a stream. It derefs to its value, so that fields are read directly.
///
/// ```no_run
/// # async fn f(mut events: lockstep_runtime::ItemStream<lockstep_runtime::Value>) -> lockstep_runtime::Result<()> {
/// while let Some(event) = events.next().await {
///     let event = event?;
///     println!("{:?} {}", event.event(), event["delta"]);
///     for drift in event.drift() {
///         println!("not as documented: {drift}");
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct StreamItem<T> {
    pub(super) value: T,
    pub(super) drift: Vec<Drift>,
    pub(super) event: Option<String>,
    pub(super) id: Option<Arc<str>>,
    pub(super) raw: Bytes,
}

impl<T> StreamItem<T> {
    /// The value, without what came with it.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The name of the event, where the server gave it one; never for other streams than of events.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// The last id that the server gave an event, up to this one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    /// Where the item departed from its document, and how it was read all the same. Usually empty.
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.drift
    }

    /// The text of the item as it came: the data of an event, or a JSON value.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }
}

impl<T: DeserializeOwned> StreamItem<T> {
    /// JSON pointers to everything in the text of the item that its type does not know, as
    /// [`Response::unknown_fields`](crate::Response::unknown_fields) has them.
    #[must_use]
    pub fn unknown_fields(&self) -> Vec<String> {
        decode::unknown_fields(&self.raw, &mut |place| T::deserialize(place).map(drop))
    }
}

impl<T> Deref for StreamItem<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for StreamItem<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for StreamItem<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("StreamItem")
            .field("value", &self.value)
            .field("event", &self.event)
            .field("id", &self.id)
            .field("drift", &self.drift)
            .finish_non_exhaustive()
    }
}
