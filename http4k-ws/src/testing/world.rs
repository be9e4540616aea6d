//! Where an application lives while a test talks to it: one runtime on a thread of its own, which runs
//! only while the test waits for it.
//!
//! A thread of its own, so that a test can be a plain function or run inside any runtime. One for each
//! test thread, so that all clients of a test see one application and one clock.

use std::cell::RefCell;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::task::{Poll, Waker};
use std::thread;

use super::lots::Lots;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The world of a test thread.
#[derive(Debug, Clone)]
pub(super) struct World {
    jobs: mpsc::Sender<Job>,
    idle: Arc<Idle>,
    lots: Option<Lots>,
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

impl World {
    /// The world of this thread.
    pub(super) fn of_this_thread() -> Self {
        WORLD.with_borrow_mut(|world| world.get_or_insert_with(|| Self::start(None)).clone())
    }

    /// A new world, in which a seed decides whose turn it is.
    pub(super) fn seeded(seed: u64) -> Self {
        Self::start(Some(Lots::new(seed)))
    }

    /// Runs `work`, for which this is the world of the thread.
    pub(super) fn around<T>(self, work: impl FnOnce() -> T) -> T {
        let _back = Back(WORLD.replace(Some(self)));
        work()
    }

    /// What decides whose turn it is; `None` where that is the order of the wakings.
    pub(super) fn lots(&self) -> Option<Lots> {
        self.lots.clone()
    }

    fn start(lots: Option<Lots>) -> Self {
        let idle = Arc::new(Idle::default());
        let (jobs, queue) = mpsc::channel::<Job>();
        let parked = Arc::clone(&idle);
        thread::Builder::new()
            .name("http4k-ws test".into())
            .spawn(move || {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                runtime.enable_all().on_thread_park(move || parked.now());
                #[cfg(feature = "testing")]
                runtime.start_paused(true);
                let runtime = runtime
                    .build()
                    .expect("a runtime of one thread can be built");
                runtime.block_on(async {
                    // To block here is meant: between two jobs the world stands still.
                    while let Ok(job) = queue.recv() {
                        job.await;
                    }
                });
            })
            .expect("a thread can be started");
        Self { jobs, idle, lots }
    }

    /// Runs `work` in this world, and everything it wakes, until it is done.
    pub(super) fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let (done, result) = mpsc::sync_channel(1);
        let job = Box::pin(async move {
            // The receiver waits below, unless its thread is gone.
            let _ = done.send(work.await);
        });
        self.jobs
            .send(job)
            .expect("the world lives as long as its thread");
        result.recv().expect("a job runs to its end")
    }

    /// Runs what is ready until the application has nothing left to do. Time stands still.
    pub(super) fn settle(&self) {
        self.run(self.settled());
    }

    /// Waits, inside this world, until there is nothing left to do. Time stands still.
    pub(super) fn settled(&self) -> impl Future<Output = ()> + Send + use<> {
        let idle = Arc::clone(&self.idle);
        async move { idle.settled().await }
    }
}

/// Brings back the world that a thread had before.
struct Back(Option<World>);

impl Drop for Back {
    fn drop(&mut self) {
        WORLD.set(self.0.take());
    }
}

/// Tells when the runtime has nothing left to run.
#[derive(Debug, Default)]
struct Idle(Mutex<Watch>);

#[derive(Debug, Default)]
enum Watch {
    #[default]
    Off,
    Waiting(Waker),
    Seen,
}

impl Idle {
    fn lock(&self) -> std::sync::MutexGuard<'_, Watch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The runtime is about to park. Waking a waiter keeps it from that, and so keeps a paused clock
    /// from moving on to the next timer.
    fn now(&self) {
        let mut watch = self.lock();
        if matches!(*watch, Watch::Waiting(_)) {
            if let Watch::Waiting(waker) = std::mem::replace(&mut *watch, Watch::Seen) {
                waker.wake();
            }
        }
    }

    async fn settled(&self) {
        *self.lock() = Watch::Off;
        future::poll_fn(|cx| {
            let mut watch = self.lock();
            match *watch {
                Watch::Seen => {
                    *watch = Watch::Off;
                    Poll::Ready(())
                }
                Watch::Off | Watch::Waiting(_) => {
                    *watch = Watch::Waiting(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn settling_runs_what_is_ready_and_moves_no_clock() {
        let world = World::of_this_thread();
        let count = Arc::new(AtomicU32::new(0));
        let counting = Arc::clone(&count);
        world.run(async move {
            tokio::spawn(async move {
                for _ in 0..100 {
                    counting.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
                tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
                counting.fetch_add(1, Ordering::Relaxed);
            });
        });
        world.settle();
        assert_eq!(count.load(Ordering::Relaxed), 100);
        world.settle();
        assert_eq!(count.load(Ordering::Relaxed), 100);
    }

    #[cfg(feature = "testing")]
    #[test]
    fn waiting_moves_the_clock() {
        let world = World::of_this_thread();
        let waited = world.run(async {
            let start = tokio::time::Instant::now();
            tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
            start.elapsed()
        });
        assert_eq!(waited.as_secs(), 3600);
    }

    #[test]
    fn it_runs_inside_another_runtime() {
        let outer = tokio::runtime::Runtime::new().expect("a runtime");
        let inner = outer.block_on(async { World::of_this_thread().run(async { 7 }) });
        assert_eq!(inner, 7);
    }
}
