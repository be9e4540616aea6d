//! The servers of an engine and its settings.

use std::fmt;
use std::time::Duration;

use redis::{ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo};

#[cfg(all(feature = "tls", feature = "client"))]
use crate::tls::ClientTls;

/// The servers of a [`RedisEngine`](super::RedisEngine), and its settings.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::redis::RedisConfig;
///
/// let config = RedisConfig::new("chat", "redis://ann:secret@10.0.0.5:6379/0").unwrap();
/// assert_eq!(config.servers().collect::<Vec<_>>(), ["10.0.0.5:6379/0"]);
/// assert!(!format!("{config:?}").contains("secret"));
///
/// let error = RedisConfig::new("chat", "http://10.0.0.5/").unwrap_err();
/// assert!(error.to_string().contains("redis://"));
/// ```
#[derive(Clone)]
pub struct RedisConfig {
    pub(super) app: String,
    pub(super) servers: Vec<Address>,
    pub(super) behind_proxy: bool,
    pub(super) lease: Duration,
    #[cfg(all(feature = "tls", feature = "client"))]
    pub(super) tls: ClientTls,
}

/// The address of one server, and the credentials for it.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: bool,
    pub(super) redis: RedisConnectionInfo,
    /// The address as the log shows it: without credentials.
    pub(super) shown: String,
}

/// The error of a [`RedisEngine`](super::RedisEngine) that cannot be created.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::engine::redis::{RedisConfig, RedisError};
///
/// let error = RedisConfig::new("my chat", "redis://10.0.0.5/").unwrap_err();
/// assert_eq!(error, RedisError::App("my chat".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedisError {
    /// The name of the application is not usable as a prefix of keys.
    #[error("the name of an application must have 1 to 64 letters, digits, `-`, `_` or `.`: {0:?}")]
    App(String),
    /// A text is not the URL of a server. The text is left out, because it may have a password.
    #[error(
        "the URL of a Redis server must have the form redis://[user:password@]host[:port][/database]: {0}"
    )]
    Url(String),
    /// `rediss://` needs the features `tls` and `client`.
    #[error("rediss:// needs the features `tls` and `client` of http4k-ws")]
    NoTls,
    /// There is no server.
    #[error("an engine needs at least one Redis server")]
    NoServer,
    /// A server cannot be reached, or refuses what the engine needs.
    #[error("cannot use the Redis server at {server}: {cause}")]
    Unreachable {
        /// The address, without credentials.
        server: String,
        /// The cause.
        cause: String,
    },
}

impl RedisConfig {
    /// Creates settings for one server. `app` is the prefix of all keys and channels, so that two
    /// applications can share a server.
    ///
    /// `url` has the form `redis://[user:password@]host[:port][/database]`, or starts with
    /// `rediss://` for TLS, which needs the features `tls` and `client`.
    ///
    /// # Errors
    ///
    /// Fails if `app` is not 1 to 64 ASCII letters, digits, `-`, `_` or `.`, or if `url` has
    /// another form.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::redis::RedisConfig;
    ///
    /// let config = RedisConfig::new("chat", "redis://10.0.0.5").unwrap();
    /// assert_eq!(config.servers().collect::<Vec<_>>(), ["10.0.0.5:6379/0"]);
    /// assert!(RedisConfig::new("the chat", "redis://10.0.0.5").is_err());
    /// ```
    pub fn new(app: &str, url: &str) -> Result<Self, RedisError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if app.is_empty() || app.len() > 64 || !app.chars().all(allowed) {
            return Err(RedisError::App(app.to_owned()));
        }
        Ok(Self {
            app: app.to_owned(),
            servers: vec![Address::parse(url)?],
            behind_proxy: false,
            lease: Duration::from_secs(15),
            #[cfg(all(feature = "tls", feature = "client"))]
            tls: ClientTls::new(),
        })
    }

    /// Adds another primary server. Each topic is on one of them, selected by a hash of its name
    /// and of the address. So all nodes must use the same addresses, in any order. A changed set of
    /// servers moves topics, whose subscribers are then notified of a loss.
    ///
    /// # Errors
    ///
    /// Fails if `url` is not one of a Redis server.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::redis::RedisConfig;
    ///
    /// let config = RedisConfig::new("chat", "redis://10.0.0.5")?.with_server("redis://10.0.0.6")?;
    /// assert_eq!(config.servers().count(), 2);
    /// # Ok::<(), http4k_ws::topics::engine::redis::RedisError>(())
    /// ```
    pub fn with_server(mut self, url: &str) -> Result<Self, RedisError> {
        self.servers.push(Address::parse(url)?);
        Ok(self)
    }

    /// Sets whether a proxy may switch an open connection to another server. The identity of the
    /// server is then read in every script, which costs about half of the throughput. Not needed
    /// for a proxy that only forwards TCP connections. Default `false`.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::redis::RedisConfig;
    ///
    /// let config = RedisConfig::new("chat", "redis://10.0.0.5").unwrap();
    /// assert!(format!("{config:?}").contains("behind_proxy: false"));
    /// assert!(format!("{:?}", config.behind_proxy(true)).contains("behind_proxy: true"));
    /// ```
    #[must_use]
    pub fn behind_proxy(mut self, behind_proxy: bool) -> Self {
        self.behind_proxy = behind_proxy;
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
    /// use http4k_ws::topics::engine::redis::RedisConfig;
    ///
    /// let config = RedisConfig::new("chat", "redis://10.0.0.5").unwrap();
    /// assert!(format!("{config:?}").contains("lease: 15s"));
    /// let config = config.with_lease(Duration::from_secs(5));
    /// assert!(format!("{config:?}").contains("lease: 5s"));
    /// ```
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Sets the certificates that are trusted for `rediss://`. Default [`ClientTls::new`].
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::client::ClientTls;
    /// use http4k_ws::topics::engine::redis::RedisConfig;
    /// # use http4k_ws::server::{ServerConfig, ServerTls};
    /// # use http4k_ws::topics::engine::redis::{RedisEngine, RedisError};
    /// # use http4k_ws::{Request, Serve};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let made = rcgen::generate_simple_self_signed(["redis.example".to_owned()])?;
    /// # let (authority, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    /// # let tls = ServerConfig::default().with_tls(ServerTls::from_pem(&authority, key)?);
    /// # let app = |_request: Request| "a server that is not Redis";
    /// # let server = app.as_server("127.0.0.1:0").with_config(tls).start()?;
    /// # let url = format!("rediss://localhost:{}", server.port());
    /// # async fn failure(config: RedisConfig) -> String {
    /// #     match RedisEngine::connect_with(config).await.unwrap_err() {
    /// #         RedisError::Unreachable { cause, .. } => cause,
    /// #         other => panic!("{other}"),
    /// #     }
    /// # }
    /// // The certificate of the server is signed by an authority of our own.
    /// let config = RedisConfig::new("chat", &url)?;
    /// assert!(failure(config.clone()).await.contains("the certificate is not trusted"));
    /// // It is trusted now. It is for another host, for the sake of this example.
    /// let config = config.with_tls(ClientTls::trusting_only(&authority)?);
    /// assert!(failure(config).await.contains("the certificate is not valid for `localhost`"));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(all(feature = "tls", feature = "client"))]
    #[must_use]
    pub fn with_tls(mut self, tls: ClientTls) -> Self {
        self.tls = tls;
        self
    }

    /// Returns the addresses of the servers, without credentials.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::engine::redis::RedisConfig;
    ///
    /// # fn main() -> Result<(), http4k_ws::topics::engine::redis::RedisError> {
    /// let config = RedisConfig::new("chat", "redis://ann:secret@[::1]:7000/2")?;
    /// let config = config.with_server("redis://10.0.0.6")?;
    /// assert!(config.servers().eq(["[::1]:7000/2", "10.0.0.6:6379/0"]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.servers.iter().map(|server| &*server.shown)
    }
}

