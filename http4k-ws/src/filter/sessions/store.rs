//! Sessions that a server keeps.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use rand::Rng;
use serde::{Deserialize, Serialize};

/// The error of a [`SessionStore`].
pub(super) type StoreError = Box<dyn Error + Send + Sync>;

/// The id of a session in a [`SessionStore`]: 256 random bits, as text.
///
/// The cookie holds it encrypted, so that ids from a copy of the store open no session. `Debug`
/// does not show it.
///
/// # Examples
///
/// ```
/// use http4k_ws::filter::sessions::SessionId;
///
/// // A store may also keep it in a column of JSON.
/// let id: SessionId = serde_json::from_str("\"c2Vzc2lvbg\"")?;
/// assert_eq!(id.as_str(), "c2Vzc2lvbg");
/// assert_eq!(format!("{id:?}"), "SessionId(..)");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    pub(super) fn random() -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(BASE64URL_NOPAD.encode(&bytes))
    }

    /// Returns the id as 43 characters of base64url.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::error::Error;
    /// use std::sync::{Arc, Mutex};
    /// use std::time::Duration;
    ///
    /// use http4k_ws::Request;
    /// use http4k_ws::filter::sessions::{CookieSessions, SessionId, SessionKey, SessionStore};
    /// # type DbResult<T> = Result<T, Box<dyn Error + Send + Sync>>;
    ///
    /// /// A table whose key is text.
    /// #[derive(Clone, Default)]
    /// struct Table(Arc<Mutex<Vec<(String, u64)>>>);
    ///
    /// impl SessionStore<u64> for Table {
    ///     async fn create(&self, id: SessionId, user: u64, _lifetime: Duration) -> DbResult<()> {
    ///         self.0.lock().unwrap().push((id.as_str().to_owned(), user));
    ///         Ok(())
    ///     }
    /// #   async fn load(&self, _id: &SessionId) -> DbResult<Option<u64>> {
    /// #       Ok(None)
    /// #   }
    /// #   async fn update(&self, _id: &SessionId, _user: u64) -> DbResult<bool> {
    /// #       Ok(false)
    /// #   }
    /// #   async fn remove(&self, _id: &SessionId) -> DbResult<()> {
    /// #       Ok(())
    /// #   }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::filter::sessions::SessionError> {
    /// let table = Table::default();
    /// let sessions = CookieSessions::encrypted([SessionKey::generate()]);
    /// let sessions = sessions.with_store(table.clone());
    /// let _cookie = sessions.read(&Request::default()).await?.login(7).await?;
    /// let (id, user) = table.0.lock().unwrap().remove(0);
    /// assert_eq!((id.len(), user), (43, 7));
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(..)")
    }
}

