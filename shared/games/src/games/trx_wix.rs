//! TrxWix: the numbers and prices of Wingo, drawn by a block of a public chain alone. Players can check a result on any
//! explorer of that chain.

use crate::games::wingo::Wingo;
use crate::{BlockId, DrawnSymbols, Fact, Game, Offer, Symbols};

#[derive(Debug)]
pub(super) struct TrxWix;

impl Game for TrxWix {
    fn id(&self) -> &'static str {
        "trx_wix"
    }

    fn durations_s(&self) -> &'static [u32] {
        Wingo.durations_s()
    }

    fn symbols(&self) -> Symbols {
        Wingo.symbols()
    }

    fn offers(&self) -> &'static [Offer] {
        Wingo.offers()
    }

    fn describe(&self, drawn: &DrawnSymbols) -> Vec<(&'static str, Fact)> {
        Wingo.describe(drawn)
    }

    fn drawn_by_block(&self) -> Option<fn(&BlockId) -> DrawnSymbols> {
        Some(|block| DrawnSymbols::new(vec![block.last_decimal_digit()]))
    }
}
