//! Approved transcripts.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use http4k_ws::WsStatus;
use http4k_ws::testing::transcript::{ApprovalError, Transcript};

/// A folder in the build directory that is removed at the end of its test, even if the test fails.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let id = std::process::id();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{id}"));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn said() -> Transcript {
    Transcript::new("/ws")
        .server_says("hello")
        .server_closes(WsStatus::NORMAL)
}

fn refused(transcript: &Transcript, path: &Path) -> ApprovalError {
    transcript.approve(path).expect_err("not approved")
}

#[test]
fn an_approved_transcript_succeeds() {
    let folder = Folder::new("approved");
    let file = folder.file("said");
    fs::write(&file, said().to_string().replace('\n', "\r\n")).unwrap();
    said().approve(&file).unwrap();
}

#[test]
fn a_missing_file_explains_the_approval() {
    let folder = Folder::new("missing");
    let error = refused(&said(), &folder.file("no/file"));
    assert!(matches!(error, ApprovalError::Missing { .. }), "{error}");
    let shown = error.to_string();
    assert!(shown.contains("HTTP4K_WS_APPROVE=1"), "{shown}");
    assert!(shown.ends_with(&said().to_string()), "{shown}");
    assert!(
        !folder.file("no").exists(),
        "nothing is written unless it is asked for"
    );
}

#[test]
fn the_first_line_that_differs_is_shown() {
    let folder = Folder::new("differs");
    let file = folder.file("said");
    fs::write(&file, said().to_string()).unwrap();
    let shorter = Transcript::new("/ws").server_says("hello");
    let other = Transcript::new("/ws").server_says("hi");
    for (transcript, approved, now) in [
        (said().client_says("?"), "(the end)", "client text ?"),
        (shorter, "server close 1000", "(the end)"),
        (other, "server text hello", "server text hi"),
        (Transcript::new("/other"), "open /ws", "open /other"),
    ] {
        let shown = refused(&transcript, &file).to_string();
        let lines = format!("\n  approved: {approved}\n  now:      {now}\n");
        assert!(shown.contains(&lines), "{shown}");
    }
}

#[test]
fn an_unrelated_file_is_reported() {
    let folder = Folder::new("unreadable");
    let file = folder.file("said");
    fs::write(&file, "open /ws\nserver says hello\n").unwrap();
    let error = refused(&said(), &file);
    let source = std::error::Error::source(&error)
        .expect("a cause")
        .to_string();
    assert_eq!(
        source,
        "line 2 of the transcript: `says` must be one of `text`, `binary` and `close`"
    );
    let error = refused(&said(), &folder.0);
    assert!(matches!(error, ApprovalError::Io { .. }), "{error}");
}

/// Approves there if the variable names a file. The test below runs this one in a separate process.
#[test]
fn approves_the_named_file() {
    if let Some(file) = env::var_os("APPROVE_AT") {
        said().approve(PathBuf::from(file)).unwrap();
    }
}

#[test]
fn the_approved_text_is_replaced_on_request() {
    let folder = Folder::new("written");
    let file = folder.file("new/said");
    let approves = |asked: &str| {
        let test = "transcript::approval::approves_the_named_file";
        let run = Command::new(env::current_exe().expect("a test binary"))
            .args(["--exact", test])
            .env("APPROVE_AT", &file)
            .env("HTTP4K_WS_APPROVE", asked)
            .output()
            .expect("it runs");
        run.status.success()
    };
    assert!(!approves("") && !approves("0") && !file.exists());
    assert!(approves("1"));
    assert_eq!(fs::read_to_string(&file).unwrap(), said().to_string());
    assert!(approves("0"), "it is compared with what was written");
    fs::write(&file, "open /other\n").unwrap();
    assert!(!approves("0"));
    assert!(approves("1") && approves(""));
}
