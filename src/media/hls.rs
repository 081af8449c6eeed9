//! Playlists of HLS (RFC 8216), as far as a live session needs them. Reads text, fetches nothing.

use rust_decimal::Decimal;
use url::Url;

/// Bytes a playlist may have: an hour of segments of two seconds with signed addresses has some 500 KB.
pub const LARGEST_PLAYLIST: usize = 4 * 1024 * 1024;
/// Segments a playlist may list.
const MOST_SEGMENTS: usize = 20_000;
/// Variants and renditions a playlist may offer.
const MOST_VARIANTS: usize = 200;

/// A playlist of segments, in order.
#[derive(Clone, PartialEq, Eq)]
pub struct Playlist {
    /// Seconds no segment is longer than; also how long to wait before it is read again.
    pub target_seconds: Decimal,
    pub segments: Vec<Segment>,
    /// There will be no more segments.
    pub is_ended: bool,
    /// Its first segment is the film's first.
    pub is_from_beginning: bool,
}

impl Playlist {
    /// Seconds of the whole film, where it is over and all of it is listed.
    #[must_use]
    pub fn whole_seconds(&self) -> Option<Decimal> {
        let end = self.segments.last()?.number.checked_add(1)?;
        self.start_of(end, None).filter(|_| self.is_ended)
    }

    /// Whether its end was cut to what happened: the last segment is shorter than the others.
    #[must_use]
    pub fn ends_exactly(&self) -> bool {
        let longest = self.segments.iter().map(|segment| segment.seconds).max();
        self.is_ended && self.segments.last().map(|segment| segment.seconds) < longest
    }

    /// Seconds from the film's beginning to a segment, or to the one behind the last: counted from the beginning where
    /// it is listed, else from a segment whose place is `known`.
    #[must_use]
    pub fn start_of(&self, number: u64, known: Option<(u64, Decimal)>) -> Option<Decimal> {
        let first = self.segments.first()?.number;
        let (from, start) = if self.is_from_beginning { (first, Decimal::ZERO) } else { known? };
        let end = self.segments.last()?.number.saturating_add(1);
        if number < from || from < first || number > end {
            return None;
        }
        let between = self.segments.iter().filter(|segment| (from..number).contains(&segment.number));
        between.map(|segment| segment.seconds).try_fold(start, Decimal::checked_add)
    }
}

/// One piece of the film.
#[derive(Clone, PartialEq, Eq)]
pub struct Segment {
    /// Counts up by one; the same segment keeps its number however often the playlist is read.
    pub number: u64,
    pub place: Place,
    pub seconds: Decimal,
    /// The header of fragmented MP4 that goes before it; `None` for a transport stream.
    pub header: Option<Place>,
    /// Counts up wherever the film's times or its way of coding begin anew.
    pub chapter: u64,
    /// It is listed but was never made.
    pub is_missing: bool,
}

/// Where something lies.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// Absolute, with its query. Signed: never log it.
    pub address: String,
    /// Its first byte and how many there are; `None` for all.
    pub range: Option<(u64, u64)>,
}

/// One of several ways in which the same film is offered.
#[derive(Clone, PartialEq, Eq)]
pub struct Variant {
    /// The absolute address of its playlist.
    pub film: String,
    /// The absolute address of the playlist of its sound, where that comes by itself.
    pub sound: Option<String>,
}

/// What an address turned out to be.
#[derive(Clone, PartialEq, Eq)]
pub enum Read {
    Media(Playlist),
    /// A list of at least one variant, the one to play first.
    Master(Vec<Variant>),
}

