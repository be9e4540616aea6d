//! A node: this test binary again, as a process of its own, with an application, subscribers and
//! publishers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http4k_ws::client::WebSocketClient;
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::topics::engine::MemberId;
use http4k_ws::topics::{Feed, JoinError, Position, PublishError, Resume, Topics};
use tokio::time::{sleep, sleep_until};

use crate::process::Process;

/// The settings of a node.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) behind_proxy: bool,
    /// `true` if the engine must keep its entries in files.
    pub(crate) on_disk: bool,
    pub(crate) lease_ms: u64,
    pub(crate) topics: usize,
    pub(crate) history: usize,
    /// The number of messages that are published to each topic, and the pause between them.
    pub(crate) publishes: u64,
    pub(crate) pause_ms: u64,
    /// The number of members of each topic.
    pub(crate) members: usize,
    pub(crate) directory: PathBuf,
}

/// An event of a node in one topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Record {
    /// A subscriber received a message.
    Message(String, String),
    /// A subscriber was notified of a loss.
    Lost(String),
    CaughtUp(String),
    /// A message was published.
    Published(String, String),
    /// A message is certainly not stored.
    NotStored(String),
    /// A message may be stored.
    Unknown(String),
}

/// The report of a node at its end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The events in each topic, in order.
    pub(crate) topics: Vec<Vec<Record>>,
    /// `true` if every subscriber was at the position of the engine at the end.
    pub(crate) is_quiet: bool,
    /// The members that a subscriber saw in each topic, and those that the engine had.
    pub(crate) seen: Vec<Vec<String>>,
    pub(crate) stored: Vec<Vec<String>>,
}

/// A running node.
pub(crate) struct Node {
    pub(crate) process: Process,
    settings: Settings,
}

impl Node {
    pub(crate) fn start(settings: Settings) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command
            .args(["--exact", "node::node", "--ignored", "--nocapture"])
            .env(
                "HTTP4K_WS_NODE",
                serde_json::to_string(&settings).expect("settings"),
            );
        let log = settings.directory.join(format!("{}.log", settings.name));
        let process = Process::start(&mut command, &log);
        Self { process, settings }
    }

    fn file(&self, kind: &str) -> PathBuf {
        file(&self.settings, kind)
    }

    /// Waits until the node has reached a stage: `ready`, `done` or `report`.
    pub(crate) fn wait_for(&mut self, stage: &str) {
        let deadline = Instant::now() + Duration::from_secs(120);
        while !self.file(stage).exists() {
            let late = Instant::now() > deadline || self.process.has_ended();
            assert!(
                !late || self.file(stage).exists(),
                "not {stage}: {}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Returns what the node has written to its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.file("log")).unwrap_or_default()
    }

    /// Lets the node end, and returns its report.
    pub(crate) fn report(&mut self) -> Report {
        self.wait_for("report");
        let text = fs::read(self.file("report")).expect("a report");
        serde_json::from_slice(&text).expect("a report")
    }
}

fn file(settings: &Settings, kind: &str) -> PathBuf {
    settings.directory.join(format!("{}.{kind}", settings.name))
}

/// Writes a file in one step.
fn write(path: &Path, text: &str) {
    let part = path.with_extension("part");
    fs::write(&part, text).expect("a file");
    fs::rename(part, path).expect("a file");
}

#[test]
#[ignore = "a node of other tests, in a process of its own"]
fn node() {
    let Ok(settings) = std::env::var("HTTP4K_WS_NODE") else {
        return;
    };
    let settings: Settings = serde_json::from_str(&settings).expect("settings");
    log::set_logger(&Stderr).expect("the only logger");
    log::set_max_level(log::LevelFilter::Debug);
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    runtime.block_on(serve(settings));
}

/// Writes what this library logs to the log of the node.
struct Stderr;

impl log::Log for Stderr {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target().starts_with("http4k_ws")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let now = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
            eprintln!("{now:?} {} {}", record.level(), record.args());
        }
    }

    fn flush(&self) {}
}

async fn follow(
    ws: WebSocket<String, Feed<String>>,
    topics: Topics<String>,
    topic: String,
    resume: Resume,
) -> Result<(), JoinError> {
    let name = ws.request().query("name").map(|name| name.to_string());
    let join = topics.topic(topic).join(&ws).after(resume);
    let _membership = match name {
        Some(name) => join.member(name).await?,
        None => join.await?,
    };
    ws.closed().await;
    Ok(())
}

routes! {
    pub(crate) fn app(topics: Topics<String>) -> PolyHandler {
        "/<topic>" => ws(follow(ws, topics, topic, _)),
    }
}

/// The records of a topic, and the state of its subscriber.
#[derive(Debug, Default)]
struct Seen {
    records: Vec<Record>,
    at: Option<Position>,
    members: BTreeMap<MemberId, String>,
}

type Shared = Arc<Mutex<Seen>>;

