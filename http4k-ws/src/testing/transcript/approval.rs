//! Comparison of a transcript with an approved file.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::approval::{self, APPROVE};
use crate::message::{Transcript, TranscriptError};

/// The reason a [`Transcript`] was not approved.
///
/// # Examples
///
/// ```
/// use http4k_ws::testing::transcript::{ApprovalError, Transcript};
///
/// let name = format!("approval-error-{}.transcript", std::process::id());
/// let path = std::env::temp_dir().join(name);
/// std::fs::write(&path, "open /ws\nserver text hello\n")?;
/// let error = Transcript::new("/ws").server_says("goodbye").approve(&path).unwrap_err();
/// assert!(matches!(&error, ApprovalError::Differs { line: 2, .. }), "{error}");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// The file does not exist. Approve the transcript, and review the file.
    #[error(
        "there is no approved transcript at `{}`: run this once with {APPROVE}=1, and review the file\n\n\
         {transcript}", path.display()
    )]
    Missing {
        /// The path of the file.
        path: PathBuf,
        /// The transcript that would be written.
        transcript: Box<Transcript>,
    },
    /// The file holds another session. If the new one is right, approve it.
    #[error(
        "line {line} differs from `{}`\n  approved: {}\n  now:      {}\n\
         run this with {APPROVE}=1 to approve the new transcript",
        path.display(), shown(approved), shown(now)
    )]
    Differs {
        /// The path of the file.
        path: PathBuf,
        /// The number of the first line that differs; the first line is 1.
        line: usize,
        /// The line of the file; `None` after its end.
        approved: Option<String>,
        /// The line of the transcript; `None` after its end.
        now: Option<String>,
    },
    /// The file is not a transcript. Correct the line that the source names.
    #[error("`{}` is not a transcript", path.display())]
    Unreadable {
        /// The path of the file.
        path: PathBuf,
        /// The line, and the rule that it breaks.
        #[source]
        error: TranscriptError,
    },
    /// The file cannot be read or written.
    #[error("cannot read or write `{}`", path.display())]
    Io {
        /// The path of the file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        error: io::Error,
    },
}

fn shown(line: &Option<String>) -> &str {
    line.as_deref().unwrap_or("(the end)")
}

impl Transcript {
    /// Compares this transcript with the approved one in the file at `path`.
    ///
    /// With `HTTP4K_WS_APPROVE=1` in the environment, the file and its folders are written instead.
    /// Use that to create a file and to accept a change. A relative path starts at the working
    /// directory, which for a test is its package.
    ///
    /// # Errors
    ///
    /// Returns an [`ApprovalError`] if the transcripts differ or there is no file. Its text
    /// contains the command that approves.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::{ApprovalError, Transcript};
    ///
    /// let session = Transcript::new("/ws").server_says("hello");
    /// let unknown = session.approve("tests/data/no/such.transcript");
    /// assert!(matches!(unknown, Err(ApprovalError::Missing { .. })));
    /// ```
    pub fn approve(&self, path: impl AsRef<Path>) -> Result<(), ApprovalError> {
        let path = path.as_ref();
        if approval::is_approving() {
            return approval::write(path, &self.to_string()).map_err(|error| at(path, error));
        }
        match fs::read_to_string(path) {
            Ok(approved) => self.compare(path, &approved),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ApprovalError::Missing {
                path: path.to_owned(),
                transcript: Box::new(self.clone()),
            }),
            Err(error) => Err(at(path, error)),
        }
    }

    fn compare(&self, path: &Path, approved: &str) -> Result<(), ApprovalError> {
        let approved: Self = approved
            .parse()
            .map_err(|error| ApprovalError::Unreadable {
                path: path.to_owned(),
                error,
            })?;
        if approved == *self {
            return Ok(());
        }
        let (approved, now) = (approved.to_string(), self.to_string());
        let (mut old, mut new) = (approved.lines(), now.lines());
        let mut line = 0;
        let (approved, now) = loop {
            line += 1;
            match (old.next(), new.next()) {
                (Some(old), Some(new)) if old == new => {}
                differing => break differing,
            }
        };
        Err(ApprovalError::Differs {
            path: path.to_owned(),
            line,
            approved: approved.map(str::to_owned),
            now: now.map(str::to_owned),
        })
    }
}

fn at(path: &Path, error: io::Error) -> ApprovalError {
    let path = path.to_owned();
    ApprovalError::Io { path, error }
}
