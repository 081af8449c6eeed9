//! A video of the person's own and the part of it that is used, for the products that make another of it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::Length;

/// Bytes a video may have at most (published limit of an upload: 200 MB). An address has no limit here.
pub const VIDEO_BYTES_LIMIT: u64 = 200_000_000;
/// Bytes a sound may have at most (published limit of an upload: 200 MB).
pub const SOUND_BYTES_LIMIT: u64 = 200_000_000;
/// Seconds the part has at least here: less is a slip of the hand.
pub const PART_SECONDS_LEAST: Decimal = Decimal::ONE;

/// The part of a video between two times; all of it by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Seconds from the beginning; `None`: from the beginning.
    pub start: Option<Decimal>,
    /// Seconds from the beginning; `None`: to the end.
    pub end: Option<Decimal>,
    /// What was typed for an end and cannot be read: nothing is made, and has a price, until it can.
    #[serde(skip)]
    pub unread: Unread,
}

/// The ends of a part that were typed as something that is no time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    pub start: bool,
    pub end: bool,
}

impl Part {
    /// Whether it is all of the video.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// Seconds of the part of a video of `duration` seconds; `None` where the end is not known.
    #[must_use]
    pub fn seconds(&self, duration: Option<Decimal>) -> Option<Decimal> {
        Some(self.end.or(duration)? - self.start.unwrap_or_default())
    }

    /// What is wrong with it, for a video of `duration` seconds.
    #[must_use]
    pub fn fault(&self, duration: Option<Decimal>) -> Option<String> {
        const LIKE: &str = "A time looks like 1:05.5, in minutes and seconds.";
        match self.unread {
            Unread { start: true, .. } => return Some(format!("The start is no time. {LIKE}")),
            Unread { end: true, .. } => return Some(format!("The end is no time. {LIKE}")),
            Unread { start: false, end: false } => {}
        }
        let start = self.start.unwrap_or_default();
        if start < Decimal::ZERO {
            return Some("The part starts before the video.".to_owned());
        }
        if let (Some(end), Some(duration)) = (self.end, duration)
            && end > duration
        {
            return Some("The part ends after the video. Choose an earlier end.".to_owned());
        }
        let seconds = self.seconds(duration)?;
        if seconds <= Decimal::ZERO {
            return Some("The part ends before it starts. Choose a later end.".to_owned());
        }
        (!self.is_whole() && seconds < PART_SECONDS_LEAST).then(|| "The part is shorter than a second.".to_owned())
    }
}

/// Puts another video in the place of the present one, or none. Times of one video mean nothing in
/// another, so all of it is used.
pub fn put_video(place: &mut Option<LocalFile>, part: &mut Part, video: Option<LocalFile>) {
    *place = video;
    *part = Part::default();
}

/// How long the part of `video` is that is used. `needed` says what to do where there is none.
#[must_use]
pub fn part_length(video: Option<&LocalFile>, part: &Part, needed: &str) -> Length {
    let Some(video) = video else { return Length::Unknown(needed.to_owned()) };
    let duration = match video {
        LocalFile { fault: Some(_), .. } => None,
        LocalFile { duration, .. } => *duration,
    };
    match (part.seconds(duration), part.fault(duration)) {
        (_, Some(fault)) => Length::Unknown(fault),
        (Some(seconds), None) => Length::Seconds(seconds),
        (None, None) => {
            Length::Unknown("The length of the video could not be read, and the price rests on it.".to_owned())
        }
    }
}

/// What is wrong with a video that is to be made into another.
#[must_use]
pub fn video_fault(file: &LocalFile) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    let name = file.name();
    match file.media_type.as_deref() {
        Some("video/mp4" | "video/webm") => {}
        Some("video/quicktime") => return Some(format!("{name} is a MOV. Export it as MP4 or WebM.")),
        _ => return Some(format!("{name} is no MP4 or WebM video, whatever its name says.")),
    }
    if file.address.is_none() && file.size > VIDEO_BYTES_LIMIT {
        return Some(format!(
            "{name} is larger than 200 MB, the most that can be uploaded. Make it smaller, or paste its public address."
        ));
    }
    match file.duration {
        None => Some(format!("The length of {name} could not be read, and the price rests on it.")),
        Some(seconds) if seconds <= Decimal::ZERO => Some(format!("{name} has no pictures in it.")),
        Some(_) => None,
    }
}

