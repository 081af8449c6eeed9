//! Tables as spreadsheets write them, and what becomes of their rows.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::draft::avatar_video::Face;
use crate::draft::{AvatarType, AvatarVideoDraft, Draft, Engine, Look, SpeechDraft, Voice};
use crate::money::Usd;
use crate::pricing::{Pace, RateCard};

#[track_caller]
fn check(bytes: &[u8], columns: &[&str], rows: &[&[&str]]) {
    let table = Table::read(bytes).unwrap();
    assert_eq!(table.columns, columns);
    let cells: Vec<Vec<&str>> = table.rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect();
    assert_eq!(cells, rows);
}

fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

#[test]
fn a_table_reads_whatever_wrote_it() {
    let rows: &[&[&str]] = &[&["Zoë", "Hallo, du"]];
    check("name,text\r\nZoë,\"Hallo, du\"\r\n".as_bytes(), &["name", "text"], rows);
    check("\u{feff}name;text\nZoë;Hallo, du".as_bytes(), &["name", "text"], rows);
    check("sep=|\nname|text\nZoë|Hallo, du\n\n".as_bytes(), &["name", "text"], rows);
    check(b"name\ttext\nZo\xeb\tHallo, du\n", &["name", "text"], rows);
    check("name\rZoë\r".as_bytes(), &["name"], &[&["Zoë"]]);
    check(&utf_16("name;text\nZoë;Hallo, du\n", u16::to_le_bytes), &["name", "text"], rows);
    check(&utf_16("\u{feff}name;text\nZoë;Hallo, du\n", u16::to_be_bytes), &["name", "text"], rows);
    check(b"script", &["script"], &[]);
    check(b"a,b\n1\n", &["a", "b"], &[&["1", ""]]);
    check(b"a,,c\n1,2,3\n", &["a", "Column 2", "c"], &[&["1", "2", "3"]]);
    check(b"n,t\n1,\"say \"\"hi\"\"\nthere\"\n", &["n", "t"], &[&["1", "say \"hi\"\nthere"]]);
    check(b"n,t\n1,5\" pipe\n", &["n", "t"], &[&["1", "5\" pipe"]]);
}

#[test]
fn the_old_encodings_are_told_apart_by_what_they_say() {
    let read = |encoding: &'static encoding_rs::Encoding, text: &str| {
        let table = Table::read(&encoding.encode(text).0).unwrap();
        table.rows.iter().map(|row| row.cells.join("|")).collect::<Vec<_>>().join("\n")
    };
    let german = "name;text\nJürgen;Schöne Grüße aus Köln, wir freuen uns über Ihren Besuch\n";
    assert_eq!(
        read(encoding_rs::WINDOWS_1252, german),
        "Jürgen|Schöne Grüße aus Köln, wir freuen uns über Ihren Besuch"
    );
    let russian = "имя;текст\nОльга;Добро пожаловать в нашу студию, мы рады вас видеть\n";
    assert_eq!(read(encoding_rs::WINDOWS_1251, russian), "Ольга|Добро пожаловать в нашу студию, мы рады вас видеть");
    let polish = "imię;tekst\nŁukasz;Dziękujemy, że jesteś z nami, zapraszamy częściej\n";
    assert_eq!(read(encoding_rs::WINDOWS_1250, polish), "Łukasz|Dziękujemy, że jesteś z nami, zapraszamy częściej");
    let japanese = "名前,本文\n花子,スタジオへようこそ。今日はありがとうございます。\n";
    assert_eq!(read(encoding_rs::SHIFT_JIS, japanese), "花子|スタジオへようこそ。今日はありがとうございます。");
}

