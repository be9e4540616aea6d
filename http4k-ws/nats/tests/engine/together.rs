//! Nodes that start at once, and create the streams of an application at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use http4k_ws::bytes::Bytes;
use http4k_ws::topics::engine::{Engine, EngineEvent, NodeId};
use http4k_ws_nats::{NatsConfig, NatsEngine};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::Barrier;
use tokio::time::timeout;

use crate::engine::{LEASE, connect};
use crate::nats::Nats;
use crate::proxy::Proxy;
use crate::support::{entry, joining, member, next, position, run, subscribed, topic};

const NODES: usize = 6;

/// Connects the nodes of one application at once.
async fn start(app: String, url: String) -> Vec<NatsEngine> {
    let barrier = Arc::new(Barrier::new(NODES));
    let nodes = (0..NODES).map(|_| {
        let config = NatsConfig::new(&app, &url).unwrap().with_lease(LEASE);
        let barrier = Arc::clone(&barrier);
        tokio::spawn(async move {
            barrier.wait().await;
            NatsEngine::connect_with(config).await.unwrap()
        })
    });
    let nodes: Vec<_> = nodes.collect();
    join_all(nodes)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect()
}

/// Returns the number of the streams that store what is sent to a subject.
async fn takers(client: &async_nats::Client, subject: String) -> usize {
    let inbox = client.new_inbox();
    let mut replies = client.subscribe(inbox.clone()).await.unwrap();
    let sent = client
        .publish_with_reply(subject, inbox, Bytes::new())
        .await;
    sent.unwrap();
    let first = timeout(Duration::from_secs(10), replies.next()).await;
    assert!(first.is_ok_and(|reply| reply.is_some()));
    // Another reply would follow the first at once. The server has handled both by then.
    client.flush().await.unwrap();
    let further = timeout(Duration::from_millis(20), replies.next()).await;
    1 + usize::from(further.is_ok())
}

/// Returns the number that a variable of the environment sets.
fn number(variable: &str, default: u32) -> u32 {
    let set = std::env::var(variable).ok();
    set.and_then(|set| set.parse().ok()).unwrap_or(default)
}

/// A server without a cluster may create several streams of one name. Without the precautions of
/// the engine, this fails within some hundred applications.
#[test]
fn nodes_that_start_at_once_have_one_log_and_one_stream_of_members() {
    let Some(nats) = Nats::start() else { return };
    let apps = number("HTTP4K_WS_APPS", 20);
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(nats.url()).await.unwrap();
        for app in 0..apps {
            let app = format!("a{app}");
            let nodes = start(app.clone(), nats.url()).await;
            let topic = topic("t");
            let mut epochs = Vec::new();
            for (node, number) in nodes.iter().zip(1..) {
                let at = node.publish(&entry(&topic, number, "x")).await.unwrap();
                epochs.push(at.epoch());
                let ended = node.beat(NodeId(number)).await.unwrap();
                assert!(ended.is_empty(), "{app}: {ended:?}");
            }
            assert_eq!(epochs, [epochs[0]; NODES], "{app}");
            let subject = |kind: char| format!("h4k.{app}.{kind}.{:016x}.x", epochs[0]);
            for kind in ['t', 'm'] {
                assert_eq!(takers(&client, subject(kind)).await, 1, "{app}: {kind}");
            }
        }
    });
}

/// Sends a request to the API of JetStream, and returns the reply.
async fn api(client: &async_nats::Client, operation: &str, body: &Value) -> Value {
    let body = Bytes::from(serde_json::to_vec(body).unwrap());
    let reply = client.request(format!("$JS.API.{operation}"), body).await;
    let reply: Value = serde_json::from_slice(&reply.unwrap().payload).unwrap();
    assert!(reply.get("error").is_none(), "{operation}: {reply}");
    reply
}

/// Gives the name of the log to one of another epoch, while the log of `epoch` stays.
pub(crate) async fn replace_log(nats: &Nats, app: &str, epoch: u64, other: u64) {
    let client = async_nats::connect(nats.url()).await.unwrap();
    let info = api(&client, &format!("STREAM.INFO.H4K_{app}"), &json!({})).await;
    let mut config = info["config"].clone();
    config["subjects"] = json!([format!("h4k.{app}.t.{other:016x}.>")]);
    api(&client, &format!("STREAM.UPDATE.H4K_{app}"), &config).await;
    config["name"] = json!("another");
    config["subjects"] = json!([format!("h4k.{app}.t.{epoch:016x}.>")]);
    api(&client, "STREAM.CREATE.another", &config).await;
}

