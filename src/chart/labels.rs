//! Labels that stand next to what they name, in place of a legend, and never overlap: the names at the ends of lines are
//! moved apart, and other labels look for a free place. It works with places, not with axes or data.

use super::canvas::{Canvas, Point};
use super::colours::Role;
use super::letters::{Label, Letters, NAME, SMALL};
use super::style::ClientStyle;

/// The name of a line at its end, with a detail.
pub(super) struct EndLabel<'n> {
    /// Where the line ends.
    pub(super) end: Point,
    pub(super) style: ClientStyle,
    pub(super) name: &'n str,
    /// A second row; may be empty.
    pub(super) detail: String,
}

/// The detail of a line that another covers, in place of the figures that are the same.
pub(super) fn same_line(other: &str) -> String {
    format!("same line as {other}")
}

/// The height that so many labels need, each with a second row.
pub(super) fn end_labels_height(labels: usize) -> f64 {
    labels as f64 * TWO_ROWS
}

/// Writes the labels to the right of `x`, in the order of their ends and as near to them as they can be, between
/// the heights `top` and `bottom`.
pub(super) fn end_labels(
    canvas: &Canvas<'_>,
    x: f64,
    (top, bottom): (f64, f64),
    mut labels: Vec<EndLabel<'_>>,
) {
    labels.sort_by(|one, other| one.end.1.total_cmp(&other.end.1));
    let wanted: Vec<f64> = labels.iter().map(|label| label.end.1).collect();
    let heights = nudge(&wanted, TWO_ROWS, (top + TWO_ROWS / 2.0, bottom - TWO_ROWS / 2.0));
    let room = canvas.width - x - 14.0 - 4.0;
    for (label, y) in labels.iter().zip(heights) {
        let single = label.detail.is_empty();
        let name_y = if single { y } else { y - 7.0 };
        let (end_x, end_y) = label.end;
        // A line that ends early is known by its symbol; a hairline to it would cross the chart.
        if x - end_x < FAR {
            let corners = [(end_x + 3.0, end_y), (x - 10.0, name_y), (x - 4.0, name_y)];
            canvas.line(&corners, label.style.stroke().alpha(0.45), 1.0);
        }
        canvas.symbol((x + 4.0, name_y), label.style, 4.0);
        let letters = NAME.role(label.style.stroke().role);
        canvas.text((x + 14.0, name_y), letters.fit(label.name, room), letters);
        if !single {
            canvas.text((x + 14.0, name_y + 15.0), SMALL.fit(&label.detail, room), SMALL);
        }
    }
}

/// Places in rising order, at least `gap` apart and within the range where it is wide enough, each as near to
/// its wish as its neighbours let it: neighbours that push one another share the way.
pub(super) fn nudge(wanted: &[f64], gap: f64, (least, greatest): (f64, f64)) -> Vec<f64> {
    // Runs of touching places: how many, and the sum of the places that each wants the first of the run to have.
    let mut runs: Vec<(usize, f64)> = Vec::new();
    let start = |&(places, sum): &(usize, f64)| {
        let highest = libm::fmax(greatest - (places - 1) as f64 * gap, least);
        (sum / places as f64).clamp(least, highest)
    };
    for wish in wanted {
        runs.push((1, *wish));
        while let [.., before, last] = runs.as_slice() {
            if start(before) + before.0 as f64 * gap <= start(last) {
                break;
            }
            let joined = (before.0 + last.0, before.1 + last.1 - (last.0 * before.0) as f64 * gap);
            runs.truncate(runs.len() - 2);
            runs.push(joined);
        }
    }
    runs.iter().flat_map(|run| (0..run.0).map(move |place| start(run) + place as f64 * gap)).collect()
}

/// The middles of words of these widths, in the order given, each as near to its wish as the others let it.
pub(super) fn nudge_apart(wanted: &[f64], widths: &[f64], gap: f64, (left, right): (f64, f64)) -> Vec<f64> {
    // Without what the words before it take, each may be anywhere from the one before it on.
    let before: Vec<f64> = widths
        .iter()
        .scan(left, |end, width| {
            let middle = *end + width / 2.0;
            *end += width + gap;
            Some(middle)
        })
        .collect();
    let taken = widths.iter().map(|width| width + gap).sum::<f64>() - gap;
    let wishes: Vec<f64> = wanted.iter().zip(&before).map(|(wish, before)| wish - before).collect();
    let free = libm::fmax(right - left - taken, 0.0);
    nudge(&wishes, 0.0, (0.0, free)).iter().zip(before).map(|(place, before)| place + before).collect()
}

/// Where words already stand.
#[derive(Default)]
pub(super) struct Places {
    taken: Vec<[f64; 4]>,
    /// Those of `taken` that no hairline may run through: words and symbols.
    solid: Vec<[f64; 4]>,
    /// The hairlines that lead to words.
    leaders: Vec<[Point; 2]>,
    /// The middles of symbols.
    symbols: Vec<Point>,
}

impl Places {
    /// Keeps a rectangle free of words.
    pub(super) fn reserve(&mut self, (x, y): Point, half_width: f64, half_height: f64) {
        self.taken.push([x - half_width, y - half_height, x + half_width, y + half_height]);
    }

