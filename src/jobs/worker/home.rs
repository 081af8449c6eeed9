//! The last way of a job: what was made of it into the person's folder, with captions and thumbnails.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};

use super::JobEvent;
use super::run::{Brought, Run};
use crate::draft::{WordTiming, chat};
use crate::heygen::{self, Client, ErrorKind, FileRole, Remote, RemoteFile, Resource};
use crate::jobs::journal::{self, Record};
use crate::jobs::policy::{Fault, Outcome, TRIES_BEFORE_GONE, TRIES_BEFORE_WORDS};
use crate::jobs::transfer;
use crate::jobs::types::{JobError, JobState, Made, ResultClip, ResultFiles};
use crate::media::captions;
use crate::media::content::hex;
use crate::store::StoreError;

impl Run {
    /// Brings everything that was made home.
    pub(super) async fn download(&mut self, record: &Record, resource: Resource) -> Result<Outcome, StoreError> {
        let (id, now) = (self.id, (self.shared.now)());
        let from = [JobState::Running, JobState::Downloading];
        if record.job.state == JobState::Running {
            let video = self.made.as_ref().map(|made| made.id.clone()).filter(|id| chat::video_of(id).is_some());
            let said = self.made.as_ref().and_then(|made| charged_for(resource, made));
            let own = self
                .shared
                .store
                .run(move |tx| {
                    // From here on the video of a session is this job's, and no other's.
                    if let Some(video) = &video {
                        let others = journal::videos_of_others(tx, id, chat::session_of(video))?;
                        if others.iter().any(|other| chat::video_of(video) == Some(other)) {
                            return Ok::<_, StoreError>(false);
                        }
                        journal::set_remote_id(tx, id, video)?;
                    }
                    if let Some(said) = said {
                        journal::set_made(tx, id, said)?;
                    }
                    journal::move_to(tx, id, &from, JobState::Downloading, now, "")
                })
                .await?;
            if !own {
                self.made = None;
                return Ok(Outcome::StillRunning);
            }
            self.shared.reload(id).await?;
            // HeyGen charges when it is made, however long it takes to come home.
            self.shared.tell(JobEvent::WalletMoved).await;
        }
        // HeyGen is done with it: the next in line may have its place.
        self.place = None;
        self.arriving = None;
        let permit = Arc::clone(&self.shared.downloads).acquire_owned().await;
        let outcome = match self.bring_home(record, resource).await {
            Ok(true) => Outcome::Saved,
            Ok(false) => Outcome::Unlisted,
            Err(fault) => {
                // The address may have expired: the next try asks for a fresh one.
                self.made = None;
                Outcome::Failure(fault)
            }
        };
        drop(permit);
        Ok(outcome)
    }

    /// `false`: HeyGen lists nothing of what it made yet.
    async fn bring_home(&mut self, record: &Record, resource: Resource) -> Result<bool, Fault> {
        let client = self.shared.client()?;
        let made = match self.made.take() {
            Some(made) => made,
            None if resource == Resource::Speech => heygen::speech_made(record.answer.as_deref().unwrap_or_default())?,
            None if resource == Resource::Stream => self.session_made(record).await?,
            None => self.remote(&client, record, resource).await?,
        };
        let Some(said) = charged_for(resource, &made) else { return Ok(false) };
        if record.made.is_none() && record.job.state == JobState::Downloading {
            let id = self.id;
            self.shared.store.run(move |tx| journal::set_made(tx, id, said)).await?;
            self.shared.reload(id).await?;
        }
        let brought = match self.bring_files(&client, record, resource, &made).await {
            Ok(brought) => brought,
            // Nobody gives a fresh address for a speech, or any where there is none: what was paid is
            // known all the same.
            Err(Fault { kind: ErrorKind::LinkExpired | ErrorKind::Invalid | ErrorKind::Unreadable, .. })
                if resource == Resource::Speech && self.failures >= TRIES_BEFORE_WORDS =>
            {
                Brought {
                    seconds: made.seconds,
                    error: Some(JobError {
                        what: "The sound was made, but its address is missing or expired before it could be saved."
                            .to_owned(),
                        money: "It was charged.".to_owned(),
                        advice: "Make it again if you need it; it costs the same once more.".to_owned(),
                    }),
                    ..Brought::default()
                }
            }
            Err(fault) => return Err(fault),
        };
        self.brought = Some(brought);
        Ok(true)
    }

