//! The servers of an engine and its settings.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::ServerAddr;
use percent_encoding::percent_decode_str;

/// The servers of a [`NatsEngine`](crate::NatsEngine), and its settings.
///
/// All nodes of an application should have the same settings. If they differ, the streams have
/// those of the node that connected last, except for the storage, which is that of the first.
///
/// # Examples
///
/// ```
/// use http4k_ws_nats::NatsConfig;
///
/// let config = NatsConfig::new("chat", "nats://ann:secret@10.0.0.5:4222").unwrap();
/// assert_eq!(config.servers().collect::<Vec<_>>(), ["10.0.0.5:4222"]);
/// assert!(!format!("{config:?}").contains("secret"));
///
/// let error = NatsConfig::new("chat", "http://10.0.0.5/").unwrap_err();
/// assert!(error.to_string().contains("nats://"));
/// ```
#[derive(Clone)]
pub struct NatsConfig {
    pub(crate) app: String,
    pub(crate) servers: Vec<Server>,
    pub(crate) keep: usize,
    pub(crate) max_age: Duration,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) replicas: usize,
    pub(crate) storage: Storage,
    pub(crate) lease: Duration,
    pub(crate) credentials: Option<PathBuf>,
    pub(crate) roots: Option<PathBuf>,
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
}

/// The place where NATS keeps the entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Storage {
    /// In the memory of one server. A restart is a new epoch, and so a reported loss.
    #[default]
    Memory,
    /// In files. Entries survive the end of a server process. See [the manual](crate#storage) for
    /// the failure of a machine.
    File,
}

/// The address of one server, and the credentials for it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: ServerAddr,
    pub(crate) login: Login,
    /// The address as the log shows it: without credentials.
    shown: String,
}

/// The credentials in a URL.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Login {
    None,
    Token(String),
    Password(String, String),
}

/// The error of a [`NatsEngine`](crate::NatsEngine) that cannot be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NatsError {
    /// The name of the application is not usable in subjects.
    #[error("the name of an application must have 1 to 64 letters, digits, `-` or `_`: {0:?}")]
    App(String),
    /// A text is not the URL of a server. The text is left out, because it may have a password.
    #[error("the URL of a NATS server must have the form nats://[user:password@]host[:port]: {0}")]
    Url(String),
    /// The servers have different credentials in their URLs.
    #[error("the URLs of all NATS servers must have the same credentials")]
    Credentials,
    /// Several replicas need [`Storage::File`]. A server of a cluster that was restarted without its
    /// memory may become the leader before the others have filled it, and give numbers again that
    /// other entries had.
    #[error(
        "several replicas need files, because a restarted server of a cluster lacks its memory"
    )]
    MemoryReplicas,
    /// The server cannot be reached, or refuses what the engine needs.
    #[error("cannot use NATS at {server}: {cause}")]
    Unreachable {
        /// The addresses, without credentials.
        server: String,
        /// The cause.
        cause: String,
    },
}

/// The least age of entries. A repeated publication is recognized for as long, and at most 60 s.
const LEAST_AGE: Duration = Duration::from_secs(5);

