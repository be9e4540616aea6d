//! Interleavings by a seed: which of several sockets has its turn first.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use super::world::World;

/// A turn may be put off behind those of up to so many others, one at a time.
const MOST_PUT_OFF: u64 = 3;

/// Runs `test` in a world of its own, in which `seed` decides whose turn it is: of several sockets that
/// have something to do, some are put off for a while, so that their application meets them in another
/// order than they woke in.
///
/// The same seed gives the same order, and one that finds a race finds it again. A test that fails says
/// which seed it was. Without a seed the order is that of the wakings, always.
///
/// The clients must be opened inside `test`; the clock starts anew. Tasks that the application spawns
/// itself keep the order they are woken in, and `tokio::select!` without `biased` draws lots of its own.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use http4k_ws::prelude::*;
/// use http4k_ws::with_seed;
///
/// /// Who is first to hear of the news.
/// fn first(seed: u64) -> String {
///     with_seed(seed, || {
///         let (news, heard) = (Arc::new(tokio::sync::Notify::new()), Arc::new(Mutex::new(Vec::new())));
///         let (tell, hears) = (Arc::clone(&news), Arc::clone(&heard));
///         let app = routes! {
///             "/<name>" => ws(|ws: WebSocket, name: String| {
///                 let (news, heard) = (Arc::clone(&news), Arc::clone(&hears));
///                 async move {
///                     news.notified().await;
///                     heard.lock().unwrap().push(name);
///                     ws.send("heard").await
///                 }
///             }),
///             "/" => http(|| { tell.notify_waiters(); }),
///         };
///         let mut clients = ["/ann", "/bob"].map(|path| app.test_ws(path));
///         app.test_http("/");
///         for client in &mut clients {
///             client.received().next().unwrap().unwrap();
///         }
///         heard.lock().unwrap()[0].clone()
///     })
/// }
///
/// assert_eq!(first(1), first(1));
/// let somebody_else = (2..).find(|seed| first(*seed) != first(1));
/// assert!(somebody_else.is_some());
/// ```
pub fn with_seed<T>(seed: u64, test: impl FnOnce() -> T) -> T {
    let _told = Told(seed);
    World::seeded(seed).around(test)
}

/// Says which seed it was, where a test fails.
struct Told(u64);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.0;
            eprintln!("this was seed {seed}: `with_seed({seed}, ..)` runs it again");
        }
    }
}

/// The lots of one world (splitmix64).
#[derive(Debug, Clone)]
pub(super) struct Lots(Arc<Mutex<u64>>);

impl Lots {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    /// A number from 0 to `most`.
    fn draw(&self, most: u64) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % (most + 1)
    }
}

/// A task whose turns are put off by lot.
#[derive(Debug)]
pub(super) struct PutOff<F> {
    task: F,
    lots: Lots,
    /// How often this turn is still put off; `None` where no lot was drawn for it.
    left: Option<u64>,
}

impl<F> PutOff<F> {
    pub(super) fn new(task: F, lots: Lots) -> Self {
        Self {
            task,
            lots,
            left: None,
        }
    }
}

impl<F: Future + Unpin> Future for PutOff<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let left = match self.left {
            Some(left) => left,
            None => self.lots.draw(MOST_PUT_OFF),
        };
        if left == 0 {
            self.left = None;
            return Pin::new(&mut self.task).poll(cx);
        }
        self.left = Some(left - 1);
        // Behind all that are ready now.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_row_of_lots() {
        let row = |seed| {
            let lots = Lots::new(seed);
            (0..20).map(|_| lots.draw(MOST_PUT_OFF)).collect::<Vec<_>>()
        };
        assert_eq!(row(1), row(1));
        assert_ne!(row(1), row(2));
        assert!(row(3).iter().all(|lot| *lot <= MOST_PUT_OFF));
        assert!((0..=MOST_PUT_OFF).all(|lot| row(4).contains(&lot)));
    }
}
