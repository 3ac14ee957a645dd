//! A house game is one file and one line in a list, and no other running code names a game. `docs/how-to-add.md` lists
//! the further files, so that adding a game touches nothing else.

use crate::walk::{GUIDE, rows, wrong_rows};
use crate::{Source, assert_none, sources};
use evens_games::{GAMES, Game, Selection};
use std::collections::BTreeSet;

/// The section about adding a game, with one game as its example.
const SECTION: &str = "## A game";

/// The largest number of files that a new game may touch.
const FILES_MAX: usize = 7;

/// The folder of the games and their list.
const GAMES_FOLDER: &str = "shared/games/src/games/";

/// Files that pick rooms to play, measure or show. A new game does not change them.
const CHOSEN: &[(&str, &str)] = &[
    ("CONTRIBUTING.md", "what a room is"),
    ("docs/", "what is said of the games"),
    ("README.md", "the first bet"),
    ("infra/checks/deployed.py", "the first bet of what was deployed"),
    ("infra/measure/src/bench/scenarios/", "what is measured"),
    ("functions/jackpot-win/wire/", "a form of a job"),
    ("functions/settle-period/wire/", "a form of a job"),
    ("tests/faults/", "what is bet on while things fail"),
];

/// Lines that name games as examples, by file. Comments may name any game.
const EXAMPLES: &[(&str, &str)] = &[
    ("clippy.toml", "doc-valid-idents"),
    (
        "functions/periods/src/rooms.rs",
        "[\"trx_wix-60-20300101000000720\", \"trx_wix-60-20300101000000721\"]",
    ),
    ("infra/evens/src/commands/way_out.rs", "let hint = \"write the room and 17 digits, such as wingo-30-"),
    ("infra/evens/src/cli.rs", "value_name = \"NUMBER\""),
    ("infra/stacks/compat.yaml", "as in wingo-30:stakeMax=5000,trx_wix:betsMax=20."),
    ("shared/games/src/limits.rs", "#[error(\"{0:?} does not have the form wingo-30:stakeMax=5000\")]"),
    ("shared/runtime/src/settings/table/games.rs", "value(\"limits such as wingo-30:stakeMax=5000"),
    ("template.yaml", "as in wingo-30:stakeMax=5000,trx_wix:betsMax=20."),
];

/// The names of a game: its ids for clients and in code, and its selections as quoted in code.
struct Names {
    words: BTreeSet<String>,
    quoted: BTreeSet<String>,
}

fn names() -> Names {
    let of_game = |game: &&'static dyn Game| {
        let ids = [game.id()].into_iter().chain(game.other_ids().iter().copied()).map(str::to_lowercase);
        ids.chain([format!("{game:?}").to_lowercase()]).collect::<Vec<_>>()
    };
    let lines = GAMES.iter().flat_map(|game| Selection::all(*game));
    Names {
        words: GAMES.iter().flat_map(of_game).collect(),
        quoted: lines.map(|line| format!("\"{}\"", line.bet_type())).collect(),
    }
}

impl Names {
    /// The first game name in the line.
    fn find<'line>(&'line self, line: &'line str) -> Option<&'line str> {
        let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let mut words = line.split(|letter| !is_of_word(letter));
        let is_name = |word: &&str| self.words.contains(&word.to_lowercase());
        let quoted = || self.quoted.iter().map(String::as_str).find(|quoted| line.contains(quoted));
        words.find(is_name).or_else(quoted)
    }
}

/// Returns whether the file is code or data that can name games. Certificates and binary snapshots are skipped.
fn is_read(path: &str) -> bool {
    ["rs", "yaml", "toml", "py", "sh", "json", "jsonl", "html", "md", "env", "js", "mjs", "css"]
        .iter()
        .any(|kind| crate::is_of_kind(path, kind))
}