impl NatsConfig {
    /// Creates settings for one server. `app` is a part of all subjects and streams, so that two
    /// applications can share an account.
    ///
    /// `url` has the form `nats://[user:password@]host[:port]`, with `tls://` for TLS. A user
    /// without a password is a token. The port is 4222 by default.
    ///
    /// # Errors
    ///
    /// Fails if `app` is not 1 to 64 ASCII letters, digits, `-` or `_`, or if `url` has another
    /// form.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws_nats::{NatsConfig, NatsError};
    ///
    /// let config = NatsConfig::new("chat", "nats://10.0.0.5").unwrap();
    /// assert_eq!(config.servers().collect::<Vec<_>>(), ["10.0.0.5:4222"]);
    /// let error = NatsConfig::new("the chat", "nats://10.0.0.5").unwrap_err();
    /// assert_eq!(error, NatsError::App("the chat".to_owned()));
    /// ```
    pub fn new(app: &str, url: &str) -> Result<Self, NatsError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if app.is_empty() || app.len() > 64 || !app.chars().all(allowed) {
            return Err(NatsError::App(app.to_owned()));
        }
        Ok(Self {
            app: app.to_owned(),
            servers: vec![Server::parse(url)?],
            keep: 500,
            max_age: Duration::from_secs(24 * 60 * 60),
            max_bytes: None,
            replicas: 1,
            storage: Storage::Memory,
            lease: Duration::from_secs(15),
            credentials: None,
            roots: None,
            identity: None,
        })
    }

    /// Adds another server of the same cluster, which is used if the others cannot be reached. List
    /// all that a node may use.
    ///
    /// # Errors
    ///
    /// Fails if `url` is not one of a NATS server, or has other credentials than the first.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws_nats::{NatsConfig, NatsError};
    ///
    /// let one = NatsConfig::new("chat", "nats://ann:secret@10.0.0.5").unwrap();
    /// let two = one.with_server("nats://ann:secret@10.0.0.6").unwrap();
    /// assert_eq!(two.servers().count(), 2);
    /// let error = two.with_server("nats://bob:secret@10.0.0.7").unwrap_err();
    /// assert_eq!(error, NatsError::Credentials);
    /// ```
    pub fn with_server(mut self, url: &str) -> Result<Self, NatsError> {
        let server = Server::parse(url)?;
        if self.servers.iter().any(|first| first.login != server.login) {
            return Err(NatsError::Credentials);
        }
        self.servers.push(server);
        Ok(self)
    }

    /// Sets the number of entries that are kept of each topic. Default 500, at least 1.
    ///
    /// It takes the place of the number in `Topics::history`, because all topics are in one stream.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws_nats::NatsConfig;
    ///
    /// let config = NatsConfig::new("chat", "nats://10.0.0.5").unwrap();
    /// assert!(format!("{config:?}").contains("keep: 500"));
    /// assert!(format!("{:?}", config.clone().with_keep(50)).contains("keep: 50,"));
    /// assert!(format!("{:?}", config.with_keep(0)).contains("keep: 1,"));
    /// ```
    #[must_use]
    pub fn with_keep(mut self, entries: usize) -> Self {
        self.keep = entries.clamp(1, i32::MAX as usize);
        self
    }

    /// Sets the time for which entries are kept. Default 24 hours, at least 5 s.
    ///
    /// It takes the place of the age in `Topics::history`. A topic that no node serves for so long
    /// is forgotten, and a client that returns to it is notified of a loss.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws_nats::NatsConfig;
    ///
    /// let config = NatsConfig::new("chat", "nats://10.0.0.5").unwrap();
    /// assert!(format!("{config:?}").contains("max_age: 86400s"));
    /// let shortest = config.with_max_age(Duration::ZERO);
    /// assert!(format!("{shortest:?}").contains("max_age: 5s"));
    /// ```
    #[must_use]
    pub fn with_max_age(mut self, age: Duration) -> Self {
        // NATS counts nanoseconds in 63 bits.
        let most = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        self.max_age = age.clamp(LEAST_AGE, most);
        self
    }

    /// Sets the maximum number of bytes of all entries together. The oldest are dropped, and are a
    /// reported loss for subscribers that still need them. Default: the limits of the server.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws_nats::NatsConfig;
    ///
    /// let config = NatsConfig::new("chat", "nats://10.0.0.5").unwrap();
    /// assert!(format!("{config:?}").contains("max_bytes: None"));
    /// let config = config.with_max_bytes(1 << 30);
    /// assert!(format!("{config:?}").contains("max_bytes: Some(1073741824)"));
    /// ```
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes.min(i64::MAX as u64));
        self
    }

    /// Sets the number of servers of a cluster that store the entries: 1, 3 or 5. Default 1. More
    /// than one need [`Storage::File`], and an engine with other settings does not connect.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws_nats::{NatsConfig, NatsEngine, NatsError};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let config = NatsConfig::new("chat", "nats://10.0.0.5").unwrap();
    /// assert!(format!("{config:?}").contains("replicas: 1"));
    /// // Before it connects: the entries would be in memory.
    /// let error = NatsEngine::connect_with(config.with_replicas(3)).await.err();
    /// assert_eq!(error, Some(NatsError::MemoryReplicas));
    /// # }
    /// ```
    #[must_use]
    pub fn with_replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas.max(1);
        self
    }

    /// Sets the place where NATS keeps the entries. Default [`Storage::Memory`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws_nats::{NatsConfig, Storage};
    ///
    /// let config = NatsConfig::new("chat", "nats://10.0.0.5").unwrap();
    /// assert!(format!("{config:?}").contains("storage: Memory"));
    /// let config = config.with_storage(Storage::File);
    /// assert!(format!("{config:?}").contains("storage: File"));
    /// ```
    #[must_use]
    pub fn with_storage(mut self, storage: Storage) -> Self {
        self.storage = storage;
        self
    }

    /// Sets the time after which the members of a dead node leave. Nodes report three times as
    /// often that they are alive. Default 15 s.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws_nats::NatsConfig;
    ///
    /// let config = NatsConfig::new("chat", "nats://10.0.0.5").unwrap();
    /// assert!(format!("{config:?}").contains("lease: 15s"));
    /// let config = config.with_lease(Duration::from_secs(5));
    /// assert!(format!("{config:?}").contains("lease: 5s"));
    /// ```
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets a file with the credentials of a user: a JWT and a seed, as the tool `nsc` writes it.
    /// It is read when the engine connects.
    #[must_use]
    pub fn with_credentials_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.credentials = Some(path.into());
        self
    }

    /// Sets a file with the certificates that are trusted for `tls://`, in PEM. Default: those of
    /// the operating system.
    #[must_use]
    pub fn with_root_certificates(mut self, path: impl Into<PathBuf>) -> Self {
        self.roots = Some(path.into());
        self
    }

    /// Sets files with the certificate and the key of this client, in PEM.
    #[must_use]
    pub fn with_client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.identity = Some((certificate.into(), key.into()));
        self
    }

    /// Returns the addresses of the servers, without credentials.
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(|server| &*server.shown)
    }

    /// Returns the addresses of all servers for a log line.
    pub(crate) fn shown(&self) -> String {
        self.servers().collect::<Vec<_>>().join(", ")
    }
}

