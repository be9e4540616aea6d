//! Sessions in the memory of one process.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::store::{SessionId, SessionStore};

/// A hundred years.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A [`SessionStore`] in the memory of one process, with a bound. All sessions end with the
/// process.
///
/// If it is full, a new session ends the one that would end first by its lifetime. The work of each
/// call grows with the logarithm of the number of sessions.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::sessions::{CookieSessions, MemorySessions, SessionKey};
///
/// let store = MemorySessions::<String>::new(100_000);
/// let sessions = CookieSessions::encrypted([SessionKey::generate()]).with_store(store.clone());
/// // Ends all sessions of one user.
/// assert_eq!(store.remove_if(|name| name == "ann"), 0);
/// # drop(sessions);
/// ```
pub struct MemorySessions<T>(Arc<Mutex<Entries<T>>>);

struct Entries<T> {
    max: usize,
    by_id: HashMap<SessionId, Entry<T>>,
    /// The same sessions, the first that ends first.
    by_end: BTreeSet<(Instant, SessionId)>,
}

struct Entry<T> {
    value: T,
    end: Instant,
}

impl<T> MemorySessions<T> {
    /// Creates a store of at most `max` sessions.
    ///
    /// # Panics
    ///
    /// Panics if `max` is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, MemorySessions, SessionError, SessionKey};
    /// use http4k_ws::Request;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let store = MemorySessions::<String>::new(1);
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// let sessions = sessions.with_store(store.clone());
    /// for name in ["ann", "bob"] {
    ///     sessions.read(&Request::default()).await?.login(name.into()).await?;
    /// }
    /// assert_eq!(store.remove_if(|name| name == "ann"), 0); // Bob's session has ended hers.
    /// assert_eq!(store.remove_if(|name| name == "bob"), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn new(max: usize) -> Self {
        assert!(max > 0, "a store of at most 0 sessions keeps none");
        Self(Arc::new(Mutex::new(Entries {
            max,
            by_id: HashMap::new(),
            by_end: BTreeSet::new(),
        })))
    }

    /// Returns the number of sessions, without those whose lifetime is over.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http4k_ws::filter::sessions::{MemorySessions, SessionId, SessionStore};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # let id: SessionId = serde_json::from_str("\"c2Vzc2lvbg\"")?;
    /// # let other: SessionId = serde_json::from_str("\"b3RoZXI\"")?;
    /// let store = MemorySessions::new(100);
    /// store.create(id, "ann", Duration::from_secs(3600)).await?;
    /// store.create(other, "bob", Duration::ZERO).await?;
    /// assert_eq!(store.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn len(&self) -> usize {
        let mut entries = self.lock();
        entries.remove_ended(Instant::now());
        entries.by_id.len()
    }

    /// Returns `true` if there are no sessions. Those whose lifetime is over do not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, MemorySessions, SessionError, SessionKey};
    /// use http4k_ws::Request;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let store = MemorySessions::<u64>::new(100);
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// let sessions = sessions.with_store(store.clone());
    /// assert!(store.is_empty());
    /// sessions.read(&Request::default()).await?.login(7).await?;
    /// assert!(!store.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Ends all sessions for whose values `predicate` returns `true`, and returns their number. The
    /// work grows with the number of sessions, during which others wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{CookieSessions, MemorySessions, SessionError, SessionKey};
    /// use http4k_ws::Request;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), SessionError> {
    /// let store = MemorySessions::<String>::new(100);
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// let sessions = sessions.with_store(store.clone());
    /// for name in ["ann", "bob", "ann"] {
    ///     sessions.read(&Request::default()).await?.login(name.into()).await?;
    /// }
    /// assert_eq!(store.remove_if(|name| name == "ann"), 2);
    /// assert_eq!(store.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn remove_if(&self, predicate: impl Fn(&T) -> bool) -> usize {
        let mut entries = self.lock();
        let matching = entries
            .by_id
            .iter()
            .filter(|(_, entry)| predicate(&entry.value));
        let matching: Vec<SessionId> = matching.map(|(id, _)| id.clone()).collect();
        matching.iter().for_each(|id| entries.remove(id));
        matching.len()
    }

    fn lock(&self) -> MutexGuard<'_, Entries<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Entries<T> {
    fn remove(&mut self, id: &SessionId) {
        if let Some(entry) = self.by_id.remove(id) {
            self.by_end.remove(&(entry.end, id.clone()));
        }
    }

    /// Removes the session that ends first.
    fn remove_first(&mut self) {
        if let Some((_, id)) = self.by_end.pop_first() {
            self.by_id.remove(&id);
        }
    }

    fn remove_ended(&mut self, now: Instant) {
        while self.by_end.first().is_some_and(|(end, _)| *end <= now) {
            self.remove_first();
        }
    }
}

