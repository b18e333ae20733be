//! The network between a phone and the server: it loses, delays, repeats and cuts, and it never lies about content.
//!
//! What is cut in the middle does not parse, and what does not parse is no reply; so it is lost. What the network does
//! to one request is drawn when the request leaves the phone.

use crate::dice::Dice;
use crate::server::Mishap;

/// How bad the world is just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything arrives soon.
    Clear,
    /// Much is lost or late.
    Rough,
    /// Nothing leaves the phone, and the phone knows.
    NoNetwork,
}

/// What happens to one request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fate {
    /// When it arrives, in milliseconds from now; and when again. Empty if never.
    pub arrives: [Option<u64>; 2],
    /// How long the reply takes; none if it is lost or cut.
    pub returns: Option<u64>,
    /// What befalls the server meanwhile.
    pub mishap: Mishap,
}

/// Draws what happens to a request.
pub fn fate(weather: Weather, dice: &mut Dice) -> Fate {
    let near = |dice: &mut Dice| 10 + dice.below(300);
    if weather == Weather::Clear {
        return Fate { arrives: [Some(near(dice)), None], returns: Some(near(dice)), mishap: Mishap::default() };
    }
    let first = if dice.once_in(8) { dice.below(45_000) } else { near(dice) };
    let second = dice.once_in(8).then(|| first + dice.below(20_000));
    let back = if dice.once_in(8) { dice.below(45_000) } else { near(dice) };
    let at = |dice: &mut Dice| usize::try_from(dice.below(3)).ok();
    Fate {
        arrives: if dice.once_in(7) { [None, None] } else { [Some(first), second] },
        returns: if dice.once_in(6) { None } else { Some(back) },
        mishap: Mishap {
            dies_at: if dice.once_in(14) { at(dice) } else { None },
            busy_at: if dice.once_in(14) { at(dice) } else { None },
        },
    }
}
