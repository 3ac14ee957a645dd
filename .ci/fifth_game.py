#!/usr/bin/env python3
"""Adds a fifth game to this tree, to show what that takes: the wheel of shared/games/tests/suite/fifth_game.rs as a game
that is offered, by the rows of docs/how-to-add.md and in no other file. It is for a branch that is thrown away:

    git switch --detach && .ci/fifth_game.py && cargo fmt --all && cargo test --workspace

The tests that loop over the games play it then, from a bet over HTTP to its payout and to whoever draws it again, and
`cargo run` offers it."""
import pathlib, re

ROOT = pathlib.Path(__file__).resolve().parent.parent
GAMES = "shared/games/src/games"

def behind(path, text, more):
    """Puts more behind a text that is there once."""
    file = ROOT / path
    said = file.read_text()
    assert said.count(text) == 1, f"{path} has {text!r} {said.count(text)} times"
    file.write_text(said.replace(text, text + more))

tested = (ROOT / "shared/games/tests/suite/fifth_game.rs").read_text()
game = re.search(r"#\[derive\(Debug\)\]\nstruct Wheel;.*?\n}\n", tested, re.DOTALL).group()
(ROOT / GAMES / "wheel.rs").write_text(
    "//! Wheel: one number from 0 to 36.\n\nuse crate::{DrawnSymbols, Fact, Game, Offer, Symbols};\nuse std::sync::LazyLock;\n\n"
    + game.replace("#[derive(Debug)]\nstruct", "/// The game.\n#[derive(Debug)]\npub(super) struct"))
behind(f"{GAMES}/mod.rs", "mod trx_wix;\n", "mod wheel;\n")
behind(f"{GAMES}/mod.rs", "&trx_wix::TrxWix", ", &wheel::Wheel")

payouts = "shared/games/tests/suite/payouts.rs"
behind(payouts, "    trx_wix PARITY:*                    5      2       9800\n", """\
    wheel  STRAIGHT_UP:*               1      36      9535
    wheel  HALF:high                   18     2       9535
    wheel  HALF:low@37                 18     2       9535
    wheel  HALF:low                    18     1.9     9058
""")
behind(payouts, '("trx_wix", 17)', ', ("wheel", 40)')
behind("tests/simulator/src/gamer.rs", '    Played { name: "trx_wix-30", selections: DIGITS },\n',
       '    Played { name: "wheel-30", selections: &[("STRAIGHT_UP", "17"), ("HALF", "low"), ("HALF", "high")] },\n')
behind("docs/games/verify_period.py", '    "trx_wix": (["number"], 0, 10),\n', '    "wheel": (["number"], 0, 37),\n')
behind("docs/games/verify.html", '    trx_wix: [["number"], 0, 10],\n', '    wheel: [["number"], 0, 37],\n')
behind("docs/games.md", "by a block of a public chain alone | 30, 60, 180, 300 |\n", "| `wheel` | one number from 0 to 36 | 30 |\n")
