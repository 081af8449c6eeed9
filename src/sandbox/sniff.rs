//! The type of a file from its first bytes: the kinds HeyGen takes as assets.

/// The media type, or `None` when it is none of those.
#[must_use]
pub(super) fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let at = |from: usize, mark: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(mark));
    if at(0, b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if at(0, b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if at(4, b"ftyp") {
        Some("video/mp4")
    } else if at(0, b"\x1a\x45\xdf\xa3") {
        Some("video/webm")
    } else if at(0, b"RIFF") && at(8, b"WAVE") {
        Some("audio/wav")
    } else if at(0, b"ID3") || is_mpeg_audio_frame(bytes) {
        Some("audio/mpeg")
    } else if at(0, b"%PDF-") {
        Some("application/pdf")
    } else if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") {
        // Projects of HyperFrames renders.
        Some("application/zip")
    } else if is_subrip(bytes) {
        Some("application/x-subrip")
    } else {
        None
    }
}

fn is_mpeg_audio_frame(bytes: &[u8]) -> bool {
    // Eleven set bits, then a version and a layer that exist.
    matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0 && second & 0x18 != 0x08 && second & 0x06 != 0)
}

fn is_subrip(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let text = String::from_utf8_lossy(start);
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).skip_while(|line| line.is_empty());
    let number = lines.next().is_some_and(|line| !line.is_empty() && line.chars().all(|c| c.is_ascii_digit()));
    number && lines.next().is_some_and(|line| line.contains("-->"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Option<&str>) {
        assert_eq!(media_type(bytes), expected);
    }

    #[test]
    fn the_bytes_decide() {
        check(b"\x89PNG\r\n\x1a\n....", Some("image/png"));
        check(b"\xff\xd8\xff\xe0", Some("image/jpeg"));
        check(b"\0\0\0\x18ftypisom", Some("video/mp4"));
        check(b"RIFF\0\0\0\0WAVEfmt ", Some("audio/wav"));
        check(b"RIFF\0\0\0\0AVI ", None);
        check(b"\xff\xfb\x90\x00", Some("audio/mpeg"));
        check(b"ID3\x04", Some("audio/mpeg"));
        check(b"%PDF-1.7", Some("application/pdf"));
        check(b"1\r\n00:00:00,000 --> 00:00:01,000\r\nHello\r\n", Some("application/x-subrip"));
        check(b"PK\x03\x04\x14\0", Some("application/zip"));
        check(b"hello", None);
        check(b"", None);
    }
}
