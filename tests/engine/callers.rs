//! The thread on which an application runs in memory: the caller's, or one of its own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, ThreadId};
use std::time::Duration;

use http4k_ws::prelude::*;
use http4k_ws::testing::{NextMessage, TestWsClient, with_real_time};
use tokio::sync::broadcast;

/// Returns an application that records the threads of its consumer, and echoes.
fn recording(threads: &Arc<Mutex<Vec<ThreadId>>>) -> PolyHandler {
    let threads = Arc::clone(threads);
    let echo = move |mut ws: WebSocket| {
        let threads = Arc::clone(&threads);
        async move {
            while let Some(message) = ws.recv().await? {
                threads.lock().unwrap().push(thread::current().id());
                ws.send(message).await?;
            }
            WsResult::Ok(())
        }
    };
    routes! { "/" => ws({ echo }) }
}

fn round_trip(client: &mut TestWsClient) {
    client.send("hello").expect("open");
    assert_eq!(client.next(), NextMessage::Message("hello".into()));
}

#[test]
fn the_application_runs_on_the_thread_of_a_plain_caller() {
    let threads = Arc::default();
    let mut client = recording(&threads).test_ws("/");
    round_trip(&mut client);
    let other = thread::spawn(move || {
        round_trip(&mut client);
        thread::current().id()
    });
    let other = other.join().expect("a round trip");
    assert_eq!(*threads.lock().unwrap(), [thread::current().id(), other]);
}

#[test]
fn one_client_works_inside_and_outside_runtimes() {
    let threads = Arc::default();
    let mut client = recording(&threads).test_ws("/");
    let inside = |mut client: TestWsClient| {
        round_trip(&mut client);
        client
    };
    client = inside(client);
    for builder in [
        tokio::runtime::Builder::new_current_thread,
        tokio::runtime::Builder::new_multi_thread,
    ] {
        let runtime = builder().build().expect("a runtime");
        client = runtime.block_on(async { inside(client) });
        client = inside(client);
        let entered = runtime.enter();
        client = inside(client);
        drop(entered);
    }
    let here = thread::current().id();
    let is_here: Vec<_> = threads.lock().unwrap().iter().map(|t| *t == here).collect();
    assert_eq!(is_here, [true, false, true, false, false, true, false]);
    // The last handle of an application may be dropped inside a runtime.
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let opened = thread::spawn(move || recording(&Arc::default()).test_ws("/"));
    let last = opened.join().expect("a client");
    runtime.expect("a runtime").block_on(async { drop(last) });
}

#[test]
fn two_clients_of_one_application_talk_whichever_is_called() {
    async fn join(ws: WebSocket, room: broadcast::Sender<String>) -> WsResult {
        let (mut ws, mut heard) = (ws, room.subscribe());
        loop {
            tokio::select! {
                message = ws.recv() => match message? {
                    Some(message) => drop(room.send(message.text().into_owned())),
                    None => return Ok(()),
                },
                Ok(text) = heard.recv() => ws.send(text).await?,
            }
        }
    }
    let room = broadcast::channel(8).0;
    let app = routes! { "/" => ws(join(ws, room.clone())) };
    let (mut ann, mut bob) = (app.test_ws("/"), app.test_ws("/"));
    ann.send("one").expect("open");
    // Each call runs both ends, so Bob's message has arrived.
    let now = Duration::ZERO;
    assert_eq!(bob.next_within(now), NextMessage::Message("one".into()));
    bob.send("two").expect("open");
    for expected in ["one", "two"] {
        assert_eq!(ann.next_within(now), NextMessage::Message(expected.into()));
    }
    let moved = thread::spawn(move || ann.send("three"));
    moved.join().expect("a thread that sends").expect("open");
    for expected in ["two", "three"] {
        assert_eq!(bob.next_within(now), NextMessage::Message(expected.into()));
    }
}

#[test]
fn many_threads_use_clients_of_one_test() {
    let threads = Arc::default();
    let app = recording(&threads);
    let clients: Vec<_> = (0..8).map(|_| app.test_ws("/")).collect();
    let running = clients
        .into_iter()
        .map(|mut client| thread::spawn(move || (0..50).for_each(|_| round_trip(&mut client))));
    for thread in running.collect::<Vec<_>>() {
        thread.join().expect("round trips");
    }
    assert_eq!(threads.lock().unwrap().len(), 8 * 50);
}

