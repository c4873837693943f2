//! Readers as streams of pieces.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncRead, ReadBuf};

use crate::error::{Error, Result};

/// Large enough that system calls do not matter, small enough that many uploads at once do not either.
const PIECE: usize = 64 << 10;

/// Reads a reader to its end.
pub(crate) struct ReadChunks {
    reader: Option<Pin<Box<dyn AsyncRead + Send>>>,
    ready: Option<Bytes>,
    buffer: Vec<u8>,
}

impl ReadChunks {
    pub(crate) fn new(reader: Pin<Box<dyn AsyncRead + Send>>) -> Self {
        Self { reader: Some(reader), ready: None, buffer: vec![0; PIECE] }
    }

    pub(crate) fn once(bytes: Bytes) -> Self {
        Self { reader: None, ready: Some(bytes), buffer: Vec::new() }
    }
}

impl Stream for ReadChunks {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if let Some(bytes) = this.ready.take() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        let Some(reader) = &mut this.reader else { return Poll::Ready(None) };
        let mut buffer = ReadBuf::new(&mut this.buffer);
        let outcome = ready!(reader.as_mut().poll_read(context, &mut buffer));
        let filled = Bytes::copy_from_slice(buffer.filled());
        Poll::Ready(match outcome {
            Ok(()) if filled.is_empty() => {
                this.reader = None;
                None
            }
            Ok(()) => Some(Ok(filled)),
            Err(error) => {
                this.reader = None;
                Some(Err(Error::io("the body cannot be read", error)))
            }
        })
    }
}
