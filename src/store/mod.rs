//! The database of one account: open, lock, migrate, transaction. Knows no other module.
//!
//! SQLite in WAL mode with full sync: a transaction that returned survives a power cut. One process
//! holds an account's database at a time; a lock file beside it says so.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// How long a lock is waited for: a process that is being started holds its parent's for a moment.
const LOCK_PATIENCE: Duration = Duration::from_millis(250);
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another running program has it.
    #[error("another Reelmeter is using {}", .0.display())]
    InUse(PathBuf),
    /// Written by a newer version of the program; its number.
    #[error("the journal was written by a newer Reelmeter (format {0})")]
    TooNew(i64),
    /// The folder or lock file cannot be written.
    #[error("{} cannot be written", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The file is no journal, or is damaged.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
    /// SQLite's own words.
    #[error("the journal could not be read or written: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value that this program cannot have written.
    #[error("the journal holds a value that makes no sense: {0}")]
    Corrupt(String),
    /// The background runtime is going down.
    #[error("the program is closing")]
    Closing,
}

impl StoreError {
    /// Whether the disk is full, which the person can mend.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Sqlite(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull))
    }
}

/// The steps from an empty file to the present format. Only ever appended to.
const MIGRATIONS: &[&str] = &[
    include_str!("format_1.sql"),
    include_str!("format_2.sql"),
    include_str!("format_3.sql"),
    include_str!("format_4.sql"),
    include_str!("format_5.sql"),
    include_str!("format_6.sql"),
    include_str!("format_7.sql"),
    include_str!("format_8.sql"),
    include_str!("format_9.sql"),
    include_str!("format_10.sql"),
    include_str!("format_11.sql"),
];

/// One account's database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    _lock: Arc<File>,
}

impl Store {
    /// Opens or makes the database at `path`, takes its lock and brings it to the present format.
    ///
    /// # Errors
    /// [`StoreError`]: in use, too new, damaged, not writable, or SQLite's own.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_sound(path).map_err(|error| match &error {
            StoreError::Sqlite(cause) if is_damage(cause) => StoreError::Damaged(path.to_owned()),
            _ => error,
        })
    }

    fn open_sound(path: &Path) -> Result<Self, StoreError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Folder { path, source }
        };
        std::fs::create_dir_all(folder).map_err(at(folder))?;
        let lock_path = path.with_extension("lock");
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path).map_err(at(&lock_path))?;
        let since = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if since.elapsed() < LOCK_PATIENCE => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(path.to_owned())),
                Err(TryLockError::Error(source)) => return Err(StoreError::Folder { path: lock_path, source }),
            }
        }
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        migrate(&mut connection)?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), _lock: Arc::new(lock) })
    }

    /// Runs `work` in one immediate transaction: all of it is on disk when this returns, or none.
    /// Blocks for some milliseconds: never call it from the window's thread in a frame.
    ///
    /// # Errors
    /// Whatever `work` returns, or SQLite's failure to begin or commit.
    pub fn transaction<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let value = work(&transaction)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(value)
    }

    /// [`Store::transaction`] on a thread where blocking is allowed.
    ///
    /// # Errors
    /// As [`Store::transaction`]; [`StoreError::Closing`] when the runtime is going down.
    pub async fn run<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        match tokio::task::spawn_blocking(move || store.transaction(work)).await {
            Ok(result) => result,
            Err(_) => Err(StoreError::Closing.into()),
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let newest = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let present: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if present > newest {
        return Err(StoreError::TooNew(present));
    }
    for step in MIGRATIONS.iter().skip(usize::try_from(present).unwrap_or(0)) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", newest)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_program_is_refused_and_the_first_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.db");
        let first = Store::open(&path).unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::InUse(_))));
        drop(first);
        Store::open(&path).unwrap();
    }

    #[test]
    fn a_newer_format_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.db");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::TooNew(99))));
    }

    #[test]
    fn a_damaged_file_is_named_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.db");
        std::fs::write(&path, "no journal at all, but somebody may want to mend it".repeat(100)).unwrap();
        let before = std::fs::read(&path).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(matches!(&error, StoreError::Damaged(named) if *named == path), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_transaction_that_fails_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.db");
        let store = Store::open(&path).unwrap();
        let failed: Result<(), StoreError> = store.transaction(|tx| {
            tx.execute("INSERT INTO wallet (at, balance) VALUES (1, '25')", [])?;
            Err(StoreError::Corrupt("on purpose".to_owned()))
        });
        assert!(failed.is_err());
        drop(store);
        let readings: i64 = Store::open(&path)
            .unwrap()
            .transaction::<_, StoreError>(|tx| Ok(tx.query_row("SELECT count(*) FROM wallet", [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(readings, 0);
    }
}
