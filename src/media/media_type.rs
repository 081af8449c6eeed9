//! The kinds of files the studio can tell apart, their names, and which of them HeyGen takes as assets: MP4, WebM, MP3,
//! WAV, PNG, JPEG, PDF and SRT, by its published interface.

/// The kinds of files the studio can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    Png,
    Jpeg,
    Webp,
    Gif,
    /// HEIC and HEIF, as phones take pictures.
    Heic,
    Avif,
    Mp4,
    Mov,
    Webm,
    /// Matroska that is not WebM.
    Mkv,
    Avi,
    Mp3,
    Wav,
    M4a,
    /// AAC in its own frames.
    Aac,
    Ogg,
    Flac,
    Pdf,
    Srt,
    Vtt,
    Zip,
    Other,
}

/// What a kind of file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Picture,
    Film,
    Sound,
    Captions,
    Paper,
    Archive,
    Unknown,
}

impl MediaType {
    /// The media type as HTTP has it; `None` for [`MediaType::Other`].
    #[must_use]
    pub fn mime(self) -> Option<&'static str> {
        Some(match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Webm => "video/webm",
            Self::Mkv => "video/x-matroska",
            Self::Avi => "video/x-msvideo",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::M4a => "audio/mp4",
            Self::Aac => "audio/aac",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
            Self::Pdf => "application/pdf",
            Self::Srt => "application/x-subrip",
            Self::Vtt => "text/vtt",
            Self::Zip => "application/zip",
            Self::Other => return None,
        })
    }

    /// "PNG picture".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG picture",
            Self::Jpeg => "JPEG picture",
            Self::Webp => "WebP picture",
            Self::Gif => "GIF picture",
            Self::Heic => "HEIC picture",
            Self::Avif => "AVIF picture",
            Self::Mp4 => "MP4 film",
            Self::Mov => "QuickTime film",
            Self::Webm => "WebM film",
            Self::Mkv => "Matroska film",
            Self::Avi => "AVI film",
            Self::Mp3 => "MP3 sound",
            Self::Wav => "WAV sound",
            Self::M4a => "M4A sound",
            Self::Aac => "AAC sound",
            Self::Ogg => "Ogg sound",
            Self::Flac => "FLAC sound",
            Self::Pdf => "PDF document",
            Self::Srt => "SRT caption file",
            Self::Vtt => "VTT caption file",
            Self::Zip => "zip archive",
            Self::Other => "file of no known kind",
        }
    }

    /// The kind that a name's ending promises.
    pub(super) fn of_ending(ending: &str) -> Option<Self> {
        Some(match ending.to_lowercase().as_str() {
            "png" => Self::Png,
            "jpg" | "jpeg" => Self::Jpeg,
            "webp" => Self::Webp,
            "gif" => Self::Gif,
            "heic" | "heif" => Self::Heic,
            "avif" => Self::Avif,
            "mp4" | "m4v" => Self::Mp4,
            "mov" => Self::Mov,
            "webm" => Self::Webm,
            "mkv" => Self::Mkv,
            "avi" => Self::Avi,
            "mp3" => Self::Mp3,
            "wav" => Self::Wav,
            "m4a" => Self::M4a,
            "aac" => Self::Aac,
            "ogg" | "oga" | "opus" => Self::Ogg,
            "flac" => Self::Flac,
            "pdf" => Self::Pdf,
            "srt" => Self::Srt,
            "vtt" => Self::Vtt,
            "zip" => Self::Zip,
            _ => return None,
        })
    }

    /// Where HeyGen does not take this kind: what it takes instead.
    #[must_use]
    pub fn instead(self) -> Option<&'static str> {
        match self {
            Self::Png | Self::Jpeg | Self::Mp4 | Self::Webm | Self::Mp3 | Self::Wav | Self::Pdf | Self::Srt => None,
            // What HyperFrames are made of.
            Self::Zip => None,
            Self::Webp | Self::Gif | Self::Heic | Self::Avif => {
                Some("HeyGen takes PNG and JPEG pictures. Save it as one of them.")
            }
            Self::Mov | Self::Mkv | Self::Avi => Some("HeyGen takes MP4 and WebM films. Save it as MP4."),
            Self::M4a | Self::Aac | Self::Ogg | Self::Flac => {
                Some("HeyGen takes MP3 and WAV sound. Save it as one of them.")
            }
            Self::Vtt => Some("HeyGen takes SRT captions. Save it as SRT."),
            Self::Other => Some("HeyGen takes MP4, WebM, MP3, WAV, PNG, JPEG, PDF and SRT."),
        }
    }

    pub(super) fn family(self) -> Family {
        match self {
            Self::Png | Self::Jpeg | Self::Webp | Self::Gif | Self::Heic | Self::Avif => Family::Picture,
            Self::Mp4 | Self::Mov | Self::Webm | Self::Mkv | Self::Avi => Family::Film,
            Self::Mp3 | Self::Wav | Self::M4a | Self::Aac | Self::Ogg | Self::Flac => Family::Sound,
            Self::Srt | Self::Vtt => Family::Captions,
            Self::Pdf => Family::Paper,
            Self::Zip => Family::Archive,
            Self::Other => Family::Unknown,
        }
    }
}
