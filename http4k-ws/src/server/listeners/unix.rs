//! Listening at the path of a Unix socket, whose file may be left from another process.
//!
//! 1. The socket is bound, its file gets its mode, and only then it listens. A client that connects
//!    before is refused, so none can use a file with other permissions.
//! 2. A file at the path is removed only if it is a socket that refuses connections, twice within
//!    [`GRACE`] to twice that: another server may just be between binding and listening. The time
//!    is random, so that of several servers that start together one is the first to replace it.
//! 3. It must also be the same file as before. It is moved aside before that is checked, because no
//!    call removes a file by its number. The file of a server that has replaced it meanwhile is put
//!    back, and that server waits for it.
//! 4. The file is removed with the listener, if it is still the one that was created. The listener
//!    is open until then, so that no other file can have its number.

use std::fs::{self, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

use super::listen::ListenAddr;
use crate::random::Random;

/// The length of the system's queue of connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// The shortest time in which a server that has bound its socket must listen.
const GRACE: Duration = Duration::from_millis(50);

/// The number of times that a new file is looked for, and the pause in between.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(1);

/// A Unix socket to listen at, before it is bound.
///
/// # Examples
///
/// ```
/// use http4k_ws::{Request, Serve};
/// use http4k_ws::client::HttpClient;
/// use http4k_ws::server::UnixSocket;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("http4k-ws-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let path = folder.join("app.sock");
/// let socket = UnixSocket::at(&path).with_mode(0o660).bind()?;
/// let server = (|_request: Request| "hello").as_server_with(socket).start()?;
///
/// let client = HttpClient::new().with_unix_socket(&path).blocking();
/// assert_eq!(client.send("/")?.body(), "hello");
///
/// server.stop();
/// assert!(!path.exists());
/// # std::fs::remove_dir(&folder)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a socket does nothing until it is bound"]
pub struct UnixSocket {
    path: PathBuf,
    mode: u32,
}

impl UnixSocket {
    /// Returns the socket at `path`, whose folder must exist. The path has at most 107 bytes on
    /// Linux, and 103 on other systems.
    ///
    /// A path that starts with a NUL byte is an abstract name, which exists on Linux only. It has
    /// no file, so every process of the machine may connect to it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::UnixSocket;
    /// let too_long = format!("/tmp/{}.sock", "a".repeat(200));
    /// assert!(UnixSocket::at(too_long).bind().is_err());
    /// assert!(UnixSocket::at("/no/such/folder/app.sock").bind().is_err());
    /// ```
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            mode: 0o600,
        }
    }

    /// Sets the permissions of the file, such as `0o660` for all processes of its group. A process
    /// needs the right to write in order to connect. Default `0o600`: only processes of the same
    /// user, and those of root. The umask has no effect.
    ///
    /// Some systems other than Linux ignore these permissions. There the folder of the socket must
    /// have them.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::UnixSocket;
    /// # #[cfg(target_os = "linux")]
    /// # fn main() -> std::io::Result<()> {
    /// # use std::os::unix::fs::PermissionsExt;
    /// # let name = format!("http4k-ws-mode-{}.sock", std::process::id());
    /// # let path = std::env::temp_dir().join(name);
    /// let socket = UnixSocket::at(&path).bind()?;
    /// assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    /// drop(socket);
    /// let _socket = UnixSocket::at(&path).with_mode(0o660).bind()?;
    /// assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o660);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(target_os = "linux"))]
    /// # fn main() {}
    /// ```
    pub fn with_mode(mut self, mode: u32) -> Self {
        self.mode = mode & 0o777;
        self
    }

    /// Listens at the path.
    ///
    /// A socket file that no process listens at, as a process leaves it that was killed, is
    /// replaced. The file of a process that listens is never removed, nor is a file that is not a
    /// socket.
    ///
    /// It needs no runtime. It blocks for at most 100 ms if there is a file to replace.
    ///
    /// # Errors
    ///
    /// Each error names the path. [`AddrInUse`](io::ErrorKind::AddrInUse) means that another
    /// process listens at it, and [`AlreadyExists`](io::ErrorKind::AlreadyExists) that its file is
    /// not a socket.
    ///
    /// # Examples
    ///
    /// ```
    /// # use http4k_ws::server::UnixSocket;
    /// # use std::io::ErrorKind;
    /// # fn main() -> std::io::Result<()> {
    /// # let name = format!("http4k-ws-bind-{}.sock", std::process::id());
    /// # let path = std::env::temp_dir().join(name);
    /// let socket = UnixSocket::at(&path).bind()?;
    /// let error = UnixSocket::at(&path).bind().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::AddrInUse);
    /// drop(socket);
    ///
    /// std::fs::write(&path, "a file that is not a socket")?;
    /// let error = UnixSocket::at(&path).bind().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    /// # std::fs::remove_file(&path)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn bind(self) -> io::Result<BoundUnixSocket> {
        self.bind_or_replace().map_err(|error| {
            let address = ListenAddr::Unix(self.path.clone());
            io::Error::new(error.kind(), format!("cannot listen at {address}: {error}"))
        })
    }

    fn bind_or_replace(&self) -> io::Result<BoundUnixSocket> {
        if self.is_abstract() {
            let listener = listen(self.bind_socket()?)?;
            return Ok(BoundUnixSocket {
                file: None,
                listener,
            });
        }
        let socket = match self.bind_socket() {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                remove_stale(&self.path)?;
                self.bind_socket()?
            }
            bound => bound?,
        };
        let file = SocketFile::created(&self.path, self.mode)?;
        Ok(BoundUnixSocket {
            file: Some(file),
            listener: listen(socket)?,
        })
    }

    fn is_abstract(&self) -> bool {
        let is_supported = cfg!(any(target_os = "linux", target_os = "android"));
        is_supported && self.path.as_os_str().as_bytes().first() == Some(&0)
    }

    fn bind_socket(&self) -> io::Result<Socket> {
        let bytes = self.path.as_os_str().as_bytes();
        let name = if self.is_abstract() {
            &bytes[1..]
        } else {
            bytes
        };
        if name.is_empty() || name.contains(&0) {
            let rule = "the path is empty or has a NUL byte";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, rule));
        }
        let address = SockAddr::unix(&self.path)?;
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.bind(&address)?;
        Ok(socket)
    }
}

