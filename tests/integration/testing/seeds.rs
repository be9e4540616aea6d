//! Seeds, which reproduce an interleaving.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};

use http4k_ws::prelude::*;
use http4k_ws::testing::with_seed;
use tokio::sync::Notify;

type Log = Arc<Mutex<Vec<String>>>;

fn go(start: Arc<Notify>) {
    start.notify_waiters();
}

/// Writes its name each time it runs.
async fn race(ws: WebSocket, name: String, start: Arc<Notify>, log: Log) -> WsResult {
    loop {
        start.notified().await;
        log.lock()
            .expect("the lock is not poisoned")
            .push(name.clone());
        ws.send("heard").await?;
    }
}

/// Returns the trace of an application in which four sockets race for a word each, five times.
fn trace() -> Vec<String> {
    let (start, log) = (Arc::<Notify>::default(), Log::default());
    let app = routes! {
        "/<name>" => ws(race(ws, name, start, log)),
        "/" => http(go(start)),
    };
    let mut clients = ["/a", "/b", "/c", "/d"].map(|path| app.test_ws(path));
    for _ in 0..5 {
        app.test_http("/");
        for client in &mut clients {
            assert_eq!(client.received().next(), Some(Ok("heard".into())));
        }
    }
    let trace = log.lock().expect("the lock is not poisoned").clone();
    assert_eq!(trace.len(), 20);
    trace
}

#[test]
fn the_same_seed_has_the_same_trace() {
    for seed in 0..20 {
        assert_eq!(with_seed(seed, trace), with_seed(seed, trace), "{seed}");
    }
}

#[test]
fn other_seeds_give_other_traces() {
    let traces: BTreeSet<_> = (0..20).map(|seed| with_seed(seed, trace)).collect();
    assert!(traces.len() > 10, "{} traces of 20 seeds", traces.len());
    let first: BTreeSet<_> = traces.iter().map(|trace| &trace[0]).collect();
    assert_eq!(first.len(), 4, "each of the sockets is first some time");
}

#[test]
fn without_a_seed_the_order_is_that_of_the_wakings() {
    let expected: Vec<_> = "abcd".chars().cycle().take(20).map(String::from).collect();
    assert_eq!(trace(), expected);
}

#[test]
fn a_seed_finds_a_race_that_the_usual_order_hides() {
    /// Loses an addition of another task between its read and its write.
    async fn add(
        ws: WebSocket,
        number: u64,
        start: Arc<Notify>,
        total: Arc<Mutex<u64>>,
    ) -> WsResult {
        start.notified().await;
        let read = *total.lock().expect("the lock is not poisoned");
        if number == 1 {
            tokio::task::yield_now().await;
        }
        *total.lock().expect("the lock is not poisoned") = read + number;
        Ok(ws.send("added").await?)
    }
    fn total() -> u64 {
        let (start, total) = (Arc::<Notify>::default(), Arc::<Mutex<u64>>::default());
        let app = routes! {
            "/add/<number>" => ws(add(ws, number, start, total)),
            "/" => http(go(start)),
        };
        let mut clients = ["/add/10", "/add/1"].map(|path| app.test_ws(path));
        app.test_http("/");
        for client in &mut clients {
            assert_eq!(client.received().next(), Some(Ok("added".into())));
        }
        *Arc::clone(&total).lock().expect("the lock is not poisoned")
    }
    assert_eq!(total(), 11);
    let losing = (0..100).find(|seed| with_seed(*seed, total) != 11);
    let seed = losing.expect("one of a hundred seeds");
    assert_ne!(with_seed(seed, total), 11, "and again");
}

/// Fails, for the test below.
#[test]
#[ignore]
fn fails_with_a_seed() {
    with_seed(4711, || panic!("on purpose"));
}

#[test]
fn a_failure_names_its_seed() {
    let this = std::env::current_exe().expect("a test is a program");
    let tests = std::process::Command::new(this)
        .args(["--ignored", "--exact", "testing::seeds::fails_with_a_seed"])
        .output()
        .expect("the program runs");
    let told = String::from_utf8_lossy(&tests.stdout);
    let line = "this was seed 4711: `with_seed(4711, ..)` runs it again";
    assert!(told.contains(line), "{told}");
}

#[test]
fn the_clock_starts_anew_and_the_outer_runtime_is_back_afterwards() {
    async fn ticks(ws: WebSocket) -> WsResult {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        Ok(ws.send("tick").await?)
    }
    let mut around = ticks.test_ws("/");
    let inside = with_seed(7, || ticks.test_ws("/").received().next());
    assert_eq!(inside, Some(Ok("tick".into())));
    around.expect_silence(std::time::Duration::from_millis(999));
    assert_eq!(around.received().next(), Some(Ok("tick".into())));
    let failed = catch_unwind(|| with_seed(7, || panic!("on purpose")));
    assert!(failed.is_err());
    assert_eq!(
        ticks.test_ws("/").received().next(),
        Some(Ok("tick".into()))
    );
}

/// The order of a race reveals the thread's runtime: the seeded ones differ from the usual one.
#[test]
fn a_thread_leaves_the_seeded_runtime() {
    let unseeded = trace();
    for seed in 0..5 {
        assert_ne!(
            with_seed(seed, trace),
            unseeded,
            "seed {seed} changes the order"
        );
        assert_eq!(trace(), unseeded, "after seed {seed}");
        assert!(catch_unwind(|| with_seed(seed, || panic!("on purpose"))).is_err());
        assert_eq!(trace(), unseeded, "after a panic under seed {seed}");
        let inner = with_seed(seed, || (with_seed(seed + 1, trace), trace()));
        let alone = (with_seed(seed + 1, trace), with_seed(seed, trace));
        assert_eq!(inner, alone, "a seed inside a seed");
    }
}