    /// Keeps a line free of words, so far to each side.
    pub(super) fn reserve_line(&mut self, one: Point, other: Point, half_width: f64) {
        let steps = libm::ceil(((other.0 - one.0).abs() + (other.1 - one.1).abs()) / 6.0).max(1.0) as u32;
        for step in 0..steps {
            let part = f64::from(step) / f64::from(steps);
            let on_line = (one.0 + (other.0 - one.0) * part, one.1 + (other.1 - one.1) * part);
            self.reserve(on_line, half_width, half_width);
        }
    }

    /// Keeps the rectangle of a symbol free of words, and of hairlines to the words of others.
    pub(super) fn reserve_symbol(&mut self, (x, y): Point, half: f64) {
        self.reserve((x, y), half, half);
        self.solid.push([x - half, y - half, x + half, y + half]);
        self.symbols.push((x, y));
    }

    /// Writes rows of words beside a place, as near as they find room within `bounds` (left, top, right, bottom);
    /// a hairline leads to them where that is not next to it, or the symbol of another is nearer. Tells whether there was room at all.
    pub(super) fn write(
        &mut self,
        canvas: &Canvas<'_>,
        at: Point,
        bounds: [f64; 4],
        rows: &[(Label, Letters)],
    ) -> bool {
        self.write_clear(canvas, at, bounds, rows)
            || self.write_where(canvas, at, bounds, rows, |_, _, _| true)
    }

    /// The same only where the hairline neither crosses another nor runs through words or the symbols of others.
    pub(super) fn write_clear(
        &mut self,
        canvas: &Canvas<'_>,
        at: Point,
        bounds: [f64; 4],
        rows: &[(Label, Letters)],
    ) -> bool {
        self.write_where(canvas, at, bounds, rows, Self::is_clear)
    }

    /// The same where they need no hairline.
    pub(super) fn write_beside(
        &mut self,
        canvas: &Canvas<'_>,
        at: Point,
        bounds: [f64; 4],
        rows: &[(Label, Letters)],
    ) -> bool {
        self.write_where(canvas, at, bounds, rows, |_, _, leader| leader.is_none())
    }

    fn is_clear(&self, words: &[f64; 4], leader: Option<[Point; 2]>) -> bool {
        let tangled = leader.is_some_and(|leader| {
            let mut others = self.solid.iter().filter(|solid| !contains(solid, leader[0]));
            others.any(|solid| passes(leader, solid))
                || self.leaders.iter().any(|other| cross(leader, *other))
        });
        !tangled && !self.leaders.iter().any(|other| passes(*other, words))
    }

    fn write_where(
        &mut self,
        canvas: &Canvas<'_>,
        (x, y): Point,
        bounds: [f64; 4],
        rows: &[(Label, Letters)],
        fits: fn(&Self, &[f64; 4], Option<[Point; 2]>) -> bool,
    ) -> bool {
        let width = rows.iter().map(|(text, letters)| letters.width(&text.shown)).fold(0.0, libm::fmax);
        let height = rows.len() as f64 * ROW;
        for away in [9.0, NEXT_TO, 22.0, 38.0, 58.0, 82.0, 110.0, 140.0] {
            for (right, down) in DIRECTIONS {
                let left = x + right * away + (right - 1.0) / 2.0 * width;
                let top = y + down * (away + 2.0) + (down - 1.0) / 2.0 * height;
                let words = [left - 2.0, top, left + width + 2.0, top + height];
                let near = (x.clamp(left, left + width), y.clamp(top, top + height));
                let misled = self.symbols.iter().any(|other| gap(*other, &words) < gap((x, y), &words));
                let leader = (away > NEXT_TO || misled).then_some([(x, y), near]);
                let is_free =
                    within(&words, &bounds) && !self.taken.iter().any(|other| overlap(&words, other));
                if is_free && fits(self, &words, leader) {
                    if let Some(leader) = leader {
                        canvas.line(&leader, Role::Axis.stroke(), 1.0);
                        self.leaders.push(leader);
                    }
                    for (row, (text, letters)) in rows.iter().enumerate() {
                        canvas.text((left, top + (row as f64 + 0.5) * ROW), text.clone(), *letters);
                    }
                    self.taken.push(words);
                    self.solid.push(words);
                    return true;
                }
            }
        }
        false
    }
}

/// Where words look for room first: right, left, then askew, then above and below.
const DIRECTIONS: [(f64, f64); 8] =
    [(1.0, 0.0), (-1.0, 0.0), (1.0, -0.8), (1.0, 0.8), (-1.0, -0.8), (-1.0, 0.8), (0.0, -1.0), (0.0, 1.0)];

/// Words no further away than this need no hairline; there a symbol with a ring has room.
const NEXT_TO: f64 = 13.0;

/// The height of a row of words.
const ROW: f64 = 15.0;

/// Takes a stretch if none of it is taken.
pub(super) fn claim(taken: &mut Vec<(f64, f64)>, (from, to): (f64, f64)) -> bool {
    let free = taken.iter().all(|(start, end)| to <= *start || from >= *end);
    if free {
        taken.push((from, to));
    }
    free
}

