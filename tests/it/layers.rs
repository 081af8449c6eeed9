//! Who may know whom: the table of the design, held against the source text.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// A room of the crate and the rooms it may know. What is not listed, it may not know.
///
/// `jobs::types`, `jobs::conversation`, `jobs::policy` and `spend::types` are rooms of their own: plain values and pure
/// rules that the window and others may know without knowing the machinery.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("money", &[]),
    ("typed", &["money"]),
    ("account", &["money"]),
    ("draft", &["money", "typed"]),
    ("pricing", &["draft", "money"]),
    ("batch", &["pricing", "draft", "money", "typed"]),
    ("rate_card_file", &["pricing", "draft", "money"]),
    ("settings", &["money"]),
    ("credentials", &["settings"]),
    ("paths", &["settings"]),
    ("media", &["draft", "batch"]),
    ("heygen", &["draft", "money", "account"]),
    ("store", &[]),
    ("spend::types", &["money", "draft", "pricing", "settings", "jobs::types"]),
    ("spend", &["store", "money", "draft", "pricing", "account", "jobs::types", "settings", "spend::types"]),
    ("jobs::types", &["batch", "draft", "money", "pricing"]),
    ("jobs::conversation", &["draft", "jobs::types", "spend::types"]),
    // Errors and replay rules are plain values of the client.
    ("jobs::policy", &["draft", "money", "jobs::types", "heygen"]),
    (
        "jobs",
        &[
            "batch",
            "heygen",
            "spend",
            "store",
            "draft",
            "money",
            "pricing",
            "account",
            "media",
            "settings",
            "jobs::types",
            "jobs::conversation",
            "jobs::policy",
            "spend::types",
        ],
    ),
    // Probes what is uploaded to it by the bytes, as HeyGen does.
    ("sandbox", &["pricing", "money", "draft", "media"]),
    (
        "ui",
        &[
            "batch",
            "draft",
            "pricing",
            "money",
            "typed",
            "account",
            "settings",
            "jobs::types",
            "jobs::conversation",
            "spend::types",
        ],
    ),
    ("quote_command", &["pricing", "rate_card_file", "money", "draft"]),
    (
        "app",
        &[
            "ui",
            "batch",
            "jobs",
            "jobs::types",
            "jobs::policy",
            "heygen",
            "spend",
            "spend::types",
            "store",
            "sandbox",
            "media",
            "credentials",
            "paths",
            "settings",
            "rate_card_file",
            "pricing",
            "draft",
            "money",
            "account",
        ],
    ),
    ("main", &["app", "jobs", "quote_command", "sandbox", "settings", "rate_card_file", "store", "ui", "paths"]),
];

/// Names that only some rooms may write, and the rooms that may.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("reqwest", &["heygen", "sandbox"]), // the sandbox tells others of events
    ("axum", &["sandbox"]),
    // The sandbox has a world of its own, in a file of its own.
    ("rusqlite", &["store", "spend", "jobs", "sandbox"]),
    ("keyring", &["credentials"]),
];

/// Names that a room may not write, and why it would be wrong there.
const NEVER_IN: &[(&str, &[&str])] = &[
    ("ui", &["tokio", "reqwest", "rusqlite", "keyring", "std::fs", "std::net", "std::process"]),
    ("draft", IMPURE),
    ("batch", IMPURE),
    ("pricing", IMPURE),
    ("money", IMPURE),
    ("typed", IMPURE),
    ("jobs::conversation", IMPURE),
    ("jobs::policy", IMPURE),
    ("money", FLOATS),
    ("typed", FLOATS),
    ("batch", FLOATS),
    ("pricing", FLOATS),
    ("spend", FLOATS),
    ("spend::types", FLOATS),
];

/// Those of the names above that are libraries.
const LIBRARIES: &[&str] = &["tokio", "reqwest", "rusqlite", "keyring"];
/// Reads the world: files, sockets, the clock.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "tokio",
    "Instant",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
];
/// Cannot hold money. A line that says it counts seconds may have one.
const FLOATS: &[&str] = &["f32", "f64"];

