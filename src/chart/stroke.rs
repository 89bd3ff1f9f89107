//! How a shape is drawn: its colour by role, the dashes of a line, the fill of an area, and the opacity of both. The roles
//! become colours in `colours`.

use super::colours::Role;

/// How a surface is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hatch {
    None,
    Rising,
    Falling,
    Crossed,
    Level,
}

/// How a line is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dash {
    None,
    Long,
    LongShort,
    Medium,
    Dotted,
    Fine,
}

/// What a shape is drawn with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stroke {
    pub(super) role: Role,
    pub(super) hatch: Hatch,
    pub(super) dash: Dash,
    /// From 0, nothing, to 1, opaque.
    pub(super) alpha: f64,
}

impl Role {
    /// The stroke of this role: solid and opaque.
    pub(super) const fn stroke(self) -> Stroke {
        Stroke { role: self, hatch: Hatch::None, dash: Dash::None, alpha: 1.0 }
    }
}

impl Stroke {
    pub(super) const fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    pub(super) const fn hatch(self, hatch: Hatch) -> Self {
        Self { hatch, ..self }
    }

    pub(super) const fn dash(self, dash: Dash) -> Self {
        Self { dash, ..self }
    }
}

impl Dash {
    /// Its `stroke-dasharray` in units of the drawing, a quarter of a pixel.
    pub(super) const fn lengths(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Long => Some("32 12"),
            Self::LongShort => Some("32 10 8 10"),
            Self::Medium => Some("18 10"),
            Self::Dotted => Some("6 9"),
            Self::Fine => Some("8 8"),
        }
    }
}

impl Hatch {
    /// The lines of a tile of 24 by 24 units that fills a surface.
    pub(super) const fn lines(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Rising => Some("M-6 6 6-6M0 24 24 0M18 30 30 18"),
            Self::Falling => Some("M-6 18 6 30M0 0 24 24M18-6 30 6"),
            Self::Crossed => Some("M0 24 24 0M0 0 24 24"),
            // Dense, so that a bar keeps its colour.
            Self::Level => Some("M0 3h24M0 11h24M0 19h24"),
        }
    }
}

/// How opaque the bar of a waiting event is: the hairlines of the events show through it.
pub(super) const WAITING: f64 = 0.8;
