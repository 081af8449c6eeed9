//! How loud everything is that the program plays. One value for all outputs, heard at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// What turns an output up and down. Clones share it.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Percent, 0 to 100.
    percent: Arc<AtomicU8>,
}

impl Default for Volume {
    /// As loud as the sounds are.
    fn default() -> Self {
        Self::new(FULL)
    }
}

/// Percent at which sounds are as loud as they are.
pub const FULL: u8 = 100;

impl Volume {
    /// `percent` above 100 is 100.
    #[must_use]
    pub fn new(percent: u8) -> Self {
        Self { percent: Arc::new(AtomicU8::new(percent.min(FULL))) }
    }

    /// From now on everything is so loud; 0 is silence, above 100 is 100.
    pub fn set(&self, percent: u8) {
        self.percent.store(percent.min(FULL), Relaxed);
    }

    /// What samples are multiplied by. Ears count in ratios: half the way is a quarter of the amplitude, 12 dB less.
    pub(super) fn gain(&self) -> f32 {
        let share = f32::from(self.percent.load(Relaxed)) / f32::from(FULL);
        share * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_way_is_a_quarter_of_the_amplitude() {
        let volume = Volume::default();
        let shared = volume.clone();
        for (percent, gain) in [(0, 0.0), (50, 0.25), (100, 1.0), (255, 1.0)] {
            volume.set(percent);
            assert!((shared.gain() - gain).abs() < 1e-6, "{percent} %");
        }
    }
}
