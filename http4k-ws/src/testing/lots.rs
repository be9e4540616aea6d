//! The turns of a seeded world: lots say which of several sockets goes next.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// The sockets of one world, of which a seed decides who has the next turn.
#[derive(Debug, Clone)]
pub(super) struct Lots(Arc<Mutex<Round>>);

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Round {
    /// Where the row of numbers is (splitmix64).
    state: u64,
    /// Each task, unless it is having its turn or is done.
    tasks: Vec<Option<Task>>,
    /// Which tasks have something to do.
    ready: Vec<usize>,
    /// What takes the turns; `None` before the first task, and while it is awake.
    turns: Option<Waker>,
    running: bool,
}

impl fmt::Debug for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Round")
            .field("ready", &self.ready)
            .finish_non_exhaustive()
    }
}

impl Lots {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(Round {
            state: seed,
            tasks: Vec::new(),
            ready: Vec::new(),
            turns: None,
            running: false,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Round> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `task` in the current runtime, in turns with the others.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut round = self.lock();
        let new = round.tasks.len();
        round.tasks.push(Some(Box::pin(task)));
        round.wake(new);
        if !std::mem::replace(&mut round.running, true) {
            drop(round);
            tokio::spawn(Turns(self.clone()));
        }
    }
}

impl Round {
    /// A number below `limit`.
    fn draw(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn wake(&mut self, task: usize) {
        if !self.ready.contains(&task) {
            self.ready.push(task);
        }
        if let Some(turns) = self.turns.take() {
            turns.wake();
        }
    }
}

/// Gives one task after the other its turn.
struct Turns(Lots);

impl Future for Turns {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut round = self.0.lock();
        if round.ready.is_empty() {
            round.turns = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let ready = round.ready.len();
        let lot = round.draw(ready);
        let number = round.ready.remove(lot);
        let Some(mut task) = round.tasks[number].take() else {
            // It is done, and was woken once more.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        };
        drop(round);
        let waker = Waker::from(Arc::new(TaskWaker {
            lots: self.0.clone(),
            number,
        }));
        let turn = task.as_mut().poll(&mut Context::from_waker(&waker));
        if turn.is_pending() {
            self.0.lock().tasks[number] = Some(task);
        }
        // What else the runtime has to do comes between two turns.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

struct TaskWaker {
    lots: Lots,
    number: usize,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.lots.lock().wake(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_row_of_numbers() {
        let row = |seed| {
            let lots = Lots::new(seed);
            let mut round = lots.lock();
            (0..20).map(|_| round.draw(4)).collect::<Vec<_>>()
        };
        assert_eq!(row(1), row(1));
        assert_ne!(row(1), row(2));
        assert!((0..4).all(|number| row(3).contains(&number)));
    }

    #[tokio::test]
    async fn every_task_has_its_turns_to_the_end() {
        let lots = Lots::new(5);
        let (done, mut ended) = tokio::sync::mpsc::unbounded_channel();
        for number in 0..50 {
            let done = done.clone();
            lots.spawn(async move {
                tokio::task::yield_now().await;
                done.send(number).expect("the test listens");
            });
        }
        let mut order = Vec::new();
        for _ in 0..50 {
            order.push(ended.recv().await.expect("a task that ends"));
        }
        assert!(!order.is_sorted());
        order.sort_unstable();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
        assert!(lots.lock().tasks.iter().all(Option::is_none));
    }
}
