//! Settings of house games and of the blocks that draw them.

use super::{Reading, Setting, Use, settings};
use evens_games::GameLimits;
use evens_ledger::Amount;

settings! {
    /// Settings of house games.
    GameSettings in GAMES, as games: {
        /// House bankroll. A period may cost at most 1 % of it. All undrawn periods may cost 4 %, shared by the rooms
        /// and three periods of each ([limits](games.md#limits)).
        pub bankroll: Amount = value("an amount such as 10000000"), "GamesBankroll", "GAMES_BANKROLL",
            default("10000000"), pattern("^[0-9]{1,12}([.][0-9]{1,2})?$");
        /// Limits that differ from [the usual](games.md#limits), as in `wingo-30:stakeMax=5000,trx_wix:betsMax=20`. A
        /// name is a room or a game; a later pair wins. Limits: `stakeMin`, `stakeMax`, `betsMax`, `stakedMax`,
        /// `exposureMax` (cost of a period, up to the room's share). An impossible value stops the start. The fee is
        /// fixed in code.
        pub limits: GameLimits = value("limits such as wingo-30:stakeMax=5000,trx_wix:betsMax=20, or unset it"),
            "GamesLimits", "GAMES_LIMITS",
            pattern("^([a-z0-9_-]+:[a-zA-Z]+=[0-9.]+(,[a-z0-9_-]+:[a-zA-Z]+=[0-9.]+)*)?$"), length_max(128);
    }
}

const BLOCKS_USED: &[Use] = &[Use::Code("blocks_of_function(")];

pub(super) const BLOCKS: &[Setting] = &[
    Setting::new("BlockSource", &[("EVENS_BLOCK_SOURCE", Reading::Value)])
        .used_by(BLOCKS_USED)
        .default("none")
        .values(&["none", "tron", "oracle"])
        .default_is("`local` if `local`, else `none`")
        .about(
            "Blocks that [draw periods](games.md#blocks) together with their seeds: `none`, `tron`, `oracle` \
             (signed blocks handed in) or `local` (`local` only, derived from the time). A period keeps its \
             source.",
        ),
    Setting::new("BlockSourceUrl", &[("EVENS_BLOCK_SOURCE_URL", Reading::Value)])
        .used_by(BLOCKS_USED)
        .pattern("^(https://.+)?$")
        .length_max(120)
        .about("With `tron`: address of the node, up to `/wallet`; `https`, or `http` on this machine."),
    Setting::new(
        "BlockSourceSecret",
        &[(
            "EVENS_BLOCK_SOURCE_KEY",
            Reading::FieldIf { condition: "HasBlockSourceSecret", field: "key" },
        )],
    )
    .used_by(BLOCKS_USED)
    .pattern("^[A-Za-z0-9_.-]*$")
    .length_max(64)
    .about(
        "The last part of the name of the secret with the key of the block source, evens/{stage}/{this}; empty \
         if it has none. docs/deploy.md describes its content.",
    ),
];
