//! Follows the playlists of a live film and brings its segments to the player, until there are no more. Whatever is
//! missing, late or broken is passed over or waited for, and said; nothing here can start or end a session.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use url::Url;

use crate::heygen::{Client, Error, ErrorKind, StreamStatus};
use crate::media::hls::{self, Place, Playlist, Read, Segment, Variant};
use crate::media::live::{LivePlayer, Part, Track};

/// Bytes of one segment: two seconds of 720 lines have some 500 KB.
const LARGEST_SEGMENT: usize = 24 * 1024 * 1024;
/// Bytes of the header of fragmented MP4: some 1,500.
const LARGEST_HEADER: usize = 1024 * 1024;
/// Segments behind the newest at which watching begins.
const BEHIND: usize = 2;
/// Tries to bring one segment, or a list, before it is given up.
const TRIES: u32 = 3;
/// Before something that did not work is tried again.
const AGAIN: Duration = Duration::from_millis(700);
/// Before a decoder that has enough is offered more.
const FULL: Duration = Duration::from_millis(80);
/// How long one request may take: what comes later is of no use.
const LATE: Duration = Duration::from_secs(12);
/// Targets of a list after which one that has not grown stands still, and the shortest time that is.
const STANDS_STILL: (i64, Duration) = (3, Duration::from_secs(5));

/// Where a film is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A realtime session at HeyGen, which knows the present address.
    Session(String),
    /// A playlist.
    Address(String),
}