/// One line that breaks the table.
#[derive(Debug, PartialEq, Eq)]
struct Breach {
    file: String,
    line: usize,
    what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// The room a file belongs to: the longest room of the table that its module path starts with.
fn room_of(module: &str) -> Option<&'static str> {
    let is_inside = |room: &str| module == room || module.strip_prefix(room).is_some_and(|rest| rest.starts_with("::"));
    MAY_KNOW.iter().map(|(room, _)| *room).filter(|room| is_inside(room)).max_by_key(|room| room.len())
}

/// The module path of a source file: `src/jobs/types.rs` is `jobs::types`.
fn module_of(file: &str) -> String {
    let path = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    path.trim_end_matches("/mod").replace('/', "::")
}

/// The source without comments, strings' contents and test modules, line by line with numbers.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut source = (1..).zip(text.lines()).peekable();
    while let Some((number, line)) = source.next() {
        // Tests may use what they like; in this house they stand at the bottom of the file.
        if line.trim() == "#[cfg(test)]" && source.peek().is_some_and(|(_, next)| next.starts_with("mod ")) {
            break;
        }
        let mut bare = String::new();
        let mut in_string = false;
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' if in_string => {
                    characters.next();
                }
                '"' => in_string = !in_string,
                '/' if !in_string && characters.peek() == Some(&'/') => break,
                _ if in_string => {}
                other => bare.push(other),
            }
        }
        lines.push((number, bare));
    }
    lines
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a path such as `std::fs` is written in the line, as whole words.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Whether a library is used in the line: `reqwest::Client` or `use reqwest`, not a module or a
/// variable that happens to be called so.
fn uses_library(line: &str, library: &str) -> bool {
    line.match_indices(library).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + library.len()..]);
        let is_whole =
            !before.chars().next_back().is_some_and(|c| is_word(c) || c == ':') && !after.starts_with(is_word);
        is_whole && (after.starts_with("::") || before.trim_end().ends_with("use"))
    })
}

/// The modules of this crate that a source names, from `crate::`, `reelmeter::` and `super::`, groups
/// opened: `use crate::{money::Usd, jobs::types::Job}` names `money::Usd` and `jobs::types::Job`.
fn known(module: &str, lines: &[(usize, String)]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let joined: String = lines.iter().map(|(_, line)| format!("{line}\n")).collect();
    let line_of = |at: usize| {
        let row = joined[..at].matches('\n').count();
        lines.get(row).map_or(0, |(number, _)| *number)
    };
    let mut starts: Vec<(usize, usize, String)> = Vec::new();
    for root in ["crate::", "reelmeter::"] {
        starts.extend(joined.match_indices(root).map(|(at, _)| (at, at + root.len(), String::new())));
    }
    let own: Vec<&str> = module.split("::").collect();
    for (at, _) in joined.match_indices("super::") {
        if joined[..at].ends_with("super::") {
            continue;
        }
        let mut end = at;
        let mut up = 0;
        while joined[end..].starts_with("super::") {
            end += "super::".len();
            up += 1;
        }
        let above = own.get(..own.len().saturating_sub(up)).unwrap_or_default();
        // From the root on, `super` is the crate; below, it is a room and its own business.
        let prefix = if above.is_empty() { String::new() } else { format!("{}::", above.join("::")) };
        starts.push((at, end, prefix));
    }
    for (at, from, prefix) in starts {
        if joined[..at].chars().next_back().is_some_and(is_word) {
            continue;
        }
        for path in paths(&joined[from..]) {
            found.push((line_of(at), format!("{prefix}{path}")));
        }
    }
    found
}

