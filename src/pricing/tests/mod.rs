//! What a quote says, by example.

mod card;
mod pace;
mod price;