#[test]
fn the_person_says_how_a_file_is_written_where_the_guess_is_wrong() {
    let bytes = encoding_rs::WINDOWS_1251.encode("name;a\nИван;1,2\n").0.into_owned();
    let read = |label: &str, separator: Option<u8>| {
        let read_as = ReadAs { encoding: TextEncoding::of_label(label), separator };
        let table = Table::read_as(&bytes, read_as).unwrap();
        assert!(!table.source.is_guessed, "the person said it");
        table.rows[0].cells.join("|")
    };
    assert_eq!(read("windows-1251", None), "Иван|1,2");
    assert_eq!(read("windows-1251", Some(b',')), "Иван;1", "what is behind the only column stays aside");
    assert_eq!(read("windows-1252", None), "Èâàí|1,2");
    assert_eq!(read("utf-8", None), "\u{fffd}\u{fffd}\u{fffd}\u{fffd}|1,2", "what is no letter is seen");
    assert!(Table::read(&bytes).unwrap().source.is_guessed);
    assert!(!Table::read("name\nИван\n".as_bytes()).unwrap().source.is_guessed);
    let marked = utf_16("\u{feff}n;t\nZoë;1\n", u16::to_le_bytes);
    assert!(!Table::read(&marked).unwrap().source.is_guessed, "its mark says it");
    let bare = utf_16("n;t\nZoë;1\n", u16::to_le_bytes);
    let table = Table::read(&bare).unwrap();
    assert_eq!((table.source.encoding.unwrap().name(), table.source.is_guessed), ("UTF-16", true));
}

#[test]
fn a_sample_shows_the_first_letters_that_differ() {
    let sample = |bytes: &[u8], label: &str| {
        let found = samples(bytes);
        let wanted = TextEncoding::of_label(label).unwrap();
        found.into_iter().find(|(encoding, _)| *encoding == wanted).map(|(_, text)| text)
    };
    let text = format!("{}id;name\n17;Jürgen Groß;Köln\n", "1;plain\n".repeat(500));
    let western = encoding_rs::WINDOWS_1252.encode(&text).0.into_owned();
    assert_eq!(sample(&western, "windows-1252").unwrap(), "17;Jürgen Groß;Köln");
    assert_eq!(sample(&western, "windows-1251").unwrap(), "17;Jьrgen GroЯ;Kцln");
    let japanese = encoding_rs::SHIFT_JIS.encode("name\n山田太郎,東京\n").0.into_owned();
    assert_eq!(sample(&japanese, "shift_jis").unwrap(), "山田太郎,東京");
    assert_eq!(sample(b"plain,text\n", "utf-8"), None, "it is the same in all of them");
    assert_eq!(sample(&utf_16("n;t\nZoë;1\n", u16::to_le_bytes), "utf-16le").unwrap(), "n;t Zoë;1");
}

#[test]
fn rows_carry_the_line_an_editor_shows() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "", "1,\"x", "y\"", "", "2,z"].join(end);
        let table = Table::read(text.as_bytes()).unwrap();
        let lines: Vec<u64> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 6], "{end:?}");
        assert_eq!(table.place_of(6), Some(1));
    }
    assert_eq!(Table::read(b"sep=;\na;b\n1;2\n").unwrap().rows[0].line, 3);
}

#[track_caller]
fn check_refused(bytes: &[u8], kind: TableErrorKind, message: &str) {
    let error = Table::read(bytes).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (kind, message));
}

const NO_TEXT: &str = "This file is no text: it has bytes in it that no text has.";

