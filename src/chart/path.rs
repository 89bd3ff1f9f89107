//! Shapes as the data of an SVG path, in as few characters as that takes. It knows no attributes and no colours.

use std::fmt::Write as _;

/// A place in units of the drawing: from the left, from the top.
pub(super) type Place = (i32, i32);

/// The data of a path, to which shapes are added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PathData {
    text: String,
    /// Where the pen is after a closed shape: where that began.
    closed_at: Option<Place>,
}

impl PathData {
    /// The `d` of the path.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn line(&mut self, points: &[Place]) {
        if let Some((first, rest)) = points.split_first() {
            self.begin(*first);
            self.text += &steps(*first, rest);
        }
    }

    pub(super) fn polygon(&mut self, points: &[Place]) {
        self.line(points);
        self.close(points.first().copied());
    }

    /// Between two corners; none where it has no surface.
    pub(super) fn rectangle(&mut self, one: Place, other: Place) {
        let (left, right) = (one.0.min(other.0), one.0.max(other.0));
        let (top, bottom) = (one.1.min(other.1), one.1.max(other.1));
        let (width, height) = (right - left, bottom - top);
        if width > 0 && height > 0 {
            self.begin((left, top));
            _ = write!(self.text, "h{width}v{height}h{}", -width);
            self.close(Some((left, top)));
        }
    }

    /// Clockwise, as every other shape: where two of one path lie on each other, opposite ways would make a hole.
    pub(super) fn circle(&mut self, (x, y): Place, r: i32) {
        self.begin((x - r, y));
        _ = write!(self.text, "a{r} {r} 0 1 1 {} 0 {r} {r} 0 1 1{} 0", 2 * r, -2 * r);
        self.close(Some((x - r, y)));
    }

    /// Moves the pen there, absolutely or relatively, whichever is shorter.
    fn begin(&mut self, (x, y): Place) {
        let absolute = format!("M{x} {y}");
        let relative = self.closed_at.take().map(|(from_x, from_y)| {
            let (right, down) = (x - from_x, y - from_y);
            format!("m{right}{}{down}", if down < 0 { "" } else { " " })
        });
        self.text += &relative.filter(|relative| relative.len() < absolute.len()).unwrap_or(absolute);
    }

    fn close(&mut self, began: Option<Place>) {
        if began.is_some() {
            self.text.push('z');
            self.closed_at = began;
        }
    }
}

/// The steps of a line: horizontal and vertical ones in their own short form, and those that go on in one of these
/// directions joined to one.
fn steps((mut x, mut y): Place, points: &[Place]) -> String {
    let mut steps: Vec<Place> = Vec::new();
    for &(next_x, next_y) in points {
        let step = (next_x - x, next_y - y);
        (x, y) = (next_x, next_y);
        match (step, steps.last_mut()) {
            ((0, 0), _) => {}
            ((dx, 0), Some((last, 0))) if (dx > 0) == (*last > 0) => *last += dx,
            ((0, dy), Some((0, last))) if (dy > 0) == (*last > 0) => *last += dy,
            (step, _) => steps.push(step),
        }
    }
    let mut path = String::new();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_back_is_not_joined_with_a_step_forth() {
        assert_eq!(steps((0, 0), &[(5, 0), (2, 0), (2, 3)]), "h5-3v3");
    }

    #[test]
    fn a_closed_shape_begins_where_it_is_shorter_to_say() {
        let mut path = PathData::default();
        path.rectangle((249, 136), (276, 140));
        path.rectangle((307, 140), (280, 136));
        path.rectangle((307, 140), (307, 136));
        assert_eq!(path.as_str(), "M249 136h27v4h-27zm31 0h27v4h-27z");
    }
}