/// Follows a film to its end. `tell` hears why there are no pictures, in words, and `None` once there are again.
pub async fn follow(client: &Client, source: &Source, player: &LivePlayer, tell: impl Fn(Option<String>) + Sync) {
    let mut follower = Follower { client, player, tell, next: [None; 2], variant: 0, was_told: false };
    // Times in a row that nothing came.
    let mut in_vain = 0_u32;
    loop {
        let address = match source {
            Source::Address(address) => Some(address.clone()),
            Source::Session(id) => match client.stream(id).await {
                Ok(stream) => match stream.status {
                    StreamStatus::Completed | StreamStatus::Cancelled | StreamStatus::Failed => break,
                    _ => stream.hls_url,
                },
                Err(error) if passes(&error) => None,
                // The worker says what is wrong with the session itself.
                Err(_) => break,
            },
        };
        if let Some(address) = address {
            let before = follower.next;
            match (follower.address(&address).await, source) {
                (End::Over, _) | (End::Still, Source::Address(_)) => break,
                (End::Refused(words), _) => {
                    follower.say(Some(words));
                    return;
                }
                (End::Still, Source::Session(_)) => {}
                (End::Lost, _) => {
                    in_vain = if follower.next == before { in_vain.saturating_add(1) } else { 0 };
                    if in_vain >= TRIES {
                        follower.say(Some("The stream cannot be reached at the moment.".to_owned()));
                    }
                    if in_vain >= TRIES && matches!(source, Source::Address(_)) {
                        break;
                    }
                }
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
    player.finish();
}

/// What may pass by itself.
pub(super) fn passes(error: &Error) -> bool {
    matches!(
        error.kind,
        ErrorKind::NoConnection
            | ErrorKind::Interrupted
            | ErrorKind::Server
            | ErrorKind::Unreadable
            | ErrorKind::InProgress
            | ErrorKind::RateLimited { .. }
    )
}

/// How the following of an address ended.
enum End {
    /// There will be no more, and all of it was brought.
    Over,
    /// It cannot be read: a fresh address may do better.
    Lost,
    /// It stands still, and that was said.
    Still,
    /// Trying again would not help; the sentence says why.
    Refused(String),
}

struct Follower<'a, T> {
    client: &'a Client,
    player: &'a LivePlayer,
    tell: T,
    /// The segment that comes next, of each track.
    next: [Option<u64>; 2],
    /// The variant that is tried, of those that are offered.
    variant: usize,
    was_told: bool,
}

impl<T: Fn(Option<String>) + Sync> Follower<'_, T> {
    /// Says something once, and that it is over once.
    fn say(&mut self, words: Option<String>) {
        if words.is_some() || self.was_told {
            self.was_told = words.is_some();
            (self.tell)(words);
        }
    }

    async fn address(&mut self, address: &str) -> End {
        let list = match read_list(self.client, address).await {
            Ok(list) => list,
            Err(Trouble::Passing) => return End::Lost,
            Err(Trouble::Lasting(words)) => return End::Refused(words),
        };
        let variants = match list {
            Read::Media(_) => return self.variant(&Variant { film: address.to_owned(), sound: None }).await,
            Read::Master(variants) => variants,
        };
        // One that cannot be had makes room for the next best.
        let chosen = self.variant % variants.len().max(1);
        let Some(variant) = variants.get(chosen) else { return End::Lost };
        let before = self.next;
        let end = self.variant(variant).await;
        if matches!(end, End::Lost) && self.next == before {
            self.variant = chosen.saturating_add(1);
        }
        end
    }

    /// Follows the film and, where it comes by itself, its sound.
    async fn variant(&mut self, variant: &Variant) -> End {
        let (client, player) = (self.client, self.player);
        let [film_next, sound_next] = self.next;
        let mut film = Lane::new(client, player, Track::Film, film_next);
        let Some(sound_address) = &variant.sound else {
            let end = film.follow(&variant.film, |words| self.say(words)).await;
            self.next = [film.next, sound_next];
            return end;
        };
        player.expect_sound();
        let mut sound = Lane::new(client, player, Track::Sound, sound_next);
        let end = {
            let pictures = film.follow(&variant.film, |words| self.say(words));
            // A sound that fails or ends leaves the pictures alone.
            let heard = async {
                while !matches!(sound.follow(sound_address, |_| {}).await, End::Over | End::Refused(_)) {
                    tokio::time::sleep(AGAIN).await;
                }
            };
            tokio::pin!(pictures, heard);
            tokio::select! {
                end = &mut pictures => match end {
                    // The last of the sound is still on its way; where it is not, nobody waits.
                    End::Over => {
                        let _ = tokio::time::timeout(LATE, heard).await;
                        End::Over
                    }
                    end => end,
                },
                () = &mut heard => pictures.await,
            }
        };
        self.next = [film.next, sound.next];
        end
    }
}

/// One playlist and the track its segments belong to.
struct Lane<'a> {
    client: &'a Client,
    player: &'a LivePlayer,
    track: Track,
    next: Option<u64>,
    /// Where in the film a segment begins, as the lists so far say: its number, and seconds.
    known: Option<(u64, Decimal)>,
    /// The header that was fetched last.
    header: Option<(Place, Arc<[u8]>)>,
    /// Tries of the segment that comes next.
    tries: u32,
}

impl<'a> Lane<'a> {
    fn new(client: &'a Client, player: &'a LivePlayer, track: Track, next: Option<u64>) -> Self {
        Self { client, player, track, next, known: None, header: None, tries: 0 }
    }

