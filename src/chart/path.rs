//! Shapes as the data of an SVG path, in as few characters as that takes. It knows no attributes and no colours.

use std::fmt::Write as _;

/// A path through points as plotters lists them.
pub(super) fn points_path(points: &str, end: &str) -> String {
    let points = points.split(' ').filter_map(|point| {
        let (x, y) = point.split_once(',')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    });
    relative_path(points) + end
}

/// `M`, then steps: horizontal and vertical ones in their own short form, and those that go on in one of these
/// directions joined to one.
fn relative_path(mut points: impl Iterator<Item = (i32, i32)>) -> String {
    let Some((mut x, mut y)) = points.next() else { return String::new() };
    let mut path = format!("M{x} {y}");
    let mut steps: Vec<(i32, i32)> = Vec::new();
    for (next_x, next_y) in points {
        let step = (next_x - x, next_y - y);
        (x, y) = (next_x, next_y);
        match (step, steps.last_mut()) {
            ((0, 0), _) => {}
            ((dx, 0), Some((last, 0))) if (dx > 0) == (*last > 0) => *last += dx,
            ((0, dy), Some((0, last))) if (dy > 0) == (*last > 0) => *last += dy,
            (step, _) => steps.push(step),
        }
    }
    let mut command = ' ';
    for (dx, dy) in steps {
        let next = if dy == 0 {
            'h'
        } else if dx == 0 {
            'v'
        } else {
            'l'
        };
        if next != command {
            path.push(next);
            command = next;
        } else if (if next == 'v' { dy } else { dx }) >= 0 {
            path.push(' ');
        }
        _ = match next {
            'h' => write!(path, "{dx}"),
            'v' => write!(path, "{dy}"),
            _ => write!(path, "{dx}{}{dy}", if dy >= 0 { " " } else { "" }),
        };
    }
    path
}

pub(super) fn rectangle_path([x, y, width, height]: [i32; 4]) -> String {
    format!("M{x} {y}h{width}v{height}h{}z", -width)
}

pub(super) fn circle_path([x, y, r]: [i32; 3]) -> String {
    format!("M{} {y}a{r} {r} 0 1 0 {} 0 {r} {r} 0 1 0{} 0z", x - r, 2 * r, -2 * r)
}

/// Where a path of this file begins, and what follows.
pub(super) fn split_place(path: &str) -> ((i32, i32), &str) {
    let start = path.strip_prefix('M').unwrap_or(path);
    let end = start.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(start.len());
    let (place, rest) = start.split_at(end);
    let (x, y) = place.split_once(' ').unwrap_or((place, "0"));
    ((x.parse().unwrap_or(0), y.parse().unwrap_or(0)), rest)
}

/// The move from one place to another, absolute or relative, whichever is shorter.
pub(super) fn move_path((from_x, from_y): (i32, i32), (x, y): (i32, i32)) -> String {
    let (right, down) = (x - from_x, y - from_y);
    let relative = format!("m{right}{}{down}", if down < 0 { "" } else { " " });
    let absolute = format!("M{x} {y}");
    if relative.len() < absolute.len() { relative } else { absolute }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_back_is_not_joined_with_a_step_forth() {
        assert_eq!(relative_path([(0, 0), (5, 0), (2, 0), (2, 3)].into_iter()), "M0 0h5-3v3");
    }
}