async fn serve(settings: Settings) {
    let topics = crate::engine::node(&settings).await.topics::<String>("t");
    let topics = topics.history(settings.history, Duration::from_secs(600));
    let app = app(topics.clone());
    let seen: Vec<Shared> = (0..settings.topics).map(|_| Shared::default()).collect();
    for (topic, seen) in seen.iter().enumerate() {
        let path = format!("t{topic}?");
        tokio::spawn(subscribe(app.clone(), path, Some(Arc::clone(seen))));
        for number in 0..settings.members {
            let path = format!("t{topic}?name={}-{number}&", settings.name);
            tokio::spawn(subscribe(app.clone(), path, None));
        }
    }
    while seen.iter().any(|seen| lock(seen).at.is_none()) {
        sleep(Duration::from_millis(10)).await;
    }
    write(&file(&settings, "ready"), "");
    while !settings.directory.join("start").exists() {
        sleep(Duration::from_millis(5)).await;
    }
    let publishing = seen.iter().enumerate().map(|(topic, seen)| {
        let (topics, settings) = (topics.clone(), settings.clone());
        tokio::spawn(publish(topics, settings, topic, Arc::clone(seen)))
    });
    for publishing in publishing.collect::<Vec<_>>() {
        publishing.await.expect("no panic");
    }
    write(&file(&settings, "done"), "");
    while !settings.directory.join("finish").exists() {
        sleep(Duration::from_millis(20)).await;
    }
    report(&settings, &topics, &seen).await;
}

fn lock(seen: &Shared) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().expect("no panic")
}

/// Follows a topic over a socket, and resumes when the socket closes.
async fn subscribe(app: PolyHandler, path: String, seen: Option<Shared>) {
    let mut after: Option<Position> = None;
    loop {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(
            app.clone()
                .serve_connection(theirs, ServerConfig::default()),
        );
        let resume = after.map(|at| format!("after={at}")).unwrap_or_default();
        let socket = WebSocketClient::to(format!("ws://localhost/{path}{resume}"));
        if let Ok(mut socket) = socket.connect_over(ours).await {
            while let Ok(Some(message)) = socket.recv().await {
                let feed = Feed::<String>::from_message(message).expect("a feed");
                after = Some(feed.at());
                if let Some(seen) = &seen {
                    note(&mut lock(seen), feed);
                }
            }
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn note(seen: &mut Seen, feed: Feed<String>) {
    let at = feed.at();
    seen.at = Some(at);
    match feed {
        Feed::Message { data, .. } => seen.records.push(Record::Message(at.to_string(), data)),
        Feed::Lost { .. } => seen.records.push(Record::Lost(at.to_string())),
        Feed::CaughtUp { present, .. } => {
            seen.records.push(Record::CaughtUp(at.to_string()));
            let present = present.unwrap_or_default().into_iter();
            seen.members = present.map(|member| (member.id, member.name)).collect();
        }
        // A member that is here joins again if its name changes, and on NATS if it joined while the
        // list was read.
        Feed::Joined { member, .. } => drop(seen.members.insert(member.id, member.name)),
        Feed::Left { member, .. } => drop(seen.members.remove(&member.id)),
        other => panic!("{other:?}"),
    }
}

async fn publish(topics: Topics<String>, settings: Settings, topic: usize, seen: Shared) {
    let topic = topics.topic(format!("t{topic}"));
    for number in 1..=settings.publishes {
        let next = tokio::time::Instant::now() + Duration::from_millis(settings.pause_ms);
        let text = format!("{}-{number}", settings.name);
        let record = match topic.publish(text.clone()).await {
            Ok(at) => Record::Published(at.to_string(), text),
            Err(PublishError::Unknown) => Record::Unknown(text),
            Err(_) => Record::NotStored(text),
        };
        lock(&seen).records.push(record);
        if settings.pause_ms > 0 {
            sleep_until(next).await;
        }
    }
}

/// Waits until each subscriber is where the engine is, and writes the report.
async fn report(settings: &Settings, topics: &Topics<String>, seen: &[Shared]) {
    let deadline = Instant::now() + Duration::from_secs(15);
    let mut report = Report::default();
    loop {
        report.is_quiet = true;
        for (topic, seen) in seen.iter().enumerate() {
            let at = topics.topic(format!("t{topic}")).position().await.ok();
            report.is_quiet &= at == lock(seen).at;
        }
        if report.is_quiet || Instant::now() > deadline {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    for (topic, seen) in seen.iter().enumerate() {
        let members = topics.topic(format!("t{topic}")).members().await;
        let stored = members.map(|(members, _)| members).unwrap_or_default();
        let mut stored: Vec<String> = stored.into_iter().map(|member| member.name).collect();
        stored.sort();
        report.stored.push(stored);
        let seen = lock(seen);
        report.topics.push(seen.records.clone());
        let mut members: Vec<String> = seen.members.values().cloned().collect();
        members.sort();
        report.seen.push(members);
    }
    let text = serde_json::to_string(&report).expect("a report");
    write(&file(settings, "report"), &text);
}
