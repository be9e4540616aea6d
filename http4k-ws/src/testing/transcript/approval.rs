//! A transcript beside the one that somebody approved.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::message::{Transcript, TranscriptError};

/// Set to anything but nothing and `0`, it has approvals written instead of compared.
const APPROVE: &str = "HTTP4K_WS_APPROVE";

/// Why a [`Transcript`] is not approved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApprovalError {
    /// There is no file yet: approve the transcript, and read what was written.
    #[error(
        "there is no approved transcript at `{}`: run this once with {APPROVE}=1, and read what it writes\n\n\
         {transcript}", path.display()
    )]
    Missing {
        /// Where it is looked for.
        path: PathBuf,
        /// What would be written.
        transcript: Box<Transcript>,
    },
    /// Another session was approved.
    #[error(
        "line {line} differs from `{}`\n  approved: {}\n  now:      {}\n\
         run this with {APPROVE}=1 to approve what is now",
        path.display(), shown(approved), shown(now)
    )]
    Differs {
        /// The file.
        path: PathBuf,
        /// The first line that differs, counted from 1.
        line: usize,
        /// What stands there; `None` behind the end.
        approved: Option<String>,
        /// What the transcript has there; `None` behind its end.
        now: Option<String>,
    },
    /// The file holds something else.
    #[error("`{}` is no transcript", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The rule it breaks.
        #[source]
        error: TranscriptError,
    },
    /// The file can't be read or written.
    #[error("`{}` can't be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: io::Error,
    },
}

fn shown(line: &Option<String>) -> &str {
    line.as_deref().unwrap_or("(the end)")
}

impl Transcript {
    /// Compares this transcript with the one in the file at `path`, which somebody has read and approved.
    ///
    /// With `HTTP4K_WS_APPROVE=1` in the environment the file is written instead, with its folders: that
    /// is how a first one is made, and a change taken over. A relative path is one from where the program
    /// runs, which for a test is its package.
    ///
    /// # Errors
    ///
    /// [`ApprovalError`], which says how to approve; without a file too.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::testing::transcript::{ApprovalError, Transcript};
    ///
    /// let said = Transcript::new("/ws").server_says("hello");
    /// let unknown = said.approve("tests/data/no/such.transcript");
    /// assert!(matches!(unknown, Err(ApprovalError::Missing { .. })));
    /// ```
    pub fn approve(&self, path: impl AsRef<Path>) -> Result<(), ApprovalError> {
        let path = path.as_ref();
        let asked = env::var_os(APPROVE).is_some_and(|asked| !asked.is_empty() && asked != "0");
        if asked {
            return self.write(path).map_err(|error| at(path, error));
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

    fn write(&self, path: &Path) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, self.to_string())
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
