//! The history: order, bounds, slow disks and the end of the program.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use http4k_ws::client::{HttpClient, WebSocketClient};
use http4k_ws::testing::with_seed;
use tokio::runtime::Builder;
use tokio::spawn;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::*;
use crate::chat::history::{HistoryError, WAITING};

fn post(team: &Team, text: &str) -> impl Future<Output = Result<(), HistoryError>> + use<> {
    let (team, text) = (team.clone(), text.to_owned());
    async move {
        team.history
            .run(move |posts| posts.add(&room("blue"), "ann".into(), text))
            .await
            .map(drop)
    }
}

fn block_on<T>(test: impl Future<Output = T>) -> T {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(test)
}

/// Occupies the database until the sender is dropped.
async fn occupy(team: &Team) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel();
    let (begin, begun) = oneshot::channel();
    let history = team.history.clone();
    spawn(async move {
        let wait = move |_: &_| {
            let _ = begin.send(());
            let _ = released.recv();
            Ok(())
        };
        history.run(wait).await
    });
    begun.await.expect("it begins");
    release
}

async fn texts(team: &Team) -> Vec<String> {
    let page = team
        .history
        .run(|posts| posts.page(&room("blue"), i64::MAX));
    let page = page.await.expect("a page");
    page.posts.into_iter().map(|post| post.text).collect()
}

#[test]
fn texts_are_parameters_of_the_statement() {
    block_on(async {
        let team = team();
        let hostile = "'); DROP TABLE posts; --\0";
        post(&team, hostile).await.expect("stored");
        assert_eq!(texts(&team).await, [hostile]);
    });
}

#[test]
fn a_history_survives_the_program() {
    let folder = Scratch::new("survives");
    for number in 0..3 {
        block_on(async {
            let team = Team::new(History::open(&folder.0.join("chat.db")).expect("a file"));
            post(&team, &number.to_string()).await.expect("stored");
        });
    }
    let team = Team::new(History::open(&folder.0.join("chat.db")).expect("a file"));
    assert_eq!(block_on(texts(&team)), ["0", "1", "2"]);
}

#[test]
fn the_order_of_sending_is_the_order_of_storage() {
    for seed in 0..20 {
        with_seed(seed, || {
            let app = rooms(team());
            let mut clients: Vec<_> = (0..4).map(|n| app.test_ws(format!("/blue/u{n}"))).collect();
            for round in 0..5 {
                for client in &mut clients {
                    say(client, &round.to_string());
                }
            }
            let seen: Vec<Vec<_>> = clients.iter_mut().map(|client| posts(client, 20)).collect();
            let mut last = app.test_ws("/blue/last");
            let ToPage::Welcome { history, .. } = next(&mut last) else {
                panic!("expected a welcome");
            };
            for seen in seen {
                assert_eq!(seen, history.posts);
            }
        });
    }
}

#[test]
fn a_slow_database_stops_neither_presence_nor_other_requests() {
    let team = team();
    let app = routes! {
        GET "/"  => http(|| "home"),
        "/rooms" => mount({ rooms(team.clone()) }),
    };
    let server = app.as_server("127.0.0.1:0").with_threads(1).start();
    let server = server.expect("a free port");
    let address = server.addr();
    let connect = |path| WebSocketClient::blocking(format!("ws://{address}/rooms{path}"));
    let mut ann = connect("/blue/ann").expect("the server accepts");
    next(&mut ann);
    let mut bob = connect("/blue/bob").expect("the server accepts");
    next(&mut bob);
    assert_eq!(next(&mut ann), joined("bob"));
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .expect("a runtime");
    let release = runtime.block_on(occupy(&team));

    ann.send(r#"{"type":"say","text":"hi"}"#).expect("open");
    let client = HttpClient::new().blocking();
    let home = client
        .send(format!("http://{address}/"))
        .expect("a response");
    assert_eq!(home.body(), "home");
    bob.close(WsStatus::NORMAL);
    assert_eq!(next(&mut ann), left("bob"));
    drop(release);
    assert_eq!(said(&mut ann), ("ann".to_owned(), "hi".to_owned()));
}

#[test]
fn a_full_queue_refuses_and_recovers() {
    block_on(async {
        let team = team();
        let release = occupy(&team).await;
        // The first poll takes a place.
        let mut waiting: Vec<_> = (1..WAITING)
            .map(|number| Box::pin(post(&team, &number.to_string())))
            .collect();
        for post in &mut waiting {
            assert!(timeout(Duration::ZERO, post).await.is_err());
        }
        let refused = post(&team, "too many").await;
        assert!(matches!(refused, Err(HistoryError::Busy)));
        drop(release);
        for post in waiting {
            post.await.expect("stored");
        }
        post(&team, "more").await.expect("stored");
    });
}

#[test]
fn an_access_whose_caller_is_dropped_runs_whole_or_not_at_all() {
    block_on(async {
        let team = team();
        let release = occupy(&team).await;
        let waits = timeout(Duration::ZERO, post(&team, "never stored")).await;
        assert!(waits.is_err());
        drop(release);
        post(&team, "stored").await.expect("stored");
        assert_eq!(texts(&team).await, ["stored"]);
    });
}

/// A folder that is removed at the end of the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(test: &str) -> Self {
        let name = format!("team-chat-{test}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a writable folder");
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
