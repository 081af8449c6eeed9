//! Records of any kind by kind and id: what needs no column of its own.

use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Purchase, World, WorldError, records, remember, replay};
use serde_json::Value;

/// A record to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    kind: &'static str,
    id: String,
    record: String,
}

impl Kept {
    /// Something as a record.
    ///
    /// # Errors
    /// [`WorldError::Record`] where it cannot be written as JSON.
    pub fn new(kind: &'static str, id: &str, thing: &impl Serialize) -> Result<Self, WorldError> {
        Ok(Self { kind, id: id.to_owned(), record: serde_json::to_string(thing)? })
    }

    pub(super) fn write(&self, connection: &Connection) -> Result<(), WorldError> {
        let write = "INSERT INTO kept (kind, id, record) VALUES (?1, ?2, ?3)
            ON CONFLICT (kind, id) DO UPDATE SET record = excluded.record";
        connection.execute(write, params![self.kind, self.id, self.record])?;
        Ok(())
    }
}

impl World {
    /// Keeps records, new or changed, and remembers the purchase they came by. The answer of the same
    /// purchase made before comes back instead.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn keep(
        &mut self,
        kept: &[Kept],
        purchase: Option<&Purchase>,
        answer: &Value,
        now: i64,
    ) -> Result<Option<Value>, WorldError> {
        self.change(|tx| {
            if let Some(before) = purchase.map(|purchase| replay(tx, purchase, now)).transpose()?.flatten() {
                return Ok(Some(before));
            }
            for record in kept {
                record.write(tx)?;
            }
            remember(tx, purchase, answer, now)?;
            Ok(None)
        })
    }

    /// A record.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn kept<T: DeserializeOwned>(&self, kind: &str, id: &str) -> Result<Option<T>, WorldError> {
        let query = "SELECT record FROM kept WHERE kind = ?1 AND id = ?2";
        Ok(records(&self.connection, query, params![kind, id])?.pop())
    }

    /// All records of a kind, oldest first.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn all_kept<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<T>, WorldError> {
        records(&self.connection, "SELECT record FROM kept WHERE kind = ?1 ORDER BY place", params![kind])
    }

    /// Forgets a record.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn forget(&mut self, kind: &str, id: &str) -> Result<(), WorldError> {
        self.connection.execute("DELETE FROM kept WHERE kind = ?1 AND id = ?2", [kind, id])?;
        Ok(())
    }
}
