//! Play prices where HeyGen publishes none.
//!
//! HeyGen takes this work, so the sandbox does too, and its play wallet has to pay something for it. What stands here is
//! the sandbox's own invention: it is on no rate card, no quote shows it, and only `price` reads it.
//!
//! | Work | Play price |
//! | --- | --- |
//! | avatar video in 4K | one and a half times its rate in 1080p |
//! | HyperFrames at another frame rate than 30 and 60 | that of the next higher one; above 60, that of 60 for every 60 begun |
//! | translation, precision, sound only | as with mode speed |
//! | background removal | $0.0333 a second |
//! | a studio video's scene of an image or a video | $0.01 a second |
//! | avatar from a prompt | $1.00 |

use rust_decimal::Decimal;

use crate::money::Usd;

/// An avatar video in 4K that costs so much in 1080p.
pub(super) fn in_4k(full_hd: Usd) -> Usd {
    full_hd * Decimal::new(15, 1)
}

/// The frame rate with a price that stands for one without, and how many times it is paid.
pub(super) fn frame_rate(fps: u32) -> (u32, u32) {
    match fps {
        0..=30 => (30, 1),
        31..=60 => (60, 1),
        _ => (60, fps.div_ceil(60)),
    }
}

/// A background removal of this length in seconds.
pub(super) fn background_removal(seconds: Decimal) -> Usd {
    Usd(Decimal::new(333, 4)) * seconds
}

/// A studio video's scene in which nobody is made to speak, of this length in seconds.
pub(super) fn plain_scene(seconds: Decimal) -> Usd {
    Usd(Decimal::new(1, 2)) * seconds
}

/// An avatar from a prompt.
pub(super) fn avatar_from_prompt() -> Usd {
    Usd::from_cents(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_rate_has_a_price_and_more_frames_never_cost_less() {
        assert_eq!(
            [24, 30, 31, 60, 61, 120, 240].map(frame_rate),
            [(30, 1), (30, 1), (60, 1), (60, 1), (60, 2), (60, 2), (60, 4)]
        );
    }
}
