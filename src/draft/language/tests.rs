//! What texts say of their language. False alarms are worse than silence.

use super::*;

/// Ten sentences, ten more, and ten short lines, parted by a line.
pub(crate) const TEXTS: [(&str, &str); 13] = [
    ("German", include_str!("../../../tests/pace/de.txt")),
    ("English", include_str!("../../../tests/pace/en.txt")),
    ("Spanish", include_str!("../../../tests/pace/es.txt")),
    ("French", include_str!("../../../tests/pace/fr.txt")),
    ("Italian", include_str!("../../../tests/pace/it.txt")),
    ("Japanese", include_str!("../../../tests/pace/ja.txt")),
    ("Korean", include_str!("../../../tests/pace/ko.txt")),
    ("Dutch", include_str!("../../../tests/pace/nl.txt")),
    ("Polish", include_str!("../../../tests/pace/pl.txt")),
    ("Portuguese", include_str!("../../../tests/pace/pt.txt")),
    ("Russian", include_str!("../../../tests/pace/ru.txt")),
    ("Turkish", include_str!("../../../tests/pace/tr.txt")),
    ("Chinese", include_str!("../../../tests/pace/zh.txt")),
];

#[test]
fn sentences_are_known_and_none_is_taken_for_another_language() {
    let (mut sentences, mut known) = (0, 0);
    let (mut passages, mut sure_passages) = (0, 0);
    for (name, text) in TEXTS {
        let lines: Vec<&str> = text.lines().filter(|line| *line != "===").collect();
        for line in &lines {
            let reading = Reading::of(line);
            assert_eq!(reading.differs_from(name), None, "{line}");
            assert_eq!(reading.spoken(Some(name)).unwrap().name(), name, "{line}");
            sentences += 1;
            known += u32::from(reading.sure().is_some());
        }
        for few in lines.chunks(3) {
            let few = few.join(" ");
            let sure = Reading::of(&few).sure();
            assert!(sure.is_none_or(|sure| sure.name() == name), "{sure:?}: {few}");
            passages += 1;
            sure_passages += u32::from(sure.is_some());
        }
    }
    assert!(sure_passages * 100 >= passages * 88, "{sure_passages} of {passages} passages of three sentences");
    assert!(known * 2 >= sentences, "{known} of {sentences} sentences say their language");
}

#[track_caller]
fn check(text: &str, voice: &str, expected: Option<(&str, &str)>) {
    let found = Reading::of(text).differs_from(voice);
    assert_eq!(found.map(|(read, speaks)| (read.name(), speaks.name())), expected, "{text}");
}

#[test]
fn a_text_and_a_voice_of_two_languages_are_told_apart() {
    let german = "Guten Tag und herzlich willkommen. Heute zeigen wir Ihnen, wie die neue Anlage arbeitet.";
    check(german, "English", Some(("German", "English")));
    check(german, "English (UK)", Some(("German", "English")));
    check(german, "German", None);
    check(german, "de-AT", None);
    check(german, "Multilingual", None);
    check(german, "", None);
    check(german, "Klingon", None);
    check("この春、三つのことが変わりました。", "English", Some(("Japanese", "English")));
    check("この春、三つのことが変わりました。", "Chinese (Mandarin)", Some(("Japanese", "Chinese")));
    check("이 앱은 스마트폰에서도 쓸 수 있습니다.", "Japanese", Some(("Korean", "Japanese")));
    check("Добро пожаловать в нашу студию, мы рады вас видеть.", "Ukrainian", Some(("Russian", "Ukrainian")));
    check("يولد جميع الناس أحرارا متساوين في الكرامة والحقوق", "English", Some(("Arabic", "English")));
    check("Welcome back. This is what we have changed for you.", "German", Some(("English", "German")));
    check("La nuova guida è pronta, e si trova nel menù che avete già visto.", "Spanish", Some(("Italian", "Spanish")));
    check("O novo guia já está pronto, e você pode ler tudo na página.", "Spanish", Some(("Portuguese", "Spanish")));
    check("همه انسان‌ها آزاد به دنیا می‌آیند و در حقوق با هم برابرند", "Arabic", Some(("Persian", "Arabic")));
    check("Velkommen tilbage. I dag ser vi på, hvad der er nyt for dig.", "English", Some(("Danish", "English")));
}

#[test]
fn nothing_is_claimed_of_what_says_nothing() {
    for text in [
        "",
        "Hello there.",
        "Guten Tag!",
        "Anna Schmidt, Björn Åkesson, Chloé Dubois, Zoë van Dijk, José García",
        "iPhone 15 Pro, MacBook Air, Apple Watch Ultra, AirPods Max",
        "ACME GmbH, Berlin · Müller & Söhne KG, Hamburg",
        "https://example.com/welcome/to/the/new/studio",
        "2027 3 14 9:30 12 % 480 538",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
        "Welcome, bienvenue, willkommen, bienvenido, benvenuti, welkom, witamy.",
        "Good morning and welcome to all of you. Guten Morgen und willkommen, wir freuen uns auf Sie alle.",
    ] {
        for voice in ["English", "German", "Spanish", "French", "Japanese", "Arabic"] {
            check(text, voice, None);
        }
    }
}

#[test]
fn what_is_written_alike_is_no_difference() {
    check("Velkommen tilbake. I dag ser vi på hva som er nytt for deg og oss.", "Danish", None);
    check("Velkommen tilbage. I dag ser vi på, hvad der er nyt for dig.", "Norwegian", None);
    check("東京都庁", "Japanese", None);
    check("全国交通安全運動実施中", "Japanese", None);
}

#[test]
fn names_and_foreign_words_in_a_sentence_change_nothing() {
    check("Please welcome Herr Müller und Söhne, who are the makers of the Gemütlichkeit app.", "English", None);
    check(
        "Das neue iPhone hat ein Update, und der Support ist jetzt per Live Chat und Social Media da.",
        "German",
        None,
    );
    check("日本のユーザーのために、Google Meet と Microsoft Teams に対応しました。", "Japanese", None);
    check("Nous utilisons Google Drive et Slack pour partager les fichiers avec le reste de la team.", "French", None);
}

#[test]
fn marks_and_placeholders_are_no_words() {
    let text =
        "<break time=\"1s\"/> {{the and of for with}} <emphasis>der Kurs</emphasis> und die neue Klasse sind da.";
    check(text, "English", Some(("German", "English")));
    check("{{this is what the row says of it}} {{and that}}", "German", None);
}

#[test]
fn only_the_beginning_of_a_long_text_is_read_and_a_cut_letter_does_no_harm() {
    for shift in 0..4 {
        let text = format!("{}{}", "x".repeat(shift), "これは長い文章です。".repeat(300));
        assert_eq!(Reading::of(&text).sure().map(Language::name), Some("Japanese"));
    }
}
