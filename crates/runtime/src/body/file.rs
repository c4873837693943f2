//! Files as parts of a request.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::io::AsyncRead;

use super::Body;
use crate::error::{Error, Result};

/// A file to upload: its content, its name, and its media type.
///
/// ```
/// use lockstep_runtime::FilePart;
///
/// let from_disk = FilePart::path("holiday/photo.jpg");       // photo.jpg, image/jpeg
/// let from_memory = FilePart::bytes("note.txt", "hello").media_type("text/markdown");
/// let from_reader = FilePart::reader("data.bin", tokio::io::empty());
/// # let _ = (from_disk, from_memory, from_reader);
/// ```
#[derive(Clone, Debug)]
pub struct FilePart {
    pub(crate) file_name: String,
    pub(crate) media_type: String,
    pub(crate) body: Body,
}

impl FilePart {
    /// A file on disk, streamed while it is sent. Its name is the path's last part.
    #[must_use]
    pub fn path(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let name = path
            .file_name()
            .map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
        Self::new(name, Body::path(path))
    }

    /// A file from memory.
    #[must_use]
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self::new(name.into(), Body::from(bytes.into()))
    }

    /// A file from anything that can be read. The request is not repeated once reading has begun.
    #[must_use]
    pub fn reader(name: impl Into<String>, reader: impl AsyncRead + Send + 'static) -> Self {
        Self::new(name.into(), Body::reader(reader))
    }

    /// A file whose content is a [`Body`], such as the streamed reply of another request.
    #[must_use]
    pub fn body(name: impl Into<String>, body: Body) -> Self {
        Self::new(name.into(), body)
    }

    fn new(file_name: String, body: Body) -> Self {
        let media_type = media_type_of(&file_name).to_owned();
        Self { file_name, media_type, body }
    }

    /// Another name for the server to see.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.file_name = name.into();
        self
    }

    /// The media type, in place of the one that the name's ending suggests.
    #[must_use]
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = media_type.into();
        self
    }

    /// The length in bytes of what a reader gives, for servers that refuse a body of unknown length.
    #[must_use]
    pub fn length(mut self, bytes: u64) -> Self {
        self.body = self.body.with_length(bytes);
        self
    }
}

impl From<PathBuf> for FilePart {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&Path> for FilePart {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}

/// The usual endings of what people upload. Anything else is bytes, and `media_type` says more.
fn media_type_of(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "svg" => "image/svg+xml",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "m4a" => "audio/mp4",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "json" => "application/json",
        "csv" => "text/csv",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}

/// Opens a file, and tells how long it is.
pub(crate) async fn open(path: &Path) -> Result<(tokio::fs::File, u64)> {
    let failed = |error| Error::io(format!("{} cannot be read", path.display()), error);
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let length = file.metadata().await.map_err(failed)?.len();
    Ok((file, length))
}