#[test]
fn what_is_no_table_says_why() {
    check_refused(b"", TableErrorKind::Empty, "There is nothing in the table.");
    check_refused(b"PK\x03\x04 and so on", TableErrorKind::NotText, "This is a spreadsheet's own file, no CSV.");
    check_refused(b"a,b\n\x01\x02", TableErrorKind::NotText, NO_TEXT);
    let broken = b"title,script\n\"unclosed,quote\nfoo\n\0\x01\xff\xfe,bar,baz,qux\n";
    check_refused(broken, TableErrorKind::NotText, NO_TEXT);
    check_refused(b"title,script\nA,\"Hello\0there\"\nB,Hello you\n", TableErrorKind::NotText, NO_TEXT);
    check_refused(&[&b"n\0;\0t\0\n\0"[..], b"\x00\xd8\x01\x00"].concat(), TableErrorKind::NotText, NO_TEXT);
    let mut random = fastrand::Rng::with_seed(5);
    for length in [10, 50, 400, 3_000] {
        let bytes: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(length).chain([0, 1]).collect();
        assert_eq!(Table::read(&bytes).unwrap_err().kind, TableErrorKind::NotText, "{length} bytes");
    }
    check_refused(b"a,b,A\n1,2,3\n", TableErrorKind::SameName, "Columns 1 and 3 are both called A.");
    let unclosed = "A quotation mark opens in line 3 and never closes.";
    check_refused(b"a,b\n1,2\n3,\"4\n5,6\n", TableErrorKind::Unclosed, unclosed);
    let many = "a,b\n".repeat(MOST_ROWS + 2);
    check_refused(many.as_bytes(), TableErrorKind::TooLarge, "The table has more than 20000 rows.");
}

#[test]
fn a_title_is_one_line_whatever_the_cell_says() {
    let table = Table::read(b"name,title\nAnn,\"For\n Ann \"\n").unwrap();
    let (base, cast) = (video(), cast());
    let row = Composer::new(&table, &base, &cast).compose(&table.rows[0]);
    assert_eq!(texts(&row.draft).0, "For Ann");
}

#[test]
fn a_saved_copy_reads_as_the_same_table() {
    let mut table = Table::read("name;text\nZoë;\"a\n\"\"b\"\", c\"\n".as_bytes()).unwrap();
    let title = table.column_or_new("title");
    table.rows[0].set(title, "One; two");
    assert_eq!(table.column_or_new("TITLE"), title);
    let again = Table::read(&table.to_csv()).unwrap();
    assert_eq!((&again.columns, &again.rows[0].cells), (&table.columns, &table.rows[0].cells));
}

fn look(id: &str, name: &str) -> Look {
    Look {
        id: id.to_owned(),
        name: name.to_owned(),
        avatar_type: AvatarType::DigitalTwin,
        group_id: None,
        default_voice_id: Some(format!("voice of {id}")),
        gender: None,
        engines: Vec::new(),
        preview_image_url: None,
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    }
}

fn voice(id: &str, name: &str) -> Voice {
    Voice {
        id: id.to_owned(),
        name: name.to_owned(),
        language: "English".to_owned(),
        gender: "female".to_owned(),
        preview_audio_url: None,
        supports_pause: true,
        supports_locale: true,
        private: false,
        starfish: true,
    }
}

fn cast() -> Cast {
    let looks = vec![look("one", "Anna"), look("two", "Ben"), look("three", "ben")];
    let voices = vec![voice("voice of one", "Ada"), voice("voice of three", "Bo")];
    Cast::new(Arc::new(looks), Arc::new(voices))
}

fn video() -> Draft {
    Draft::AvatarVideo(AvatarVideoDraft {
        script: "Hello {{ Name }}, welcome.".to_owned(),
        title: "For {{name}}".to_owned(),
        face: Face::Look(look("one", "Anna")),
        voice: Some(voice("voice of one", "Ada")),
        ..AvatarVideoDraft::default()
    })
}

fn speech() -> Draft {
    let voice = Some(voice("voice of one", "Ada"));
    Draft::Speech(SpeechDraft { text: "Hello {{name|you}}.".to_owned(), voice, ..SpeechDraft::default() })
}

fn composed(csv: &str, base: &Draft) -> Vec<BatchRow> {
    let (table, cast) = (Table::read(csv.as_bytes()).unwrap(), cast());
    let composer = Composer::new(&table, base, &cast);
    table.rows.iter().map(|row| composer.compose(row)).collect()
}

