//! The person's own rate card: a file in the config folder that lies over the built-in card.
//!
//! Owns finding, reading and writing the file. What it says is for `pricing` to judge.

use std::fs::File;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::money::Usd;
use crate::pricing::{CardError, RateCard, Service, Unit};

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

/// A rate was not written; the card on disk is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct WriteRateError {
    pub kind: WriteRateErrorKind,
    /// What happened, without the source's text.
    pub message: String,
    /// What to do.
    pub hint: String,
    pub source: Option<std::io::Error>,
}

/// Why a rate was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteRateErrorKind {
    /// There is an own card already that cannot be used.
    BrokenCard,
    /// The rate would make a card that cannot be used.
    NoRate,
    /// The folder or the file could not be written.
    Disk,
}

/// Writes one rate into the person's own card in this folder, which is made if there is none, and
/// dates the card `date` (`2026-11-22`). Every other line and comment stays as it is. After a crash
/// the file is either the old one or the new one, whole. Jobs that were quoted keep their card.
///
/// # Errors
/// [`WriteRateError`]; the card is then as it was.
pub fn write_rate(
    config_folder: &Path,
    service: Service,
    unit: Unit,
    rate: Usd,
    date: &str,
) -> Result<LoadedCard, WriteRateError> {
    let path = config_folder.join(FILE_NAME);
    let broken = |problem: &dyn std::fmt::Display| WriteRateError {
        kind: WriteRateErrorKind::BrokenCard,
        message: format!("Your own rate card cannot be used as it is: {problem}."),
        hint: format!("Mend {} or take it away, then write the rate again.", path.display()),
        source: None,
    };
    let old = match std::fs::symlink_metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        _ => {
            read(&path).map_err(|error| broken(&error.problem))?;
            std::fs::read_to_string(&path).map_err(|error| broken(&error))?
        }
    };
    let no_rate = |problem: &dyn std::fmt::Display| WriteRateError {
        kind: WriteRateErrorKind::NoRate,
        message: format!("{} cannot be a rate of the card: {problem}.", rate.precise()),
        hint: "Check the rate on HeyGen's price list and write it into the card by hand.".to_owned(),
        source: None,
    };
    let bare = old.strip_prefix('\u{feff}').unwrap_or(&old);
    let text = with_rate(bare, service, unit, rate, date).ok_or_else(|| no_rate(&"the card is written otherwise"))?;
    let card = RateCard::parse(&text).map_err(|error| no_rate(&error))?;
    if card.rate(service).is_none_or(|written| written.amount != rate || written.unit != unit) {
        return Err(no_rate(&"the card lists it twice"));
    }
    write_whole(config_folder, &text).map_err(|source| WriteRateError {
        kind: WriteRateErrorKind::Disk,
        message: format!("The rate could not be written into {}.", path.display()),
        hint: "Make room or allow writing there, then try again.".to_owned(),
        source: Some(source),
    })?;
    Ok(load(config_folder))
}

