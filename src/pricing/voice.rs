//! The pace of one voice: how its words, pauses and edges compare with the first guess, fitted to
//! the videos it made. Knows numbers only, no texts and no languages.
//!
//! A video's length is taken as `words · a + pauses · b + edges · c`, each part as first guessed.
//! Before anything is known, a, b and c are 1, give or take; every video draws them towards what it
//! shows (Bayesian linear regression, one video at a time). A long video says much about words and
//! pauses, a short one about the edges, and what nobody has shown yet stays near the guess and keeps
//! the range wide. All of it is whole numbers, so that a quote is the same on every machine.

/// A ratio of 1, in parts per million.
pub(super) const WHOLE: i128 = 1_000_000;
/// Texts beyond this count as this long, in microseconds: eleven days, so that nothing overflows.
const LONGEST: i128 = 1_000_000_000_000;
/// How far the pauses of nine voices out of ten stay from the guess, tempo apart, and the silence
/// around the words.
const PAUSE_REACH: i128 = 600_000;
const EDGE_REACH: i128 = 1_000_000;
/// Texts by one voice differ by about this much from the voice's own pace: a standard deviation, in
/// parts per million of the length.
const USUAL_WOBBLE: i128 = 45_000;
/// The same for what does not grow with the text: the length of single words, the rounding of frames.
const USUAL_JITTER: i128 = 170_000;
/// How many videos the usual wobble counts for beside the ones seen.
const WOBBLE_WEIGHT: i128 = 6;
/// A video further from the fit than this many hundredths of a standard deviation counts less, so that
/// one odd video cannot move a voice far.
const ODD: i128 = 200;
/// The most one video adds to the voice's wobble: the square of four standard deviations.
const MOST_SURPRISE: i128 = 16 * WHOLE;
/// How often the odd ones are looked for.
const PASSES: usize = 4;
/// The range covers nine of ten: this many standard deviations, in hundredths (1.645, and a little
/// for the standard deviation being an estimate itself).
pub(super) const NINE_IN_TEN: i128 = 185;

/// What a text takes by the first guess: words, pauses, edges; microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts([i128; 3]);

/// One finished video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lesson {
    pub(super) parts: Parts,
    /// Its real length at speed 1 without the pauses asked for, microseconds.
    pub(super) micros: i128,
}

/// What is known of a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VoicePace {
    /// Of words, pauses and edges: the ratio to the first guess, parts per million.
    ratios: [i128; 3],
    /// Their covariance, in the square of that.
    covariance: [[i128; 3]; 3],
    /// The variance of single videos over the usual one, parts per million.
    wobble: i128,
}

impl Parts {
    pub(super) fn new(words: u64, pauses: u64, edges: u64) -> Self {
        Self([words, pauses, edges].map(|part| i128::from(part).min(LONGEST)))
    }

    /// The first guess of the whole, microseconds.
    pub(super) fn sum(&self) -> i128 {
        self.0.iter().sum()
    }

    /// The variance of one video around its voice's pace, square microseconds.
    fn usual_variance(&self) -> i128 {
        let [words, pauses, _] = self.0;
        let wobble = (words + pauses) * USUAL_WOBBLE / WHOLE;
        wobble * wobble + USUAL_JITTER * USUAL_JITTER
    }
}

impl VoicePace {
    /// A voice that was never heard, in a language whose voices differ by this many percent.
    pub(super) fn unheard(spread_percent: u64) -> Self {
        let variance = |reach: i128| (reach * 100 / NINE_IN_TEN).pow(2);
        let tempo = variance(i128::from(spread_percent.min(100)) * WHOLE / 100);
        // A slow voice pauses long too: the tempo is in all three, the habits of pausing come on top.
        let (pauses, edges) = (tempo + variance(PAUSE_REACH), tempo + variance(EDGE_REACH));
        Self {
            ratios: [WHOLE; 3],
            covariance: [[tempo, tempo, tempo], [tempo, pauses, tempo], [tempo, tempo, edges]],
            wobble: WHOLE,
        }
    }

    /// A voice that made these videos, whatever their order.
    pub(super) fn fitted(spread_percent: u64, lessons: &[Lesson]) -> Self {
        let unheard = Self::unheard(spread_percent);
        let mut fit = unheard;
        for pass in 0..PASSES {
            let mut next = unheard;
            for lesson in lessons {
                let usual = lesson.parts.usual_variance();
                next.hear(lesson, if pass == 0 { usual } else { fit.weighed(lesson, usual) });
            }
            fit = next;
        }
        let seen: i128 = lessons.iter().map(|lesson| fit.surprise(lesson).min(MOST_SURPRISE)).sum();
        let count = i128::try_from(lessons.len()).unwrap_or(WOBBLE_WEIGHT);
        // The fit took one or two of them into itself.
        fit.wobble = (WOBBLE_WEIGHT * WHOLE + seen) / (WOBBLE_WEIGHT + (count - 2).max(0));
        fit
    }

    /// The likely length, microseconds.
    pub(super) fn likely(&self, parts: &Parts) -> i128 {
        let sum: i128 = self.ratios.iter().zip(parts.0).map(|(ratio, part)| ratio * part).sum();
        (sum / WHOLE).max(0)
    }

    /// How far nine lengths out of ten stay from the likely one, microseconds.
    pub(super) fn reach(&self, parts: &Parts) -> i128 {
        let single = parts.usual_variance() / 1_000 * self.wobble / 1_000;
        let (_, of_pace) = self.spread(parts);
        (single + of_pace).max(0).isqrt() * NINE_IN_TEN / 100
    }

    /// How uncertain the ratios make a length: the covariance of each ratio with the length, and the
    /// length's variance.
    fn spread(&self, parts: &Parts) -> ([i128; 3], i128) {
        let with =
            self.covariance.map(|row| row.iter().zip(parts.0).map(|(each, part)| each * part).sum::<i128>() / WHOLE);
        let variance = with.iter().zip(parts.0).map(|(each, part)| each * part).sum::<i128>() / WHOLE;
        (with, variance)
    }

    /// Moves towards one video, as far as its variance lets it.
    fn hear(&mut self, lesson: &Lesson, variance: i128) {
        let (with, of_pace) = self.spread(&lesson.parts);
        let total = (of_pace + variance).max(1);
        let missed = lesson.micros - self.likely(&lesson.parts);
        for ((ratio, row), gain) in self.ratios.iter_mut().zip(&mut self.covariance).zip(with) {
            *ratio += gain * missed / total;
            for (each, other) in row.iter_mut().zip(with) {
                *each -= gain * other / total;
            }
        }
    }

    /// The variance to give an odd video, so that it counts less.
    fn weighed(&self, lesson: &Lesson, usual: i128) -> i128 {
        // The distance in hundredths of a standard deviation is 100 · √(surprise / WHOLE).
        let distance = (self.surprise(lesson) / 100).isqrt();
        usual * distance.max(ODD) / ODD
    }

    /// The square of a video's distance from the fit in its usual standard deviations, parts per million.
    fn surprise(&self, lesson: &Lesson) -> i128 {
        let missed = lesson.micros - self.likely(&lesson.parts);
        let usual = lesson.parts.usual_variance().max(1);
        (missed * missed / usual.isqrt().max(1)).saturating_mul(WHOLE) / usual.isqrt().max(1)
    }
}
