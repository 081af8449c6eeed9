//! One integration binary.

mod contract;
mod heygen;
mod jobs;
mod keyring;
mod layers;
mod loopback;
mod quote;
mod rig;
