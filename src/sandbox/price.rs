//! What the sandbox bills: the built-in rate card, and a tariff of its own where that has no price.

use rust_decimal::Decimal;

use super::tariff;
use crate::draft::billable::{Creation, Face, Mode};
use crate::draft::{Billable, Engine, Length, Resolution};
use crate::money::Usd;
use crate::pricing::{Pace, RateCard, Total, quote};

/// The price of an avatar video of this length in seconds, or why there is none.
pub(super) fn avatar_video(
    face: Face,
    engine: Engine,
    resolution: Option<Resolution>,
    seconds: Decimal,
) -> Result<Usd, String> {
    let at = |resolution| {
        of(&Billable::AvatarVideo { face, engine, engine_assumed: false, resolution, length: Length::Seconds(seconds) })
    };
    match resolution {
        Some(Resolution::K4) => at(Some(Resolution::P1080)).map(tariff::in_4k),
        _ => at(resolution),
    }
}

/// The price of a translation into one language, of this length in seconds.
pub(super) fn translation(mode: Mode, audio_only: bool, seconds: Decimal) -> Result<Usd, String> {
    let mode = if audio_only { Mode::Speed } else { mode };
    of(&Billable::Translation { mode, audio_only, languages: 1, length: Length::Seconds(seconds) })
}

/// The price of a lipsync of this length in seconds.
pub(super) fn lipsync(mode: Mode, seconds: Decimal) -> Result<Usd, String> {
    of(&Billable::Lipsync { mode, length: Length::Seconds(seconds) })
}

/// The price of so many clips.
pub(super) fn clips(clips: u32) -> Result<Usd, String> {
    of(&Billable::Clips { clips })
}

/// The price of speech of this length in seconds.
pub(super) fn speech(seconds: Decimal) -> Result<Usd, String> {
    of(&Billable::Speech { length: Length::Seconds(seconds) })
}

/// A cinematic video: one price, whatever its length.
pub(super) fn cinematic() -> Result<Usd, String> {
    of(&Billable::Cinematic)
}

/// A video agent's video of this length in seconds.
pub(super) fn video_agent(seconds: Decimal) -> Result<Usd, String> {
    of(&Billable::VideoAgent { length: Length::Seconds(seconds) })
}

/// A HyperFrames render of this length in seconds.
pub(super) fn hyperframes(resolution: Resolution, fps: u32, seconds: Decimal) -> Result<Usd, String> {
    let (fps, times) = tariff::frame_rate(fps);
    let once = of(&Billable::HyperFrames { resolution, fps, length: Length::Seconds(seconds) })?;
    Ok(once * Decimal::from(times))
}

/// A studio video's scene of an image or a video, of this length in seconds.
pub(super) fn plain_scene(seconds: Decimal) -> Usd {
    tariff::plain_scene(seconds)
}

/// A background removal of this length in seconds.
pub(super) fn background_removal(seconds: Decimal) -> Usd {
    tariff::background_removal(seconds)
}

/// So many seconds of a realtime session.
pub(super) fn realtime(seconds: Decimal) -> Result<Usd, String> {
    of(&Billable::Realtime { length: Length::Seconds(seconds) })
}

/// An avatar.
pub(super) fn avatar(creation: Creation) -> Usd {
    of(&Billable::AvatarCreation(creation)).unwrap_or_else(|_| tariff::avatar_from_prompt())
}

fn of(billable: &Billable) -> Result<Usd, String> {
    match quote(&RateCard::built_in(), billable, &Pace::default()).total {
        Total::Exact(amount) => Ok(amount),
        Total::Unknown(reason) => Err(reason),
        Total::Range(_) => Err("The price is not exact.".to_owned()),
    }
}
