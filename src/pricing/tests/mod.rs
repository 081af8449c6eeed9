//! What a quote says, by example.

mod card;
mod comparison;
mod pace;
mod price;
