//! Bodies that need not fit into memory: files to send, and replies that are streamed.
//!
//! A [`FilePart`] is one file of an upload: from a path, from memory, or from anything that can be read. Its name
//! tells its media type, unless one says otherwise.
//!
//! ```no_run
//! # use lockstep_runtime::{Json, Method, Operation, OperationInfo, Request, Value};
//! # struct Upload(Request);
//! # lockstep_runtime::operation!(Upload);
//! # impl Operation for Upload {
//! #     const INFO: &'static OperationInfo = &OperationInfo::new("upload", Method::POST, "/media").multipart();
//! #     type Reply = Json<Value>;
//! # }
//! # trait Media { fn upload(&self, file: lockstep_runtime::FilePart) -> Upload; }
//! # impl Media for lockstep_runtime::Client {
//! #     fn upload(&self, file: lockstep_runtime::FilePart) -> Upload { Upload(self.operation::<Upload>().file("file", file)) }
//! # }
//! # async fn f(client: lockstep_runtime::Client, socket: tokio::fs::File) -> lockstep_runtime::Result<()> {
//! use std::time::Duration;
//! use lockstep_runtime::{Binary, FilePart, RequestOptions};
//!
//! let patient = RequestOptions::new().timeout(Duration::from_secs(600));
//! client.upload(FilePart::path("holiday.mp4")).with(patient).await?;
//! client.upload(FilePart::bytes("note.txt", "hello")).await?;
//! client.upload(FilePart::reader("camera.mp4", socket).length(1_000_000)).await?;
//!
//! let film = client.get("/media/1").reply::<Binary>().await?;
//! println!("{:?} bytes of {:?}", film.length(), film.headers().get("content-type"));
//! film.save("film.mp4").await?;        // piece by piece; the file appears when it is complete
//! # Ok(()) }
//! ```
//!
//! A [`Body`] can go either way, so a download can be the content of an upload.

pub(crate) mod file;
mod read;
pub(crate) mod wire;

use std::fmt;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

pub use self::file::FilePart;
use self::read::ReadChunks;
use crate::error::{Error, Result, Trouble};

/// Pieces of a body, one after the other.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// A body: bytes, a file on disk, or a stream that can be read once.
///
/// As part of a request it is read while it is sent. As a reply it is the stream from the server, and may be
/// sent on as the body of another request.
///
/// ```no_run
/// # async fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
/// use lockstep_runtime::{Binary, Method};
///
/// let picture = client.request(Method::GET, "/media/1").reply::<Binary>().await?;
/// let bytes_written = picture.save("picture.jpg").await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Body {
    source: Source,
    length: Option<u64>,
    limit: Option<usize>,
}

#[derive(Clone)]
pub(crate) enum Source {
    Bytes(Bytes),
    Path(PathBuf),
    /// Taken by whoever reads it first; clones share it.
    Once(Arc<Mutex<Option<Chunks>>>),
}

impl Body {
    pub(crate) fn from_source(source: Source) -> Self {
        let length =
            if let Source::Bytes(bytes) = &source { Some(bytes.len() as u64) } else { None };
        Self { source, length, limit: None }
    }

    pub(crate) fn stream(chunks: Chunks, length: Option<u64>, limit: usize) -> Self {
        Self {
            source: Source::Once(Arc::new(Mutex::new(Some(chunks)))),
            length,
            limit: Some(limit),
        }
    }

    /// A file, read while it is sent and never held in memory whole. It is opened anew for each attempt.
    #[must_use]
    pub fn path(path: impl AsRef<Path>) -> Self {
        Self::from_source(Source::Path(path.as_ref().to_owned()))
    }

    /// Anything that can be read. A request that carries one is not repeated once reading has begun.
    #[must_use]
    pub fn reader(reader: impl AsyncRead + Send + 'static) -> Self {
        let chunks: Chunks = Box::pin(ReadChunks::new(Box::pin(reader)));
        Self::from_source(Source::Once(Arc::new(Mutex::new(Some(chunks)))))
    }

