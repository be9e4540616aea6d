//! The tasks of a test runtime: the sockets of an application, and the work that a test waits for.
//!
//! Invariants:
//!
//! 1. A task is in the queue at most once, however often it is woken before its turn.
//! 2. Without a seed, tasks have their turns in the order of their wakings. With one, each turn is
//!    drawn from all tasks that are ready.
//! 3. A task that panics is dropped, and the others go on.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};

use crate::panics::guarded;
use crate::random::Random;

/// The tasks of one test runtime.
#[derive(Clone)]
pub(super) struct Tasks(Arc<Mutex<Queue>>);

struct Queue {
    ready: VecDeque<Arc<Task>>,
    /// The work that the test waits for is ready.
    main: bool,
    /// Picks the next task; `None` for the order of the wakings.
    random: Option<Random>,
    /// Wakes the thread that runs the test runtime, if it waits.
    runner: Option<Waker>,
    /// Every task, to drop those that are left at the end of the test runtime.
    all: Vec<Weak<Task>>,
}

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Task {
    /// `None` once it is done.
    work: Mutex<Option<Work>>,
    queued: AtomicBool,
    tasks: Tasks,
}

impl Tasks {
    pub(super) fn new(seed: Option<u64>) -> Self {
        Self(Arc::new(Mutex::new(Queue {
            ready: VecDeque::new(),
            main: false,
            random: seed.map(Random::seeded),
            runner: None,
            all: Vec::new(),
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a task, which is ready.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let task = Arc::new(Task {
            work: Mutex::new(Some(Box::pin(work))),
            queued: AtomicBool::new(false),
            tasks: self.clone(),
        });
        self.lock().add(Arc::downgrade(&task));
        task.wake();
    }

    /// Returns the waker of the work that the test waits for.
    pub(super) fn main_waker(&self) -> Waker {
        Waker::from(Arc::new(Main(self.clone())))
    }

    /// Returns `true` if the work that the test waits for was woken since the last call.
    pub(super) fn take_main(&self) -> bool {
        std::mem::take(&mut self.lock().main)
    }

    /// Gives one task its turn. Returns `false` if none is ready.
    pub(super) fn turn(&self) -> bool {
        let Some(task) = self.lock().next() else {
            return false;
        };
        task.run();
        true
    }

    /// Returns `true` if a task or the work that the test waits for is ready.
    pub(super) fn is_ready(&self) -> bool {
        self.lock().is_ready()
    }

    /// Waits until anything is ready.
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

    fn next(&mut self) -> Option<Arc<Task>> {
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
        // Before the poll, so that a waking during it is not lost.
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
        if self.queued.swap(true, Ordering::AcqRel) {
            return;
        }
        let tasks = self.tasks.clone();
        let runner = {
            let mut queue = tasks.lock();
            queue.ready.push_back(self);
            queue.wake_runner()
        };
        if let Some(runner) = runner {
            runner.wake();
        }
    }
}

/// The work that the test waits for.
struct Main(Tasks);

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

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks")
            .field("ready", &self.lock().ready.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// The order in which fifty tasks end that each wait once.
    fn order(seed: Option<u64>) -> Vec<u32> {
        let (tasks, (done, ended)) = (Tasks::new(seed), mpsc::channel());
        for number in 0..50 {
            let done = done.clone();
            tasks.spawn(async move {
                yield_once().await;
                done.send(number).expect("the test listens");
            });
        }
        while tasks.turn() {}
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
    fn every_task_has_its_turns_to_the_end() {
        assert!(order(None).is_sorted());
        let mut drawn = order(Some(5));
        assert_eq!(drawn, order(Some(5)));
        assert!(!drawn.is_sorted());
        drawn.sort_unstable();
        assert_eq!(drawn, order(None));
    }

    #[test]
    fn a_task_that_panics_is_dropped_and_the_others_go_on() {
        let (tasks, (done, ended)) = (Tasks::new(None), mpsc::channel());
        tasks.spawn(async { panic!("as it should") });
        tasks.spawn(async move { done.send(()).expect("the test listens") });
        while tasks.turn() {}
        assert_eq!(ended.try_recv(), Ok(()));
        assert!(tasks.lock().all.iter().all(|task| task.strong_count() == 0));
    }

    #[test]
    fn a_task_that_waits_for_itself_is_dropped_with_the_tasks() {
        let (tasks, held) = (Tasks::new(None), Arc::new(()));
        let holds = Arc::clone(&held);
        tasks.spawn(async move {
            let mut own = None;
            std::future::poll_fn(|cx| {
                own = Some(cx.waker().clone());
                Poll::<()>::Pending
            })
            .await;
            drop(holds);
        });
        while tasks.turn() {}
        assert_eq!(Arc::strong_count(&held), 2);
        tasks.clear();
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