/// Why a playlist cannot be used, in words that hold no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The stream cannot be played here: {0}. Open it in your own player.")]
pub struct PlaylistError(&'static str);

/// Reads a playlist that came from `base`. Of several variants those come first that can be decoded, then those of at
/// most 720 lines, the richest before the others.
///
/// # Errors
/// For what is no playlist, is encrypted, or has no end of lines.
pub fn read(text: &[u8], base: &Url) -> Result<Read, PlaylistError> {
    let error = |words| Err(PlaylistError(words));
    if text.len() > LARGEST_PLAYLIST {
        return error("its list is too long");
    }
    let Ok(text) = std::str::from_utf8(text) else { return error("its list is no text") };
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty());
    if lines.next() != Some("#EXTM3U") {
        return error("the address leads to something else");
    }
    let mut media = Media {
        playlist: Playlist {
            target_seconds: Decimal::TWO,
            segments: Vec::new(),
            is_ended: false,
            is_from_beginning: false,
        },
        number: 0,
        chapter: 0,
        seconds: None,
        header: None,
        range: None,
        is_missing: false,
        ended: None,
    };
    let mut master = Master::default();
    for line in lines {
        let Some(tag) = line.strip_prefix("#EXT") else {
            match master.open.take() {
                _ if line.starts_with('#') => {}
                Some(offer) => master.offer(offer, absolute(base, line)?)?,
                None => media.segment(absolute(base, line)?)?,
            }
            continue;
        };
        let (name, value) = tag.split_once(':').unwrap_or((tag, ""));
        match name {
            "-X-STREAM-INF" => master.open = Some(Offer::of(value)),
            "-X-MEDIA" if attribute(value, "TYPE") == Some("AUDIO") => {
                let address = attribute(value, "URI").map(|uri| absolute(base, uri)).transpose()?;
                master.rendition(value, address)?;
            }
            _ => media.tag(name, value, base)?,
        }
    }
    let variants = master.variants();
    if media.playlist.segments.is_empty() && !variants.is_empty() {
        return Ok(Read::Master(variants));
    }
    Ok(Read::Media(media.playlist))
}

fn absolute(base: &Url, address: &str) -> Result<String, PlaylistError> {
    let url = base.join(address).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    url.map(String::from).ok_or(PlaylistError("one of its addresses is none"))
}

/// A playlist of segments while it is read: what the lines so far say of the segment that comes next.
struct Media {
    playlist: Playlist,
    number: u64,
    chapter: u64,
    seconds: Option<Decimal>,
    header: Option<Place>,
    /// How many bytes, and from which on where that is said.
    range: Option<(u64, Option<u64>)>,
    is_missing: bool,
    /// The file of the segment before and the byte after it: where a range without a beginning begins.
    ended: Option<(String, u64)>,
}

impl Media {
    fn tag(&mut self, name: &str, value: &str, base: &Url) -> Result<(), PlaylistError> {
        match name {
            "INF" => {
                let length = value.split(',').next().unwrap_or_default().trim();
                self.seconds = Some(length_of(length).ok_or(PlaylistError("a piece of it has no length"))?);
            }
            "-X-TARGETDURATION" => {
                self.playlist.target_seconds =
                    length_of(value).ok_or(PlaylistError("its list does not say how often to look"))?;
            }
            "-X-MEDIA-SEQUENCE" => {
                self.number = value.trim().parse().map_err(|_| PlaylistError("its list does not count"))?;
            }
            "-X-DISCONTINUITY-SEQUENCE" => {
                self.chapter = value.trim().parse().map_err(|_| PlaylistError("its list does not count"))?;
            }
            "-X-DISCONTINUITY" => self.chapter = self.chapter.saturating_add(1),
            "-X-GAP" => self.is_missing = true,
            // Of such a list nothing is ever taken away.
            "-X-PLAYLIST-TYPE" => self.playlist.is_from_beginning = true,
            "-X-ENDLIST" => self.playlist.is_ended = true,
            "-X-KEY" if attribute(value, "METHOD").is_some_and(|method| method != "NONE") => {
                return Err(PlaylistError("it is encrypted"));
            }
            "-X-BYTERANGE" => self.range = Some(range(value)?),
            "-X-MAP" => {
                let uri = attribute(value, "URI").ok_or(PlaylistError("its header has no address"))?;
                let range = attribute(value, "BYTERANGE").map(range).transpose()?;
                let range = range.map(|(length, first)| (first.unwrap_or(0), length));
                self.header = Some(Place { address: absolute(base, uri)?, range });
            }
            _ => {}
        }
        Ok(())
    }