/// What a source names of the standard library, groups opened, so that `use std::{fs, io}` hides nothing.
fn of_std(lines: &[(usize, String)]) -> Vec<(usize, String)> {
    let joined: String = lines.iter().map(|(_, line)| format!("{line}\n")).collect();
    let starts =
        joined.match_indices("std::{").filter(|(at, _)| !joined[..*at].chars().next_back().is_some_and(is_word));
    let named = starts.flat_map(|(at, _)| {
        let line = lines.get(joined[..at].matches('\n').count()).map_or(0, |(number, _)| *number);
        paths(&joined[at..]).into_iter().map(move |path| (line, path))
    });
    named.collect()
}

/// The paths that begin at the text: one, or each of a `{group}`.
fn paths(text: &str) -> Vec<String> {
    let end = text.find(|c: char| !is_word(c) && c != ':').unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    let Some(group) = rest.strip_prefix('{').filter(|_| head.is_empty() || head.ends_with("::")) else {
        return vec![head.trim_end_matches(':').to_owned()];
    };
    let mut depth = 0;
    let mut part = String::new();
    let mut parts = Vec::new();
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            other => {
                depth += i32::from(other == '{') - i32::from(other == '}');
                part.push(other);
            }
        }
    }
    parts.push(part);
    let inner = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    inner.flat_map(|part| paths(part).into_iter().map(|path| format!("{head}{path}")).collect::<Vec<_>>()).collect()
}

