//! The two connections to one server process.
//!
//! 1. Both belong to one process of Redis, whose run id is the reply to the first command on each.
//!    A connection never changes its process, so the id holds for as long as the link.
//! 2. If one of the two ends, both are replaced. No client reconnects by itself: it would carry the
//!    run id of one process to another.
//! 3. Behind a proxy a connection may change its process. The scripts then read the run id.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::{AsyncPushSender, MultiplexedConnection};
use redis::{AsyncConnectionConfig, Cmd, ErrorKind, Pipeline, ServerErrorKind, Value};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::config::{Address, RedisConfig};
use super::layout::Layout;
use super::reply::{self, epoch_text};
use super::script::{SOURCES, Script};
use crate::topics::engine::NodeId;

/// The time in which a server must respond to a command, and in which a connection must open.
pub(super) const LIMIT: Duration = Duration::from_secs(5);

/// The number of commands in one write.
pub(super) const BATCH: usize = 512;

/// The life of the numbers of a topic without a publication, in milliseconds.
pub(super) const LIFE_MS: u64 = 24 * 60 * 60 * 1000;

/// The two connections to one process of Redis.
pub(super) struct Link {
    commands: MultiplexedConnection,
    push: MultiplexedConnection,
    /// The run id of the process that the link was opened to.
    process: String,
    /// The same, or empty if the scripts read it.
    run: String,
    shas: Vec<String>,
    ended: Arc<Notify>,
    drivers: [JoinHandle<()>; 2],
}

impl Drop for Link {
    fn drop(&mut self) {
        self.drivers.iter().for_each(JoinHandle::abort);
    }
}

impl Link {
    /// Connects, and checks that the user may do all that the engine needs.
    pub(super) async fn open(
        config: &RedisConfig,
        address: &Address,
        layout: &Layout,
        pushed: impl AsyncPushSender,
    ) -> Result<Self, String> {
        let ended = Arc::new(Notify::new());
        let settings = AsyncConnectionConfig::new()
            .set_response_timeout(Some(LIMIT))
            .set_pipeline_buffer_size(1024);
        let connected = timeout(LIMIT, async {
            let (commands, one) = dial(config, address, settings.clone(), &ended).await?;
            let settings = settings.set_push_sender(pushed);
            let (push, other) = dial(config, address, settings, &ended).await?;
            Ok((commands, push, [one, other]))
        });
        let (commands, push, drivers) = match connected.await {
            Ok(connected) => connected.map_err(|error: redis::RedisError| error.to_string())?,
            Err(_) => return Err(format!("no connection within {LIMIT:?}")),
        };
        let mut link = Self {
            commands,
            push,
            process: String::new(),
            run: String::new(),
            shas: Vec::new(),
            ended,
            drivers,
        };
        link.process = link.run_id(true).await?;
        if link.process != link.run_id(false).await? {
            return Err("the two connections reached different servers".to_owned());
        }
        if !config.behind_proxy {
            link.run.clone_from(&link.process);
        }
        link.load().await?;
        link.check(layout).await?;
        Ok(link)
    }

