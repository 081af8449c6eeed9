//! Files that were sent: what the world remembers of them.

use rusqlite::params;
use serde_json::Value;

use super::{Arrival, Asset, Purchase, World, WorldError, records, remember, replay};

impl World {
    /// Remembers a new asset, with the purchase it came by. The answer of the same purchase made
    /// before comes back instead.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn add_asset(
        &mut self,
        asset: &Asset,
        purchase: Option<&Purchase>,
        answer: &Value,
        now: i64,
    ) -> Result<Option<Value>, WorldError> {
        self.change(|tx| {
            if let Some(before) = purchase.map(|purchase| replay(tx, purchase, now)).transpose()?.flatten() {
                return Ok(Some(before));
            }
            let record = serde_json::to_string(asset)?;
            tx.execute("INSERT INTO assets (id, record) VALUES (?1, ?2)", params![asset.id, record])?;
            remember(tx, purchase, answer, now)?;
            Ok(None)
        })
    }

    /// An asset.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn asset(&self, id: &str) -> Result<Option<Asset>, WorldError> {
        Ok(records(&self.connection, "SELECT record FROM assets WHERE id = ?1", params![id])?.pop())
    }

    /// All assets that are ready, newest first.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn assets(&self) -> Result<Vec<Asset>, WorldError> {
        let mut assets: Vec<Asset> =
            records(&self.connection, "SELECT record FROM assets ORDER BY place DESC", params![])?;
        assets.retain(|asset| asset.arrival == Arrival::Ready);
        Ok(assets)
    }

    /// Replaces what is known of an asset.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn update_asset(&mut self, asset: &Asset) -> Result<(), WorldError> {
        let record = serde_json::to_string(asset)?;
        self.connection.execute("UPDATE assets SET record = ?2 WHERE id = ?1", params![asset.id, record])?;
        Ok(())
    }

    /// Forgets an asset. `false` when there was none.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn delete_asset(&mut self, id: &str) -> Result<bool, WorldError> {
        Ok(self.connection.execute("DELETE FROM assets WHERE id = ?1", [id])? == 1)
    }
}