/// From here on no hairline leads from the end of a line to its label.
const FAR: f64 = 100.0;

/// The height of a label with its second row and the gap to the next.
const TWO_ROWS: f64 = 34.0;

fn within(inner: &[f64; 4], outer: &[f64; 4]) -> bool {
    inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3]
}

fn contains(outer: &[f64; 4], (x, y): Point) -> bool {
    (outer[0]..=outer[2]).contains(&x) && (outer[1]..=outer[3]).contains(&y)
}

/// How far a place is from a rectangle.
fn gap((x, y): Point, from: &[f64; 4]) -> f64 {
    libm::hypot(x - x.clamp(from[0], from[2]), y - y.clamp(from[1], from[3]))
}

fn overlap(one: &[f64; 4], other: &[f64; 4]) -> bool {
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]
}

/// Whether some of the line lies within the rectangle.
fn passes([(x, y), (to_x, to_y)]: [Point; 2], within: &[f64; 4]) -> bool {
    // The parts of the way at which the line enters and leaves, in each dimension.
    let spans = [(x, to_x, within[0], within[2]), (y, to_y, within[1], within[3])];
    let mut part = (0.0, 1.0);
    for (from, to, least, greatest) in spans {
        let way = to - from;
        if way.abs() < 1e-9 {
            if from <= least || from >= greatest {
                return false;
            }
            continue;
        }
        let ends = ((least - from) / way, (greatest - from) / way);
        part.0 = libm::fmax(part.0, libm::fmin(ends.0, ends.1));
        part.1 = libm::fmin(part.1, libm::fmax(ends.0, ends.1));
    }
    part.0 < part.1
}

/// Whether two lines cross; those that only touch do not.
fn cross(one: [Point; 2], other: [Point; 2]) -> bool {
    let side = |[(x, y), (to_x, to_y)]: [Point; 2], point: Point| {
        (to_x - x) * (point.1 - y) - (to_y - y) * (point.0 - x)
    };
    let apart = |line: [Point; 2], ends: [Point; 2]| side(line, ends[0]) * side(line, ends[1]) < 0.0;
    apart(one, other) && apart(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_cross_and_run_through_words() {
        let line = [(0.0, 0.0), (10.0, 10.0)];
        assert!(cross(line, [(0.0, 10.0), (10.0, 0.0)]));
        assert!(!cross(line, [(0.0, 5.0), (4.0, 5.0)]) && !cross(line, [(0.0, 0.0), (10.0, 0.0)]));
        assert!(
            passes(line, &[4.0, 0.0, 6.0, 10.0]) && passes([(5.0, 0.0), (5.0, 9.0)], &[4.0, 4.0, 6.0, 6.0])
        );
        assert!(
            !passes(line, &[6.0, 0.0, 9.0, 5.0]) && !passes([(3.0, 0.0), (3.0, 9.0)], &[4.0, 4.0, 6.0, 6.0])
        );
    }

    /// Words that stand nearer to the symbol of another than to their own would be read as its name.
    #[test]
    fn a_hairline_tells_whose_words_they_are() {
        let hairlines = |other: Point| {
            let drawing = super::super::canvas::draw((400.0, 200.0), |canvas| {
                let mut places = Places::default();
                places.reserve_symbol((20.0, 100.0), 11.0);
                places.reserve_symbol(other, 7.0);
                // Words have room at the right alone.
                let (bounds, words) = ([0.0, 90.0, 400.0, 110.0], [("a name".into(), SMALL)]);
                assert!(places.write(canvas, (20.0, 100.0), bounds, &words));
            });
            drawing.svg(super::super::colours::Palette::Variables, "c").matches("stroke=").count()
        };
        assert_eq!(hairlines((300.0, 100.0)), 0);
        assert_eq!(hairlines((50.0, 115.5)), 1);
    }

    #[test]
    fn labels_that_touch_share_the_way() {
        assert_eq!(nudge(&[10.0, 12.0, 50.0], 10.0, (0.0, 100.0)), [6.0, 16.0, 50.0]);
        assert_eq!(nudge(&[1.0, 1.0, 1.0], 10.0, (0.0, 100.0)), [0.0, 10.0, 20.0]);
        assert_eq!(nudge(&[99.0, 99.0], 10.0, (0.0, 100.0)), [90.0, 100.0]);
        assert_eq!(nudge(&[], 10.0, (0.0, 100.0)), [0.0; 0]);
    }

    #[test]
    fn words_of_different_widths_keep_apart() {
        assert_eq!(nudge_apart(&[50.0, 52.0], &[20.0, 10.0], 4.0, (0.0, 100.0)), [41.5, 60.5]);
        assert_eq!(nudge_apart(&[99.0, 99.0], &[20.0, 10.0], 4.0, (0.0, 100.0)), [76.0, 95.0]);
    }

    #[test]
    fn labels_stay_apart_even_where_they_do_not_fit() {
        let places = nudge(&[5.0; 6], 10.0, (0.0, 30.0));
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 9.999), "{places:?}");
    }
}