/// Everything in one source file that breaks the table.
fn breaches(file: &str, text: &str) -> Vec<Breach> {
    let module = module_of(file);
    if module == "lib" {
        return Vec::new();
    }
    let breach = |line: usize, what: String| Breach { file: file.to_owned(), line, what };
    let Some(room) = room_of(&module) else {
        return vec![breach(1, format!("{module} is in no room of the table: say whom it may know"))];
    };
    let lines = code(text);
    let allowed = MAY_KNOW.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, allowed)| allowed);
    let mut found = Vec::new();
    for (line, path) in known(&module, &lines) {
        if let Some(other) = room_of(&path)
            && other != room
            // A room's own plain values and rules are part of it, and `mod` re-exports them.
            && !other.starts_with(&format!("{room}::"))
            && !allowed.contains(&other)
        {
            found.push(breach(line, format!("{room} may not know {other} ({path})")));
        }
    }
    let grouped = of_std(&lines);
    for (number, line) in lines.iter().chain(&grouped) {
        for (name, rooms) in ONLY_IN {
            if uses_library(line, name)
                && !rooms.iter().any(|may| *may == room || room.starts_with(&format!("{may}::")))
            {
                found.push(breach(*number, format!("{room} may not name {name}: only {} may", rooms.join(", "))));
            }
        }
        for (_, names_banned) in NEVER_IN.iter().filter(|(banned, _)| *banned == room) {
            for name in *names_banned {
                let counts_seconds = FLOATS.contains(name)
                    && text
                        .lines()
                        .nth(number - 1)
                        .is_some_and(|whole| whole.contains("//") && whole.contains("seconds"));
                let is_library = LIBRARIES.contains(name);
                let is_named = if is_library { uses_library(line, name) } else { names(line, name) };
                if is_named && !counts_seconds {
                    found.push(breach(*number, format!("{room} may not name {name}")));
                }
            }
        }
    }
    found
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // A folder of tests, as `#[cfg(test)] mod tests;` brings in.
            if path.file_name().is_some_and(|name| name != "tests") {
                files.extend(sources(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn nobody_knows_more_than_the_table_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut seen = BTreeMap::new();
    for path in sources(&root.join("src")) {
        let file = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        *seen.entry(room_of(&module_of(&file))).or_insert(0) += 1;
        found.extend(breaches(&file, &std::fs::read_to_string(&path).unwrap()));
    }
    assert!(seen.len() > 10, "the sources were not found: {seen:?}");
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "\n{}", said.join("\n"));
}

#[track_caller]
fn check(file: &str, text: &str, expected: &[(usize, &str)]) {
    let found = breaches(file, text);
    let found: Vec<(usize, &str)> = found.iter().map(|breach| (breach.line, breach.what.as_str())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn the_table_is_held_against_uses_of_every_form() {
    check("src/money.rs", "use crate::draft::Billable;\n", &[(1, "money may not know draft (draft::Billable)")]);
    check(
        "src/ui/chrome.rs",
        "use crate::{\n    money::Usd,\n    jobs::{types::Job, submit},\n};\n",
        &[(1, "ui may not know jobs (jobs::submit)")],
    );
    check("src/ui/mod.rs", "fn f() {\n    crate::store::open();\n}\n", &[(2, "ui may not know store (store::open)")]);
    check(
        "src/ui/widgets/a.rs",
        "use super::super::super::heygen::Client;\n",
        &[(1, "ui may not know heygen (heygen::Client)")],
    );
    check("src/ui/a.rs", "use super::super::heygen;\nuse super::model;\n", &[(1, "ui may not know heygen (heygen)")]);
    check(
        "src/sandbox/mod.rs",
        "use crate::heygen::wire;\nuse crate::pricing::quote;\n",
        &[(1, "sandbox may not know heygen (heygen::wire)")],
    );
    check(
        "src/heygen/videos.rs",
        "use crate::jobs::types::Job;\n",
        &[(1, "heygen may not know jobs::types (jobs::types::Job)")],
    );
    check("src/jobs/policy.rs", "use crate::store::Store;\n", &[(1, "jobs::policy may not know store (store::Store)")]);
    check("src/jobs/mod.rs", "pub use types::Job;\nuse self::policy::next_step;\nuse crate::jobs::policy;\n", &[]);
    check("src/main.rs", "use reelmeter::heygen::Client;\n", &[(1, "main may not know heygen (heygen::Client)")]);
    check("src/gadget.rs", "", &[(1, "gadget is in no room of the table: say whom it may know")]);
}

#[test]
fn libraries_clocks_and_floats_stay_where_they_belong() {
    check(
        "src/jobs/worker.rs",
        "let client = reqwest::Client::new();\n",
        &[(1, "jobs may not name reqwest: only heygen, sandbox may")],
    );
    check("src/app/mod.rs", "use axum::Router;\n", &[(1, "app may not name axum: only sandbox may")]);
    check("src/ui/a.rs", "use tokio::sync::mpsc;\n", &[(1, "ui may not name tokio")]);
    check("src/pricing/a.rs", "use std::time::Instant;\n", &[(1, "pricing may not name Instant")]);
    check("src/draft/a.rs", "let now = jiff::Timestamp::now();\n", &[(1, "draft may not name Timestamp::now")]);
    check("src/jobs/policy.rs", "use std::fs;\n", &[(1, "jobs::policy may not name std::fs")]);
    check("src/draft/a.rs", "use std::{\n    fmt,\n    fs::File,\n};\n", &[(1, "draft may not name std::fs")]);
    check("src/money.rs", "let amount = 0.1 as f64;\n", &[(1, "money may not name f64")]);
    check("src/spend/ledger.rs", "fn a(x: f32) {}\n", &[(1, "spend may not name f32")]);
    check("src/pricing/pace.rs", "let pace: f64 = 1.0; // seconds\n", &[]);
}

#[test]
fn comments_strings_tests_and_longer_words_are_no_breach() {
    check("src/money.rs", "// crate::draft is above us\n//! and f64 too\nlet s = \"crate::draft f64\";\n", &[]);
    check("src/ui/a.rs", "let tokio_like = my_reqwest;\n", &[]);
    check("src/app/keys.rs", "let keyring = &mut self.keyring;\nuse crate::credentials::keyring::ask;\n", &[]);
    check("src/app/keys.rs", "use keyring;\n", &[(1, "app may not name keyring: only credentials may")]);
    check("src/draft/a.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n", &[]);
    check(
        "src/money.rs",
        "let url = \"http://x\"; use crate::store::open;\n",
        &[(1, "money may not know store (store::open)")],
    );
}