    async fn follow(&mut self, address: &str, mut say: impl FnMut(Option<String>)) -> End {
        let (mut grew, mut misses) = (Instant::now(), 0_u32);
        loop {
            let list = match read_list(self.client, address).await {
                Ok(Read::Media(list)) => list,
                Ok(Read::Master(_)) => return End::Refused("The stream leads in a circle.".to_owned()),
                Err(Trouble::Lasting(words)) => return End::Refused(words),
                Err(Trouble::Passing) => {
                    misses = misses.saturating_add(1);
                    // One that never came leaves room for another at once.
                    if misses >= TRIES || self.next.is_none() {
                        return End::Lost;
                    }
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
            };
            misses = 0;
            let before = self.next;
            let is_whole = self.bring(&list).await;
            if self.next != before {
                grew = Instant::now();
                say(None);
            }
            if list.is_ended && is_whole {
                return End::Over;
            }
            if grew.elapsed() >= patience(&list) {
                say(Some("The stream stands still. The session goes on, and its meter with it.".to_owned()));
                return End::Still;
            }
            tokio::time::sleep(pause(&list)).await;
        }
    }

    /// Brings what is new in a list; `false` where something of it is to be tried again.
    async fn bring(&mut self, list: &Playlist) -> bool {
        let first = list.segments.len().saturating_sub(BEHIND);
        let newest = list.segments.last().map_or(0, |segment| segment.number);
        let begin = list.segments.get(first).map(|segment| segment.number);
        // A list whose numbers begin anew is another film.
        let from = match self.next {
            Some(next) if next <= newest.saturating_add(1) => Some(next),
            _ => begin,
        };
        for segment in list.segments.iter().filter(|segment| from.is_some_and(|from| segment.number >= from)) {
            let starts = list.start_of(segment.number, self.known);
            let part = if segment.is_missing { None } else { self.fetch(segment, starts).await };
            match part {
                Some(part) => self.offer(part).await,
                None if segment.is_missing => {}
                None if self.tries >= TRIES => {
                    tracing::warn!(number = segment.number, "a segment of the stream did not come");
                }
                None => {
                    self.tries += 1;
                    return false;
                }
            }
            self.tries = 0;
            let next = segment.number.saturating_add(1);
            self.known = list.start_of(next, self.known).map(|start| (next, start));
            self.next = Some(next);
        }
        true
    }

    async fn fetch(&mut self, segment: &Segment, starts: Option<Decimal>) -> Option<Part> {
        let header = match (&segment.header, &self.header) {
            (None, _) => None,
            (Some(wanted), Some((present, bytes))) if wanted == present => Some(Arc::clone(bytes)),
            (Some(wanted), _) => {
                let bytes: Arc<[u8]> = fetch(self.client, wanted, LARGEST_HEADER).await?.into();
                self.header = Some((wanted.clone(), Arc::clone(&bytes)));
                Some(bytes)
            }
        };
        let bytes = fetch(self.client, &segment.place, LARGEST_SEGMENT).await?;
        Some(Part { header, bytes, chapter: segment.chapter, starts })
    }

    async fn offer(&self, part: Part) {
        let mut part = part;
        while let Err(back) = self.player.push(self.track, part) {
            part = back;
            tokio::time::sleep(FULL).await;
        }
    }
}

/// What lies there, if it comes in time.
async fn fetch(client: &Client, place: &Place, limit: usize) -> Option<Vec<u8>> {
    let fetched = tokio::time::timeout(LATE, async {
        match place.range {
            Some((first, length)) => client.stream_range(&place.address, first, length, limit).await,
            None => client.stream_part(&place.address, limit).await,
        }
    });
    fetched.await.ok()?.ok()
}

/// Half a segment: a new one is there at the next look but one.
fn pause(list: &Playlist) -> Duration {
    let milliseconds = (list.target_seconds * Decimal::from(500)).to_u64().unwrap_or(1_000);
    Duration::from_millis(milliseconds.clamp(250, 5_000))
}

/// How long a list may stay as it is.
fn patience(list: &Playlist) -> Duration {
    let (targets, least) = STANDS_STILL;
    let milliseconds = (list.target_seconds * Decimal::from(targets * 1_000)).to_u64().unwrap_or(0);
    Duration::from_millis(milliseconds).max(least)
}

/// Why a playlist did not come.
enum Trouble {
    Passing,
    /// Trying again would not help.
    Lasting(String),
}

async fn read_list(client: &Client, address: &str) -> Result<Read, Trouble> {
    let base = Url::parse(address).map_err(|_| Trouble::Passing)?;
    let whole = Place { address: address.to_owned(), range: None };
    let text = fetch(client, &whole, hls::LARGEST_PLAYLIST).await.ok_or(Trouble::Passing)?;
    hls::read(&text, &base).map_err(|error| Trouble::Lasting(error.to_string()))
}
