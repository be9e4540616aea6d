//! The scheduler of a test runtime: which task of the application is polled next.
//!
//! Invariants:
//!
//! 1. A task is in the queue at most once, however often it is woken before it is polled.
//! 2. Without a seed, tasks are polled in the order in which they were woken. With a seed, each
//!    step picks one of all ready tasks at random.
//! 3. A task that panics is dropped, and the others continue.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

use crate::panics::guarded;
use crate::random::Random;

/// The tasks of one test runtime, and the order in which they run.
#[derive(Clone)]
pub(super) struct Scheduler(Arc<Mutex<Queue>>);

struct Queue {
    ready: VecDeque<Arc<Task>>,
    /// The test's future is ready.
    main: bool,
    /// Picks the next task. `None` polls tasks in the order in which they were woken.
    random: Option<Random>,
    /// Wakes the engine, if it waits.
    runner: Option<Waker>,
    /// Every task, so that those that remain at the end can be dropped.
    all: Vec<Weak<Task>>,
}

/// The result of a [step](Scheduler::step).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stepped {
    /// A task was polled.
    Task,
    /// No task is ready, and the test's future must be polled.
    Main,
    /// Neither is ready.
    Nothing,
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Task {
    /// `None` when the task is done.
    work: Mutex<Option<Work>>,
    queued: AtomicBool,
    scheduler: Scheduler,
}

impl Scheduler {
    pub(super) fn new(seed: Option<u64>) -> Self {
        Self(Arc::new(Mutex::new(Queue {
            ready: VecDeque::new(),
            main: false,
            random: seed.map(Random::seeded),
            runner: None,
            all: Vec::new(),
        })))
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a task that is ready.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let task = Arc::new(Task {
            work: Mutex::new(Some(Box::pin(work))),
            queued: AtomicBool::new(false),
            scheduler: self.clone(),
        });
        self.lock().add(Arc::downgrade(&task));
        task.wake();
    }

    /// Returns the waker of the test's future.
    pub(super) fn main_waker(&self) -> Waker {
        Waker::from(Arc::new(Main(self.clone())))
    }

    /// Returns `true` if the test's future was woken since the last call.
    pub(super) fn take_main(&self) -> bool {
        std::mem::take(&mut self.lock().main)
    }

    /// Polls one task. If none is ready, takes the readiness of the test's future.
    pub(super) fn step(&self) -> Stepped {
        let mut queue = self.lock();
        let Some(task) = queue.pick() else {
            return match std::mem::take(&mut queue.main) {
                true => Stepped::Main,
                false => Stepped::Nothing,
            };
        };
        drop(queue);
        task.run();
        Stepped::Task
    }

    /// Returns `true` if a task or the test's future is ready.
    pub(super) fn is_ready(&self) -> bool {
        self.lock().is_ready()
    }

    /// Waits until a task or the test's future is ready.
    pub(super) fn woken(&self) -> impl Future<Output = ()> + '_ {
        std::future::poll_fn(|cx| {
            let mut queue = self.lock();
            if queue.is_ready() {
                return Poll::Ready(());
            }
            queue.runner = Some(cx.waker().clone());
            Poll::Pending
        })
    }

    /// Drops every task.
    pub(super) fn clear(&self) {
        let all = std::mem::take(&mut self.lock().all);
        for task in all.iter().filter_map(Weak::upgrade) {
            drop(task.take());
        }
        self.lock().ready.clear();
    }
}

impl Queue {
    fn is_ready(&self) -> bool {
        self.main || !self.ready.is_empty()
    }

    fn add(&mut self, task: Weak<Task>) {
        if self.all.len() == self.all.capacity() {
            self.all.retain(|task| task.strong_count() > 0);
        }
        self.all.push(task);
    }

    fn pick(&mut self) -> Option<Arc<Task>> {
        let limit = self.ready.len();
        match &mut self.random {
            Some(random) if limit > 0 => self.ready.remove(random.below(limit)),
            _ => self.ready.pop_front(),
        }
    }

    fn wake_runner(&mut self) -> Option<Waker> {
        self.runner.take()
    }
}

impl Task {
    fn take(&self) -> Option<Work> {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        work.take()
    }

    fn run(self: Arc<Self>) {
        // Cleared before the poll, so that a wake during the poll queues the task again.
        self.queued.store(false, Ordering::Release);
        let waker = Waker::from(Arc::clone(&self));
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(task) = work.as_mut() else { return };
        let mut cx = Context::from_waker(&waker);
        // A task that panicked is never polled again.
        let polled = guarded("a task", || task.as_mut().poll(&mut cx));
        if !matches!(polled, Some(Poll::Pending)) {
            let done = work.take();
            drop(work);
            guarded("the drop of a task", || drop(done));
        }
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        let runner = {
            let mut queue = self.scheduler.lock();
            queue.ready.push_back(Arc::clone(self));
            queue.wake_runner()
        };
        if let Some(runner) = runner {
            runner.wake();
        }
    }
}

/// The waker of the test's future.
struct Main(Scheduler);

impl Wake for Main {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let runner = {
            let mut queue = self.0.lock();
            queue.main = true;
            queue.wake_runner()
        };
        if let Some(runner) = runner {
            runner.wake();
        }
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheduler")
            .field("ready", &self.lock().ready.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Returns the order in which fifty tasks end that each yield once.
    fn order(seed: Option<u64>) -> Vec<u32> {
        let (scheduler, (done, ended)) = (Scheduler::new(seed), mpsc::channel());
        for number in 0..50 {
            let done = done.clone();
            scheduler.spawn(async move {
                yield_once().await;
                done.send(number).expect("the test listens");
            });
        }
        while scheduler.step() == Stepped::Task {}
        ended.try_iter().collect()
    }

    async fn yield_once() {
        let mut yielded = false;
        std::future::poll_fn(|cx| {
            cx.waker().wake_by_ref();
            match std::mem::replace(&mut yielded, true) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
    }

    #[test]
    fn every_task_is_polled_to_its_end() {
        assert!(order(None).is_sorted());
        let mut picked = order(Some(5));
        assert_eq!(picked, order(Some(5)));
        assert!(!picked.is_sorted());
        picked.sort_unstable();
        assert_eq!(picked, order(None));
    }

    #[test]
    fn a_task_that_panics_is_dropped_and_the_others_continue() {
        let (scheduler, (done, ended)) = (Scheduler::new(None), mpsc::channel());
        scheduler.spawn(async { panic!("on purpose") });
        scheduler.spawn(async move { done.send(()).expect("the test listens") });
        while scheduler.step() == Stepped::Task {}
        assert_eq!(ended.try_recv(), Ok(()));
        assert!(
            scheduler
                .lock()
                .all
                .iter()
                .all(|task| task.strong_count() == 0)
        );
    }

    #[test]
    fn a_task_that_holds_its_own_waker_is_dropped_with_the_scheduler() {
        let (scheduler, held) = (Scheduler::new(None), Arc::new(()));
        let holds = Arc::clone(&held);
        scheduler.spawn(async move {
            let mut own = None;
            std::future::poll_fn(|cx| {
                own = Some(cx.waker().clone());
                Poll::<()>::Pending
            })
            .await;
            drop(holds);
        });
        while scheduler.step() == Stepped::Task {}
        assert_eq!(Arc::strong_count(&held), 2);
        scheduler.clear();
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
