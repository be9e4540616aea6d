//! Figures of topics over a real Redis. `tests/engines/figures` runs them in release mode.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;
use http4k_ws::topics::engine::redis::RedisEngine;
use http4k_ws::topics::{Feed, TopicNode, Topics};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::sleep;

use crate::redis::Redis;

/// A node, whose sockets read without decoding.
#[derive(Clone)]
struct Node {
    app: PolyHandler,
    topics: Topics<String>,
    /// The number of messages that the sockets have read.
    read: Arc<AtomicUsize>,
}

/// Joins `count` topics from `first` on.
async fn many(
    ws: WebSocket<String, Feed<String>>,
    topics: Topics<String>,
    first: usize,
    count: usize,
) -> WsResult {
    let mut memberships = Vec::new();
    for number in first..first + count {
        // All of them at once take longer than a join waits.
        let joined = loop {
            if let Ok(joined) = topics.topic(number).join(&ws).await {
                break joined;
            }
        };
        memberships.push(joined);
    }
    ws.closed().await;
    Ok(())
}

/// Is a member of no topic.
async fn none(ws: WebSocket) -> WsResult {
    ws.closed().await;
    Ok(())
}

routes! {
    fn app(topics: Topics<String>) -> PolyHandler {
        "/many/<first>/<count>" => ws(many(ws, topics, first, count)),
        "/none" => ws(none(ws)),
    }
}

impl Node {
    async fn on(redis: &Redis) -> Self {
        let engine = RedisEngine::connect("figures", &redis.url()).await;
        let topics = TopicNode::new(engine.expect("an engine")).topics::<String>("t");
        let app = app(topics.clone());
        let read = Arc::default();
        Self { app, topics, read }
    }

    /// Opens a socket that counts the frames of its messages.
    fn open(&self, path: &str) {
        let (mut ours, theirs) = tokio::io::duplex(16 * 1024);
        let serving = self.app.clone();
        tokio::spawn(serving.serve_connection(theirs, ServerConfig::default()));
        let opening = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let count = Arc::clone(&self.read);
        tokio::spawn(async move {
            ours.write_all(opening.as_bytes()).await.expect("a socket");
            let (mut buffer, mut start) = (vec![0; 4096], 0);
            while let Ok(bytes @ 1..) = ours.read(&mut buffer[start..]).await {
                // Each message of a feed has one `"at":`, perhaps in two parts.
                let end = start + bytes;
                let parts = buffer[..end].windows(5);
                let messages = parts.filter(|part| part == b"\"at\":").count();
                count.fetch_add(messages, Ordering::Relaxed);
                start = end.min(4);
                buffer.copy_within(end - start..end, 0);
            }
        });
    }

    fn read(&self) -> usize {
        self.read.load(Ordering::Relaxed)
    }

    async fn until_read(&self, count: usize) {
        while self.read() < count {
            sleep(Duration::from_millis(1)).await;
        }
    }
}

fn run(test: impl Future<Output = ()>) {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load {}", load.trim());
    let runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = { runtime }.worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(test);
}

/// Returns the memory of this process in KiB.
fn memory() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let text = line.and_then(|line| line.split_whitespace().next());
    text.and_then(|text| text.parse().ok()).expect("a number")
}

#[test]
#[ignore = "a figure"]
fn throughput_and_latency() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let (one, other) = (Node::on(&redis).await, Node::on(&redis).await);
        for topic in 0..16 {
            for _ in 0..25 {
                one.open(&format!("/many/{topic}/1"));
                other.open(&format!("/many/{topic}/1"));
            }
        }
        one.until_read(400).await;
        other.until_read(400).await;
        let (start, each) = (Instant::now(), 1000);
        let publishing = (0..16).map(|topic| {
            let topics = [one.topics.topic(topic), other.topics.topic(topic)];
            tokio::spawn(async move {
                for number in 0..each {
                    let text = format!("{number:0100}");
                    topics[number % 2].publish(text).await.expect("a position");
                }
            })
        });
        for publishing in publishing.collect::<Vec<_>>() {
            publishing.await.expect("no panic");
        }
        let published = start.elapsed();
        one.until_read(400 + 16 * each * 25).await;
        other.until_read(400 + 16 * each * 25).await;
        let delivered = start.elapsed();
        let rate = |count: usize, time: Duration| count as f64 / time.as_secs_f64();
        println!(
            "2 nodes in one process, 16 topics, 50 sockets each: {:.0} publishes/s, {:.0} \
             deliveries/s and node",
            rate(16 * each, published),
            rate(16 * each * 25, delivered)
        );

        let mut times = Vec::new();
        one.open("/many/99/1");
        other.open("/many/99/1");
        sleep(Duration::from_millis(300)).await;
        for number in 0..2000 {
            let before = other.read();
            let start = Instant::now();
            let text = format!("{number:0100}");
            one.topics
                .topic(99)
                .publish(text)
                .await
                .expect("a position");
            while other.read() == before {
                tokio::task::yield_now().await;
            }
            times.push(start.elapsed());
        }
        times.sort();
        println!("node to node: p50 {:?}, p99 {:?}", times[1000], times[1980]);
    });
}

#[test]
#[ignore = "a figure"]
fn one_hundred_thousand_topics() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let node = Node::on(&redis).await;
        let (before, start) = (memory(), Instant::now());
        for socket in 0..1600 {
            node.open(&format!("/many/{}/64", socket * 64));
        }
        let topics = 1600 * 64;
        node.until_read(topics).await;
        println!(
            "{topics} topics with a socket each: {:?}, {} bytes each, Redis {} bytes each",
            start.elapsed(),
            (memory() - before) * 1024 / topics,
            redis.info("used_memory") as usize / topics
        );
    });
}

#[test]
#[ignore = "a figure"]
fn ten_thousand_members_and_a_storm_of_five_thousand() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    run(async {
        let node = Node::on(&redis).await;
        let before = memory();
        for _ in 0..10_000 {
            node.open("/none");
        }
        sleep(Duration::from_secs(3)).await;
        let sockets = memory();
        for _ in 0..10_000 {
            node.open("/many/1/1");
        }
        node.until_read(10_000).await;
        println!(
            "a socket {} bytes, one that joined {} bytes",
            (sockets - before) * 1024 / 10_000,
            (memory() - sockets) * 1024 / 10_000
        );
        let start = Instant::now();
        node.topics
            .topic(1)
            .publish("x".repeat(100))
            .await
            .expect("a position");
        node.until_read(20_000).await;
        println!("one message to 10000 sockets: {:?}", start.elapsed());

        let node = Node::on(&redis).await;
        for number in 0..5000 {
            node.open(&format!("/many/{}/1", number % 500));
        }
        node.until_read(5000).await;
        redis.kill();
        redis.start_again();
        let start = Instant::now();
        // Each receives `lost` and `caughtUp`.
        node.until_read(15_000).await;
        let time = start.elapsed();
        let commands = redis.info("total_commands_processed");
        println!(
            "5000 sockets in 500 topics have caught up {time:?} after a restart, with {commands} \
             commands ({:.0}/s)",
            commands as f64 / time.as_secs_f64()
        );
    });
}