/// What is wrong with a sound that goes with a video.
#[must_use]
pub fn sound_fault(file: &LocalFile) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    let name = file.name();
    if !matches!(file.media_type.as_deref(), Some("audio/wav" | "audio/mpeg")) {
        return Some(format!("{name} is no WAV or MP3 sound, whatever its name says."));
    }
    if file.address.is_none() && file.size > SOUND_BYTES_LIMIT {
        return Some(format!("{name} is larger than 200 MB, the most that can be uploaded. An MP3 is smaller."));
    }
    match file.duration {
        None => Some(format!("The length of {name} could not be read.")),
        Some(seconds) if seconds <= Decimal::ZERO => Some(format!("{name} has no sound in it.")),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<Decimal> {
        (!text.is_empty()).then(|| text.parse().unwrap())
    }

    #[track_caller]
    fn check(start: &str, end: &str, duration: &str, expected: Option<&str>) {
        let part = Part { start: seconds(start), end: seconds(end), ..Part::default() };
        let duration = seconds(duration);
        let usable = part.fault(duration).is_none();
        let found = part.seconds(duration).filter(|_| usable);
        assert_eq!(found, expected.map(|text| text.parse().unwrap()), "{:?}", part.fault(duration));
    }

    #[test]
    fn a_part_is_between_two_times_of_the_video() {
        check("", "", "65.5", Some("65.5"));
        check("5.5", "", "65.5", Some("60"));
        check("", "10", "65.5", Some("10"));
        check("5", "15", "65.5", Some("10"));
        check("5", "15", "", Some("10"));
        check("5", "", "", None);
        check("15", "5", "65.5", None);
        check("15", "15", "65.5", None);
        check("64", "66", "65.5", None);
        check("70", "", "65.5", None);
        check("-1", "5", "65.5", None);
        check("5", "5.9", "65.5", None);
        // All of a very short video is what the person dropped on purpose.
        check("", "", "0.5", Some("0.5"));
    }

    #[test]
    fn a_part_with_an_end_that_cannot_be_read_has_no_length() {
        for unread in [Unread { start: true, end: false }, Unread { start: false, end: true }] {
            let part = Part { start: seconds("5"), end: seconds("9"), unread };
            assert!(part.fault(seconds("60")).unwrap().contains("A time looks like 1:05.5"));
            assert!(matches!(part_length(Some(&video()), &part, ""), Length::Unknown(_)), "{unread:?}");
            let kept: Part = serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap();
            assert_eq!(kept.unread, Unread::default(), "a draft that is kept has its times");
        }
    }

    fn video() -> LocalFile {
        LocalFile {
            path: "talk.mp4".into(),
            size: 1_000,
            media_type: Some("video/mp4".to_owned()),
            duration: Some(Decimal::TEN),
            ..LocalFile::default()
        }
    }

    #[track_caller]
    fn check_fault(file: &LocalFile, words: &str) {
        let fault = video_fault(file).unwrap_or_default();
        assert!(if words.is_empty() { fault.is_empty() } else { fault.contains(words) }, "{fault}");
    }

    #[test]
    fn a_video_that_does_not_do_says_what_would() {
        check_fault(&video(), "");
        check_fault(&LocalFile { media_type: Some("video/quicktime".to_owned()), ..video() }, "Export it as MP4");
        check_fault(&LocalFile { media_type: Some("audio/mpeg".to_owned()), ..video() }, "no MP4 or WebM");
        check_fault(&LocalFile { size: VIDEO_BYTES_LIMIT, ..video() }, "");
        check_fault(&LocalFile { size: VIDEO_BYTES_LIMIT + 1, ..video() }, "public address");
        let fetched = Some("https://films.example/talk.mp4".to_owned());
        check_fault(&LocalFile { size: VIDEO_BYTES_LIMIT + 1, address: fetched, ..video() }, "");
        check_fault(&LocalFile { duration: None, ..video() }, "could not be read");
        check_fault(&LocalFile { fault: Some("It is cut off.".to_owned()), ..video() }, "It is cut off.");
    }
}
