//! Topics of two applications over one real Redis: sockets, members and the cost of a node.

use std::time::{Duration, Instant};

use http4k_ws::WebSocket;
use http4k_ws::client::{ClientTls, WebSocketClient};
use http4k_ws::prelude::*;
use http4k_ws::server::ServerConfig;

use http4k_ws::topics::engine::redis::{RedisConfig, RedisEngine};
use http4k_ws::topics::{Feed, TopicNode, Topics};
use tokio::time::{sleep, timeout};

use crate::node::app;
use crate::process::Directory;
use crate::redis::Redis;
use crate::servers::documented_user;
use crate::support::run;

/// One of the applications.
struct App {
    handler: PolyHandler,
    topics: Topics<String>,
}

async fn started(config: RedisConfig) -> App {
    let engine = RedisEngine::connect_with(config).await.expect("an engine");
    let topics = TopicNode::new(engine).topics::<String>("t");
    let handler = app(topics.clone());
    App { handler, topics }
}

async fn two(url: &str) -> [App; 2] {
    let config = || RedisConfig::new("live", url).expect("settings");
    [started(config()).await, started(config()).await]
}

impl App {
    async fn socket(&self, path: &str) -> WebSocket {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let handler = self.handler.clone();
        tokio::spawn(handler.serve_connection(theirs, ServerConfig::default()));
        let socket = WebSocketClient::to(format!("ws://localhost{path}"));
        socket.connect_over(ours).await.expect("a socket")
    }

    async fn say(&self, topic: &str, text: &str) {
        let published = self.topics.topic(topic).publish(text.to_owned()).await;
        published.expect("a position");
    }
}

async fn next(socket: &mut WebSocket) -> Feed<String> {
    let message = timeout(Duration::from_secs(10), socket.recv()).await;
    let message = message.expect("a message in time").expect("a socket");
    Feed::from_message(message.expect("an open socket")).expect("a feed")
}

/// Returns the next message, and skips the reports of members.
async fn heard(socket: &mut WebSocket) -> String {
    loop {
        match next(socket).await {
            Feed::Message { data, .. } => return data,
            Feed::Lost { .. } => return "lost".to_owned(),
            _ => {}
        }
    }
}

/// Lets two applications chat.
async fn chat([one, other]: &[App; 2]) {
    let mut ann = one.socket("/r?name=ann").await;
    let mut bob = other.socket("/r?name=bob").await;
    let (mut of_ann, mut of_bob) = (Vec::new(), Vec::new());
    for (socket, names) in [(&mut ann, &mut of_ann), (&mut bob, &mut of_bob)] {
        while names.len() < 2 {
            match next(socket).await {
                Feed::CaughtUp { present, .. } => {
                    names.extend(present.unwrap().into_iter().map(|member| member.name));
                }
                Feed::Joined { member, .. } => names.push(member.name),
                other => panic!("{other:?}"),
            }
        }
        names.sort();
        assert_eq!(*names, ["ann", "bob"]);
    }
    for text in ["1", "2", "3"] {
        one.say("r", text).await;
        other.say("r", &format!("{text}, too")).await;
        for socket in [&mut ann, &mut bob] {
            assert_eq!(heard(socket).await, text);
            assert_eq!(heard(socket).await, format!("{text}, too"));
        }
    }
    drop(bob);
    assert!(matches!(next(&mut ann).await, Feed::Left { member, .. } if member.name == "bob"));
}

#[test]
fn two_applications_are_one_chat() {
    let Some(redis) = Redis::start() else { return };
    run(async { chat(&two(&redis.url()).await).await });
}

#[test]
fn two_applications_of_the_documented_user_are_one_chat() {
    let Some(redis) = Redis::start() else { return };
    for command in documented_user() {
        assert_eq!(redis.run(&command), "OK");
    }
    run(async {
        let url = format!("redis://chat:password@127.0.0.1:{}/", redis.port);
        let config = || RedisConfig::new("chat", &url).expect("settings");
        chat(&[started(config()).await, started(config()).await]).await;
    });
}

#[test]
fn two_applications_are_one_chat_over_tls() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a pair");
    let directory = Directory::new();
    let (cert, key) = (directory.file("cert.pem"), directory.file("key.pem"));
    std::fs::write(&cert, made.cert.pem()).expect("a file");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
    let port = crate::process::free_port().to_string();
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let arguments = ["--save", "", "--tls-port", &port, "--tls-cert-file", cert];
    let arguments = [
        &arguments[..],
        &["--tls-key-file", key, "--tls-ca-cert-file", cert],
    ];
    let arguments = [&arguments.concat()[..], &["--tls-auth-clients", "no"]].concat();
    let Some(redis) = Redis::start_with(&arguments) else {
        return;
    };
    let url = format!("rediss://localhost:{port}/");
    run(async {
        let config = || RedisConfig::new("live", &url).expect("settings");
        let trusting = || ClientTls::trusting_only(made.cert.pem()).expect("a certificate");
        let apps = [
            started(config().with_tls(trusting())).await,
            started(config().with_tls(trusting())).await,
        ];
        chat(&apps).await;
        // A certificate that is not trusted ends the connection.
        let refused = RedisEngine::connect_with(config()).await.unwrap_err();
        assert!(refused.to_string().contains("certificate"), "{refused}");
        // And a server without TLS is not one with it.
        let plain = format!("rediss://localhost:{}/", redis.port);
        let config = RedisConfig::new("live", &plain).expect("settings");
        RedisEngine::connect_with(config).await.unwrap_err();
    });
}