impl<T: Clone + Send + Sync + 'static> SessionStore<T> for MemorySessions<T> {
    async fn create(
        &self,
        id: SessionId,
        value: T,
        lifetime: Duration,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let now = Instant::now();
        // A lifetime beyond the clock never ends.
        let end = now.checked_add(lifetime).unwrap_or(now + FOREVER);
        let mut entries = self.lock();
        entries.remove_ended(now);
        entries.remove(&id);
        if entries.by_id.len() == entries.max {
            entries.remove_first();
        }
        entries.by_end.insert((end, id.clone()));
        entries.by_id.insert(id, Entry { value, end });
        Ok(())
    }

    async fn load(&self, id: &SessionId) -> Result<Option<T>, Box<dyn Error + Send + Sync>> {
        let entries = self.lock();
        let entry = entries.by_id.get(id);
        let live = entry.filter(|entry| Instant::now() < entry.end);
        Ok(live.map(|entry| entry.value.clone()))
    }

    async fn update(&self, id: &SessionId, value: T) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let mut entries = self.lock();
        entries.remove_ended(Instant::now());
        let entry = entries.by_id.get_mut(id);
        Ok(entry.map(|entry| entry.value = value).is_some())
    }

    async fn remove(&self, id: &SessionId) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.lock().remove(id);
        Ok(())
    }
}

impl<T> Clone for MemorySessions<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Shows the number of sessions.
impl<T> fmt::Debug for MemorySessions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemorySessions").field(&self.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    async fn created(store: &MemorySessions<u32>, value: u32, lifetime: Duration) -> SessionId {
        let id = SessionId::random();
        store.create(id.clone(), value, lifetime).await.unwrap();
        id
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_ends_with_its_lifetime_and_is_not_created_again() {
        let store = MemorySessions::new(10);
        let id = created(&store, 1, HOUR).await;
        tokio::time::advance(HOUR - Duration::from_secs(1)).await;
        assert!(store.update(&id, 2).await.unwrap());
        assert_eq!(store.load(&id).await.unwrap(), Some(2));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(store.load(&id).await.unwrap(), None);
        assert!(!store.update(&id, 3).await.unwrap());
        assert!(store.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_store_ends_the_session_that_would_end_first() {
        let store = MemorySessions::new(3);
        let late = created(&store, 1, 9 * HOUR).await;
        let early = created(&store, 2, HOUR).await;
        let middle = created(&store, 3, 5 * HOUR).await;
        let new = created(&store, 4, 7 * HOUR).await;
        for (id, value) in [
            (&late, Some(1)),
            (&early, None),
            (&middle, Some(3)),
            (&new, Some(4)),
        ] {
            assert_eq!(store.load(id).await.unwrap(), value);
        }
        // One whose lifetime is over makes room.
        tokio::time::advance(6 * HOUR).await;
        created(&store, 5, HOUR).await;
        assert_eq!(store.load(&late).await.unwrap(), Some(1));
        assert_eq!(store.len(), 3);
    }

    #[tokio::test]
    async fn the_bound_holds_for_any_number_of_sessions() {
        let store = MemorySessions::new(50);
        for value in 0..10_000 {
            created(&store, value, HOUR).await;
        }
        let entries = store.lock();
        assert_eq!((entries.by_id.len(), entries.by_end.len()), (50, 50));
    }

    #[tokio::test]
    async fn sessions_are_removed_by_id_and_by_value() {
        let store = MemorySessions::new(10);
        let ids = [
            created(&store, 1, HOUR).await,
            created(&store, 2, HOUR).await,
        ];
        created(&store, 2, HOUR).await;
        store.remove(&ids[0]).await.unwrap();
        store.remove(&ids[0]).await.unwrap();
        assert_eq!(store.remove_if(|value| *value == 2), 2);
        assert_eq!(
            format!("{store:?} {:?}", ids[1]),
            "MemorySessions(0) SessionId(..)"
        );
    }

    #[tokio::test]
    async fn a_lifetime_beyond_the_clock_is_kept() {
        let store = MemorySessions::new(10);
        let id = created(&store, 1, Duration::MAX).await;
        assert_eq!(store.load(&id).await.unwrap(), Some(1));
    }
}
