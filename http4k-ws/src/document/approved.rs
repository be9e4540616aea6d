//! Comparison of a document with an approved file.

use std::fmt::Display;
use std::path::Path;
use std::{fs, io};

use super::difference::difference;
use crate::approval::{self, APPROVE};

/// Asserts that `document` is the text of the approved file at `path`: a test of the contract.
///
/// With `HTTP4K_WS_APPROVE=1` in the environment, the file and its folders are written instead. Use
/// that to create a file and to accept a change. A relative path starts at the working directory,
/// which for a test is its package. Line ends of Windows in the file are ignored.
///
/// # Panics
///
/// Panics if the texts differ, with the lines that do; if there is no file; and if the file cannot
/// be read or written. The message contains the command that approves.
///
/// # Examples
///
/// ```should_panic
/// use http4k_ws::document::{Info, approved};
/// use http4k_ws::routing::Routes;
///
/// let app = Routes::new().build().unwrap();
/// approved("tests/data/no/such.json", app.openapi(&Info::new("none", "1.0")));
/// ```
#[track_caller]
pub fn approved(path: impl AsRef<Path>, document: impl Display) {
    let (path, now) = (path.as_ref(), document.to_string());
    let shown = path.display();
    if approval::is_approving() {
        if let Err(error) = approval::write(path, &now) {
            panic!("cannot write `{shown}`: {error}");
        }
        return;
    }
    match fs::read_to_string(path) {
        Ok(approved) => {
            if let Some(lines) = difference(&approved.replace("\r\n", "\n"), &now) {
                panic!(
                    "the document differs from `{shown}`\n\n{lines}\n\
                     run this with {APPROVE}=1 to approve the new document"
                );
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => panic!(
            "there is no approved document at `{shown}`: run this once with {APPROVE}=1, and \
             review the file"
        ),
        Err(error) => panic!("cannot read `{shown}`: {error}"),
    }
}
