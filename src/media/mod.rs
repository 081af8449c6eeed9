//! Files of sound and pictures on this computer: what they are, how long, how large; and playing sound.
//!
//! Knows drafts only as far as turning a file into a draft's value. Knows nothing of HTTP, money or the window.

pub mod captions;
pub mod content;
pub mod frames;
pub mod hyperframes;
pub mod picture;
pub mod player;
pub mod probe;
pub mod waveform;

mod flaw;
mod image_size;
mod matroska;
mod media_type;
mod mp3;
mod mp4;
mod mp4_samples;
mod source;
mod wav;