    fn segment(&mut self, address: String) -> Result<(), PlaylistError> {
        let seconds = self.seconds.take().ok_or(PlaylistError("a piece of it has no length"))?;
        if self.playlist.segments.len() >= MOST_SEGMENTS {
            return Err(PlaylistError("its list is too long"));
        }
        let range = match self.range.take() {
            None => None,
            Some((length, first)) => {
                let follows = self.ended.take().filter(|(before, _)| *before == address).map(|(_, end)| end);
                let first = first.or(follows).ok_or(PlaylistError("a piece of it has no beginning"))?;
                self.ended = Some((address.clone(), first.saturating_add(length)));
                Some((first, length))
            }
        };
        if self.playlist.segments.is_empty() && self.number == 0 {
            self.playlist.is_from_beginning = true;
        }
        self.playlist.segments.push(Segment {
            number: self.number,
            place: Place { address, range },
            seconds,
            header: self.header.clone(),
            chapter: self.chapter,
            is_missing: std::mem::take(&mut self.is_missing),
        });
        self.number = self.number.saturating_add(1);
        Ok(())
    }
}

/// `length[@first]`.
fn range(text: &str) -> Result<(u64, Option<u64>), PlaylistError> {
    let unreadable = |_| PlaylistError("a piece of it has no length");
    match text.trim().split_once('@') {
        Some((length, first)) => {
            Ok((length.trim().parse().map_err(unreadable)?, Some(first.trim().parse().map_err(unreadable)?)))
        }
        None => Ok((text.trim().parse().map_err(unreadable)?, None)),
    }
}

/// A list of variants while it is read.
#[derive(Default)]
struct Master {
    /// What the line before said of the variant whose address comes now.
    open: Option<Offer>,
    offers: Vec<(Offer, String)>,
    renditions: Vec<Rendition>,
}

/// Sound that comes by itself.
struct Rendition {
    group: String,
    is_default: bool,
    /// `None` where this sound is in the film's own segments.
    address: Option<String>,
}

impl Master {
    fn offer(&mut self, offer: Offer, address: String) -> Result<(), PlaylistError> {
        self.offers.push((offer, address));
        if self.offers.len() > MOST_VARIANTS { Err(PlaylistError("its list is too long")) } else { Ok(()) }
    }

    fn rendition(&mut self, attributes: &str, address: Option<String>) -> Result<(), PlaylistError> {
        self.renditions.push(Rendition {
            group: attribute(attributes, "GROUP-ID").unwrap_or_default().to_owned(),
            is_default: attribute(attributes, "DEFAULT") == Some("YES"),
            address,
        });
        if self.renditions.len() > MOST_VARIANTS { Err(PlaylistError("its list is too long")) } else { Ok(()) }
    }

    /// The one to play first.
    fn variants(self) -> Vec<Variant> {
        let Self { mut offers, renditions, .. } = self;
        offers.sort_by_key(|(offer, _)| std::cmp::Reverse(offer.rank));
        let sound = |offer: &Offer| {
            let group = offer.sound.as_ref()?;
            let mut sounds = renditions.iter().filter(|rendition| rendition.group == *group);
            let first = sounds.clone().next();
            sounds.find(|rendition| rendition.is_default).or(first)?.address.clone()
        };
        offers.iter().map(|(offer, film)| Variant { film: film.clone(), sound: sound(offer) }).collect()
    }
}

/// What is said of a variant.
struct Offer {
    rank: Rank,
    /// The group its sound is chosen from.
    sound: Option<String>,
}

/// How well a variant suits: those with pictures that can be decoded before others, those that fit before those that
/// do not, then the richer, then the leaner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    can_be_seen: bool,
    fits: bool,
    weight: i64,
}

impl Offer {
    fn of(attributes: &str) -> Self {
        let lines = attribute(attributes, "RESOLUTION")
            .and_then(|size| size.split_once(['x', 'X']))
            .and_then(|(_, height)| height.parse::<u32>().ok());
        let bits = attribute(attributes, "BANDWIDTH").and_then(|bits| bits.parse::<i64>().ok()).unwrap_or(0);
        let fits = lines.is_none_or(|lines| lines <= 720);
        let is_h264 = |codec: &str| codec.trim().starts_with("avc1") || codec.trim().starts_with("avc3");
        let can_be_seen = attribute(attributes, "CODECS").is_none_or(|codecs| codecs.split(',').any(is_h264));
        let rank = Rank { can_be_seen, fits, weight: if fits { bits } else { bits.saturating_neg() } };
        Self { rank, sound: attribute(attributes, "AUDIO").map(str::to_owned) }
    }
}

/// A length in seconds: more than nothing, and less than an hour.
fn length_of(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let seconds = Decimal::from_str_exact(text).ok()?;
    (seconds > Decimal::ZERO && seconds <= Decimal::from(3_600)).then_some(seconds)
}

