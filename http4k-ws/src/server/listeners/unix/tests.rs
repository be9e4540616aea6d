use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use super::*;

/// A folder of its own, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("h4k-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn socket(&self) -> PathBuf {
        self.0.join("s")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Leaves a file as a process that was killed does.
fn leave_stale(path: &Path) {
    drop(UnixListener::bind(path).expect("a free path"));
    assert!(path.exists());
}

#[test]
fn a_stale_file_is_replaced_and_removed_at_the_end() -> io::Result<()> {
    let folder = Folder::new("stale");
    let path = folder.socket();
    leave_stale(&path);
    let bound = UnixSocket::at(&path).bind()?;
    UnixStream::connect(&path)?;
    drop(bound);
    assert!(!path.exists());
    Ok(())
}

#[test]
fn a_path_where_a_process_listens_is_refused() -> io::Result<()> {
    let folder = Folder::new("live");
    let path = folder.socket();
    let _ours = UnixSocket::at(&path).bind()?;
    let error = UnixSocket::at(&path).bind().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let text = error.to_string();
    assert!(text.contains(path.to_str().unwrap()), "{text}");
    assert!(text.ends_with("another process listens at it"), "{text}");
    UnixStream::connect(&path)?;
    Ok(())
}

#[test]
fn of_servers_that_start_together_one_replaces_the_file() -> io::Result<()> {
    let folder = Folder::new("together");
    let path = folder.socket();
    leave_stale(&path);
    let starts: Vec<_> = (0..3)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || UnixSocket::at(path).bind())
        })
        .collect();
    let bound: Vec<_> = starts
        .into_iter()
        .filter_map(|start| start.join().expect("no panic").ok())
        .collect();
    assert_eq!(bound.len(), 1);
    UnixStream::connect(&path)?;
    Ok(())
}

#[test]
fn a_full_queue_counts_as_a_process_that_listens() -> io::Result<()> {
    let folder = Folder::new("full");
    let path = folder.socket();
    let full = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    full.bind(&SockAddr::unix(&path)?)?;
    full.listen(0)?;
    let mut waiting = Vec::new();
    for _ in 0..8 {
        let client = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        client.set_nonblocking(true)?;
        let _ = client.connect(&SockAddr::unix(&path)?);
        waiting.push(client);
    }
    let error = UnixSocket::at(&path).bind().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    Ok(())
}

#[test]
fn files_that_are_not_sockets_are_kept() -> io::Result<()> {
    let folder = Folder::new("file");
    let path = folder.socket();
    fs::write(&path, "precious")?;
    let other = folder.0.join("other");
    leave_stale(&other);
    let link = folder.0.join("link");
    std::os::unix::fs::symlink(&other, &link)?;
    for path in [&path, &link, &folder.0] {
        let error = UnixSocket::at(path).bind().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "{path:?}");
        assert!(path.symlink_metadata().is_ok());
    }
    assert_eq!(fs::read_to_string(&path)?, "precious");
    assert!(other.symlink_metadata().is_ok());
    Ok(())
}

#[test]
fn a_file_that_replaced_ours_is_kept() -> io::Result<()> {
    let folder = Folder::new("replaced");
    let path = folder.socket();
    let ours = UnixSocket::at(&path).bind()?;
    fs::remove_file(&path)?;
    let theirs = UnixSocket::at(&path).bind()?;
    drop(ours);
    UnixStream::connect(&path)?;
    drop(theirs);
    assert!(!path.exists());
    Ok(())
}

#[test]
fn the_file_has_its_mode_before_a_client_can_connect() -> io::Result<()> {
    let folder = Folder::new("mode");
    let path = folder.socket();
    for (mode, expected) in [
        (None, 0o600),
        (Some(0o666), 0o666),
        (Some(0o104_660), 0o660),
    ] {
        let socket = UnixSocket::at(&path);
        let socket = match mode {
            Some(mode) => socket.with_mode(mode),
            None => socket,
        };
        let _bound = socket.bind()?;
        let mode = fs::metadata(&path)?.permissions().mode();
        assert_eq!(mode & 0o7777, expected);
    }
    Ok(())
}

#[test]
fn errors_name_the_path_and_the_rule() {
    let long = "x".repeat(200);
    for (path, reason) in [
        ("", "empty"),
        ("a\0b", "NUL"),
        ("\0", "empty"),
        ("/nonexistent-folder/s", "No such file"),
        (long.as_str(), ""),
    ] {
        let error = UnixSocket::at(path).bind().unwrap_err().to_string();
        assert!(error.starts_with("cannot listen at unix:"), "{error}");
        assert!(error.contains(reason), "{error}");
        assert!(!error.contains('\0'), "{error}");
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[test]
fn an_abstract_name_has_no_file() -> io::Result<()> {
    let name = format!("\0h4k-test-{}", std::process::id());
    let bound = UnixSocket::at(&name).bind()?;
    assert!(bound.file.is_none());
    let address = super::super::listen::unix_addr(socket2::SockRef::from(&bound.listener))?;
    assert_eq!(address, ListenAddr::Unix(name.clone().into()));
    let error = UnixSocket::at(&name).bind().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    Ok(())
}