    async fn bring_files(
        &mut self,
        client: &Client,
        record: &Record,
        resource: Resource,
        made: &Remote,
    ) -> Result<Brought, Fault> {
        let thumbnails = self.shared.folders.borrow().thumbnails.clone();
        let mut brought = Brought { pieces: made.pieces, ..Brought::default() };
        let mut files = ResultFiles { words: made.words.clone(), ..ResultFiles::default() };
        let of_role = |role| made.files.iter().find(|file| file.role == role);
        let main = of_role(FileRole::Main).or(of_role(FileRole::Audio));
        match main {
            Some(main) => {
                let target = self.fetch(client, record, main, None, &record.job.title).await?;
                for file in &made.files {
                    match file.role {
                        FileRole::Captions => {
                            files.captions = self.companion(client, &file.url, &target.with_extension("srt")).await?;
                        }
                        FileRole::WebCaptions => {
                            self.companion(client, &file.url, &target.with_extension("vtt")).await?;
                        }
                        FileRole::Thumbnail => {
                            let name = thumbnails.join(format!("{}.png", self.id));
                            files.thumbnail = self.beside(client, &file.url, &name).await.unwrap_or_default();
                        }
                        FileRole::Audio if !std::ptr::eq(file, main) => {
                            let target = target.with_extension(&file.extension);
                            files.audio = self.companion(client, &file.url, &target).await?;
                        }
                        FileRole::Main | FileRole::Audio | FileRole::Clip => {}
                    }
                }
                // No length at all would be charged as nothing.
                brought.seconds = match made.seconds.filter(|seconds| *seconds > Decimal::ZERO) {
                    Some(seconds) => Some(seconds),
                    None => measured(&target).await,
                };
                if resource == Resource::Speech && !made.words.is_empty() {
                    files.captions = self.write_captions(&made.words, &target.with_extension("srt")).await;
                }
                if is_sound(&main.extension) {
                    files.audio = Some(target);
                } else {
                    files.video = Some(target);
                }
            }
            None if needs_main(resource) => {
                return Err(Fault {
                    kind: ErrorKind::Unreadable,
                    message: "HeyGen says it is finished but gives no address for it".to_owned(),
                    param: None,
                });
            }
            None => {
                // A look that was trained is a picture and no file of the person's own. It is trained, and
                // charged, whether the picture comes or not.
                if let Some(picture) = of_role(FileRole::Thumbnail) {
                    let name = thumbnails.join(format!("{}.png", self.id));
                    files.thumbnail = self.companion(client, &picture.url, &name).await?;
                }
                brought.seconds = made.seconds;
            }
        }
        let clips = made.files.iter().filter(|file| file.role == FileRole::Clip);
        let (mut lost, mut held_up) = (Vec::new(), None);
        for (place, clip) in clips.enumerate() {
            let number = place + 1;
            let item = clip.id.clone().unwrap_or_else(|| number.to_string());
            let title = clip.title.clone().unwrap_or_else(|| format!("Clip {number}"));
            let name = format!("{} {number:02} {title}", record.job.title);
            let path = match self.fetch(client, record, clip, Some(&item), &name).await {
                Ok(path) => path,
                // One dead address must not keep the others, nor the charge.
                Err(fault) if matches!(fault.kind, ErrorKind::LinkExpired | ErrorKind::Invalid) => {
                    let times = self.dead.entry(item).or_default();
                    *times = times.saturating_add(1);
                    match *times < TRIES_BEFORE_GONE {
                        true => held_up = held_up.or(Some(fault)),
                        false => lost.push(title),
                    }
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            let thumbnail = match &clip.thumbnail_url {
                Some(url) => {
                    let name = thumbnails.join(format!("{}-{number}.png", self.id));
                    self.beside(client, url, &name).await.unwrap_or_default()
                }
                None => None,
            };
            let seconds = match clip.seconds {
                Some(seconds) => Some(seconds),
                None => measured(&path).await,
            };
            files.clips.push(ResultClip { path, title, seconds, score: clip.score, thumbnail });
        }
        // The other clips are here; a fresh address may bring this one too.
        if let Some(fault) = held_up {
            return Err(fault);
        }
        if files.thumbnail.is_none() {
            files.thumbnail = match &files.video {
                Some(video) => taken_from(video, &thumbnails.join(format!("{}.png", self.id))).await,
                None => files.clips.first().and_then(|clip| clip.thumbnail.clone()),
            };
        }
        brought.files = files;
        brought.error =
            Some(made).filter(|_| resource == Resource::Clipping).and_then(|made| missing_words(made, &lost));
        Ok(brought)
    }

    /// Captions made here from when each word is spoken. Without them the job is done all the same.
    async fn write_captions(&self, words: &[WordTiming], target: &Path) -> Option<PathBuf> {
        let part = transfer::part_path(target, &self.id.to_string());
        if transfer::is_placed(&part, target) {
            return Some(target.to_owned());
        }
        let text = captions::srt(&captions::cues(words));
        let writing = part.clone();
        let written = tokio::task::spawn_blocking(move || {
            use std::io::Write as _;
            let mut file = std::fs::File::create(&writing)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        let placed = match written.await {
            Ok(Ok(())) => place(&part, target).await,
            Ok(Err(error)) => Err(transfer::disk_fault(&error, &part)),
            Err(_) => Err(StoreError::Closing.into()),
        };
        let same = matches!(placed, Ok(false)) && same_bytes(&part, target).await;
        transfer::clear(&part);
        match placed {
            Ok(true) => Some(target.to_owned()),
            // An earlier try may have got this far.
            Ok(false) => same.then(|| target.to_owned()),
            Err(fault) => {
                tracing::warn!(job = %self.id, message = %fault.message, "the captions could not be written");
                None
            }
        }
    }

    /// One file of the result into the person's folder, under the name it was promised; `item` tells it
    /// from the others of its job.
    async fn fetch(
        &mut self,
        client: &Client,
        record: &Record,
        file: &RemoteFile,
        item: Option<&str>,
        title: &str,
    ) -> Result<PathBuf, Fault> {
        let folders = self.shared.folders.borrow().clone();
        let promised = match item {
            None => record.target.clone(),
            Some(item) => {
                let (id, item) = (self.id, item.to_owned());
                self.shared.store.run(move |tx| journal::item_target(tx, id, &item)).await?
            }
        };
        let mut target = match promised {
            Some(target) => target,
            None => self.promise_target(&folders.results, title, &file.extension, item).await?,
        };
        if target.parent() != Some(folders.results.as_path()) && !can_be_written(&target).await {
            // The stick is gone, or the person chose another folder because this one takes no files.
            target = self.promise_target(&folders.results, title, &file.extension, item).await?;
        }
        let name = match item {
            None => self.id.to_string(),
            // Ids that differ may be the same once they are made a file's name.
            Some(item) => format!("{}-{}", self.id, hex(&Sha256::digest(item))),
        };
        let mut part = transfer::part_path(&target, &name);
        if !transfer::is_placed(&part, &target) {
            let progress = self.progress_of_bytes();
            let came = transfer::download(client, &file.url, &part, &progress).await;
            if let Err(Fault { kind: ErrorKind::Conflict, .. }) = &came {
                // What is here belongs to another file: begin anew.
                transfer::clear(&part);
            }
            came?;
            while !place(&part, &target).await? {
                let next = self.promise_target(&folders.results, title, &file.extension, item).await?;
                // The hidden name hangs on the job alone, so it stays unless the folder is another.
                let moved = transfer::part_path(&next, &name);
                if moved != part {
                    tokio::fs::rename(&part, &moved).await.map_err(|error| transfer::disk_fault(&error, &moved))?;
                }
                (target, part) = (next, moved);
            }
        }
        self.parts.push(part);
        Ok(target)
    }

    async fn promise_target(
        &self,
        folder: &Path,
        title: &str,
        extension: &str,
        item: Option<&str>,
    ) -> Result<PathBuf, Fault> {
        let (id, folder, title, extension) = (self.id, folder.to_owned(), title.to_owned(), extension.to_owned());
        let item = item.map(str::to_owned);
        let mut promised = self.shared.store.run(journal::promised).await?;
        loop {
            let (folder, title, extension, item) = (folder.clone(), title.clone(), extension.clone(), item.clone());
            // A slow folder must not hold the journal up.
            let looked = move || transfer::free_target(&folder, &title, &extension, &promised);
            let target = tokio::task::spawn_blocking(looked).await.map_err(|_| StoreError::Closing)?;
            let free = target.clone();
            let taken = self
                .shared
                .store
                .run(move |tx| {
                    let promised = journal::promised(tx)?;
                    // Another job was promised it meanwhile.
                    if promised.has(&free) {
                        return Ok(Some(promised));
                    }
                    match &item {
                        None => journal::set_target(tx, id, &free)?,
                        Some(item) => journal::set_item_target(tx, id, item, &free)?,
                    }
                    Ok::<_, StoreError>(None)
                })
                .await?;
            match taken {
                None => return Ok(target),
                Some(now) => promised = now,
            }
        }
    }

    /// Captions or sound that belong to the video. Some tries are worth them; without them the job is
    /// done all the same.
    async fn companion(&self, client: &Client, url: &str, target: &Path) -> Result<Option<PathBuf>, Fault> {
        match self.beside(client, url, target).await {
            Err(fault) if self.failures < TRIES_BEFORE_WORDS => Err(fault),
            came => Ok(came.unwrap_or_default()),
        }
    }

    /// A small file that belongs to the result; `None` where its name is taken.
    async fn beside(&self, client: &Client, url: &str, target: &Path) -> Result<Option<PathBuf>, Fault> {
        let own =
            target.file_stem().map(|stem| stem.to_string_lossy()).filter(|stem| stem.starts_with(&self.id.to_string()));
        let name = own.map_or_else(|| self.id.to_string(), std::borrow::Cow::into_owned);
        let part = transfer::part_path(target, &name);
        if transfer::is_placed(&part, target) {
            return Ok(Some(target.to_owned()));
        }
        let came = match transfer::download(client, url, &part, &|_, _| {}).await {
            Ok(()) => place(&part, target).await,
            Err(fault) => Err(fault),
        };
        let same = matches!(came, Ok(false)) && same_bytes(&part, target).await;
        transfer::clear(&part);
        match came {
            Ok(true) => Ok(Some(target.to_owned())),
            // An earlier try may have got this far.
            Ok(false) => Ok(same.then(|| target.to_owned())),
            Err(fault) => {
                tracing::warn!(job = %self.id, message = %fault.message, "a companion file did not come");
                Err(fault)
            }
        }
    }
}

/// What HeyGen charges for; `None` where it has not listed that yet.
fn charged_for(resource: Resource, made: &Remote) -> Option<Made> {
    // No length at all would be charged as nothing.
    let seconds = made.seconds.filter(|seconds| *seconds > Decimal::ZERO);
    (resource != Resource::Clipping || made.pieces > 0).then_some(Made { seconds, pieces: made.pieces })
}

/// Some of several clips were not made, or are `lost`: the job is done, and says which.
fn missing_words(made: &Remote, lost: &[String]) -> Option<JobError> {
    let failures = made.failure_message.clone();
    let gone = match lost {
        [] => None,
        [title] => Some(format!("“{title}” was made, but its address at HeyGen is dead, so it is not here.")),
        titles => {
            let titles = titles.join("”, “");
            Some(format!("“{titles}” were made, but their addresses at HeyGen are dead, so they are not here."))
        }
    };
    let money = match &gone {
        Some(_) => format!("{} of them were made: those are charged, whether they came home or not.", made.pieces),
        None => format!("{} of them were made: only those are charged.", made.pieces),
    };
    let advice = match &gone {
        Some(_) => "Look for them at HeyGen before you make them again.",
        None => "Another try with the same video may find other moments.",
    };
    let what = failures.into_iter().chain(gone).reduce(|one, other| format!("{one} {other}"))?;
    Some(JobError { what, money, advice: advice.to_owned() })
}

/// Whether a finished resource of this kind is nothing without its main file.
fn needs_main(resource: Resource) -> bool {
    match resource {
        Resource::Video
        | Resource::AgentSession
        | Resource::Translation
        | Resource::Lipsync
        | Resource::HyperFramesRender
        | Resource::Speech => true,
        Resource::Clipping | Resource::Look | Resource::Stream => false,
    }
}

fn is_sound(extension: &str) -> bool {
    matches!(extension, "mp3" | "wav" | "m4a")
}

async fn place(part: &Path, target: &Path) -> Result<bool, Fault> {
    let (from, to) = (part.to_owned(), target.to_owned());
    match tokio::task::spawn_blocking(move || transfer::place(&from, &to)).await {
        Ok(Ok(placed)) => Ok(placed),
        Ok(Err(error)) => Err(transfer::disk_fault(&error, target)),
        Err(_) => Err(StoreError::Closing.into()),
    }
}

async fn same_bytes(one: &Path, other: &Path) -> bool {
    match (tokio::fs::read(one).await, tokio::fs::read(other).await) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

async fn can_be_written(target: &Path) -> bool {
    let Some(folder) = target.parent().map(Path::to_path_buf) else { return false };
    // The folder is not made anew here: a stick that was pulled out must not become a folder of its name.
    tokio::task::spawn_blocking(move || folder.is_dir() && transfer::check_folder(&folder).is_ok())
        .await
        .unwrap_or(false)
}

/// The first picture of a saved video, where HeyGen sends none with it.
async fn taken_from(video: &Path, thumbnail: &Path) -> Option<PathBuf> {
    /// Enough for the Library's cards.
    const HEIGHT: u32 = 360;
    let (video, thumbnail) = (video.to_owned(), thumbnail.to_owned());
    let taken = tokio::task::spawn_blocking(move || {
        let picture = crate::media::frames::first_frame(&video, HEIGHT).map_err(|error| error.to_string())?;
        crate::media::picture::save_png(&picture, &thumbnail).map_err(|error| error.to_string())?;
        Ok::<_, String>(thumbnail)
    });
    match taken.await.ok()? {
        Ok(thumbnail) => Some(thumbnail),
        Err(error) => {
            tracing::debug!(error, "no thumbnail");
            None
        }
    }
}

/// The length of a saved video from its own bytes, where HeyGen did not say it.
async fn measured(video: &Path) -> Option<Decimal> {
    let path = video.to_owned();
    tokio::task::spawn_blocking(move || crate::media::probe::local_file(&path).duration).await.ok().flatten()
}