#[test]
fn a_client_resumes_on_another_node_when_its_own_is_gone() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let [one, other] = two(&redis.url()).await;
        let mut ann = one.socket("/r").await;
        one.say("r", "1").await;
        let at = loop {
            if let Feed::Message { at, .. } = next(&mut ann).await {
                break at;
            }
        };
        // The node ends with its sockets, and nothing of it is left but the position.
        drop((one, ann));
        other.say("r", "2").await;
        other.say("r", "3").await;
        let mut ann = other.socket(&format!("/r?after={at}")).await;
        assert_eq!(heard(&mut ann).await, "2");
        assert_eq!(heard(&mut ann).await, "3");
        assert!(matches!(next(&mut ann).await, Feed::CaughtUp { .. }));
    });
}

#[test]
fn a_node_subscribes_to_the_topics_of_its_sockets_alone() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let [one, other] = two(&redis.url()).await;
        let _ann = one.socket("/a").await;
        let bob = other.socket("/b").await;
        let channels = || {
            let names = redis.run(&["PUBSUB", "CHANNELS"]);
            let mut names: Vec<_> = names.split(' ').map(str::to_owned).collect();
            names.sort();
            names
        };
        let within = async |expected: &[&str]| {
            let deadline = Instant::now() + Duration::from_secs(5);
            while channels() != expected {
                assert!(Instant::now() < deadline, "{:?}", channels());
                sleep(Duration::from_millis(10)).await;
            }
        };
        within(&["h4k:live:{t/a}:c", "h4k:live:{t/b}:c"]).await;
        let counts = redis.run(&["PUBSUB", "NUMSUB", "h4k:live:{t/a}:c", "h4k:live:{t/b}:c"]);
        assert_eq!(counts, "h4k:live:{t/a}:c 1 h4k:live:{t/b}:c 1");
        drop(bob);
        within(&["h4k:live:{t/a}:c"]).await;
    });
}

/// Returns the number of commands that the server has handled, this one included.
fn commands(redis: &Redis) -> u64 {
    redis.info("total_commands_processed")
}

/// Opens `count` sockets in 4 topics, half of them on each application, and waits for all.
async fn sockets(apps: &[App; 2], count: usize) -> Vec<WebSocket> {
    let mut sockets = Vec::new();
    for number in 0..count {
        let path = format!("/r{}?name=m{number}", number % 4);
        sockets.push(apps[number / 4 % 2].socket(&path).await);
    }
    for socket in &mut sockets {
        while !matches!(next(socket).await, Feed::CaughtUp { .. }) {}
    }
    let of = |topic: String| async move {
        let members = apps[0].topics.topic(topic).members().await;
        members.expect("members").0.len()
    };
    for topic in 0..4 {
        while of(format!("r{topic}")).await < count / 4 {
            sleep(Duration::from_millis(20)).await;
        }
    }
    sockets
}

#[test]
fn a_node_has_two_connections_for_all_its_sockets() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let apps = two(&redis.url()).await;
        let _sockets = sockets(&apps, 80).await;
        // Two for each application, and that of the command.
        assert_eq!(redis.info("connected_clients"), 5);
    });
}

#[test]
fn a_node_without_traffic_sends_its_heartbeat_alone() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let config = || {
            let config = RedisConfig::new("live", &redis.url()).expect("settings");
            config.with_lease(Duration::from_millis(1500))
        };
        let apps = [started(config()).await, started(config()).await];
        let _sockets = sockets(&apps, 80).await;
        sleep(Duration::from_millis(500)).await;
        let before = commands(&redis);
        sleep(Duration::from_secs(3)).await;
        // Six beats of each node, with four commands inside the script, and the pings.
        let sent = commands(&redis) - before;
        assert!((12..=80).contains(&sent), "{sent}");
    });
}

#[test]
fn a_restart_costs_a_few_commands_for_each_topic_and_none_for_a_socket() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    run(async {
        let apps = two(&redis.url()).await;
        // Listeners only: members are registered again, which is a command for each.
        let mut sockets = Vec::new();
        for number in 0..200 {
            let path = format!("/r{}", number % 4);
            sockets.push(apps[number / 4 % 2].socket(&path).await);
        }
        for socket in &mut sockets {
            while !matches!(next(socket).await, Feed::CaughtUp { .. }) {}
        }
        redis.kill();
        redis.start_again();
        for socket in &mut sockets {
            while !matches!(next(socket).await, Feed::Lost { .. }) {}
            while !matches!(next(socket).await, Feed::CaughtUp { .. }) {}
        }
        let sent = commands(&redis);
        assert!(sent < 350, "{sent} commands for 2 nodes and 4 topics");
    });
}

#[test]
fn many_members_and_messages_are_delivered_in_time() {
    let Some(redis) = Redis::start() else { return };
    run(async {
        let apps = two(&redis.url()).await;
        let mut sockets = sockets(&apps, 100).await;
        let before = commands(&redis);
        let start = Instant::now();
        for number in 0..100 {
            let app = &apps[number % 2];
            app.say(&format!("r{}", number % 4), &number.to_string())
                .await;
        }
        for (place, socket) in sockets.iter_mut().enumerate() {
            for number in (place % 4..100).step_by(4) {
                assert_eq!(heard(socket).await, number.to_string());
            }
        }
        println!("100 messages to 25 sockets each: {:?}", start.elapsed());
        // A script with its commands for each, and no fills.
        let sent = commands(&redis) - before;
        assert!(sent < 100 * 14, "{sent} commands");
    });
}
