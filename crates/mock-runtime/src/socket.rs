//! The two ends of a connection that go wrong on demand: a socket that can be reset, and a body
//! that breaks off or drips.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// A connection that is reset instead of closed when its flag is up.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, reset: Arc<AtomicBool>) -> Self {
        Self { stream, reset }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // Without lingering the kernel answers with RST. Should it refuse, the connection just closes.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        if self.reset.load(Ordering::Relaxed) {
            // An orderly end would come before the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The body of a reply.
#[derive(Debug)]
pub(crate) enum ReplyBody {
    /// As it should be.
    Whole(Bytes),
    /// This much of a body that claims to be longer, then a broken connection.
    Half { sent: Bytes, claimed: u64, done: bool },
    /// In small pieces.
    Drip { left: Bytes, piece: usize, pause: Option<Pin<Box<Sleep>>> },
}

/// Between the pieces of a dripping body.
const PAUSE: Duration = Duration::from_millis(100);

impl ReplyBody {
    pub(crate) fn half(body: Bytes) -> Self {
        Self::Half { claimed: body.len() as u64, sent: body.slice(..body.len() / 2), done: false }
    }

    /// At most twenty pieces, so that a large body takes two seconds and not an hour.
    pub(crate) fn drip(body: Bytes) -> Self {
        Self::Drip { piece: body.len().div_ceil(20).max(1), left: body, pause: None }
    }
}

/// The connection was broken on purpose.
#[derive(Debug)]
pub(crate) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was broken on purpose")
    }
}

impl std::error::Error for Broken {}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match &mut *self {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Half { sent, done, .. } => {
                if !sent.is_empty() {
                    return Poll::Ready(Some(Ok(Frame::data(std::mem::take(sent)))));
                }
                // Lets the connection send what it has before it breaks.
                if !std::mem::replace(done, true) {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(Some(Err(Broken)))
            }
            Self::Drip { left, piece, pause } => {
                if let Some(sleep) = pause {
                    std::task::ready!(sleep.as_mut().poll(cx));
                }
                if left.is_empty() {
                    return Poll::Ready(None);
                }
                *pause = Some(Box::pin(tokio::time::sleep(PAUSE)));
                let next = left.split_to((*piece).min(left.len()));
                Poll::Ready(Some(Ok(Frame::data(next))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Half { .. } => false,
            Self::Drip { left, .. } => left.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Whole(bytes) => bytes.len() as u64,
            Self::Half { claimed, .. } => *claimed,
            Self::Drip { left, .. } => left.len() as u64,
        })
    }
}