/// A place on the server where sessions are kept, such as a table of a database.
///
/// The cookie then has only an id. A session can be revoked, and may be of any size. The times of a
/// session are in the cookie, except the end of its longest life, after which a store may drop it.
///
/// An id that reaches a store was issued by this application: a cookie with another one does not
/// open. [`MemorySessions`](super::MemorySessions) is a store within one process.
///
/// # Examples
///
/// ```
/// use std::collections::HashMap;
/// use std::error::Error;
/// use std::sync::{Arc, Mutex};
/// use std::time::Duration;
///
/// use http4k_ws::Request;
/// use http4k_ws::filter::sessions::{CookieSessions, SessionId, SessionKey, SessionStore};
///
/// /// A table with the columns `id` and `user_id`.
/// #[derive(Clone, Default)]
/// struct Db(Arc<Mutex<HashMap<SessionId, u64>>>);
///
/// type DbResult<T> = Result<T, Box<dyn Error + Send + Sync>>;
///
/// impl SessionStore<u64> for Db {
///     async fn create(&self, id: SessionId, user: u64, _lifetime: Duration) -> DbResult<()> {
///         self.0.lock().unwrap().insert(id, user);
///         Ok(())
///     }
///
///     async fn load(&self, id: &SessionId) -> DbResult<Option<u64>> {
///         Ok(self.0.lock().unwrap().get(id).copied())
///     }
///
///     async fn update(&self, id: &SessionId, user: u64) -> DbResult<bool> {
///         Ok(self.0.lock().unwrap().get_mut(id).map(|known| *known = user).is_some())
///     }
///
///     async fn remove(&self, id: &SessionId) -> DbResult<()> {
///         self.0.lock().unwrap().remove(id);
///         Ok(())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http4k_ws::filter::sessions::SessionError> {
/// let db = Db::default();
/// let sessions = CookieSessions::encrypted([SessionKey::generate()]).with_store(db.clone());
/// let _cookie = sessions.read(&Request::default()).await?.login(7).await?;
/// assert_eq!(db.0.lock().unwrap().values().collect::<Vec<_>>(), [&7]);
/// # Ok(())
/// # }
/// ```
pub trait SessionStore<T>: Send + Sync + 'static {
    /// Keeps a new session for `lifetime`, the longest life of a session.
    ///
    /// # Errors
    ///
    /// Returns an error if the session was not kept. The response is 503.
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
    /// let store = MemorySessions::new(100);
    /// store.create(id.clone(), "ann", Duration::from_secs(3600)).await?;
    /// assert_eq!(store.load(&id).await?, Some("ann"));
    /// # Ok(())
    /// # }
    /// ```
    fn create(
        &self,
        id: SessionId,
        value: T,
        lifetime: Duration,
    ) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send;

    /// Returns the value of a session; `None` if it was removed or its lifetime is over.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not known whether the session exists. The response is 503.
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
    /// let store = MemorySessions::new(100);
    /// store.create(id.clone(), "ann", Duration::ZERO).await?;
    /// assert_eq!(store.load(&id).await?, None); // Its lifetime is over.
    /// # Ok(())
    /// # }
    /// ```
    fn load(
        &self,
        id: &SessionId,
    ) -> impl Future<Output = Result<Option<T>, Box<dyn Error + Send + Sync>>> + Send;

    /// Replaces the value of a session, and not its lifetime. Returns `false` if there is no such
    /// session: one that was removed in the meantime must not be created again.
    ///
    /// # Errors
    ///
    /// Returns an error if the value was not replaced. The response is 503.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::filter::sessions::{MemorySessions, SessionId, SessionStore};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    /// # let id: SessionId = serde_json::from_str("\"c2Vzc2lvbg\"")?;
    /// let store = MemorySessions::new(100);
    /// assert!(!store.update(&id, "ann").await?);
    /// assert_eq!(store.load(&id).await?, None); // It was not created.
    /// # Ok(())
    /// # }
    /// ```
    fn update(
        &self,
        id: &SessionId,
        value: T,
    ) -> impl Future<Output = Result<bool, Box<dyn Error + Send + Sync>>> + Send;

    /// Removes a session, if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if the session may still exist. The response is 503.
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
    /// let store = MemorySessions::new(100);
    /// store.create(id.clone(), "ann", Duration::from_secs(3600)).await?;
    /// store.remove(&id).await?;
    /// assert_eq!(store.load(&id).await?, None);
    /// # Ok(())
    /// # }
    /// ```
    fn remove(
        &self,
        id: &SessionId,
    ) -> impl Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send;
}

type Stored<'a, V> = Pin<Box<dyn Future<Output = Result<V, StoreError>> + Send + 'a>>;

/// A [`SessionStore`] without its type.
pub(super) trait ErasedStore<T>: Send + Sync {
    fn create(&self, id: SessionId, value: T, lifetime: Duration) -> Stored<'_, ()>;
    fn load<'a>(&'a self, id: &'a SessionId) -> Stored<'a, Option<T>>;
    fn update<'a>(&'a self, id: &'a SessionId, value: T) -> Stored<'a, bool>;
    fn remove<'a>(&'a self, id: &'a SessionId) -> Stored<'a, ()>;
}

impl<T: 'static, S: SessionStore<T>> ErasedStore<T> for S {
    fn create(&self, id: SessionId, value: T, lifetime: Duration) -> Stored<'_, ()> {
        Box::pin(SessionStore::create(self, id, value, lifetime))
    }

    fn load<'a>(&'a self, id: &'a SessionId) -> Stored<'a, Option<T>> {
        Box::pin(SessionStore::load(self, id))
    }

    fn update<'a>(&'a self, id: &'a SessionId, value: T) -> Stored<'a, bool> {
        Box::pin(SessionStore::update(self, id, value))
    }

    fn remove<'a>(&'a self, id: &'a SessionId) -> Stored<'a, ()> {
        Box::pin(SessionStore::remove(self, id))
    }
}
