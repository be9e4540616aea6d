//! One connection to NATS.
//!
//! A link never reconnects by itself. When its connection ends, so do all requests that wait for a
//! reply, and the engine opens another link. The streams are checked on each link before it is
//! used.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::{
    Client, ConnectOptions, Event, HeaderMap, Message, Request, RequestErrorKind, ServerAddr,
    ServerError, Subscriber,
};
use bytes::Bytes;
use tokio::sync::{Semaphore, watch};

use crate::config::{Login, NatsConfig};
use crate::layout::Layout;

/// The time in which a server must respond, and in which a connection must open.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// The time between two pings. A connection ends when two are not replied to.
const PING: Duration = Duration::from_secs(1);

/// The time in which a client is dropped whose connection has ended, before it reconnects.
const RECONNECTION: Duration = Duration::from_secs(1);

/// The number of entries of one topic that wait for the task of the engine.
const WAITING: usize = 4096;

/// The requests to the API of JetStream at once. The queue of a server is bounded, and it drops
/// those that find no space.
const AT_ONCE: usize = 256;

/// The reason why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No reply came. The request may have had an effect.
    NoReply(String),
    /// No stream has the subject, so the request had no effect.
    Absent,
    /// The server refused the request.
    Refused(Refusal),
}

/// The error of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The number that NATS documents for the error.
    pub(crate) code: u64,
    pub(crate) text: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoReply(cause) => f.write_str(cause),
            Self::Absent => f.write_str("JetStream does not respond"),
            Self::Refused(refusal) => f.write_str(&refusal.text),
        }
    }
}

/// One connection.
pub(crate) struct Link {
    pub(crate) client: Client,
    /// The reason for the end of the connection, once it has ended.
    ended: Arc<watch::Sender<Option<String>>>,
    /// The space for requests to the API of JetStream.
    pub(crate) space: Semaphore,
    /// Counts the entries that were left out because the engine was too slow.
    missed: watch::Receiver<u64>,
}

/// Returns the options with the credentials and certificates of the settings.
async fn identified(config: &NatsConfig) -> Result<ConnectOptions, String> {
    let mut options = ConnectOptions::new();
    if let Some(path) = &config.credentials {
        let read = options.credentials_file(path).await;
        options = read.map_err(|error| format!("the file of the credentials: {error}"))?;
    }
    if let Some(path) = &config.roots {
        options = options.add_root_certificates(path.clone());
    }
    if let Some((certificate, key)) = &config.identity {
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    Ok(match config.servers.first().map(|server| &server.login) {
        Some(Login::Token(token)) => options.token(token.clone()),
        Some(Login::Password(user, password)) => {
            options.user_and_password(user.clone(), password.clone())
        }
        _ => options,
    })
}

impl Link {
    /// Connects to one of the servers.
    pub(crate) async fn open(config: &NatsConfig) -> Result<Self, String> {
        let ended = Arc::new(watch::channel(None).0);
        let events = Arc::clone(&ended);
        let (miss, missed) = watch::channel(0);
        // The client waits before its first attempt, too.
        let was_open = Arc::new(AtomicBool::new(false));
        let reconnects = Arc::clone(&was_open);
        let servers = config.servers.len();
        let options = identified(config).await?;
        let options = options
            .name(format!("http4k-ws {}", config.app))
            .ping_interval(PING)
            .connection_timeout(LIMIT)
            .request_timeout(Some(LIMIT))
            .subscription_capacity(WAITING)
            // Each server once. When the client reconnects, it counts from the beginning. By then
            // it is dropped.
            .max_reconnects(servers)
            .reconnect_delay_callback(move |_| match reconnects.load(Ordering::Acquire) {
                true => RECONNECTION,
                false => Duration::ZERO,
            })
            .event_callback(move |event| {
                match event {
                    Event::SlowConsumer(_) => miss.send_modify(|count| *count += 1),
                    Event::Disconnected | Event::Closed => {
                        end(&events, "the connection ended".to_owned());
                    }
                    // A subscription would receive nothing, and a request no reply.
                    Event::ServerError(ServerError::Other(text)) if is_denial(&text) => {
                        end(&events, text);
                    }
                    _ => {}
                }
                async {}
            });
        let addresses = config.servers.iter().map(|server| server.address.clone());
        let addresses: Vec<ServerAddr> = addresses.collect();
        let limit = LIMIT.saturating_mul(u32::try_from(servers + 1).unwrap_or(u32::MAX));
        let opened = tokio::time::timeout(limit, options.connect(addresses)).await;
        let client = match opened {
            Ok(opened) => opened.map_err(|error| error.to_string())?,
            Err(_) => return Err(format!("no connection within {limit:?}")),
        };
        was_open.store(true, Ordering::Release);
        Ok(Self {
            client,
            ended,
            space: Semaphore::new(AT_ONCE),
            missed,
        })
    }

    /// Ends the link, for a reason.
    pub(crate) fn end(&self, cause: &str) {
        end(&self.ended, cause.to_owned());
    }

    /// Ends the link, because a reply did not come within [`LIMIT`].
    pub(crate) fn late(&self) -> Failure {
        let cause = format!("no reply within {LIMIT:?}");
        self.end(&cause);
        Failure::NoReply(cause)
    }

    /// Waits until the connection has ended, and returns the cause.
    pub(crate) async fn ended(&self) -> String {
        let mut ended = self.ended.subscribe();
        let cause = ended.wait_for(Option::is_some).await;
        cause
            .map(|cause| cause.clone())
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    /// Returns the count of the entries that were left out.
    pub(crate) fn missed(&self) -> watch::Receiver<u64> {
        self.missed.clone()
    }

    /// Sends a request, and waits for its reply.
    pub(crate) async fn request(
        &self,
        subject: String,
        headers: Option<HeaderMap>,
        payload: Bytes,
    ) -> Result<Message, Failure> {
        let mut request = Request::new().payload(payload);
        if let Some(headers) = headers {
            request = request.headers(headers);
        }
        let replied = tokio::select! {
            replied = self.client.send_request(subject, request) => replied,
            cause = self.ended() => return Err(Failure::NoReply(cause)),
        };
        replied.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => Failure::Absent,
            RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
                Failure::Refused(Refusal {
                    code: 0,
                    text: error.to_string(),
                })
            }
            RequestErrorKind::TimedOut => self.late(),
            RequestErrorKind::Other => Failure::NoReply(error.to_string()),
        })
    }

    /// Subscribes to a subject. The subscription exists once [`sync`](Self::sync) has returned.
    pub(crate) async fn subscribe(&self, subject: String) -> Result<Subscriber, Failure> {
        let subscribed = self.client.subscribe(subject).await;
        subscribed.map_err(|error| Failure::NoReply(error.to_string()))
    }

    /// Waits until the server has handled everything that was sent before. It handles the commands
    /// of a connection in order.
    pub(crate) async fn sync(&self, layout: &Layout) -> Result<(), Failure> {
        match self.request(layout.nothing(), None, Bytes::new()).await {
            Ok(_) | Err(Failure::Absent) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

/// Returns `true` if the user of the connection lacks a permission.
fn is_denial(text: &str) -> bool {
    text.to_ascii_lowercase().contains("permissions violation")
}

fn end(ended: &watch::Sender<Option<String>>, cause: String) {
    ended.send_if_modified(|known| {
        let first = known.is_none();
        known.get_or_insert(cause);
        first
    });
}
