//! A body on its way out: pieces in memory and streams, one after the other.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::read::ReadChunks;
use super::{Body, Chunks, Source, file, take};
use crate::error::{Error, Result};

/// A stretch of a body.
pub(crate) enum Segment {
    Bytes(Bytes),
    Stream(Chunks, Option<u64>),
    /// A stream that is taken when it is first asked for, and not before: a request that never got so far
    /// as its body can then be repeated.
    Later(Arc<Mutex<Option<Chunks>>>, Option<u64>),
}

impl Segment {
    pub(crate) async fn open(body: &Body) -> Result<Self> {
        Ok(match body.source() {
            Source::Bytes(bytes) => Self::Bytes(bytes.clone()),
            Source::Path(path) => {
                let (file, length) = file::open(path).await?;
                Self::Stream(Box::pin(ReadChunks::new(Box::pin(file))), Some(length))
            }
            Source::Once(slot) => Self::Later(Arc::clone(slot), body.length()),
        })
    }

    fn length(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Stream(_, length) | Self::Later(_, length) => *length,
        }
    }
}

/// The body in the form that the HTTP client reads.
pub(crate) struct WireBody {
    // The HTTP client wants a body that is Sync, and readers need not be.
    segments: Mutex<VecDeque<Segment>>,
    left: Option<u64>,
}

impl WireBody {
    pub(crate) fn new(segments: VecDeque<Segment>) -> Self {
        let left = segments.iter().map(Segment::length).sum();
        Self { segments: Mutex::new(segments), left }
    }

    /// The whole body, when all of it is in memory in one piece.
    pub(crate) fn into_reqwest(self) -> reqwest::Body {
        let mut segments = self.segments.into_inner().unwrap_or_else(PoisonError::into_inner);
        if segments.len() == 1 {
            match segments.pop_front() {
                Some(Segment::Bytes(bytes)) => return reqwest::Body::from(bytes),
                Some(other) => segments.push_front(other),
                None => {}
            }
        }
        reqwest::Body::wrap(Self { segments: Mutex::new(segments), left: self.left })
    }
}

impl http_body::Body for WireBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let segments = this.segments.get_mut().unwrap_or_else(PoisonError::into_inner);
        loop {
            let next = match segments.front_mut() {
                None => return Poll::Ready(None),
                Some(Segment::Bytes(bytes)) => {
                    let bytes = std::mem::take(bytes);
                    segments.pop_front();
                    Some(Ok(bytes))
                }
                Some(Segment::Stream(chunks, _)) => ready!(chunks.as_mut().poll_next(context)),
                Some(Segment::Later(slot, length)) => {
                    let (taken, length) = (take(slot), *length);
                    segments.pop_front();
                    match taken {
                        Ok(chunks) => segments.push_front(Segment::Stream(chunks, length)),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                    continue;
                }
            };
            match next {
                None => {
                    segments.pop_front();
                }
                Some(Ok(bytes)) if bytes.is_empty() => {}
                Some(Ok(bytes)) => {
                    this.left = this.left.map(|left| left.saturating_sub(bytes.len() as u64));
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.left.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
