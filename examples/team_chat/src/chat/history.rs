//! The posts of all rooms, in SQLite.
//!
//! 1. Every access runs on a blocking thread, so a slow disk does not stop the sockets.
//! 2. One access runs at a time, in the order of the calls. What it does beside the database, such
//!    as sending a post to the room, therefore happens in the order of storage.
//! 3. At most [`WAITING`] accesses wait. Further ones fail at once.
//! 4. An access that has begun runs to its end, also if its caller is dropped. The runtime waits
//!    for it before the program ends.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, named_params};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::spawn_blocking;

use crate::chat::messages::{Page, Post, RoomName};

/// The number of accesses that may wait.
pub(crate) const WAITING: usize = 256;

/// The number of posts in a page.
pub(crate) const PAGE: usize = 50;

/// The number of rooms in the list of rooms.
const ROOMS: usize = 100;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS posts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        room TEXT NOT NULL,
        author TEXT NOT NULL,
        text TEXT NOT NULL,
        sent_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS posts_of_room ON posts (room, id);
    CREATE TABLE IF NOT EXISTS rooms (name TEXT PRIMARY KEY, latest INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS rooms_by_latest ON rooms (latest);
";

/// The database. A clone is the same database.
#[derive(Clone, Debug)]
pub(crate) struct History {
    posts: Arc<Mutex<Posts>>,
    places: Arc<Semaphore>,
}

/// The reason that an access failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error("the history is busy")]
    Busy,
    #[error("the history failed")]
    Database(#[from] rusqlite::Error),
    #[error("the access to the history panicked")]
    Panicked(#[from] tokio::task::JoinError),
}

impl History {
    /// Opens the database in a file, or creates it. `:memory:` is a database for a test.
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        // With WAL, a backup can read while the server writes. A post survives a crash of the
        // program. `FULL` instead of `NORMAL` also lets it survive a loss of power.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self {
            posts: Arc::new(Mutex::new(Posts(connection))),
            places: Arc::new(Semaphore::new(WAITING)),
        })
    }

    /// Runs `access` on a blocking thread.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped early, `access` runs as a whole or not at all.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        access: impl FnOnce(&Posts) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, HistoryError> {
        let _place = self
            .places
            .try_acquire()
            .map_err(|_full| HistoryError::Busy)?;
        // This lock is fair: the first to wait is the next to have it.
        let posts = Arc::clone(&self.posts).lock_owned().await;
        Ok(spawn_blocking(move || access(&posts)).await??)
    }
}

/// The table of posts, on a blocking thread.
#[derive(Debug)]
pub(crate) struct Posts(Connection);

impl Posts {
    /// Stores a text as the latest post of its room.
    pub(crate) fn add(
        &self,
        room: &RoomName,
        author: String,
        text: String,
    ) -> rusqlite::Result<Post> {
        let sent_at = now();
        let both = self.0.unchecked_transaction()?;
        both.execute(
            "INSERT INTO posts (room, author, text, sent_at)
             VALUES (:room, :author, :text, :sent_at)",
            named_params! {
                ":room": room.as_str(), ":author": author, ":text": text, ":sent_at": sent_at,
            },
        )?;
        let id = both.last_insert_rowid();
        both.execute(
            "INSERT INTO rooms (name, latest) VALUES (:room, :id)
             ON CONFLICT (name) DO UPDATE SET latest = excluded.latest",
            named_params! { ":room": room.as_str(), ":id": id },
        )?;
        both.commit()?;
        Ok(Post {
            id,
            author,
            text,
            sent_at,
        })
    }

    /// Returns the latest posts of a room with a number below `before`.
    pub(crate) fn page(&self, room: &RoomName, before: i64) -> rusqlite::Result<Page> {
        let mut select = self.0.prepare(
            "SELECT id, author, text, sent_at FROM posts
             WHERE room = :room AND id < :before ORDER BY id DESC LIMIT :limit",
        )?;
        // One more than a page, to know if there is a next page.
        let values = named_params! {
            ":room": room.as_str(), ":before": before, ":limit": PAGE as i64 + 1,
        };
        let rows = select.query_map(values, |row| {
            Ok(Post {
                id: row.get(0)?,
                author: row.get(1)?,
                text: row.get(2)?,
                sent_at: row.get(3)?,
            })
        })?;
        let mut posts = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let more = posts.len() > PAGE;
        posts.truncate(PAGE);
        posts.reverse();
        Ok(Page { posts, more })
    }

    /// Returns the names of the rooms with the latest posts.
    pub(crate) fn latest_rooms(&self) -> rusqlite::Result<Vec<String>> {
        let mut select = self
            .0
            .prepare("SELECT name FROM rooms ORDER BY latest DESC LIMIT :limit")?;
        let values = named_params! { ":limit": ROOMS as i64 };
        select.query_map(values, |row| row.get(0))?.collect()
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
