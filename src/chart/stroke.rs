//! The colours of the charts: what each is for, its value on light and on dark paper, and how it travels through
//! the drawing library. It knows nothing of what is drawn; which client wears which colour is decided in `style`.
//!
//! A drawing is made once, with roles for colours; a theme, or the style sheet of a page, fills them in afterwards.

use plotters::style::{RGBAColor, ShapeStyle};

/// What a chart is looked at on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// White paper.
    Light,
    /// A dark screen.
    Dark,
}

/// The purpose of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Paper,
    Text,
    Muted,
    Grid,
    Axis,
    Client(u8),
}

/// How a surface is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hatch {
    None,
    Rising,
    Falling,
    Crossed,
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

/// How many client colours there are.
pub(super) const CLIENT_COLOURS: u8 = 5;

impl Role {
    /// The stroke of this role: solid and opaque.
    pub(super) const fn stroke(self) -> Stroke {
        Stroke { role: self, hatch: Hatch::None, dash: Dash::None, alpha: 1.0 }
    }

    /// What stands for this colour until it is filled in.
    pub(super) fn placeholder(self) -> char {
        placeholder(self.index())
    }

    const fn index(self) -> u8 {
        match self {
            Self::Paper => 0,
            Self::Text => 1,
            Self::Muted => 2,
            Self::Grid => 3,
            Self::Axis => 4,
            Self::Client(colour) => 5 + colour % CLIENT_COLOURS,
        }
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

    /// As the drawing library takes it. Its colours are three bytes, and here they are not light but an index:
    /// the dash, the hatch and the role. `compact` reads them back.
    pub(super) const fn colour(self) -> RGBAColor {
        RGBAColor(self.dash as u8, self.hatch as u8, self.role.index(), self.alpha)
    }

    /// Filled with this stroke.
    pub(super) fn fill(self) -> ShapeStyle {
        ShapeStyle { color: self.colour(), filled: true, stroke_width: 0 }
    }
}

/// How opaque the bar of a waiting event is: the hairlines of the events show through it.
pub(super) const WAITING: f64 = 0.8;

/// The `stroke-dasharray` of each dash, in the order of [`Dash`], in units of the drawing (a quarter of a pixel).
pub(super) const DASHES: [&str; 6] = ["", "32 12", "32 10 8 10", "18 10", "6 9", "8 8"];

/// The place of a colour that is filled in later; names and labels cannot contain it.
pub(super) fn placeholder(role_index: u8) -> char {
    char::from_u32(FIRST_PLACEHOLDER + u32::from(role_index)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Characters that a drawing keeps for itself.
pub(super) fn is_reserved(character: char) -> bool {
    (FIRST_PLACEHOLDER..FIRST_PLACEHOLDER + 0x200).contains(&(character as u32))
}

/// The drawing with the colours of a theme, or with CSS variables.
pub(super) fn fill_in(drawing: &str, theme: Option<Theme>) -> String {
    let mut text = String::with_capacity(drawing.len() * 5 / 4);
    for character in drawing.chars() {
        match (character as u32).checked_sub(FIRST_PLACEHOLDER).and_then(|index| COLOURS.get(index as usize))
        {
            None => text.push(character),
            Some(colour) => match theme {
                Some(Theme::Light) => text.push_str(colour.light),
                Some(Theme::Dark) => text.push_str(colour.dark),
                None => {
                    text.push_str("var(");
                    text.push_str(colour.variable);
                    text.push(')');
                }
            },
        }
    }
    text
}

/// The definitions that a page with inline charts needs: one CSS variable for each colour, light or dark after the
/// page's `color-scheme`. The variables are `--chart-paper`, `--chart-text`, `--chart-muted`, `--chart-grid`,
/// `--chart-axis` and `--chart-client-1` to `--chart-client-5`. Print is always light.
pub fn css() -> String {
    let mut rules = String::from(":root{color-scheme:light dark");
    for Colour { variable, light, dark } in &COLOURS {
        rules.push_str(&format!(";{variable}:light-dark({light},{dark})"));
    }
    rules.push_str("}\n@media print{:root{color-scheme:light}}\n");
    rules
}

/// What makes a drawing with the light colours dark where its reader's screen is. The light ones stay in the drawing
/// itself, so that a program which knows no style sheets shows them rather than nothing. Print is always light.
pub(super) fn dark_css() -> String {
    let rules = COLOURS.iter().map(|Colour { light, dark, .. }| {
        format!("[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}")
    });
    format!("@media screen and (prefers-color-scheme:dark){{{}}}\n", rules.collect::<String>())
}

/// The name of the CSS variable of a client colour, counted from 0.
pub(super) fn client_variable(colour: u8) -> &'static str {
    COLOURS[usize::from(Role::Client(colour).index())].variable
}

const FIRST_PLACEHOLDER: u32 = 0xE000;

struct Colour {
    variable: &'static str,
    light: &'static str,
    dark: &'static str,
}

/// In the order of [`Role::index`]. The client colours keep apart for every kind of colour vision, which the
/// tests below measure; the first two are the ones that most charts need.
const COLOURS: [Colour; 5 + CLIENT_COLOURS as usize] = [
    Colour { variable: "--chart-paper", light: "#FFFFFF", dark: "#14171A" },
    Colour { variable: "--chart-text", light: "#1B1F24", dark: "#E9ECEF" },
    Colour { variable: "--chart-muted", light: "#5A6572", dark: "#A0A9B4" },
    Colour { variable: "--chart-grid", light: "#E6E9ED", dark: "#2A3037" },
    Colour { variable: "--chart-axis", light: "#A9B2BC", dark: "#56606B" },
    Colour { variable: "--chart-client-1", light: "#0072B2", dark: "#56B4E9" },
    Colour { variable: "--chart-client-2", light: "#C04A00", dark: "#FF8A3D" },
    Colour { variable: "--chart-client-3", light: "#6000F0", dark: "#8868FF" },
    Colour { variable: "--chart-client-4", light: "#502800", dark: "#F8F0B0" },
    Colour { variable: "--chart-client-5", light: "#986860", dark: "#A08070" },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Linear red, green and blue of a hex colour.
    fn linear(hex: &str) -> [f64; 3] {
        [1, 3, 5].map(|at| {
            let part = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { libm::pow((part + 0.055) / 1.055, 2.4) }
        })
    }

    /// WCAG 2 contrast of two colours.
    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |hex| {
            let [red, green, blue] = linear(hex);
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// CIELAB of a linear colour, D65.
    fn lab([red, green, blue]: [f64; 3]) -> [f64; 3] {
        let curve =
            |t: f64| if t > 216.0 / 24_389.0 { libm::cbrt(t) } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 };
        let x = curve((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
        let y = curve(0.2126729 * red + 0.7151522 * green + 0.0721750 * blue);
        let z = curve((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// Machado, Oliveira and Fernandes 2009, severity 1: nobody, protan, deutan, tritan.
    const VISIONS: [[[f64; 3]; 3]; 4] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ];

    fn seen(hex: &str, vision: &[[f64; 3]; 3]) -> [f64; 3] {
        let light = linear(hex);
        lab(vision.map(|row| (0..3).map(|i| row[i] * light[i]).sum::<f64>().clamp(0.0, 1.0)))
    }

    fn distance(one: [f64; 3], other: [f64; 3]) -> f64 {
        libm::sqrt((0..3).map(|i| (one[i] - other[i]) * (one[i] - other[i])).sum())
    }

    #[test]
    fn client_colours_are_told_apart_in_every_colour_vision() {
        for theme in [|c: &Colour| c.light, |c: &Colour| c.dark] {
            let clients: Vec<&str> = COLOURS[5..].iter().map(theme).collect();
            for vision in &VISIONS {
                for (place, one) in clients.iter().enumerate() {
                    for other in &clients[place + 1..] {
                        let apart = distance(seen(one, vision), seen(other, vision));
                        assert!(apart >= 25.0, "{one} and {other} are {apart:.1} apart");
                    }
                }
                let first_two = distance(seen(clients[0], vision), seen(clients[1], vision));
                assert!(first_two >= 80.0, "the first two are {first_two:.1} apart");
            }
        }
    }

    #[test]
    fn what_is_read_stands_out_from_the_paper() {
        for theme in [|c: &Colour| c.light, |c: &Colour| c.dark] {
            let paper = theme(&COLOURS[0]);
            for colour in COLOURS[1..3].iter().chain(&COLOURS[5..]) {
                let against = contrast(theme(colour), paper);
                assert!(against >= 4.5, "{} has {against:.2}", colour.variable);
            }
        }
    }

    #[test]
    fn bars_that_let_others_through_stand_out_too() {
        for theme in [|c: &Colour| c.light, |c: &Colour| c.dark] {
            let [over, under] = [5..COLOURS.len(), 0..1].map(|range| &COLOURS[range]);
            for colour in over {
                let part = |hex: &str, at| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
                let mixed: String = [1, 3, 5]
                    .map(|at| {
                        part(theme(colour), at) * WAITING + part(theme(&under[0]), at) * (1.0 - WAITING)
                    })
                    .map(|light| format!("{:02X}", light as u8))
                    .concat();
                let against = contrast(&format!("#{mixed}"), theme(&under[0]));
                assert!(against >= 3.0, "{} has {against:.2}", colour.variable);
            }
        }
    }

    #[test]
    fn a_drawing_takes_the_colours_of_its_theme() {
        let drawing = format!("<path fill=\"{}\"/>", placeholder(Role::Client(1).index()));
        assert_eq!(fill_in(&drawing, Some(Theme::Light)), "<path fill=\"#C04A00\"/>");
        assert_eq!(fill_in(&drawing, Some(Theme::Dark)), "<path fill=\"#FF8A3D\"/>");
        assert_eq!(fill_in(&drawing, None), "<path fill=\"var(--chart-client-2)\"/>");
        assert!(css().contains("--chart-client-2:light-dark(#C04A00,#FF8A3D)"));
        assert!(dark_css().contains("[stroke=\"#C04A00\"]{stroke:#FF8A3D}"));
    }
}
