//! Which client has which colour, symbol, dash and hatch. A client looks the same in every chart of a report. Its style
//! depends on the order of the clients and on what their channels can do, never on names or figures.

use super::colours::{CLIENT_COLOURS, Role};
use super::stroke::{Dash, Hatch, Stroke};
use crate::policy::channel::{Channel, Opener};

/// How one client is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientStyle {
    /// 0 for the first client that asks, 1 for the first that is called, then upwards.
    slot: usize,
}

/// The outline of a client's symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Triangle,
    Diamond,
    Square,
    TriangleDown,
}

/// The style of each client, given by its main channel, in the order given: the first client that asks is blue, the
/// first that is called is orange, and the others follow.
pub fn client_styles(channels: &[Channel]) -> Vec<ClientStyle> {
    let first = |opener| channels.iter().position(|channel| channel.opener() == opener);
    let (asks, called) = (first(Opener::Client), first(Opener::Source));
    let spare =
        [(0, asks), (1, called)].into_iter().filter(|(_, taken)| taken.is_none()).map(|(slot, _)| slot);
    let mut others = (2..5).chain(spare).chain(5..);
    (0..channels.len())
        .map(|client| {
            let slot = if Some(client) == asks {
                0
            } else if Some(client) == called {
                1
            } else {
                others.next().unwrap_or(usize::MAX)
            };
            ClientStyle { slot }
        })
        .collect()
}

impl ClientStyle {
    /// The CSS variable of the client's colour, for what a page writes about it.
    pub fn variable(self) -> &'static str {
        self.stroke().role.variable()
    }

    /// The client's symbol as a character, for text without pictures.
    pub const fn character(self) -> char {
        match (self.shape(), self.is_hollow()) {
            (Shape::Circle, false) => '●',
            (Shape::Circle, true) => '○',
            (Shape::Triangle, false) => '▲',
            (Shape::Triangle, true) => '△',
            (Shape::Diamond, false) => '◆',
            (Shape::Diamond, true) => '◇',
            (Shape::Square, false) => '■',
            (Shape::Square, true) => '□',
            (Shape::TriangleDown, false) => '▼',
            (Shape::TriangleDown, true) => '▽',
        }
    }

    pub(super) const fn stroke(self) -> Stroke {
        Role::Client((self.slot % u8::MAX as usize) as u8).stroke()
    }

    /// The stroke of the client's lines.
    pub(super) const fn line(self) -> Stroke {
        self.stroke().dash(match self.slot % DASHES_IN_TURN {
            0 => Dash::None,
            1 => Dash::Long,
            2 => Dash::LongShort,
            _ => Dash::Medium,
        })
    }

    /// What fills the client's bars: a colour that has been used is hatched the second time.
    pub(super) const fn bar(self) -> Stroke {
        if self.is_hollow() { self.stroke().hatch(Hatch::Level) } else { self.stroke() }
    }

    pub(super) const fn shape(self) -> Shape {
        match self.colour() {
            0 => Shape::Circle,
            1 => Shape::Triangle,
            2 => Shape::Diamond,
            3 => Shape::Square,
            _ => Shape::TriangleDown,
        }
    }

    /// Every second round of the colours has hollow symbols.
    pub(super) const fn is_hollow(self) -> bool {
        (self.slot / CLIENT_COLOURS as usize) % 2 == 1
    }

    const fn colour(self) -> u8 {
        (self.slot % CLIENT_COLOURS as usize) as u8
    }
}

/// Without a common divisor with the number of colours, so that colour and dash together repeat only after 20.
const DASHES_IN_TURN: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_asks_and_the_first_that_is_called_have_their_own_colours() {
        let variables = |channels: &[Channel]| -> Vec<&str> {
            client_styles(channels).into_iter().map(ClientStyle::variable).collect()
        };
        assert_eq!(
            variables(&[Channel::Webhook, Channel::Poll, Channel::Webhook]),
            ["--chart-client-2", "--chart-client-1", "--chart-client-3"]
        );
        assert_eq!(variables(&[Channel::Poll, Channel::Poll]), ["--chart-client-1", "--chart-client-3"]);
    }

    #[test]
    fn ten_clients_are_all_drawn_differently() {
        let styles = client_styles(&[Channel::Poll; 10]);
        let bar = |style: &ClientStyle| (style.colour(), style.bar().hatch);
        for (place, one) in styles.iter().enumerate() {
            for other in &styles[place + 1..] {
                assert_ne!(one.character(), other.character());
                assert_ne!(one.line(), other.line());
                assert_ne!(bar(one), bar(other));
            }
        }
    }
}
