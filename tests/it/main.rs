//! One integration binary.

mod contract;
mod heygen;
mod keyring;
mod loopback;
mod sandbox;
