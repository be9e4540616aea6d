//! One part of a form.

use std::fmt;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

use super::error::MultipartError;
use super::head::{PartHead, without_path};
use super::reader::Reader;

/// A part of a form with files: a field with text, or a file.
///
/// A part of a [`Multipart`](crate::lens::Multipart) arrives while it is read. A part in a struct
/// that derives [`FromRequest`] is in memory.
///
#[doc = crate::doc_link::macros!("FromRequest")]
///
/// # Examples
///
/// ```
/// use http4k_ws::lens::Part;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http4k_ws::lens::MultipartError> {
/// let part = Part::new("hello").with_file_name("../../a.txt").with_content_type("text/plain");
/// assert_eq!(part.file_name().as_deref(), Some("a.txt"));
/// assert_eq!(part.text().await?, "hello");
/// # Ok(())
/// # }
/// ```
pub struct Part {
    head: PartHead,
    content: Content,
    limit: u64,
    /// The number of bytes returned so far.
    read: u64,
}

enum Content {
    Memory(Bytes),
    /// The part with this number. The mutex is contended only if a part is read while the next one
    /// is.
    Arriving(Arc<Mutex<Reader>>, usize),
}

impl Part {
    /// Creates a part in memory, without a name. It is for [`MultipartBody`] and tests.
    ///
    /// [`MultipartBody`]: crate::lens::MultipartBody
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Part;
    ///
    /// let part = Part::new("hello");
    /// assert_eq!((part.name(), part.is_file(), part.content_type()), ("", false, None));
    /// ```
    pub fn new(content: impl Into<Bytes>) -> Self {
        Self {
            head: PartHead::default(),
            content: Content::Memory(content.into()),
            limit: u64::MAX,
            read: 0,
        }
    }

    pub(super) fn arriving(head: PartHead, reader: Arc<Mutex<Reader>>, number: usize) -> Self {
        Self {
            head,
            content: Content::Arriving(reader, number),
            limit: u64::MAX,
            read: 0,
        }
    }

    /// Sets the name of the file.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Part;
    ///
    /// let part = Part::new("hello").with_file_name("a.txt");
    /// assert!(part.is_file());
    /// assert_eq!(part.file_name().as_deref(), Some("a.txt"));
    /// ```
    #[must_use]
    pub fn with_file_name(mut self, file_name: impl Into<String>) -> Self {
        self.head.file_name = Some(file_name.into());
        self
    }

