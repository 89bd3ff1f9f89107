//! The colours of the charts: the role of each, and its value on a light and on a dark background. Which client has which
//! colour is decided in `style`.
//!
//! A drawing names roles, not colours. The colours are looked up when it is written, for a theme or for the style sheet
//! of a page.

/// What a chart is looked at on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// White paper.
    Light,
    /// A dark screen.
    Dark,
}

/// The purpose of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Paper,
    Text,
    Muted,
    Grid,
    Axis,
    /// A client's place in the order of `style`.
    Client(u8),
}

/// Where a written drawing has its colours from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Palette {
    /// The values themselves.
    Values(Theme),
    /// The CSS variables of [`css`].
    Variables,
}

/// How many client colours there are.
pub(super) const CLIENT_COLOURS: u8 = 5;

/// How many clients a page can tell apart, each by a variable of its own; from the sixth on with a colour that an
/// earlier one has, too.
const CLIENT_VARIABLES: usize = 10;

impl Palette {
    /// A colour as SVG spells it.
    pub(super) fn colour(self, role: Role) -> String {
        match self {
            Self::Values(Theme::Light) => role.pair().light.to_owned(),
            Self::Values(Theme::Dark) => role.pair().dark.to_owned(),
            Self::Variables => format!("var({})", role.variable()),
        }
    }
}

impl Role {
    const fn pair(self) -> &'static Pair {
        match self {
            Self::Paper => &COLOURS[0],
            Self::Text => &COLOURS[1],
            Self::Muted => &COLOURS[2],
            Self::Grid => &COLOURS[3],
            Self::Axis => &COLOURS[4],
            Self::Client(place) => &COLOURS[5 + (place % CLIENT_COLOURS) as usize],
        }
    }

    /// The name of its CSS variable.
    pub(super) const fn variable(self) -> &'static str {
        match self {
            Self::Paper => "--chart-paper",
            Self::Text => "--chart-text",
            Self::Muted => "--chart-muted",
            Self::Grid => "--chart-grid",
            Self::Axis => "--chart-axis",
            Self::Client(place) => VARIABLES[place as usize % CLIENT_VARIABLES],
        }
    }
}

/// The definitions that a page with inline charts needs: one CSS variable for each colour, light or dark after the
/// page's `color-scheme`. The variables are `--chart-paper`, `--chart-text`, `--chart-muted`, `--chart-grid`,
/// `--chart-axis` and `--chart-client-1` to `--chart-client-10`. Print is always light.
pub fn css() -> String {
    let clients = (0..CLIENT_VARIABLES as u8).map(Role::Client);
    let mut rules = String::from(":root{color-scheme:light dark");
    for role in [Role::Paper, Role::Text, Role::Muted, Role::Grid, Role::Axis].into_iter().chain(clients) {
        let Pair { light, dark } = role.pair();
        rules.push_str(&format!(";{}:light-dark({light},{dark})", role.variable()));
    }
    rules.push_str("}\n@media print{:root{color-scheme:light}}\n");
    rules
}

/// What makes a drawing with the light colours dark where its reader's screen is. The light ones stay in the drawing
/// itself, so that a program which knows no style sheets shows them rather than nothing. Print is always light.
pub(super) fn dark_css() -> String {
    let rules = COLOURS.iter().map(|Pair { light, dark }| {
        format!("[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}")
    });
    format!("@media screen and (prefers-color-scheme:dark){{{}}}\n", rules.collect::<String>())
}

/// A colour on light and on dark paper.
struct Pair {
    light: &'static str,
    dark: &'static str,
}

/// Paper, text, muted text, grid, axis, then the clients. The client colours keep apart for every kind of colour
/// vision, which the tests below measure; the first two are the ones that most charts need.
const COLOURS: [Pair; 5 + CLIENT_COLOURS as usize] = [
    Pair { light: "#FFFFFF", dark: "#14171A" },
    Pair { light: "#1B1F24", dark: "#E9ECEF" },
    Pair { light: "#5A6572", dark: "#A0A9B4" },
    Pair { light: "#E6E9ED", dark: "#2A3037" },
    Pair { light: "#A9B2BC", dark: "#56606B" },
    Pair { light: "#0072B2", dark: "#56B4E9" },
    Pair { light: "#C04A00", dark: "#FF8A3D" },
    Pair { light: "#6000F0", dark: "#8868FF" },
    Pair { light: "#502800", dark: "#F8F0B0" },
    Pair { light: "#986860", dark: "#A08070" },
];

const VARIABLES: [&str; CLIENT_VARIABLES] = [
    "--chart-client-1",
    "--chart-client-2",
    "--chart-client-3",
    "--chart-client-4",
    "--chart-client-5",
    "--chart-client-6",
    "--chart-client-7",
    "--chart-client-8",
    "--chart-client-9",
    "--chart-client-10",
];

#[cfg(test)]
mod tests {
    use super::super::stroke::WAITING;
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
        for theme in [|c: &Pair| c.light, |c: &Pair| c.dark] {
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
        for theme in [|c: &Pair| c.light, |c: &Pair| c.dark] {
            let paper = theme(&COLOURS[0]);
            for colour in COLOURS[1..3].iter().chain(&COLOURS[5..]) {
                let against = contrast(theme(colour), paper);
                assert!(against >= 4.5, "{} has {against:.2}", theme(colour));
            }
        }
    }

    #[test]
    fn bars_that_let_others_through_stand_out_too() {
        for theme in [|c: &Pair| c.light, |c: &Pair| c.dark] {
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
                assert!(against >= 3.0, "{} has {against:.2}", theme(colour));
            }
        }
    }

    #[test]
    fn a_role_has_a_value_for_each_theme_and_a_variable() {
        let second = Role::Client(1);
        assert_eq!(Palette::Values(Theme::Light).colour(second), "#C04A00");
        assert_eq!(Palette::Values(Theme::Dark).colour(second), "#FF8A3D");
        assert_eq!(Palette::Variables.colour(second), "var(--chart-client-2)");
        assert!(css().contains("--chart-client-2:light-dark(#C04A00,#FF8A3D)"));
        assert!(dark_css().contains("[stroke=\"#C04A00\"]{stroke:#FF8A3D}"));
    }

    #[test]
    fn the_sixth_client_shares_a_colour_and_has_a_variable_of_its_own() {
        assert_eq!(
            Palette::Values(Theme::Light).colour(Role::Client(6)),
            Palette::Values(Theme::Light).colour(Role::Client(1))
        );
        assert_eq!(Palette::Variables.colour(Role::Client(6)), "var(--chart-client-7)");
    }
}