fn wrong_names(guide: &str, sources: &[Source]) -> Vec<String> {
    let (names, rows) = (names(), rows(guide, SECTION));
    let mut wrong = wrong_rows(&rows, FILES_MAX, sources);
    let is_row = |path: &str| rows.iter().any(|(of_row, _)| *of_row == path);
    let is_chosen =
        |path: &str| CHOSEN.iter().any(|(start, _)| path.starts_with(start)) || path.contains("/tests/");
    for source in sources.iter().filter(|source| is_read(&source.path)) {
        let path = source.path.as_str();
        if path.starts_with(GAMES_FOLDER) || path == GUIDE || is_row(path) || is_chosen(path) {
            continue;
        }
        let is_example =
            |line: &str| EXAMPLES.iter().any(|(of_file, example)| *of_file == path && line.contains(example));
        let code =
            source.text().lines().filter(|line| !(source.is_rust() && line.trim_start().starts_with("//")));
        for line in code.filter(|line| !is_example(line)) {
            if let Some(name) = names.find(line) {
                wrong.push(format!("{path} names {name}, and is no file of a game: {}", line.trim()));
            }
        }
    }
    wrong
}

/// Examples that no longer exist.
fn idle_examples(sources: &[Source]) -> Vec<String> {
    let is_there = |(path, example): &(&str, &str)| {
        let names = names();
        let of_file = sources.iter().find(|source| source.path == *path).map_or("", Source::text);
        of_file.lines().any(|line| line.contains(example) && names.find(line).is_some())
    };
    let idle = EXAMPLES.iter().filter(|example| !is_there(example));
    idle.map(|(path, example)| format!("{path} names no game by {example}")).collect()
}

fn guide(sources: &[Source]) -> String {
    sources.iter().find(|source| source.path == GUIDE).expect("a guide").text().to_owned()
}

#[test]
fn a_game_is_one_file_and_its_line_in_the_list() {
    let sources = sources();
    assert_none(&wrong_names(&guide(&sources), &sources));
    assert_none(&idle_examples(&sources));
}

/// Each game has its file, and each file its game.
#[test]
fn every_file_of_a_game_is_in_the_list() {
    let sources = sources();
    let files = sources.iter().filter_map(|source| source.path.strip_prefix(GAMES_FOLDER));
    let files: BTreeSet<_> =
        files.filter(|file| *file != "mod.rs").map(|file| file.replace(['_', '.'], "")).collect();
    let of_list = GAMES.iter().map(|game| format!("{game:?}rs").to_lowercase());
    assert_eq!(files, of_list.collect());
}

#[test]
fn a_file_that_names_a_game_is_found() {
    let mut sources = sources();
    let guide = guide(&sources);
    let known = wrong_names(&guide, &sources).len();
    for (path, text, count) in [
        ("functions/periods/src/other.rs", "if room.game().id() == \"k3\" { 3 } else { 1 }", 1),
        ("shared/store/src/games/other.rs", "use evens_games::FiveD;", 1),
        ("shared/contracts/src/games/other.rs", "match bet_type { \"SUM_SIZE\" => 1, _ => 2 }", 1),
        ("infra/stacks/other.yaml", "  Name: evens-trx_wix-30", 1),
        ("web/player/views/other.js", "if (game === \"wingo\") draw();", 1),
        ("shared/contracts/src/games/other.rs", "/// As in `wingo-30`.\nlet wingos = 1;", 0),
        ("shared/store/tests/suite/other.rs", "let room = \"wingo-30\";", 0),
    ] {
        let added = Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
        sources.push(added);
        assert_eq!(wrong_names(&guide, &sources).len(), known + count, "{path}: {text}");
        sources.pop();
    }
    for wrong in ["five_d::FiveD", "shared/games/tests/suite/payouts.rs"] {
        let other = guide.replace(wrong, "none_of_that");
        assert!(wrong_names(&other, &sources).len() > known, "{wrong}");
    }
    assert!(wrong_names("", &sources).len() > known, "there is no walk");
}

/// A game outside the simulation would not be tested together with everything else.
#[test]
fn every_game_is_played_in_the_simulation() {
    let sources = sources();
    let gamer = sources.iter().find(|source| source.path == "tests/simulator/src/gamer.rs").expect("a gamer");
    let is_played = |game: &&&'static dyn Game| gamer.text().contains(&format!("name: \"{}-", game.id()));
    let idle: Vec<_> =
        GAMES.iter().filter(|game| !is_played(game)).map(|game| game.id().to_owned()).collect();
    assert_none(&idle);
}
