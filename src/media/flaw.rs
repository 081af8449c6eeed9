//! What a file's own bytes show to be wrong with it, before anybody asks what it is for.

use rust_decimal::Decimal;

/// A file that cannot be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Its header and its content are of different lengths, in seconds.
    LengthLies { claimed: Decimal, there: Decimal },
    /// It ends before it should; seconds as far as they are known.
    CutShort { claimed: Option<Decimal>, there: Option<Decimal> },
    /// The index without which nobody can play it is missing or cut off.
    NoIndex,
    /// It has a head, and nothing that can be heard or seen.
    Nothing,
    /// It has no length that can be found.
    NoLength,
}

/// Seconds that a header and a content may differ by before one of them is wrong: encoders pad both ends.
const TOLERATED: Decimal = Decimal::ONE;

/// Whether two lengths are the same but for what encoders add at the ends: a second, or two in a hundred.
pub fn agree(one: Decimal, other: Decimal) -> bool {
    let part = one.max(other).checked_div(Decimal::from(50)).unwrap_or(TOLERATED);
    (one - other).abs() <= part.max(TOLERATED)
}

impl Flaw {
    /// What is wrong with `name`, and what would help.
    pub fn words(self, name: &str) -> (String, &'static str) {
        const CUT: &str = "It was cut off while it was saved or copied. Save or copy it again.";
        match self {
            Self::LengthLies { claimed, there } => {
                let said = format!("{name} says it is {} long but holds {}.", clock(claimed), clock(there));
                (said, if claimed > there { CUT } else { "Save it again in the program that made it." })
            }
            Self::CutShort { claimed: Some(claimed), there: Some(there) } => {
                (format!("{name} is cut off: of {} only the first {} are there.", clock(claimed), clock(there)), CUT)
            }
            Self::CutShort { there: Some(there), .. } => {
                (format!("{name} is cut off after {}.", clock(there)), CUT)
            }
            Self::CutShort { .. } => (format!("{name} is cut off: its end is missing."), CUT),
            Self::NoIndex => (
                format!("{name} is unfinished: its index, without which nobody can play it, is missing."),
                "Its recording or copying was broken off. Copy it again, or repair it in the program that made it.",
            ),
            Self::Nothing => (format!("{name} is empty but for its head."), "Save or copy it again."),
            Self::NoLength => (
                format!("Nobody can tell how long {name} is: it has no length in it."),
                "Open it in a video or sound editor and save it again.",
            ),
        }
    }
}

/// 1:05, 3:00:00.
fn clock(seconds: Decimal) -> String {
    let whole: u64 = seconds.round().try_into().unwrap_or(0);
    let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
