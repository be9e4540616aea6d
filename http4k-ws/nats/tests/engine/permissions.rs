//! The permissions that the guide and the manual name.

use futures_util::future::join_all;
use http4k_ws::topics::engine::{Engine, EngineEvent, Interest};
use http4k_ws_nats::{NatsConfig, NatsEngine};

use crate::nats::Nats;
use crate::support::{NODE, entry, joining, leaving, member, next, run, topic};

const MANUAL: &str = include_str!("../../src/manual.md");
const GUIDE: &str = include_str!("../../../src/docs/topics.md");

/// The subjects that a user may publish and subscribe to.
type Permissions = [Vec<String>; 2];

/// Returns the permissions of the manual.
fn documented() -> Permissions {
    let of = |kind: &str| -> Vec<String> {
        let start = format!("{kind} = ");
        let line = MANUAL.lines().find_map(|line| line.strip_prefix(&start));
        serde_json::from_str(line.expect("a line of the manual")).expect("subjects")
    };
    ["publish", "subscribe"].map(of)
}

#[test]
fn the_settings_of_the_guide_are_those_of_the_manual_and_work() {
    let (_, settings) = GUIDE.split_once("\nauthorization {").unwrap();
    let (settings, _) = settings.split_once("\n```").unwrap();
    for subjects in documented() {
        assert!(settings.contains(&format!("{subjects:?}")), "{subjects:?}");
    }
    let settings = format!("authorization {{{settings}");
    let Some((nats, _settings)) = Nats::start_with_settings(&settings) else {
        return;
    };
    run(async {
        let url = format!("nats://chat:password@127.0.0.1:{}", nats.port);
        let config = NatsConfig::new("chat", &url).unwrap();
        every_operation(config, 0).await.unwrap();
    });
}

/// Returns the settings of a server with the users `u0`, `u1` and so on.
fn users(all: &[Permissions]) -> String {
    let users = all
        .iter()
        .enumerate()
        .map(|(number, [publish, subscribe])| {
            format!(
                "{{ user: u{number}, password: secret, permissions: \
             {{ publish: {publish:?}, subscribe: {subscribe:?} }} }}"
            )
        });
    let users: Vec<String> = users.collect();
    format!("authorization {{ users: [{}] }}", users.join(", "))
}

fn config(nats: &Nats, app: &str, user: usize) -> NatsConfig {
    let url = format!("nats://u{user}:secret@127.0.0.1:{}", nats.port);
    NatsConfig::new(app, &url).unwrap()
}

/// Does all that an engine can do, and returns the first failure.
async fn every_operation(config: NatsConfig, user: u64) -> Result<(), String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let engine = NatsEngine::connect_with(config).await;
    let engine = engine.map_err(|error| text(&error))?;
    let topic = topic(&format!("of {user}"));
    let mut events = engine.events();
    engine.interest(vec![Interest::Add(topic.clone())]);
    // Interest comes first, so that the entry is carried.
    let mut at = None;
    loop {
        match next(&mut events).await {
            EngineEvent::Ready(_) => {
                let published = engine.publish(&entry(&topic, 1, "a")).await;
                at = Some(published.map_err(|error| text(&error))?);
            }
            EngineEvent::Entry { at: arrived, .. } if Some(arrived) == at => break,
            EngineEvent::Down(cause) => return Err(cause),
            EngineEvent::Entry { .. } | EngineEvent::Up => {}
        }
    }
    let down = |down: http4k_ws::topics::engine::Down| down.cause;
    engine.history(&topic, 0, u64::MAX).await.map_err(down)?;
    let ann = member(NODE.0, user, "ann");
    for change in [joining(&topic, 2, ann.clone()), leaving(&topic, 3, ann.id)] {
        engine
            .publish(&change)
            .await
            .map_err(|error| text(&error))?;
        engine.members(&topic).await.map_err(down)?;
    }
    engine.beat(NODE).await.map_err(down)?;
    engine.members_of(NODE).await.map_err(down)?;
    engine.forget(NODE).await.map_err(down)?;
    Ok(())
}

#[test]
fn the_documented_user_has_exactly_the_permissions_it_needs() {
    let full = documented();
    let mut all = vec![full.clone()];
    let mut lacks = vec![String::new()];
    for kind in 0..2 {
        for place in 0..full[kind].len() {
            let mut less = full.clone();
            lacks.push(less[kind].remove(place));
            all.push(less);
        }
    }
    let Some((nats, _settings)) = Nats::start_with_settings(&users(&all)) else {
        return;
    };
    run(async {
        // Streams are created by the one that may.
        every_operation(config(&nats, "chat", 0), 0).await.unwrap();
        let version =
            async_nats::ConnectOptions::with_user_and_password("u0".into(), "secret".into());
        let client = version.connect(nats.url()).await.unwrap();
        let reads_batches = client.is_server_compatible(2, 11, 0);
        let without = lacks.iter().enumerate().skip(1);
        join_all(without.map(async |(user, lacks)| {
            // Older servers have no batches.
            let is_needed = reads_batches || lacks != "$JS.API.DIRECT.GET.>";
            let done = every_operation(config(&nats, "chat", user), user as u64).await;
            assert_eq!(done.is_err(), is_needed, "without {lacks}: {done:?}");
            if let Err(cause) = done {
                assert!(
                    cause.to_lowercase().contains("permissions"),
                    "{lacks}: {cause}"
                );
            }
        }))
        .await;
        // Not the messages of another application.
        let other = every_operation(config(&nats, "other", 0), 9).await;
        let cause = other.unwrap_err();
        assert!(cause.to_lowercase().contains("permissions"), "{cause}");
    });
}

#[test]
fn a_missing_permission_is_an_outage_that_names_it() {
    let [publish, _] = documented();
    let less = [publish, vec!["_INBOX.>".to_owned()]];
    let Some((nats, _settings)) = Nats::start_with_settings(&users(&[less])) else {
        return;
    };
    run(async {
        let engine = NatsEngine::connect_with(config(&nats, "chat", 0))
            .await
            .unwrap();
        let mut events = engine.events();
        assert_eq!(next(&mut events).await, EngineEvent::Up);
        engine.interest(vec![Interest::Add(topic("secret"))]);
        let cause = loop {
            if let EngineEvent::Down(cause) = next(&mut events).await {
                break cause;
            }
        };
        assert!(cause.contains("h4k.chat.l"), "{cause}");
    });
}
