//! The person's own rate card: a file in the config folder that lies over the built-in card.
//!
//! Owns finding and reading the file. What it says is for `pricing` to judge.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::pricing::{CardError, RateCard};

/// The file's name in the config folder.
pub const FILE_NAME: &str = "rate_card.toml";
/// A rate card has some kilobytes; more than this many bytes is another kind of file.
const LARGEST: u64 = 1_000_000;

/// The card in use and where it comes from.
#[derive(Clone, Debug)]
pub struct LoadedCard {
    pub card: RateCard,
    /// The own card that lies over the built-in one, where there is one and it is good.
    pub own: Option<PathBuf>,
    /// Why the own card is not used, where there is one and it is not good.
    pub error: Option<CardFileError>,
}

/// Why an own card is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct CardFileError {
    pub path: PathBuf,
    pub problem: CardFileProblem,
}

/// What is wrong with the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardFileProblem {
    #[error("{0}")]
    Content(#[from] CardError),
    /// It cannot be read; the system's words.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("the file is no text in UTF-8")]
    NotText,
    #[error("the file is larger than a rate card can be")]
    TooLarge,
}

/// The built-in card with the own one over it, if there is one in this folder. A broken own card is
/// reported and not used at all: half a card would mix what the person meant with what they did not.
#[must_use]
pub fn load(config_folder: &Path) -> LoadedCard {
    let path = config_folder.join(FILE_NAME);
    // A link to nowhere is a card that is missing by mistake, not one that was never there.
    if std::fs::symlink_metadata(&path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return LoadedCard { card: RateCard::built_in(), own: None, error: None };
    }
    match read(&path) {
        Ok(card) => LoadedCard { card, own: Some(path), error: None },
        Err(error) => LoadedCard { card: RateCard::built_in(), own: None, error: Some(error) },
    }
}

/// One own card laid over the built-in one.
///
/// # Errors
/// The file cannot be read, or is no good card.
pub fn read(path: &Path) -> Result<RateCard, CardFileError> {
    read_over(path, &RateCard::built_in()).map_err(|problem| CardFileError { path: path.to_owned(), problem })
}

fn read_over(path: &Path, built_in: &RateCard) -> Result<RateCard, CardFileProblem> {
    let unreadable = |error: std::io::Error| CardFileProblem::Unreadable(error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST) {
        return Err(CardFileProblem::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_| CardFileProblem::NotText)?;
    Ok(RateCard::parse(&text)?.over(built_in))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{AvatarType, Engine};
    use crate::pricing::Service;

    const TWIN: Service = Service::AvatarVideo { engine: Engine::AvatarIv, look: AvatarType::DigitalTwin, uhd: false };

    fn folder_with(card: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), card).unwrap();
        folder
    }

    #[test]
    fn without_an_own_card_the_built_in_one_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let loaded = load(folder.path());
        assert_eq!((loaded.card.date(), loaded.own, loaded.error), ("2026-11-22", None, None));
    }

    #[test]
    fn an_own_card_wins_where_it_lists_a_rate() {
        let folder = folder_with(
            b"\xef\xbb\xbfdate = \"2027-01-01\"\r\n[[rates]]\r\nproduct = \"avatar_iv\"\r\nvariant = \"digital_twin\"\r\nunit = \"s\"\r\nrate = \"0.08\"\r\n",
        );
        let loaded = load(folder.path());
        assert_eq!(loaded.error, None);
        assert_eq!(loaded.own, Some(folder.path().join(FILE_NAME)));
        let rate =
            |service| loaded.card.rate(service).map(|rate| (rate.amount.exact(), rate.date.to_string())).unwrap();
        assert_eq!(rate(TWIN), ("0.08".to_owned(), "2027-01-01".to_owned()));
        assert_eq!(rate(Service::Cinematic), ("7".to_owned(), "2026-11-22".to_owned()));
    }

    #[test]
    fn a_broken_own_card_is_named_by_line_and_field_and_the_built_in_one_used() {
        let folder = folder_with(b"date = \"2027-01-01\"\n[[rates]]\nproduct = \"lipsync\"\nvariant = \"speed\"\nunit = \"s\"\nrate = \"-1\"\n");
        let loaded = load(folder.path());
        let said = loaded.error.unwrap().to_string();
        assert!(said.ends_with("rate_card.toml: line 6, rates[0].rate: “-1” is below zero"), "{said}");
        assert_eq!((loaded.card.date(), loaded.own), ("2026-11-22", None));
    }

    #[test]
    fn a_file_that_is_no_text_or_a_folder_is_reported() {
        let folder = folder_with(b"\xff\xfe\x00");
        assert_eq!(load(folder.path()).error.unwrap().problem, CardFileProblem::NotText);
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(FILE_NAME)).unwrap();
        assert!(matches!(load(folder.path()).error.unwrap().problem, CardFileProblem::Unreadable(_)));
        let folder = folder_with(&vec![b'#'; 1_000_001]);
        assert_eq!(load(folder.path()).error.unwrap().problem, CardFileProblem::TooLarge);
    }
}