fn listen(socket: Socket) -> io::Result<UnixListener> {
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(UnixListener::from(OwnedFd::from(socket)))
}

/// Removes the file at `path` if it is a socket that no process listens at.
fn remove_stale(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if !found.file_type().is_socket() {
        let rule = "its file is not a socket, and is not removed";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, rule));
    }
    refuse_live(path)?;
    std::thread::sleep(GRACE + GRACE.mul_f64(Random::new().fraction()));
    refuse_live(path)?;
    let aside = aside(path);
    match fs::rename(path, &aside) {
        // Removed meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        moved => moved?,
    }
    if SocketFile::is_at(&aside, identity(&found)) {
        fs::remove_file(&aside)?;
        let address = ListenAddr::Unix(path.to_owned());
        log::info!("removed {address}, a socket that no process listens at");
        return Ok(());
    }
    // A link does not replace a file, unlike another rename.
    let restored = fs::hard_link(&aside, path);
    fs::remove_file(&aside)?;
    restored?;
    Err(io::Error::new(io::ErrorKind::AddrInUse, IN_USE))
}

const IN_USE: &str = "another process listens at it";

/// Returns a path in the same folder that no other process uses.
fn aside(path: &Path) -> PathBuf {
    let number = Random::new().below(usize::MAX);
    path.with_file_name(format!(".{}-{number:x}.stale", std::process::id()))
}

/// Fails unless the socket at `path` refuses connections.
fn refuse_live(path: &Path) -> io::Result<()> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // A full queue must not block.
    socket.set_nonblocking(true)?;
    let in_use = || Err(io::Error::new(io::ErrorKind::AddrInUse, IN_USE));
    match socket.connect(&SockAddr::unix(path)?) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        // Removed meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(()) => in_use(),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => in_use(),
        Err(error) => Err(error),
    }
}

/// A Unix socket that is bound, from [`UnixSocket::bind`]. Pass it to
/// [`serve_with`](crate::Serve::serve_with) or [`as_server_with`](crate::Serve::as_server_with).
///
/// Its file is removed when the server stops accepting, or when this is dropped, unless another
/// process has replaced it.
///
/// # Examples
///
/// ```
/// use http4k_ws::server::UnixSocket;
///
/// let name = format!("http4k-ws-bound-{}.sock", std::process::id());
/// let path = std::env::temp_dir().join(name);
/// let socket = UnixSocket::at(&path).bind()?;
/// assert!(path.exists());
/// drop(socket);
/// assert!(!path.exists());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct BoundUnixSocket {
    // In front of the listener, so that the file is never one that refuses connections.
    pub(super) file: Option<SocketFile>,
    pub(super) listener: UnixListener,
}

/// The file of a Unix socket, which is removed when this is dropped.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    /// The device and the number of the file.
    identity: (u64, u64),
}

impl SocketFile {
    /// Sets the mode of the file that was just created at `path`.
    fn created(path: &Path, mode: u32) -> io::Result<Self> {
        let settle = || -> io::Result<_> {
            fs::set_permissions(path, Permissions::from_mode(mode))?;
            Ok(identity(&fs::symlink_metadata(path)?))
        };
        let mut attempts = 0;
        let identity = loop {
            match settle() {
                // Another server has moved it aside for a moment.
                Err(error) if error.kind() == io::ErrorKind::NotFound && attempts < ATTEMPTS => {
                    attempts += 1;
                    std::thread::sleep(PAUSE);
                }
                settled => break settled?,
            }
        };
        // The working directory may change before the drop.
        let path = std::path::absolute(path)?;
        Ok(Self { path, identity })
    }

    fn is_at(path: &Path, expected: (u64, u64)) -> bool {
        fs::symlink_metadata(path).is_ok_and(|found| identity(&found) == expected)
    }
}

fn identity(file: &fs::Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if !Self::is_at(&self.path, self.identity) {
            return;
        }
        if let Err(error) = fs::remove_file(&self.path) {
            let address = ListenAddr::Unix(self.path.clone());
            log::warn!("could not remove {address}: {error}");
        }
    }
}

#[cfg(test)]
mod tests;
