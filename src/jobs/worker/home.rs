//! The last way of a job: its video, captions and thumbnail into the person's folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::run::Run;
use crate::draft::AvatarVideoDraft;
use crate::heygen::{Client, ErrorKind};
use crate::jobs::journal::{self, Record};
use crate::jobs::policy::{Fault, Outcome};
use crate::jobs::transfer;
use crate::jobs::types::{Job, JobState, ResultFiles};
use crate::store::StoreError;

impl Run {
    /// Brings video, captions and thumbnail home.
    pub(super) async fn download(&mut self, record: &Record) -> Result<Outcome, StoreError> {
        let (id, now) = (self.id, (self.shared.now)());
        let from = [JobState::Running, JobState::Downloading];
        if record.job.state == JobState::Running {
            self.shared.store.run(move |tx| journal::move_to(tx, id, &from, JobState::Downloading, now, "")).await?;
            self.shared.reload(id).await?;
        }
        // HeyGen is done with it: the next in line may have its place.
        self.place = None;
        let permit = Arc::clone(&self.shared.downloads).acquire_owned().await;
        let outcome = match self.bring_home(record).await {
            Ok(()) => Outcome::Saved,
            Err(fault) => {
                // The address may have expired: the next try asks for a fresh one.
                self.made = None;
                Outcome::Failure(fault)
            }
        };
        drop(permit);
        Ok(outcome)
    }

    async fn bring_home(&mut self, record: &Record) -> Result<(), Fault> {
        let client = self.shared.client()?;
        let remote_id = record.job.remote_id.clone().unwrap_or_default();
        let video = match self.made.take() {
            Some(video) => video,
            None => client.video(&remote_id).await?,
        };
        let Some(url) = video.video_url.as_deref() else {
            return Err(Fault {
                kind: ErrorKind::Unreadable,
                message: "HeyGen says the video is finished but gives no address for it".to_owned(),
                param: None,
            });
        };
        let folders = self.shared.folders.borrow().clone();
        let mut target = match &record.target {
            Some(target) => target.clone(),
            None => self.promise_target(&folders.results, &record.job).await?,
        };
        let mut part = transfer::part_path(&target, &self.id.to_string());
        if !transfer::is_placed(&part, &target) {
            let progress = self.progress_of_bytes();
            let came = transfer::download(&client, url, &part, &progress).await;
            if let Err(Fault { kind: ErrorKind::Conflict, .. }) = &came {
                // What is here belongs to another file: begin anew.
                tokio::fs::remove_file(&part).await.map_err(|error| transfer::disk_fault(&error, &part))?;
            }
            came?;
        }
        while !place(&part, &target).await? {
            let next = self.promise_target(&folders.results, &record.job).await?;
            let moved = transfer::part_path(&next, &self.id.to_string());
            tokio::fs::rename(&part, &moved).await.map_err(|error| transfer::disk_fault(&error, &moved))?;
            (target, part) = (next, moved);
        }
        let captions = match video.subtitle_url.as_deref() {
            Some(url) => self.beside(&client, url, &target.with_extension("srt")).await,
            None => None,
        };
        let thumbnail = match video.thumbnail_url.as_deref() {
            Some(url) => self.beside(&client, url, &folders.thumbnails.join(format!("{}.png", self.id))).await,
            None => None,
        };
        let duration = match video.duration {
            Some(seconds) => Some(seconds),
            None => measured(&target).await,
        };
        self.kept_files = Some((ResultFiles { video: Some(target), captions, thumbnail }, duration));
        Ok(())
    }

    async fn promise_target(&self, folder: &Path, job: &Job) -> Result<PathBuf, Fault> {
        let (id, folder, title) = (self.id, folder.to_owned(), job.title.clone());
        let extension =
            serde_json::from_str::<AvatarVideoDraft>(&job.draft).map_or("mp4", |draft| draft.output_format.word());
        let promised = self
            .shared
            .store
            .run(move |tx| {
                let target = transfer::free_target(&folder, &title, extension, &journal::targets(tx)?);
                journal::set_target(tx, id, &target)?;
                Ok::<_, StoreError>(target)
            })
            .await?;
        Ok(promised)
    }

    /// A small file that belongs to the video. Without it the job is done all the same.
    async fn beside(&self, client: &Client, url: &str, target: &Path) -> Option<PathBuf> {
        let part = transfer::part_path(target, &self.id.to_string());
        if transfer::is_placed(&part, target) {
            return Some(target.to_owned());
        }
        let came = match transfer::download(client, url, &part, &|_, _| {}).await {
            Ok(()) => place(&part, target).await,
            Err(fault) => Err(fault),
        };
        match came {
            Ok(true) => Some(target.to_owned()),
            Ok(false) => None,
            Err(fault) => {
                tracing::warn!(job = %self.id, message = %fault.message, "a companion file did not come");
                None
            }
        }
    }
}

async fn place(part: &Path, target: &Path) -> Result<bool, Fault> {
    let (from, to) = (part.to_owned(), target.to_owned());
    match tokio::task::spawn_blocking(move || transfer::place(&from, &to)).await {
        Ok(Ok(placed)) => Ok(placed),
        Ok(Err(error)) => Err(transfer::disk_fault(&error, target)),
        Err(_) => Err(StoreError::Closing.into()),
    }
}

/// The length of a saved video from its own bytes, where HeyGen did not say it.
async fn measured(video: &Path) -> Option<Decimal> {
    let path = video.to_owned();
    tokio::task::spawn_blocking(move || crate::media::probe::local_file(&path).duration).await.ok().flatten()
}