    /// Returns the run id of the process at the other end, which must be a primary.
    async fn run_id(&self, of_commands: bool) -> Result<String, String> {
        let mut pipe = Pipeline::new();
        pipe.cmd("INFO").arg("server");
        pipe.cmd("INFO").arg("replication");
        let of = if of_commands {
            &self.commands
        } else {
            &self.push
        };
        let replies = send_all(of, &pipe)
            .await
            .map_err(|error| error.to_string())?;
        let mut texts = replies.into_iter().map(reply::text);
        let mut field = |name: &str| {
            let text = texts.next().flatten()?;
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim().to_owned())
        };
        let run = field("run_id:").filter(|run| !run.is_empty());
        let run = run.ok_or("INFO did not return a run id")?;
        match field("role:").as_deref() {
            Some("master") => Ok(run),
            _ => Err("the server is not a primary".to_owned()),
        }
    }

    /// Returns `true` if both connections still reach the process that they were opened to. Only
    /// a proxy can switch them.
    pub(super) async fn is_one_process(&self) -> Result<bool, String> {
        if !self.run.is_empty() {
            return Ok(true);
        }
        let (commands, push) = (self.run_id(true).await?, self.run_id(false).await?);
        Ok(commands == self.process && push == self.process)
    }

    async fn load(&mut self) -> Result<(), String> {
        let mut pipe = Pipeline::new();
        for source in SOURCES {
            pipe.cmd("SCRIPT").arg("LOAD").arg(source);
        }
        let replies = send_all(&self.commands, &pipe).await;
        let replies = replies.map_err(|error| error.to_string())?;
        let shas: Option<Vec<String>> = replies.into_iter().map(reply::text).collect();
        self.shas = shas.ok_or("SCRIPT LOAD did not return a hash")?;
        Ok(())
    }

    /// Runs what the engine needs on keys that no topic has. A missing permission is found here,
    /// and not in the middle of a publication.
    async fn check(&self, layout: &Layout) -> Result<(), String> {
        let (keys, node) = (layout.check(), NodeId(0));
        let epoch = epoch_text(0);
        let number = rand::random::<u32>() / 2;
        let mut pipe = Pipeline::new();
        for (number, change) in [(number, "join"), (number + 1, "leave")] {
            let mut publish = self.script(Script::Publish, &layout.written(&keys, node, node));
            publish
                .arg(&self.run)
                .arg(&epoch)
                .arg(1000)
                .arg(keys.channel());
            publish.arg("").arg(1).arg(1000).arg(number).arg("");
            publish
                .arg(change)
                .arg("0/0")
                .arg("")
                .arg(node.to_string())
                .arg("");
            pipe.add_command(publish);
        }
        let leases = [layout.nodes(), layout.topics_of(node)];
        let mut beat = self.script(Script::Beat, &leases);
        beat.arg(node.to_string()).arg(1000).arg(1000);
        pipe.add_command(beat);
        let mut forget = self.script(Script::Forget, &leases);
        forget.arg(node.to_string());
        pipe.add_command(forget);
        pipe.cmd("ZREM").arg(layout.nodes()).arg(node.to_string());
        pipe.cmd("HMGET").arg(keys.numbers()).arg("e");
        pipe.cmd("DEL").arg(keys.stored(node));
        let run = send_all(&self.commands, &pipe).await;
        run.map_err(|error| error.to_string())?;
        self.ping().await
    }

    /// Returns the run id for the argument of a script, which is empty if the script reads it.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// Returns the command that runs `script` with `keys`. Arguments are added to it.
    pub(super) fn script(&self, script: Script, keys: &[String]) -> Cmd {
        let mut cmd = redis::cmd("EVALSHA");
        cmd.arg(&*self.shas[script as usize]).arg(keys.len());
        cmd.arg(keys);
        cmd
    }

    /// Runs commands in one write, and returns the reply to each. If Redis has forgotten a script,
    /// sends all scripts again, and the commands.
    pub(super) async fn run_all(&self, pipe: &Pipeline) -> redis::RedisResult<Vec<Value>> {
        let replies = send_all(&self.commands, pipe).await;
        match replies {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                let mut load = Pipeline::new();
                for source in SOURCES {
                    load.cmd("SCRIPT").arg("LOAD").arg(source);
                }
                send_all(&self.commands, &load).await?;
                send_all(&self.commands, pipe).await
            }
            replies => replies,
        }
    }

    /// Runs one command, as [`run_all`](Self::run_all).
    pub(super) async fn run_one(&self, cmd: Cmd) -> redis::RedisResult<Value> {
        let mut pipe = Pipeline::with_capacity(1);
        pipe.add_command(cmd);
        let mut replies = self.run_all(&pipe).await?;
        Ok(replies.pop().unwrap_or(Value::Nil))
    }

    /// Subscribes to channels, or unsubscribes from them, and waits until Redis has confirmed each.
    pub(super) async fn subscribe(&self, on: bool, channels: &[String]) -> Result<(), String> {
        // A command for each channel: the client pairs each confirmation with one command.
        let mut pipe = Pipeline::with_capacity(channels.len());
        for channel in channels {
            pipe.cmd(if on { "SUBSCRIBE" } else { "UNSUBSCRIBE" })
                .arg(channel);
        }
        let sent = send_all(&self.push, &pipe).await;
        sent.map(drop).map_err(|error| error.to_string())
    }

    /// Waits for the replies to a ping on both connections.
    pub(super) async fn ping(&self) -> Result<(), String> {
        let mut ping = Pipeline::new();
        ping.cmd("PING");
        let both = async {
            let (one, other) =
                tokio::join!(send_all(&self.commands, &ping), send_all(&self.push, &ping));
            one.and(other)
        };
        match timeout(LIMIT, both).await {
            Ok(replies) => replies.map(drop).map_err(|error| error.to_string()),
            Err(_) => Err(format!("no reply to a ping within {LIMIT:?}")),
        }
    }

    /// Waits until one of the connections has ended, or [`end`](Self::end) was called.
    pub(super) async fn ended(&self) {
        self.ended.notified().await;
    }

    /// Requests that both connections are replaced.
    pub(super) fn end(&self) {
        self.ended.notify_one();
    }
}

/// Sends commands in one write, and returns the replies, or the first error of the server.
async fn send_all(
    connection: &MultiplexedConnection,
    pipe: &Pipeline,
) -> redis::RedisResult<Vec<Value>> {
    let mut connection = connection.clone();
    let replies = connection.send_packed_commands(pipe, 0, pipe.len()).await?;
    replies.into_iter().map(Value::extract_error).collect()
}

/// Opens one connection. Its task notifies `ended` when it is over.
async fn dial(
    config: &RedisConfig,
    address: &Address,
    settings: AsyncConnectionConfig,
    ended: &Arc<Notify>,
) -> redis::RedisResult<(MultiplexedConnection, JoinHandle<()>)> {
    let stream = TcpStream::connect((&*address.host, address.port)).await?;
    stream.set_nodelay(true)?;
    if !address.tls {
        return start(address, stream, settings, ended).await;
    }
    #[cfg(all(feature = "tls", feature = "client"))]
    {
        let secured = config.tls.connect(&address.host, stream, &[]).await;
        let secured = secured.map_err(io::Error::other)?;
        start(address, secured, settings, ended).await
    }
    #[cfg(not(all(feature = "tls", feature = "client")))]
    {
        let _ = config;
        Err(io::Error::from(io::ErrorKind::Unsupported).into())
    }
}

async fn start<S>(
    address: &Address,
    stream: S,
    settings: AsyncConnectionConfig,
    ended: &Arc<Notify>,
) -> redis::RedisResult<(MultiplexedConnection, JoinHandle<()>)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (connection, driver) =
        MultiplexedConnection::new_with_config(&address.redis, stream, settings).await?;
    let ended = Arc::clone(ended);
    let task = tokio::spawn(async move {
        driver.await;
        ended.notify_one();
    });
    Ok((connection, task))
}