    /// Sets the type of the content, such as `image/png`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Part;
    ///
    /// let part = Part::new(&b"\x89PNG"[..]).with_content_type("image/png");
    /// assert_eq!(part.content_type(), Some("image/png"));
    /// ```
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.head.content_type = Some(content_type.into());
        self
    }

    pub(super) fn with_name(mut self, name: impl Into<String>) -> Self {
        self.head.name = name.into();
        self
    }

    /// Returns the name of the field.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// Returns the name of the file on the client's machine, without any path, control characters
    /// and invisible marks. `None` if the part is not a file, or nothing of the name is left.
    ///
    /// The client chose it: show it, but do not store a file under it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Part;
    ///
    /// let named = |name: &str| Part::new("hello").with_file_name(name).file_name();
    /// assert_eq!(named("C:\\photos\\cat.png").as_deref(), Some("cat.png"));
    /// assert_eq!(named("../"), None);
    /// ```
    pub fn file_name(&self) -> Option<String> {
        without_path(self.head.file_name.as_deref()?)
    }

    /// Returns `true` if the part was sent as a file, even one without a name.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Part;
    ///
    /// assert!(Part::new("").with_file_name("").is_file()); // No file was chosen.
    /// assert!(!Part::new("cats").is_file());
    /// ```
    pub fn is_file(&self) -> bool {
        self.head.file_name.is_some()
    }

    /// Returns the type of the content that the client declared, unchecked.
    pub fn content_type(&self) -> Option<&str> {
        self.head.content_type.as_deref()
    }

    /// Limits the content to `bytes`. Reading more fails with [`MultipartError::PartTooLarge`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{MultipartError, Part};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let error = Part::new("hello").limit(4).bytes().await.unwrap_err();
    /// assert!(matches!(error, MultipartError::PartTooLarge { .. }));
    /// # }
    /// ```
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Returns the next bytes, or `None` at the end of the part.
    ///
    /// # Errors
    ///
    /// Returns [`MultipartError::PartTooLarge`] over the limit, [`MultipartError::Skipped`] if a
    /// later part was read, and the errors of the body and of the form.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, no bytes are lost.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Part;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::lens::MultipartError> {
    /// let (mut part, mut length) = (Part::new("hello"), 0);
    /// while let Some(chunk) = part.chunk().await? {
    ///     length += chunk.len();
    /// }
    /// assert_eq!(length, 5);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        let chunk = match &mut self.content {
            Content::Memory(bytes) if bytes.is_empty() => None,
            Content::Memory(bytes) => Some(std::mem::take(bytes)),
            Content::Arriving(reader, number) => {
                poll_fn(|cx| {
                    let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
                    reader.poll_chunk(*number, cx)
                })
                .await?
            }
        };
        let length = chunk.as_ref().map_or(0, Bytes::len) as u64;
        self.read = self.read.saturating_add(length);
        if self.read > self.limit {
            let (name, limit) = (self.head.name.clone(), self.limit);
            return Err(MultipartError::PartTooLarge { name, limit });
        }
        Ok(chunk)
    }

    /// Reads the part into memory.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`chunk`](Self::chunk).
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::Part;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::lens::MultipartError> {
    /// assert_eq!(Part::new(vec![0, 255]).bytes().await?, vec![0, 255]);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn bytes(mut self) -> Result<Bytes, MultipartError> {
        if let Content::Memory(bytes) = &self.content {
            if bytes.len() as u64 <= self.limit {
                return Ok(bytes.clone());
            }
        }
        let mut gathered = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            gathered.extend_from_slice(&chunk);
        }
        Ok(gathered.into())
    }

    /// Reads the part as UTF-8.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`chunk`](Self::chunk), and [`MultipartError::NotUtf8`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{MultipartError, Part};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// assert_eq!(Part::new("café").text().await.unwrap(), "café");
    /// let error = Part::new(&b"caf\xe9"[..]).text().await.unwrap_err();
    /// assert!(matches!(error, MultipartError::NotUtf8 { .. }));
    /// # }
    /// ```
    pub async fn text(self) -> Result<String, MultipartError> {
        let name = self.head.name.clone();
        let bytes = self.bytes().await?;
        String::from_utf8(bytes.into()).map_err(|error| {
            let position = error.utf8_error().valid_up_to();
            MultipartError::NotUtf8 { name, position }
        })
    }

    /// Writes the part to a new file as it arrives, and returns the number of bytes.
    ///
    /// `path` is your own, not made from [`file_name`](Self::file_name). An existing file is not
    /// overwritten.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`chunk`](Self::chunk), and [`MultipartError::Save`] if the file
    /// exists or cannot be written. The file is then removed.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped, the file is removed.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::lens::{MultipartError, Part};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), MultipartError> {
    /// # let folder = std::env::temp_dir().join(format!("save-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// let path = folder.join("7"); // A name of our own.
    /// assert_eq!(Part::new("hello").save(&path).await?, 5);
    /// let again = Part::new("other").save(&path).await;
    /// assert!(matches!(again, Err(MultipartError::Save { .. })));
    /// assert_eq!(std::fs::read_to_string(&path).unwrap(), "hello");
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok(())
    /// # }
    /// ```
    pub async fn save(mut self, path: impl AsRef<Path>) -> Result<u64, MultipartError> {
        let path = path.as_ref();
        let mut options = OpenOptions::new();
        let opened = options.write(true).create_new(true).open(path).await;
        let mut file = opened.map_err(MultipartError::Save)?;
        let unfinished = Unfinished(Some(path.to_owned()));
        let mut length = 0;
        while let Some(chunk) = self.chunk().await? {
            length += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(MultipartError::Save)?;
        }
        file.flush().await.map_err(MultipartError::Save)?;
        unfinished.keep();
        Ok(length)
    }

    /// Returns the content if it is in memory.
    pub(super) fn in_memory(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Memory(bytes) => Some(bytes),
            Content::Arriving(..) => None,
        }
    }

    pub(super) fn head(&self) -> &PartHead {
        &self.head
    }

    /// Returns the part with its content read into memory.
    pub(super) async fn read(self) -> Result<Self, MultipartError> {
        let head = self.head.clone();
        let bytes = self.bytes().await?;
        Ok(Self {
            head,
            ..Self::new(bytes)
        })
    }
}

/// A file that is removed unless it becomes complete.
struct Unfinished(Option<PathBuf>);

impl Unfinished {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            if let Err(error) = std::fs::remove_file(path) {
                log::warn!("an incomplete upload cannot be removed: {error}");
            }
        }
    }
}

/// Omits the content.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.in_memory().map(Bytes::len);
        f.debug_struct("Part")
            .field("name", &self.head.name)
            .field("file_name", &self.head.file_name)
            .field("content_type", &self.head.content_type)
            .field("length", &length)
            .finish_non_exhaustive()
    }
}
