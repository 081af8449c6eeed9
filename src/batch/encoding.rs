//! The encodings a table may be written in, by names that people know.

use encoding_rs::{self as enc, Encoding};

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(pub(super) &'static Encoding);

/// The usual ones, each with what it is used for.
const USUAL: [(&Encoding, &str); 24] = [
    (enc::UTF_8, "UTF-8"),
    (enc::UTF_16LE, "UTF-16"),
    (enc::UTF_16BE, "UTF-16, high byte first"),
    (enc::WINDOWS_1252, "Western (Windows-1252, Latin-1)"),
    (enc::ISO_8859_15, "Western with euro (ISO 8859-15)"),
    (enc::MACINTOSH, "Western (old Mac)"),
    (enc::WINDOWS_1250, "Central European (Windows-1250)"),
    (enc::ISO_8859_2, "Central European (ISO 8859-2)"),
    (enc::WINDOWS_1251, "Cyrillic (Windows-1251)"),
    (enc::KOI8_R, "Cyrillic (KOI8-R)"),
    (enc::IBM866, "Cyrillic (DOS 866)"),
    (enc::WINDOWS_1253, "Greek (Windows-1253)"),
    (enc::WINDOWS_1254, "Turkish (Windows-1254)"),
    (enc::WINDOWS_1255, "Hebrew (Windows-1255)"),
    (enc::WINDOWS_1256, "Arabic (Windows-1256)"),
    (enc::WINDOWS_1257, "Baltic (Windows-1257)"),
    (enc::WINDOWS_1258, "Vietnamese (Windows-1258)"),
    (enc::WINDOWS_874, "Thai (Windows-874)"),
    (enc::SHIFT_JIS, "Japanese (Shift JIS)"),
    (enc::EUC_JP, "Japanese (EUC-JP)"),
    (enc::GB18030, "Simplified Chinese (GB 18030)"),
    (enc::GBK, "Simplified Chinese (GBK)"),
    (enc::BIG5, "Traditional Chinese (Big5)"),
    (enc::EUC_KR, "Korean (EUC-KR)"),
];

/// Bytes that are looked at for a sample.
const WINDOW: usize = 400;
/// Characters of a sample before and after the first letter that differs.
const BEFORE: usize = 8;
const AFTER: usize = 16;

impl TextEncoding {
    /// The usual ones, in the order they are offered.
    pub fn usual() -> impl Iterator<Item = Self> {
        USUAL.iter().map(|(encoding, _)| Self(encoding))
    }

    /// The encoding of this label, "windows-1252".
    #[must_use]
    pub fn of_label(label: &str) -> Option<Self> {
        Encoding::for_label(label.as_bytes()).map(Self)
    }

    /// The label by which it can be found again.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.0.name()
    }

    /// In words: "Western (Windows-1252, Latin-1)".
    #[must_use]
    pub fn name(self) -> &'static str {
        USUAL.iter().find(|(encoding, _)| *encoding == self.0).map_or(self.0.name(), |(_, name)| name)
    }
}

/// What the first letters that differ would be in each of the usual encodings; nothing where they are all the same.
#[must_use]
pub fn samples(bytes: &[u8]) -> Vec<(TextEncoding, String)> {
    let Some(first) = bytes.iter().position(|byte| *byte >= 0x80 || *byte == 0) else { return Vec::new() };
    let line = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let from = bytes.get(..first).and_then(|before| before.iter().rposition(line)).map_or(0, |end| end + 1);
    // Letters of two bytes begin at even places.
    let from = if from.is_multiple_of(2) || !bytes.contains(&0) { from } else { from.saturating_sub(1) };
    let from = from.max(first.saturating_sub(WINDOW / 2) / 2 * 2);
    let window = bytes.get(from..(from + WINDOW).min(bytes.len())).unwrap_or_default();
    TextEncoding::usual().map(|encoding| (encoding, sample(encoding.0, window))).collect()
}

fn sample(encoding: &'static Encoding, window: &[u8]) -> String {
    let text = encoding.decode_without_bom_handling(window).0;
    let text: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let differs = text.iter().position(|c| !c.is_ascii() && *c != '\u{feff}').unwrap_or_default();
    let shown: String = text.iter().skip(differs.saturating_sub(BEFORE)).take(BEFORE + AFTER).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}
