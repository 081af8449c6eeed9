//! Files that are made of a finished film when somebody fetches them first: most are never fetched, and a film is
//! finished sooner without them.

use std::io;
use std::path::Path;

use crate::media::probe::probe;
use crate::sandbox::footage::{FootageError, burn_captions, to_gif};
use crate::sandbox::server::State;
use crate::sandbox::world::Made;

const CAPTIONED: &str = "-captioned.mp4";
const GIF: &str = ".gif";

/// The name of the film with its captions in the picture, where it has captions.
pub(super) fn captioned(made: &Made) -> Option<String> {
    made.captions.as_ref()?;
    Some(format!("{}{CAPTIONED}", made.video.as_deref()?.strip_suffix(".mp4")?))
}

/// The name of the film's GIF.
pub(super) fn gif(made: &Made) -> Option<String> {
    Some(format!("{}{GIF}", made.video.as_deref()?.strip_suffix(".mp4")?))
}

/// Makes a file of the results folder that is made on demand and is not there yet. Nothing happens for any other.
pub(super) async fn make(state: &State, name: &str) -> io::Result<()> {
    let stem = name.strip_suffix(CAPTIONED).or_else(|| name.strip_suffix(GIF));
    let (results, target) = (&state.folders.results, state.folders.results.join(name));
    let Some(stem) = stem.filter(|stem| !stem.is_empty() && !stem.contains(['/', '\\'])) else { return Ok(()) };
    // Two who ask at once get the same.
    let _turn = state.deriving.lock().await;
    let (film, srt) = (results.join(format!("{stem}.mp4")), results.join(format!("{stem}.srt")));
    if tokio::fs::try_exists(&target).await? || !tokio::fs::try_exists(&film).await? {
        return Ok(());
    }
    let is_gif = name.ends_with(GIF);
    let work = move || if is_gif { to_gif(&film, &target) } else { captions_into(&film, &srt, &target) };
    let made = tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?;
    made.map_err(io::Error::other)
}

fn captions_into(film: &Path, srt: &Path, target: &Path) -> Result<(), FootageError> {
    let seconds = probe(film).ok().and_then(|probed| probed.seconds);
    burn_captions(film, seconds.unwrap_or_default(), srt, target)
}
