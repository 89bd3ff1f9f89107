//! Which client wears which colour, symbol and dash. A client looks the same in every chart of a report; the order
//! and the kinds of the clients decide, never their names or their figures.

use super::colours::{CLIENT_COLOURS, Role};
use super::stroke::{Dash, Stroke};

/// The two ways of getting events that have a colour of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// The client asks.
    Poll,
    /// The source calls.
    Webhook,
}

/// How one client is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientStyle {
    /// 0 for the first poller, 1 for the first webhook, then upwards.
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

/// The style of each client, in the order given: the first poller is blue, the first webhook orange, and
/// the others follow.
pub fn client_styles(kinds: &[ClientKind]) -> Vec<ClientStyle> {
    let first = |kind| kinds.iter().position(|&other| other == kind);
    let (poll, webhook) = (first(ClientKind::Poll), first(ClientKind::Webhook));
    let spare =
        [(0, poll), (1, webhook)].into_iter().filter(|(_, taken)| taken.is_none()).map(|(slot, _)| slot);
    let mut others = (2..5).chain(spare).chain(5..);
    (0..kinds.len())
        .map(|client| {
            let slot = if Some(client) == poll {
                0
            } else if Some(client) == webhook {
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
    use super::ClientKind::{Poll, Webhook};
    use super::*;

    #[test]
    fn the_first_of_each_kind_has_its_own_colour() {
        let variables = |kinds: &[ClientKind]| -> Vec<&str> {
            client_styles(kinds).into_iter().map(ClientStyle::variable).collect()
        };
        assert_eq!(
            variables(&[Webhook, Poll, Webhook]),
            ["--chart-client-2", "--chart-client-1", "--chart-client-3"]
        );
        assert_eq!(variables(&[Poll, Poll]), ["--chart-client-1", "--chart-client-3"]);
    }

    #[test]
    fn ten_clients_are_all_drawn_differently() {
        let styles = client_styles(&[Poll; 10]);
        for (place, one) in styles.iter().enumerate() {
            for other in &styles[place + 1..] {
                assert_ne!(one.character(), other.character());
                assert_ne!(one.line(), other.line());
            }
        }
    }
}
