//! Walks as streams: of replies, and of their entries.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::walk::Walk;
use crate::decode::{Drift, Remedy};
use crate::error::{Error, Result};
use crate::operation::{Operation, Paged};
use crate::reply::Reply;
use crate::response::Response;
use crate::send::Pending;

type Value<O> = <<O as Operation>::Reply as Reply>::Value;

/// All pages of a list, as a stream of replies. After an error it ends.
#[must_use = "a walk does nothing until it is polled"]
pub struct Pages<O: Paged> {
    walk: Walk,
    pending: Option<Pending<O::Reply>>,
    /// Of the page that was given last: which entries had been given before.
    repeated: Vec<bool>,
    /// Why the walk cannot go on after the page that was given last.
    failure: Option<Error>,
    is_over: bool,
}

// Nothing in it is ever pinned in place: the pending request lies in a box of its own.
impl<O: Paged> Unpin for Pages<O> {}

impl<O: Paged> Pages<O> {
    /// A walk that begins with `request`. Generated code calls this.
    pub fn new(request: O) -> Self {
        let walk = Walk::new(O::PAGING, request.into());
        Self { walk, pending: None, repeated: Vec::new(), failure: None, is_over: false }
    }

    /// Ends after this many pages.
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.walk.max_pages = Some(pages);
        self
    }

    /// The next page, and `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Response<Value<O>>>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The pages as an iterator that waits for each.
    #[cfg(feature = "blocking")]
    pub fn blocking(self) -> Blocking<Self> {
        Blocking::new(self)
    }

    /// The request of the next page, unless the walk ends here or cannot go on.
    fn depart(&mut self) -> Result<Option<Pending<O::Reply>>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        Ok(self.walk.next_request()?.map(Pending::new))
    }

    /// Settles where the walk goes from here. Should it go nowhere, the page itself is given all the same.
    fn arrive(&mut self, page: &Response<Value<O>>) {
        // The walk follows what was sent and not what was decoded, so that drift does not end it.
        match self.walk.advance(&page.json()) {
            Ok(step) => self.repeated = step.repeated,
            Err(failure) => self.failure = Some(failure),
        }
        // What holds nothing of a page is no last page: it would make an account that was cut off look like an empty one.
        let around_items = |pointer: &str| {
            O::PAGING.items.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'))
        };
        let emptied =
            |drift: &&Drift| drift.remedy() == Remedy::Emptied && around_items(drift.pointer());
        if let Some(drift) = page.drift().iter().find(emptied) {
            self.failure = Some(Error::paging(format!("the reply is no page: {drift}")));
        }
    }
}

impl<O: Paged> Stream for Pages<O> {
    type Item = Result<Response<Value<O>>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.is_over {
            return Poll::Ready(None);
        }
        let mut pending =
            match this.pending.take().map_or_else(|| this.depart(), |pending| Ok(Some(pending))) {
                Ok(Some(pending)) => pending,
                outcome => {
                    this.is_over = true;
                    return Poll::Ready(outcome.err().map(Err));
                }
            };
        let Poll::Ready(outcome) = Pin::new(&mut pending).poll(context) else {
            this.pending = Some(pending);
            return Poll::Pending;
        };
        match &outcome {
            Ok(page) => this.arrive(page),
            Err(_) => this.is_over = true,
        }
        Poll::Ready(Some(outcome))
    }
}

/// The entries of all pages of a list, as a stream. After an error it ends.
#[must_use = "a walk does nothing until it is polled"]
pub struct Items<O: Paged> {
    pages: Pages<O>,
    ready: VecDeque<O::Item>,
    left: Option<usize>,
}

impl<O: Paged> Unpin for Items<O> {}

impl<O: Paged> Items<O> {
    /// A walk that begins with `request`. Generated code calls this.
    pub fn new(request: O) -> Self {
        Self { pages: Pages::new(request), ready: VecDeque::new(), left: None }
    }

    /// Ends after this many pages.
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.pages = self.pages.max_pages(pages);
        self
    }

    /// Ends after this many entries.
    pub fn max_items(mut self, items: usize) -> Self {
        self.left = Some(items);
        self
    }

    /// The next entry, and `None` after the last.
    pub async fn next(&mut self) -> Option<Result<O::Item>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All entries, gathered.
    ///
    /// # Errors
    /// The first failure; what was gathered until then is dropped.
    pub async fn collect_all(mut self) -> Result<Vec<O::Item>> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }

    /// The entries as an iterator that waits for each page.
    #[cfg(feature = "blocking")]
    pub fn blocking(self) -> Blocking<Self> {
        Blocking::new(self)
    }
}

impl<O: Paged> Stream for Items<O> {
    type Item = Result<O::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.left == Some(0) {
                return Poll::Ready(None);
            }
            if let Some(item) = this.ready.pop_front() {
                this.left = this.left.map(|left| left - 1);
                return Poll::Ready(Some(Ok(item)));
            }
            let page = match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => page,
            };
            let items = O::items(page.into_inner());
            let repeated = std::mem::take(&mut this.pages.repeated);
            // Where decoding left an entry out, the two lists no longer match, and all are given.
            let matches = repeated.len() == items.len();
            let is_new = |index: usize| !matches || !repeated[index];
            this.ready.extend(
                items
                    .into_iter()
                    .enumerate()
                    .filter(|(index, _)| is_new(*index))
                    .map(|(_, item)| item),
            );
        }
    }
}

/// A walk as an iterator.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub struct Blocking<W> {
    walk: Option<W>,
}

#[cfg(feature = "blocking")]
impl<W> Blocking<W> {
    pub(crate) fn new(walk: W) -> Self {
        Self { walk: Some(walk) }
    }
}

#[cfg(feature = "blocking")]
impl<W> Iterator for Blocking<W>
where
    W: Stream + Unpin + Send + 'static,
    W::Item: Send + 'static,
    Self: Failing<W::Item>,
{
    type Item = W::Item;

    fn next(&mut self) -> Option<W::Item> {
        let mut walk = self.walk.take()?;
        let step = async move {
            let item = poll_fn(|context| Pin::new(&mut walk).poll_next(context)).await;
            (walk, item)
        };
        match crate::blocking::wait(step) {
            Ok((walk, item)) => {
                self.walk = item.is_some().then_some(walk);
                item
            }
            Err(error) => Some(Self::failed(error)),
        }
    }
}

/// An item that can say that waiting itself has failed.
#[cfg(feature = "blocking")]
#[doc(hidden)]
pub trait Failing<I> {
    fn failed(error: Error) -> I;
}

#[cfg(feature = "blocking")]
impl<W, T> Failing<Result<T>> for Blocking<W> {
    fn failed(error: Error) -> Result<T> {
        Err(error)
    }
}

impl<O: Paged> fmt::Debug for Pages<O> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Pages")
    }
}

impl<O: Paged> fmt::Debug for Items<O> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Items")
    }
}