/// Returns an application whose sockets spawn a task that counts twice, with a timer between.
fn counting(count: &Arc<AtomicU32>) -> PolyHandler {
    let count = Arc::clone(count);
    let app = move |mut ws: WebSocket| {
        let count = Arc::clone(&count);
        async move {
            tokio::spawn(async move {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20)).await;
                count.fetch_add(1, Ordering::SeqCst);
            });
            while ws.recv().await?.is_some() {}
            WsResult::Ok(())
        }
    };
    routes! { "/" => ws({ app }) }
}

#[test]
fn in_virtual_time_spawned_tasks_run_during_calls() {
    let count = Arc::default();
    let mut client = counting(&count).test_ws("/");
    assert_eq!(count.load(Ordering::SeqCst), 1);
    client.advance(Duration::from_millis(20));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[test]
fn in_real_time_spawned_tasks_run_between_calls() {
    with_real_time(|| {
        let count = Arc::<AtomicU32>::default();
        let client = counting(&count).test_ws("/");
        let deadline = std::time::Instant::now() + Duration::from_secs(10);
        while count.load(Ordering::SeqCst) < 2 {
            assert!(std::time::Instant::now() < deadline);
            thread::yield_now();
        }
        drop(client);
    });
}

/// The thread of the test is not the application's, although the application runs on the same one.
#[test]
fn a_thread_of_the_test_does_not_hold_the_clock() {
    let mut client = recording(&Arc::default()).test_ws("/");
    round_trip(&mut client);
    let (stop, stopped) = mpsc::channel::<()>();
    let helper = thread::spawn(move || stopped.recv());
    let started = std::time::Instant::now();
    assert_eq!(client.next(), NextMessage::Pending);
    // The clock is held for five seconds, in real time.
    assert!(started.elapsed() < Duration::from_secs(4));
    drop(stop);
    helper.join().expect("it ends").expect_err("the end");
}

#[cfg(target_os = "linux")]
#[test]
fn a_call_leaves_the_name_of_the_thread_unchanged() {
    let name = || std::fs::read_to_string("/proc/thread-self/comm").expect("a name");
    let before = name();
    let mut client = recording(&Arc::default()).test_ws("/");
    round_trip(&mut client);
    assert_eq!(name(), before);
}

#[test]
fn an_application_that_uses_a_client_of_its_test_panics() {
    let shared = Arc::<Mutex<Option<TestWsClient>>>::default();
    let taken = Arc::clone(&shared);
    let app = move |_: Request| {
        let mut client = taken.lock().unwrap().take().expect("a client");
        let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| client.send("hello")));
        // Its drop would wait, too.
        std::mem::forget(client);
        let panic = sent.expect_err("a panic");
        *panic.downcast::<&str>().expect("a text")
    };
    *shared.lock().unwrap() = Some(recording(&Arc::default()).test_ws("/"));
    let body = app.test_http("/");
    let text = String::from_utf8_lossy(body.body().as_bytes().expect("a read body")).into_owned();
    assert!(
        text.contains("uses a client that the test opened"),
        "{text}"
    );
}

#[test]
fn the_end_of_a_failed_test_is_not_a_panic_of_the_application() {
    let seen = Arc::<Mutex<Vec<(WsStatus, bool)>>>::default();
    let sees = Arc::clone(&seen);
    let app = move |ws: WebSocket| {
        let seen = Arc::clone(&sees);
        ws.on_close(move |status| seen.lock().unwrap().push((status, thread::panicking())));
    };
    let failed = std::panic::catch_unwind(move || {
        let _client = app.test_ws("/");
        panic!("on purpose");
    });
    assert!(failed.is_err());
    assert_eq!(*seen.lock().unwrap(), [(WsStatus::NORMAL, false)]);
}

#[test]
fn a_panic_of_a_consumer_is_reported_and_others_go_on() {
    async fn fails(mut ws: WebSocket) -> WsResult {
        while let Some(message) = ws.recv().await? {
            assert_ne!(message.text(), "fail");
            ws.send(message).await?;
        }
        Ok(())
    }
    let app = routes! { "/" => ws(fails(ws)) };
    let (mut ann, mut bob) = (app.test_ws("/"), app.test_ws("/"));
    ann.send("fail").expect("open");
    assert_eq!(ann.closed().map(|status| status.code()), Some(1011));
    round_trip(&mut bob);
}

#[test]
fn an_application_is_dropped_when_its_test_has_ended() {
    let held = Arc::new(());
    let holds = Arc::clone(&held);
    let test = thread::spawn(move || {
        let app = move |_: Request| {
            let held = Arc::clone(&holds);
            tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(held);
            });
            "hello"
        };
        assert_eq!(app.test_http("/").body(), "hello");
    });
    test.join().expect("a test");
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while Arc::strong_count(&held) > 1 {
        assert!(std::time::Instant::now() < deadline);
        thread::yield_now();
    }
}
