//! Many jobs from one table: a CSV file's rows, each a draft with its price. Pure: bytes in, values out.
//!
//! Owns the reading of tables, `{{placeholders}}`, the columns that override a draft, and what rows cost.
//! Knows drafts and prices only; nothing here sends anything.

mod cast;
mod compose;
mod encoding;
mod placeholders;
mod price;
mod read;
mod table;

pub use cast::Cast;
pub use compose::{BatchRow, CellProblem, Composer, Setting, texts, unused_columns};
pub use encoding::{TextEncoding, samples};
pub use placeholders::{Unfilled, fill, has_placeholder, names as placeholder_names};
pub use price::{Priced, price, sum};
pub use read::{ReadAs, SEPARATORS};
pub use table::{MOST_BYTES, MOST_ROWS, Row, Source, Table, TableError, TableErrorKind, separator_words};

#[cfg(test)]
mod tests;