    /// Tells the length of what a reader gives, for servers that refuse a body of unknown length.
    #[must_use]
    pub fn with_length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// The length in bytes, where it is known before reading.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    pub(crate) fn in_memory(&self) -> Option<&[u8]> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn is_spent(&self) -> bool {
        match &self.source {
            Source::Once(slot) => slot.lock().unwrap_or_else(PoisonError::into_inner).is_none(),
            _ => false,
        }
    }

    /// The body as a stream of its pieces.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be opened, or when the stream was taken before.
    pub async fn into_stream(self) -> Result<BodyStream> {
        let chunks: Chunks = match self.source {
            Source::Bytes(bytes) => Box::pin(ReadChunks::once(bytes)),
            Source::Path(path) => Box::pin(ReadChunks::new(Box::pin(file::open(&path).await?.0))),
            Source::Once(slot) => take(&slot)?,
        };
        Ok(BodyStream(chunks))
    }

    /// The pieces of what the server sends, and never of a file.
    pub(crate) fn into_chunks(self) -> Result<Chunks> {
        match self.source {
            Source::Bytes(bytes) => Ok(Box::pin(ReadChunks::once(bytes))),
            Source::Once(slot) => take(&slot),
            Source::Path(_) => Err(Error::request("a file is no reply")),
        }
    }

    /// The whole body in memory.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when a reply is larger than the client accepts, and whatever reading it meets.
    pub async fn bytes(self) -> Result<Bytes> {
        if let Source::Bytes(bytes) = self.source {
            return Ok(bytes);
        }
        let limit = self.limit;
        let mut stream = self.into_stream().await?;
        let mut whole = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            if limit.is_some_and(|limit| whole.len() + chunk.len() > limit) {
                return Err(too_large(limit.unwrap_or_default()));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.into())
    }

    /// Writes the body piece by piece, and gives the number of bytes.
    ///
    /// # Errors
    /// [`Error::Io`] when the writer fails, and whatever reading the body meets.
    pub async fn write_to(self, mut writer: impl AsyncWrite + Unpin + Send) -> Result<u64> {
        copy(self.into_stream().await?, &mut writer).await
    }

    /// Writes the body to a file, and gives the number of bytes. The file appears under its name only when
    /// it is complete; until then it is `<name>.part`.
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be written, and whatever reading the body meets.
    pub async fn save(self, path: impl AsRef<Path>) -> Result<u64> {
        save(self, path.as_ref().to_owned()).await
    }
}

async fn copy(mut stream: BodyStream, writer: &mut (dyn AsyncWrite + Unpin + Send)) -> Result<u64> {
    let failed = |error| Error::io("the body cannot be written", error);
    let mut written = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        writer.write_all(&chunk).await.map_err(failed)?;
        written += chunk.len() as u64;
    }
    writer.flush().await.map_err(failed)?;
    Ok(written)
}

async fn save(body: Body, path: PathBuf) -> Result<u64> {
    let failed = |error| Error::io(format!("{} cannot be written", path.display()), error);
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let result = async {
        let mut file = tokio::fs::File::create(&part).await.map_err(failed)?;
        let written = copy(body.into_stream().await?, &mut file).await?;
        file.sync_all().await.map_err(failed)?;
        drop(file);
        tokio::fs::rename(&part, &path).await.map_err(failed)?;
        Ok(written)
    };
    let result = result.await;
    if result.is_err() {
        // The failure itself is what counts; a leftover is at worst a file called `.part`.
        let _ = tokio::fs::remove_file(&part).await;
    }
    result
}

fn take(slot: &Mutex<Option<Chunks>>) -> Result<Chunks> {
    let taken = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    taken.ok_or_else(|| {
        Error::Io(Trouble::new("the stream has been read before, and can be read only once"))
    })
}

pub(crate) fn too_large(limit: usize) -> Error {
    Error::TooLarge(Trouble::new(format!(
        "more than {limit} bytes; `max_reply_bytes` sets the limit"
    )))
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self::from_source(Source::Bytes(bytes.into()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Bytes(bytes) => write!(out, "Body({} bytes)", bytes.len()),
            Source::Path(path) => write!(out, "Body({})", path.display()),
            Source::Once(_) => write!(out, "Body(stream)"),
        }
    }
}

/// The pieces of a body, in order.
pub struct BodyStream(Chunks);

impl BodyStream {
    /// The next piece, and `None` after the last.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl Stream for BodyStream {
    type Item = Result<Bytes>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("BodyStream")
    }
}
