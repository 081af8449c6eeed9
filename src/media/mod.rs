//! Files of sound and pictures on this computer: what they are, how long, how large; and playing sound.
//!
//! Knows drafts only as far as turning a file into a draft's value. Knows nothing of HTTP, money or the window.

pub mod captions;
pub mod content;
pub mod frames;
pub mod hls;
pub mod live;
pub mod hyperframes;
pub mod picture;
pub mod player;
pub mod probe;
pub mod units;
pub mod volume;
pub mod waveform;

mod flaw;
mod fragments;
mod image_size;
mod live_decoder;
mod live_show;
mod live_sound;
mod live_timeline;
mod matroska;
mod media_type;
mod mp3;
mod mp4;
mod mp4_samples;
mod outgoing;
mod sound_source;
mod source;
mod speaker;
mod transport_stream;
mod wav;
mod webm_frame;