/// The card's text with this rate and date. Only the values themselves are replaced, so that
/// comments, order and spaces stay; a service that is not listed comes behind the others.
fn with_rate(old: &str, service: Service, unit: Unit, rate: Usd, date: &str) -> Option<String> {
    let root = DeTable::parse(old).ok()?;
    let (product, variant) = service.words();
    let mut changes = Vec::new();
    let rates = root.get_ref().get("rates").and_then(|rates| rates.get_ref().as_array());
    let listed = rates.into_iter().flatten().filter_map(|entry| entry.get_ref().as_table()).find(|entry| {
        let word = |key: &str| entry.get(key).and_then(|value| value.get_ref().as_str()).unwrap_or_default();
        word("product") == product && word("variant") == variant.as_deref().unwrap_or_default()
    });
    let (unit, rate) = (toml::Value::from(unit.word()), toml::Value::from(rate.exact()));
    if let Some(entry) = listed {
        let place = |key: &str| entry.get(key).map(toml::Spanned::<DeValue<'_>>::span);
        changes.extend([(place("unit")?, unit.to_string()), (place("rate")?, rate.to_string())]);
    } else {
        let end = if old.contains("\r\n") { "\r\n" } else { "\n" };
        let gap = if old.is_empty() || old.ends_with('\n') { "" } else { end };
        let variant = variant.map_or(String::new(), |variant| format!("variant = {}{end}", toml::Value::from(variant)));
        let product = toml::Value::from(product);
        let entry =
            format!("{gap}{end}[[rates]]{end}product = {product}{end}{variant}unit = {unit}{end}rate = {rate}{end}");
        changes.push((old.len()..old.len(), entry));
    }
    let date = toml::Value::from(date).to_string();
    match root.get_ref().get("date") {
        Some(present) => changes.push((present.span(), date)),
        None => changes.push((0..0, format!("date = {date}\n"))),
    }
    // From the back, so that the places in front stay where they are.
    changes.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    let mut text = old.to_owned();
    for (place, value) in changes {
        text.get(place.clone())?;
        text.replace_range(place, &value);
    }
    Some(text)
}

/// Under another name, synced, then renamed over the old one: the rename is what a crash cannot split.
fn write_whole(folder: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let temporary = folder.join(format!("{FILE_NAME}.{}.new", std::process::id()));
    let written = File::create(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| std::fs::rename(&temporary, folder.join(FILE_NAME)));
    if renamed.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    renamed?;
    #[cfg(unix)]
    if let Ok(directory) = File::open(folder) {
        let _ = directory.sync_all();
    }
    Ok(())
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

    fn rate(text: &str) -> Usd {
        Usd::parse(text).unwrap()
    }

    #[test]
    fn a_rate_is_written_and_everything_else_stays() {
        let card = "# Ours, from the invoice.\n\ndate = \"2026-12-01\" # read again in spring\nsource = \"invoice\"\n\n\
                    # Twins\n[[rates]]\nproduct   = \"avatar_iv\"\nvariant = \"digital_twin\"\nunit = \"s\"\nrate = \"0.08\" # was 0.0667\n\n\
                    [[rates]]\nproduct = \"lipsync\"\nvariant = \"speed\"\nunit = \"s\"\nrate = \"0.04\"\n# the end\n";
        let folder = folder_with(card.as_bytes());
        let loaded = write_rate(folder.path(), TWIN, Unit::Second, rate("0.09"), "2027-01-05").unwrap();
        let expected = card.replace("\"0.08\"", "\"0.09\"").replace("\"2026-12-01\"", "\"2027-01-05\"");
        let written = std::fs::read_to_string(folder.path().join(FILE_NAME)).unwrap();
        assert_eq!(written, expected);
        assert_eq!(loaded.card.rate(TWIN).unwrap().amount, rate("0.09"));
        // One that is not listed yet comes behind the others.
        write_rate(folder.path(), Service::Cinematic, Unit::Video, rate("7.5"), "2027-01-06").unwrap();
        let written = std::fs::read_to_string(folder.path().join(FILE_NAME)).unwrap();
        let added = "\n[[rates]]\nproduct = \"cinematic_avatar\"\nunit = \"video\"\nrate = \"7.5\"\n";
        assert!(
            written.contains(added) && written.contains("# the end") && written.contains("# was 0.0667"),
            "{written}"
        );
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [FILE_NAME]);
    }

    #[test]
    fn the_first_rate_makes_a_card() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("config");
        let loaded = write_rate(&deep, TWIN, Unit::Second, rate("0.0712"), "2027-01-05").unwrap();
        assert_eq!((loaded.card.date(), loaded.error), ("2027-01-05", None));
        assert_eq!(loaded.card.rate(TWIN).unwrap().amount, rate("0.0712"));
        assert_eq!(loaded.card.rate(Service::VideoAgent).unwrap().amount, rate("0.0333"));
    }

    #[test]
    fn line_ends_of_another_system_stay() {
        let card = "date = \"2026-12-01\"\r\n[[rates]]\r\nproduct = \"lipsync\"\r\nvariant = \"speed\"\r\nunit = \"s\"\r\nrate = \"0.04\"\r\n";
        let folder = folder_with(card.as_bytes());
        write_rate(folder.path(), TWIN, Unit::Second, rate("0.09"), "2027-01-05").unwrap();
        let written = std::fs::read_to_string(folder.path().join(FILE_NAME)).unwrap();
        assert!(written.lines().count() > 6 && written.matches('\n').count() == written.matches("\r\n").count());
    }

    #[test]
    fn a_broken_card_or_an_impossible_rate_changes_nothing() {
        let folder = folder_with(b"date = = 4\n");
        let error = write_rate(folder.path(), TWIN, Unit::Second, rate("0.09"), "2027-01-05").unwrap_err();
        assert_eq!(error.kind, WriteRateErrorKind::BrokenCard);
        assert_eq!(std::fs::read(folder.path().join(FILE_NAME)).unwrap(), b"date = = 4\n");
        let folder = tempfile::tempdir().unwrap();
        let error = write_rate(folder.path(), TWIN, Unit::Clip, rate("0.09"), "2027-01-05").unwrap_err();
        assert_eq!(error.kind, WriteRateErrorKind::NoRate);
        assert!(!folder.path().join(FILE_NAME).exists());
    }

    #[test]
    fn every_service_of_the_built_in_card_is_named_by_its_words() {
        let text = include_str!("../assets/rate_card.toml");
        let listed: toml::Table = text.parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let services = [
            Service::Cinematic,
            Service::Realtime,
            Service::HyperFrames { uhd: true, fps: 60 },
            Service::Translation { mode: crate::draft::billable::Mode::Precision, audio_only: false },
            Service::Lipsync(crate::draft::billable::Mode::Speed),
            Service::Clip,
            Service::Speech,
            Service::Creation(crate::draft::billable::Creation::Photo),
            TWIN,
        ];
        for service in services {
            let (product, variant) = service.words();
            let rates = listed["rates"].as_array().unwrap();
            assert!(
                rates.iter().any(|table| table["product"].as_str() == Some(product)
                    && table.get("variant").and_then(toml::Value::as_str) == variant.as_deref()),
                "{service:?}"
            );
            let built_in = RateCard::built_in().rate(service).unwrap().clone();
            write_rate(folder.path(), service, built_in.unit, built_in.amount, "2027-01-05").unwrap();
        }
    }
}
