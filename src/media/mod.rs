//! Files of sound and pictures on this computer: what they are, how long, how large; and playing sound.
//!
//! Knows drafts only as far as turning a file into a draft's value. Knows nothing of HTTP, money or the window.

pub mod hyperframes;
pub mod picture;
pub mod player;
pub mod probe;

mod image_size;
mod matroska;
mod mp3;
mod mp4;
mod source;
mod wav;
