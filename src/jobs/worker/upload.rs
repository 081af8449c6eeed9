//! The first way of a job: its files to HeyGen, and the exact body written down.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::run::{Run, failure};
use crate::draft::avatar_video::LocalFile;
use crate::draft::{Draft, Field};
use crate::heygen::{self, AssetId, Client, ErrorKind};
use crate::jobs::journal::{self, Record};
use crate::jobs::policy::{Fault, Outcome};
use crate::jobs::transfer;
use crate::jobs::types::JobState;
use crate::media;
use crate::store::StoreError;

impl Run {
    /// Brings the draft's files up and writes the exact body down.
    pub(super) async fn upload(&mut self, record: &Record) -> Result<Outcome, StoreError> {
        if record.request.is_some() {
            return Ok(Outcome::Ready);
        }
        self.arriving = None;
        self.wait_out_pause().await;
        let draft = match Draft::from_json(record.job.product, &record.job.draft) {
            Ok(draft) => draft,
            Err(error) => return Ok(failure(ErrorKind::Invalid, format!("The saved draft cannot be read: {error}"))),
        };
        let permit = Arc::clone(&self.shared.uploads).acquire_owned().await;
        let (id, now) = (self.id, (self.shared.now)());
        let from = [JobState::Held, JobState::Uploading];
        let moved =
            self.shared.store.run(move |tx| journal::move_to(tx, id, &from, JobState::Uploading, now, "")).await?;
        if !moved {
            return Ok(Outcome::Found);
        }
        self.shared.reload(id).await?;
        let files = draft.composition().uploads();
        let mut assets: BTreeMap<_, _> = BTreeMap::new();
        if !files.is_empty() {
            let client = match self.shared.client() {
                Ok(client) => client,
                Err(fault) => return Ok(Outcome::Failure(fault)),
            };
            let credential = client.fingerprint();
            let there = self.shared.store.run(move |tx| journal::uploads(tx, id, &credential)).await?;
            assets.extend(there.into_iter().map(|(field, asset)| (field, AssetId::new(asset))));
            if let Some(fault) = self.bring_missing(&client, files, &mut assets).await? {
                return Ok(Outcome::Failure(fault));
            }
        }
        drop(permit);
        match heygen::body(&draft, &assets) {
            Ok(body) => {
                self.shared.store.run(move |tx| journal::set_request(tx, id, &body)).await?;
                Ok(Outcome::Ready)
            }
            Err(error) => Ok(Outcome::Failure(error.into())),
        }
    }

    /// Brings up what is not there yet; what kept one of them from it.
    async fn bring_missing(
        &self,
        client: &Client,
        files: Vec<(Field, &LocalFile)>,
        assets: &mut BTreeMap<Field, AssetId>,
    ) -> Result<Option<Fault>, StoreError> {
        let id = self.id;
        for (field, file) in files {
            if assets.contains_key(&field) {
                continue;
            }
            let unchanged = tokio::fs::metadata(&file.path).await.is_ok_and(|data| data.len() == file.size);
            if !unchanged {
                let words = format!("{} is gone or was changed since the job was made.", file.path.display());
                return Ok(Some(Fault { kind: ErrorKind::Local, message: words, param: None }));
            }
            match self.bring_up(client, file).await? {
                Ok(asset) => {
                    let text = asset.as_str().to_owned();
                    self.shared.store.run(move |tx| journal::note_upload(tx, id, field, &text)).await?;
                    assets.insert(field, asset);
                }
                Err(fault) => return Ok(Some(fault)),
            }
        }
        Ok(None)
    }

    /// Brings one file up, or takes the asset that holds the same bytes already while it lives.
    async fn bring_up(&self, client: &Client, file: &LocalFile) -> Result<Result<AssetId, Fault>, StoreError> {
        let media_type = file.media_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
        let content = match media::content::content_hash(&file.path, |_, _| {}).await {
            Ok(content) => content.hex(),
            Err(error) => return Ok(Err(transfer::disk_fault(&error, &file.path))),
        };
        let account = client.fingerprint();
        let known = {
            let (content, media_type, account) = (content.clone(), media_type.clone(), account.clone());
            self.shared.store.run(move |tx| journal::asset_of(tx, &content, &media_type, &account)).await?
        };
        if let Some(known) = known {
            match client.asset(&AssetId::new(known.clone())).await {
                Ok(Some(asset)) if asset.has_bytes => return Ok(Ok(asset.id)),
                Ok(_) => self.shared.store.run(move |tx| journal::forget_asset(tx, &known)).await?,
                // It is somebody else's by now.
                Err(error) if error.kind == ErrorKind::Forbidden => {
                    self.shared.store.run(move |tx| journal::forget_asset(tx, &known)).await?;
                }
                Err(error) => return Ok(Err(error.into())),
            }
        }
        let progress = self.progress_of_bytes();
        let report = |done, total| progress(done, Some(total));
        let uploaded =
            client.upload_with_checksum(&file.path, &file.name(), &media_type, Some(&content), &report).await;
        match uploaded {
            Ok(uploaded) => {
                let (asset, now) = (uploaded.id.as_str().to_owned(), (self.shared.now)());
                self.shared
                    .store
                    .run(move |tx| journal::note_asset(tx, &content, &media_type, &account, &asset, now))
                    .await?;
                Ok(Ok(uploaded.id))
            }
            Err(error) => Ok(Err(error.into())),
        }
    }
}