/// All that a node does in an epoch without the others succeeds.
#[test]
fn a_node_that_is_alone_in_an_epoch_finds_the_others_with_its_next_heartbeat() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let (alone, topic) = (connect("app", &nats.url(), LEASE).await, topic("t"));
        let mut events = subscribed(&alone, &topic).await;
        let epoch = position(&alone, &topic).await.epoch();
        let ann = member(7, 1, "ann");
        replace_log(&nats, "app", epoch, epoch ^ 1).await;
        let joined = alone.publish(&joining(&topic, 1, ann.clone())).await;
        assert_eq!(joined.unwrap().epoch(), epoch);

        let ended = alone.beat(NodeId(7)).await.unwrap();
        assert!(ended.is_empty(), "{ended:?}");
        // The node checks the topic, and registers the members again.
        let ready = EngineEvent::Ready(vec![topic.clone()]);
        while next(&mut events).await != ready {}
        let joined = alone.publish(&joining(&topic, 2, ann)).await;
        assert_eq!(joined.unwrap().epoch(), epoch ^ 1);
    });
}

#[test]
fn members_of_an_epoch_that_is_not_that_of_the_log_are_not_returned() {
    let Some(nats) = Nats::start() else { return };
    run(async {
        let (engine, topic) = (connect("app", &nats.url(), LEASE).await, topic("t"));
        let ann = member(7, 1, "ann");
        let joined = engine.publish(&joining(&topic, 1, ann.clone())).await;
        let epoch = joined.unwrap().epoch();
        assert_eq!(engine.members(&topic).await.unwrap().0, [ann]);
        replace_log(&nats, "app", epoch, epoch ^ 1).await;
        let (members, at) = engine.members(&topic).await.unwrap();
        assert_eq!((members, at.epoch()), (Vec::new(), epoch ^ 1));
    });
}

/// A server loses replies to several clients that ask it first and at once. Without the repeated
/// question of the engine, this fails within some thousand servers.
#[test]
fn nodes_that_start_with_their_server_connect() {
    let runtime = Runtime::new().unwrap();
    for _ in 0..number("HTTP4K_WS_SERVERS", 5) {
        let Some(nats) = Nats::start() else { return };
        let nodes = runtime.block_on(start("app".to_owned(), nats.url()));
        assert_eq!(nodes.len(), NODES);
    }
}

/// Loses the first of the messages that a server sends, and counts them.
fn losing(port: u16, messages: usize) -> (Proxy, Arc<AtomicUsize>) {
    let lost = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&lost);
    let proxy = Proxy::changing(port, move |part| {
        let message = part.windows(4).position(|word| word == b"MSG ");
        if let (Some(message), true) = (message, count.load(Ordering::Acquire) < messages) {
            part.truncate(message);
            count.fetch_add(1, Ordering::AcqRel);
        }
    });
    (proxy, lost)
}

#[test]
fn a_reply_that_is_lost_at_the_start_is_asked_for_again() {
    let Some(nats) = Nats::start() else { return };
    let (proxy, lost) = losing(nats.port, 2);
    run(async {
        let url = format!("nats://127.0.0.1:{}", proxy.port);
        let engine = NatsEngine::connect("app", &url).await.unwrap();
        assert_eq!(lost.load(Ordering::Acquire), 2);
        engine.publish(&entry(&topic("t"), 1, "x")).await.unwrap();
    });
}

/// Each reply takes longer than the engine waits before it asks again.
#[test]
fn a_reply_that_is_slow_counts() {
    let Some(nats) = Nats::start() else { return };
    let left = AtomicUsize::new(10);
    let proxy = Proxy::changing(nats.port, move |part| {
        if part.starts_with(b"MSG ") && left.load(Ordering::Acquire) > 0 {
            left.fetch_sub(1, Ordering::AcqRel);
            std::thread::sleep(Duration::from_millis(700));
        }
    });
    run(async {
        let url = format!("nats://127.0.0.1:{}", proxy.port);
        NatsEngine::connect("app", &url).await.unwrap();
    });
}

#[test]
fn a_server_that_never_replies_is_an_error() {
    let Some(nats) = Nats::start() else { return };
    let (proxy, lost) = losing(nats.port, usize::MAX);
    run(async {
        let url = format!("nats://127.0.0.1:{}", proxy.port);
        let error = NatsEngine::connect("app", &url).await.unwrap_err();
        assert!(error.to_string().contains("no reply within 5s"), "{error}");
        assert!(lost.load(Ordering::Acquire) > 1);
    });
}