#[test]
fn cells_fill_the_script_and_override_the_draft() {
    let rows = composed("NAME,Engine,look,Speed,resolution\nZoë,III,,,720\nTom,,three,\"1,2\",\n", &video());
    assert!(rows.iter().all(|row| row.problems.is_empty()), "{rows:?}");
    let [Draft::AvatarVideo(zoe), Draft::AvatarVideo(tom)] = [&rows[0].draft, &rows[1].draft] else { panic!() };
    assert_eq!(zoe.script, "Hello Zoë, welcome.");
    assert_eq!((zoe.title.as_str(), zoe.engine, zoe.resolution.word()), ("For Zoë", Engine::AvatarIii, "720p"));
    assert_eq!(tom.voice_settings.speed.to_string(), "1.2");
    assert!(matches!(&tom.face, Face::Look(look) if look.id == "three"));
    let heard = |draft: &AvatarVideoDraft| draft.voice.as_ref().map(|voice| voice.name.clone());
    assert_eq!(
        (heard(zoe).as_deref(), heard(tom).as_deref()),
        (Some("Ada"), Some("Bo")),
        "the voice goes with the look"
    );
}

#[test]
fn a_row_of_a_speech_has_text_voice_and_speed() {
    let rows = composed("name,voice,title,speed\nZoë,bo,Greeting,2\n,,,\n", &speech());
    assert_eq!(rows.len(), 1, "a row with nothing in it is none");
    let rows = composed("name,voice,x\nZoë,bo,1\n,,1\n", &speech());
    let [Draft::Speech(zoe), Draft::Speech(nobody)] = [&rows[0].draft, &rows[1].draft] else { panic!() };
    assert_eq!((zoe.text.as_str(), nobody.text.as_str()), ("Hello Zoë.", "Hello you."));
    assert_eq!(zoe.voice.as_ref().map(|voice| voice.id.as_str()), Some("voice of three"));
    assert!(rows.iter().all(|row| row.problems.is_empty()), "{rows:?}");
}

#[track_caller]
fn check_problem(csv: &str, place: (Option<Setting>, Option<usize>), message: &str) {
    let rows = composed(csv, &video());
    let found: Vec<_> =
        rows[0].problems.iter().map(|problem| ((problem.setting, problem.column), &*problem.message)).collect();
    assert_eq!(found, [(place, message)]);
}

#[test]
fn a_cell_that_cannot_be_used_is_named() {
    let at = |setting, column| (Some(setting), Some(column));
    check_problem("name,look\nZoë,Carl\n", at(Setting::Look, 1), "There is no look with the name or id Carl.");
    check_problem("name,look\nZoë,Ben\n", at(Setting::Look, 1), "Several looks are called Ben: write the id instead.");
    check_problem("name,voice\nZoë,x\n", at(Setting::Voice, 1), "There is no voice with the name or id x.");
    check_problem("name,engine\nZoë,VI\n", at(Setting::Engine, 1), "There is no engine VI: write III, IV or V.");
    check_problem("name,speed\nZoë,3\n", at(Setting::Speed, 1), "Speed goes from 0.5 to 1.5.");
    let unknown = "The script says {{nme}}, but no column is called so.";
    check_problem("name,Text\nZoë,{{nme}}\n", at(Setting::Script, 1), unknown);
    let empty = "name is empty here, but the script says {{name}}. Fill it in, or write {{name|something else}}.";
    check_problem("name,title,x\n,T,1\n", (None, Some(0)), empty);
    let ragged = composed("name,x\nZoë,1,2\n", &video());
    assert!(ragged[0].problems[0].message.starts_with("This row has 3 cells, but there are 2 columns."));
    let text = "x".repeat(5_001);
    let long = "Shorten the script by 1 character: 5,000 are the most.";
    check_problem(&format!("name,script\nZoë,{text}\n"), at(Setting::Script, 1), long);
}

