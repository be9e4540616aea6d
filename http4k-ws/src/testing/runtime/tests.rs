use super::*;
use std::sync::atomic::{AtomicU32, Ordering};

async fn count_to_100(count: &AtomicU32) {
    for _ in 0..100 {
        count.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
    }
}

#[test]
fn settling_runs_ready_tasks_without_moving_the_clock() {
    let runtime = TestRuntime::of_this_thread();
    let count = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&count);
    runtime.run(async move {
        tokio::spawn(async move {
            count_to_100(&counting).await;
            tokio::time::sleep(Duration::from_secs(3600)).await;
            counting.fetch_add(1, Ordering::Relaxed);
        });
    });
    runtime.settle();
    assert_eq!(count.load(Ordering::Relaxed), 100);
    runtime.settle();
    assert_eq!(count.load(Ordering::Relaxed), 100);
}

/// Another thread runs the tokio runtime meanwhile, and parks.
#[test]
fn settling_waits_for_a_task_that_blocks_its_thread() {
    use crate::testing::{Offline as _, WsClient as _};

    let done = Arc::<AtomicU32>::default();
    let blocking = Arc::clone(&done);
    let app = move |mut ws: crate::WebSocket| {
        let done = Arc::clone(&blocking);
        async move {
            while ws.recv().await?.is_some() {
                thread::sleep(Duration::from_millis(100));
                // More than one batch of tasks.
                count_to_100(&done).await;
            }
            crate::WsResult::Ok(())
        }
    };
    let mut client = app.test_ws("/");
    for handled in 1..=3 {
        client.send("block").expect("an open socket");
        assert_eq!(done.load(Ordering::Relaxed), handled * 100);
    }
}

#[cfg(feature = "testing")]
#[test]
fn waiting_moves_the_clock() {
    let runtime = TestRuntime::of_this_thread();
    let waited = runtime.run(async {
        let start = tokio::time::Instant::now();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        start.elapsed()
    });
    assert_eq!(waited.as_secs(), 3600);
}

#[test]
fn a_test_runtime_works_inside_another_runtime() {
    let outer = tokio::runtime::Runtime::new().expect("a runtime");
    let inner = outer.block_on(async { TestRuntime::of_this_thread().run(async { 7 }) });
    assert_eq!(inner, 7);
}

#[test]
fn a_panic_of_the_work_reaches_the_test_and_the_runtime_survives() {
    let runtime = TestRuntime::of_this_thread();
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.run(async { panic!("on purpose") })
    }));
    let panic = failed.expect_err("a panic");
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"on purpose"));
    assert_eq!(runtime.run(async { 7 }), 7);
}

/// A task of the scheduler and one of the tokio runtime wait for each other without a timer.
#[test]
fn a_task_that_yields_lets_spawned_ones_run() {
    let runtime = TestRuntime::of_this_thread();
    let yields = runtime.run(async {
        let done = Arc::new(AtomicU32::new(0));
        let sets = Arc::clone(&done);
        tokio::spawn(async move { sets.store(1, Ordering::Release) });
        let mut yields = 0;
        while done.load(Ordering::Acquire) == 0 {
            tokio::task::yield_now().await;
            yields += 1;
        }
        yields
    });
    // In real time the other task has a thread of its own, which runs when it gets a processor.
    assert!(yields < 1000 || cfg!(not(feature = "testing")), "{yields}");
}

#[test]
fn real_time_has_spawned_tasks_and_settles() {
    let runtime = TestRuntime::start(None, Time::Real);
    let count = Arc::new(AtomicU32::new(0));
    let counting = Arc::clone(&count);
    runtime.run(async move {
        tokio::spawn(async move {
            count_to_100(&counting).await;
            std::future::pending::<()>().await;
        });
    });
    runtime.settle();
    assert_eq!(count.load(Ordering::Relaxed), 100);
    runtime.settle();
}
