//! Media playlists of HLS (RFC 8216), as far as a live session needs them. Reads text, fetches nothing.

use rust_decimal::Decimal;
use url::Url;

/// Bytes a playlist may have: an hour of segments of two seconds with signed addresses has some 500 KB.
pub const LARGEST_PLAYLIST: usize = 4 * 1024 * 1024;
/// Segments a playlist may list.
const MOST_SEGMENTS: usize = 20_000;

/// A playlist of segments, in order.
#[derive(Clone, PartialEq, Eq)]
pub struct Playlist {
    /// Seconds no segment is longer than; also how long to wait before it is read again.
    pub target_seconds: Decimal,
    pub segments: Vec<Segment>,
    /// There will be no more segments.
    pub is_ended: bool,
}

/// One piece of the film.
#[derive(Clone, PartialEq, Eq)]
pub struct Segment {
    /// Counts up by one; the same segment keeps its number however often the playlist is read.
    pub number: u64,
    /// Absolute. Signed: never log it.
    pub address: String,
    pub seconds: Decimal,
    /// The header of fragmented MP4 that goes before it, absolute; `None` for a transport stream.
    pub header: Option<String>,
}

/// What an address turned out to be.
#[derive(Clone, PartialEq, Eq)]
pub enum Read {
    Media(Playlist),
    /// A list of variants: the absolute address of the one to play.
    Variant(String),
}

/// Why a playlist cannot be used, in words that hold no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The stream cannot be played here: {0}.")]
pub struct PlaylistError(&'static str);

/// Reads a playlist that came from `base`. Of several variants, the richest of at most 720 lines is taken, or else the
/// leanest.
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
    let absolute = |address: &str| {
        let url = base.join(address).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
        url.map(String::from).ok_or(PlaylistError("one of its addresses is none"))
    };
    let mut playlist = Playlist { target_seconds: Decimal::TWO, segments: Vec::new(), is_ended: false };
    let (mut number, mut seconds, mut header) = (0_u64, None, None);
    let mut variant: Option<Rank> = None;
    let mut best: Option<(Rank, String)> = None;
    for line in lines {
        let Some(tag) = line.strip_prefix("#EXT") else {
            if line.starts_with('#') {
                continue;
            }
            let address = absolute(line)?;
            if let Some(rank) = variant.take() {
                if best.as_ref().is_none_or(|(present, _)| rank > *present) {
                    best = Some((rank, address));
                }
                continue;
            }
            let Some(seconds) = seconds.take() else { return error("a piece of it has no length") };
            if playlist.segments.len() >= MOST_SEGMENTS {
                return error("its list is too long");
            }
            playlist.segments.push(Segment { number, address, seconds, header: header.clone() });
            number = number.saturating_add(1);
            continue;
        };
        let (name, value) = tag.split_once(':').unwrap_or((tag, ""));
        match name {
            "INF" => {
                let length = value.split(',').next().unwrap_or_default().trim();
                seconds = Some(length_of(length).ok_or(PlaylistError("a piece of it has no length"))?);
            }
            "-X-TARGETDURATION" => {
                playlist.target_seconds =
                    length_of(value).ok_or(PlaylistError("its list does not say how often to look"))?;
            }
            "-X-MEDIA-SEQUENCE" => {
                number = value.trim().parse().map_err(|_| PlaylistError("its list does not count"))?;
            }
            "-X-ENDLIST" => playlist.is_ended = true,
            "-X-KEY" if attribute(value, "METHOD").is_some_and(|method| method != "NONE") => {
                return error("it is encrypted");
            }
            "-X-BYTERANGE" => return error("its pieces are parts of one file"),
            "-X-MAP" => {
                let uri = attribute(value, "URI").ok_or(PlaylistError("its header has no address"))?;
                header = Some(absolute(uri)?);
            }
            "-X-STREAM-INF" => variant = Some(Rank::of(value)),
            _ => {}
        }
    }
    match best {
        Some((_, address)) if playlist.segments.is_empty() => Ok(Read::Variant(address)),
        _ => Ok(Read::Media(playlist)),
    }
}

/// How well a variant suits: those that fit before those that do not, then the richer, then the leaner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    fits: bool,
    weight: i64,
}

impl Rank {
    fn of(attributes: &str) -> Self {
        let lines = attribute(attributes, "RESOLUTION")
            .and_then(|size| size.split_once(['x', 'X']))
            .and_then(|(_, height)| height.parse::<u32>().ok());
        let bits = attribute(attributes, "BANDWIDTH").and_then(|bits| bits.parse::<i64>().ok()).unwrap_or(0);
        let fits = lines.is_none_or(|lines| lines <= 720);
        Self { fits, weight: if fits { bits } else { bits.saturating_neg() } }
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

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let base = Url::parse("https://host/live/index.m3u8?sig=1").unwrap();
        let found = match read(text.as_bytes(), &base) {
            Ok(Read::Media(playlist)) => {
                let segment = |segment: &Segment| {
                    let header = segment.header.as_ref().map(|header| format!(" after {header}")).unwrap_or_default();
                    format!("{} {} {}s{header}", segment.number, segment.address, segment.seconds)
                };
                let mut found: Vec<String> = playlist.segments.iter().map(segment).collect();
                if playlist.is_ended {
                    found.push("end".to_owned());
                }
                found.join("; ")
            }
            Ok(Read::Variant(address)) => format!("variant {address}"),
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
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9,RESOLUTION=1920x1080\nbig.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=5,CODECS=\"a,b\",RESOLUTION=1280x720\nfits.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nlean.m3u8\n",
            "variant https://host/live/fits.m3u8",
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

    #[test]
    fn attributes_are_found_behind_quotation_marks_with_commas() {
        for (list, expected) in
            [("A=1,B=\"x,y\",C=2", Some("2")), ("C=\"\"", Some("")), ("A=1", None), ("C", None), ("A=\"open,C=2", None)]
        {
            assert_eq!(attribute(list, "C"), expected, "{list}");
        }
    }
}