#[test]
fn columns_that_change_nothing_are_named() {
    let table = Table::read(b"name,colour,engine,script\nZoe,red,,\nTom,,,\"I like {{COLOUR}}\"\n").unwrap();
    assert_eq!(unused_columns(&table, &video()), Vec::<&str>::new());
    let table = Table::read(b"name,colour,engine\nZoe,red,IV\n").unwrap();
    assert_eq!(unused_columns(&table, &video()), ["colour"]);
    assert_eq!(unused_columns(&table, &speech()), ["colour", "engine"]);
}

#[test]
fn a_row_with_a_problem_has_no_price_and_one_without_has_its_quote() {
    let rows = composed("name,resolution\nZoë,\n,\nTom,4k\n,x\n", &video());
    let (card, pace) = (RateCard::built_in(), Pace::default());
    let prices: Vec<_> = rows.iter().map(|row| price(row, &card, &pace)).collect();
    assert_eq!(prices.len(), 3);
    let span = prices[0].as_ref().unwrap().total.clone().unwrap();
    assert!(span.low > Usd::ZERO && span.low < span.high);
    assert!(prices[1].as_ref().unwrap().total.is_err(), "4K has no published price");
    assert!(prices[2].is_none());
}

proptest! {
    #[test]
    fn what_was_written_is_read(
        cells in proptest::collection::vec(proptest::collection::vec("[a-z ,;|\"é\n]{0,9}[a-z]", 3), 1..9),
        separator in proptest::sample::select(b",;\t|".to_vec()),
        encoding in 0..4_u8,
        always in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let mut writer = csv::WriterBuilder::new().delimiter(separator).quote_style(style).from_writer(Vec::new());
        writer.write_record(["first", "second", "third"]).unwrap();
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let bytes = match encoding {
            0 => text.into_bytes(),
            1 => utf_16(&format!("\u{feff}{text}"), u16::to_le_bytes),
            2 => utf_16(&text, u16::to_be_bytes),
            // One byte a letter, and too little text to tell which of the old encodings it is.
            _ => text.replace('é', "e").into_bytes(),
        };
        let ascii = encoding == 3;
        let table = Table::read(&bytes).unwrap();
        let expected: Vec<Vec<String>> = cells
            .iter()
            .map(|row| row.iter().map(|cell| if ascii { cell.replace('é', "e") } else { cell.clone() }).collect())
            .collect();
        prop_assert_eq!(table.rows.into_iter().map(|row| row.cells).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn an_empty_script_is_a_problem_where_the_file_has_a_script_for_each_row() {
    let (base, cast) = (video(), cast());
    let table = Table::read(b"name,script\nZoe,\nTom,Hello\n").unwrap();
    let compose = |table: &Table, base: &Draft, row: usize| Composer::new(table, base, &cast).compose(&table.rows[row]);
    let empty = compose(&table, &base, 0);
    let message = "There is no script in this row. Write one, or put {{script|…}} on the tab for what is said instead.";
    assert_eq!(empty.problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>(), [message]);
    assert_eq!((empty.problems[0].column, texts(&empty.draft).1), (Some(1), ""), "no other text is shown as its own");
    assert_eq!(compose(&table, &base, 1).problems, []);

    let Draft::AvatarVideo(mut draft) = base.clone() else { panic!() };
    draft.script = "{{script|Hello}} {{name}}.".to_owned();
    let told = Draft::from(draft);
    assert_eq!(texts(&compose(&table, &told, 0).draft).1, "Hello Zoe.");
    assert_eq!(compose(&table, &told, 0).problems, []);

    // Without the column, or with one that was added here, all rows share the tab's.
    let mut table = Table::read(b"name\nZoe\nTom\n").unwrap();
    assert_eq!(compose(&table, &base, 0).problems, []);
    let column = table.column_or_new("script");
    table.rows[0].set(column, "For Zoe alone.");
    assert_eq!(texts(&compose(&table, &base, 0).draft).1, "For Zoe alone.");
    assert_eq!((texts(&compose(&table, &base, 1).draft).1, table.added), ("Hello Tom, welcome.", 1));
}