/// The value of an attribute in a list of them, without its quotation marks.
fn attribute<'a>(mut list: &'a str, wanted: &str) -> Option<&'a str> {
    loop {
        let (name, rest) = list.split_once('=')?;
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find(',').unwrap_or(rest.len())),
        };
        if name.trim() == wanted {
            return Some(value);
        }
        list = rest.strip_prefix(',')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(place: &Place) -> String {
        let range = place.range.map(|(first, length)| format!("[{first}+{length}]")).unwrap_or_default();
        format!("{}{range}", place.address)
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let base = Url::parse("https://host/live/index.m3u8?sig=1").unwrap();
        let found = match read(text.as_bytes(), &base) {
            Ok(Read::Media(playlist)) => {
                let segment = |segment: &Segment| {
                    let header = segment.header.as_ref().map(|header| format!(" after {}", place(header)));
                    let chapter = (segment.chapter > 0).then(|| format!(" chapter {}", segment.chapter));
                    let missing = segment.is_missing.then(|| " missing".to_owned());
                    let more: String = [header, chapter, missing].into_iter().flatten().collect();
                    format!("{} {} {}s{more}", segment.number, place(&segment.place), segment.seconds)
                };
                let mut found: Vec<String> = playlist.segments.iter().map(segment).collect();
                if playlist.is_ended {
                    found.push("end".to_owned());
                }
                found.join("; ")
            }
            Ok(Read::Master(variants)) => {
                let variant = |variant: &Variant| match &variant.sound {
                    Some(sound) => format!("{} with {sound}", variant.film),
                    None => variant.film.clone(),
                };
                format!("variants {}", variants.iter().map(variant).collect::<Vec<_>>().join(", "))
            }
            Err(error) => format!("refused: {}", error.0),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn playlists_are_read_and_broken_ones_refused() {
        check("#EXTM3U\n#EXT-X-TARGETDURATION:2\n", "");
        check(
            "#EXTM3U\r\n#EXT-X-MEDIA-SEQUENCE:7\r\n#EXTINF:2.000,\r\n/a.ts?s=1\r\n#a remark\r\n#EXTINF:1.5,title\r\nb.ts\r\n#EXT-X-ENDLIST\r\n",
            "7 https://host/a.ts?s=1 2.000s; 8 https://host/live/b.ts 1.5s; end",
        );
        check(
            "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:2,\nhttp://127.0.0.1/c.m4s\n",
            "0 http://127.0.0.1/c.m4s 2s after https://host/live/init.mp4",
        );
        check(
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9,RESOLUTION=1920x1080\nbig.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=5,CODECS=\"mp4a.40.2,avc1.64001f\",RESOLUTION=1280x720\nfits.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nlean.m3u8\n",
            "variants https://host/live/fits.m3u8, https://host/live/lean.m3u8, https://host/live/big.m3u8",
        );
        check(
            "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x\",URI=\"de.m3u8\"\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"y\",DEFAULT=YES,URI=\"en.m3u8?s=2\"\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"t\",URI=\"t.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS=\"hvc1.1,mp4a.40.2\",AUDIO=\"a\"\nhevc.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=5,CODECS=\"avc1.64001f,mp4a.40.2\",AUDIO=\"a\"\nv.m3u8\n",
            "variants https://host/live/v.m3u8 with https://host/live/en.m3u8?s=2, https://host/live/hevc.m3u8 with https://host/live/en.m3u8?s=2",
        );
        check(
            "#EXTM3U\n#EXT-X-MAP:URI=\"all.mp4\",BYTERANGE=\"700@0\"\n#EXTINF:2,\n#EXT-X-BYTERANGE:90@700\nall.mp4\n#EXTINF:2,\n#EXT-X-BYTERANGE:80\nall.mp4\n",
            "0 https://host/live/all.mp4[700+90] 2s after https://host/live/all.mp4[0+700]; 1 https://host/live/all.mp4[790+80] 2s after https://host/live/all.mp4[0+700]",
        );
        check("#EXTM3U\n#EXTINF:2,\n#EXT-X-BYTERANGE:80\na.ts\n", "refused: a piece of it has no beginning");
        check("#EXTM3U\n#EXTINF:2,\n#EXT-X-BYTERANGE:x\na.ts\n", "refused: a piece of it has no length");
        check(
            "#EXTM3U\n#EXT-X-DISCONTINUITY-SEQUENCE:4\n#EXTINF:2,\na.ts\n#EXT-X-DISCONTINUITY\n#EXT-X-GAP\n#EXTINF:2,\nb.ts\n#EXTINF:2,\nc.ts\n",
            "0 https://host/live/a.ts 2s chapter 4; 1 https://host/live/b.ts 2s chapter 5 missing; 2 https://host/live/c.ts 2s chapter 5",
        );
        check("", "refused: the address leads to something else");
        check("<html>", "refused: the address leads to something else");
        check("#EXTM3U\na.ts\n", "refused: a piece of it has no length");
        check("#EXTM3U\n#EXTINF:x,\na.ts\n", "refused: a piece of it has no length");
        check("#EXTM3U\n#EXTINF:-1,\na.ts\n", "refused: a piece of it has no length");
        check("#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n", "refused: one of its addresses is none");
        check("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n", "refused: it is encrypted");
        check("#EXTM3U\n#EXT-X-KEY:METHOD=NONE\n", "");
        check("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:many\n", "refused: its list does not count");
        check(&format!("#EXTM3U\n{}", "#EXTINF:1,\na\n".repeat(MOST_SEGMENTS + 1)), "refused: its list is too long");
    }

    #[track_caller]
    fn check_start(text: &str, number: u64, known: Option<(u64, &str)>, expected: Option<&str>) {
        let base = Url::parse("https://host/live/index.m3u8").unwrap();
        let Ok(Read::Media(list)) = read(text.as_bytes(), &base) else { panic!("{text}") };
        let seconds = |text: &str| text.parse::<Decimal>().unwrap();
        let known = known.map(|(number, start)| (number, seconds(start)));
        assert_eq!(list.start_of(number, known), expected.map(seconds), "{number} of {text}");
    }

    #[test]
    fn a_segments_place_in_the_film_is_counted_from_its_beginning() {
        let whole = "#EXTM3U\n#EXTINF:2,\na\n#EXTINF:1.5,\nb\n#EXTINF:2,\nc\n";
        check_start(whole, 0, None, Some("0"));
        check_start(whole, 2, None, Some("3.5"));
        check_start(whole, 3, None, Some("5.5"));
        check_start(whole, 4, None, None);
        let event = "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-MEDIA-SEQUENCE:5\n#EXTINF:2,\na\n#EXTINF:2,\nb\n";
        check_start(event, 6, None, Some("2"));
        let sliding = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:5\n#EXTINF:2,\na\n#EXTINF:2,\nb\n";
        check_start(sliding, 6, None, None);
        check_start(sliding, 6, Some((5, "9.5")), Some("11.5"));
        check_start(sliding, 5, Some((6, "9.5")), None);
        check_start(sliding, 6, Some((4, "9.5")), None);
    }

    #[test]
    fn a_film_that_is_over_and_listed_from_its_beginning_has_a_length() {
        let head = "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-TARGETDURATION:2\n";
        let two = "#EXTINF:2.000,\n0.ts\n#EXTINF:1.119,\n1.ts\n";
        let whole = "#EXTINF:2.000,\n0.ts\n#EXTINF:2.000,\n1.ts\n";
        for (text, seconds, is_exact) in [
            (format!("{head}{two}#EXT-X-ENDLIST\n"), Some("3.119"), true),
            (format!("{head}{whole}#EXT-X-ENDLIST\n"), Some("4"), false),
            (format!("{head}{two}"), None, false),
            (format!("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n{two}#EXT-X-ENDLIST\n"), None, true),
        ] {
            let base = Url::parse("https://live.example/a/index.m3u8").unwrap();
            let Ok(Read::Media(list)) = read(text.as_bytes(), &base) else { panic!("no list: {text}") };
            let seconds = seconds.map(|seconds| seconds.parse::<Decimal>().unwrap());
            assert_eq!((list.whole_seconds(), list.ends_exactly()), (seconds, is_exact), "{text}");
        }
    }

    #[test]
    fn attributes_are_found_behind_quotation_marks_with_commas() {
        for (list, expected) in
            [("A=1,B=\"x,y\",C=2", Some("2")), ("C=\"\"", Some("")), ("A=1", None), ("C", None), ("A=\"open,C=2", None)]
        {
            assert_eq!(attribute(list, "C"), expected, "{list}");
        }
    }
}