impl Address {
    fn parse(url: &str) -> Result<Self, RedisError> {
        let (url, tls) = match url.split_once("://") {
            Some(("rediss" | "valkeys", rest)) => (format!("redis://{rest}"), true),
            Some(("redis" | "valkey", rest)) => (format!("redis://{rest}"), false),
            _ => return Err(RedisError::Url("another scheme".to_owned())),
        };
        if tls && !cfg!(all(feature = "tls", feature = "client")) {
            return Err(RedisError::NoTls);
        }
        let wrong = |error: redis::RedisError| RedisError::Url(error.category().to_owned());
        let info = url.as_str().into_connection_info().map_err(wrong)?;
        let ConnectionAddr::Tcp(host, port) = info.addr() else {
            return Err(RedisError::Url("not a host and a port".to_owned()));
        };
        let (host, port) = (host.clone(), *port);
        let redis = info.redis_settings().clone();
        let redis = redis
            .set_protocol(redis::ProtocolVersion::RESP3)
            .set_skip_set_lib_name();
        let shown = match host.contains(':') {
            true => format!("[{host}]:{port}/{}", redis.db()),
            false => format!("{host}:{port}/{}", redis.db()),
        };
        Ok(Self {
            host,
            port,
            tls,
            redis,
            shown,
        })
    }
}

impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisConfig")
            .field("app", &self.app)
            .field("servers", &self.servers().collect::<Vec<_>>())
            .field("behind_proxy", &self.behind_proxy)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_shown_without_its_credentials() {
        for (url, shown) in [
            ("redis://h", "h:6379/0"),
            ("redis://:s3cret@h:7000/2", "h:7000/2"),
            ("redis://ann:s3cret@[::1]:7000", "[::1]:7000/0"),
            ("valkey://ann:s3cret@127.0.0.1", "127.0.0.1:6379/0"),
        ] {
            let config = RedisConfig::new("a", url).unwrap();
            assert_eq!(config.servers().collect::<Vec<_>>(), [shown]);
            assert!(!format!("{config:?}").contains("s3cret"));
        }
    }

    #[test]
    fn an_error_does_not_repeat_a_password() {
        for url in [
            "redis//:s3cret@h",
            "http://:s3cret@h",
            "redis://:s3cret@h:99999",
            "redis://:s3cret@h/s3cret",
            "redis://:s3cret@",
            "redis://:s3cret@h?protocol=s3cret",
            "unix:///s3cret",
            "s3cret",
        ] {
            let error = RedisConfig::new("a", url).unwrap_err();
            assert!(
                !format!("{error} {error:?}").contains("s3cret"),
                "{error:?}"
            );
        }
    }

    #[test]
    fn the_name_of_an_application_is_a_plain_word() {
        for app in ["", "a:b", "a{", "a b", "ü", "*", &"a".repeat(65)] {
            let error = RedisConfig::new(app, "redis://h").unwrap_err();
            assert_eq!(error, RedisError::App(app.to_owned()));
        }
    }
}