impl Server {
    fn parse(url: &str) -> Result<Self, NatsError> {
        let wrong = |cause: &str| NatsError::Url(cause.to_owned());
        let Some((scheme @ ("nats" | "tls"), rest)) = url.split_once("://") else {
            return Err(wrong("another scheme"));
        };
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let place = place.strip_suffix('/').unwrap_or(place);
        if place.is_empty() || place.contains(['/', '?', '#']) {
            return Err(wrong("not a host and a port"));
        }
        let address: ServerAddr = format!("{scheme}://{place}")
            .parse()
            .map_err(|_| wrong("not a host and a port"))?;
        let decoded = |text: &str| {
            let text = percent_decode_str(text).decode_utf8();
            text.map(|text| text.into_owned())
                .map_err(|_| wrong("credentials that are not UTF-8"))
        };
        let login = match user.map(|user| user.split_once(':')) {
            None => Login::None,
            Some(None) => Login::Token(decoded(user.unwrap_or_default())?),
            Some(Some((user, password))) => Login::Password(decoded(user)?, decoded(password)?),
        };
        let (host, port) = (address.host(), address.port());
        let shown = match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        };
        Ok(Self {
            address,
            login,
            shown,
        })
    }
}

impl fmt::Debug for NatsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsConfig")
            .field("app", &self.app)
            .field("servers", &self.servers().collect::<Vec<_>>())
            .field("keep", &self.keep)
            .field("max_age", &self.max_age)
            .field("max_bytes", &self.max_bytes)
            .field("replicas", &self.replicas)
            .field("storage", &self.storage)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_shown_without_its_credentials() {
        for (url, shown, login) in [
            ("nats://h", "h:4222", Login::None),
            ("tls://h:7000/", "h:7000", Login::None),
            ("nats://s3cret@h", "h:4222", Login::Token("s3cret".into())),
            (
                "nats://ann:s3cret%40@[::1]:7000",
                "[::1]:7000",
                Login::Password("ann".into(), "s3cret@".into()),
            ),
        ] {
            let config = NatsConfig::new("a", url).unwrap();
            assert_eq!(config.servers().collect::<Vec<_>>(), [shown]);
            assert!(config.servers[0].login == login, "{url}");
            assert!(!format!("{config:?}").contains("s3cret"));
        }
    }

    #[test]
    fn an_error_does_not_repeat_a_password() {
        for url in [
            "nats//:s3cret@h",
            "http://:s3cret@h",
            "nats://:s3cret@h:99999",
            "nats://:s3cret@h/s3cret",
            "nats://:s3cret@",
            "nats://h?token=s3cret",
            "s3cret",
            "nats://ann:%FFs3cret@h",
        ] {
            let error = NatsConfig::new("a", url).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn the_name_of_an_application_is_a_plain_word() {
        for app in ["", "a.b", "a b", "ü", "*", ">", &"a".repeat(65)] {
            let error = NatsConfig::new(app, "nats://h").unwrap_err();
            assert_eq!(error, NatsError::App(app.to_owned()));
        }
    }

    #[test]
    fn servers_of_one_cluster_have_the_same_credentials() {
        let config = NatsConfig::new("a", "nats://u:p@one").unwrap();
        let config = config.with_server("nats://u:p@two").unwrap();
        assert_eq!(config.shown(), "one:4222, two:4222");
        let error = config.with_server("nats://u:q@three").unwrap_err();
        assert_eq!(error, NatsError::Credentials);
    }
}
