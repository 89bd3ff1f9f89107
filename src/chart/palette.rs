//! The pixels of a picture as numbers of at most 256 colours.
//!
//! A chart has few colours; hundreds of others are blends of two at the edges of lines and letters. Where these are put to
//! the most frequent colour that is near to them, nobody sees it, a pixel takes one byte and not three, and the file is made
//! twice as fast and is half as large.

/// A picture of few colours.
pub(super) struct Indexed {
    /// Red, green and blue of each colour.
    pub(super) colours: Vec<[u8; 3]>,
    /// The number of the colour of each pixel.
    pub(super) pixels: Vec<u8>,
}

/// A colour of a channel may differ by so much of 255.
const NEAR: u8 = 12;
/// A colour of one pixel in so many is no blend at an edge but a surface, which may be as pale as its paper and is seen.
const SURFACE: u64 = 200;
/// Colours of a picture that are counted at most.
const COUNTED: usize = 2048;

/// The picture of these pixels of red, green, blue and a fourth byte. None where no 256 colours are near to all of its own.
pub(super) fn indexed(pixels: &[u8]) -> Option<Indexed> {
    let mut own = Own::default();
    let (mut last, mut number) = (None, 0);
    let mut numbers = Vec::with_capacity(pixels.len() / 4);
    for pixel in pixels.as_chunks::<4>().0 {
        let [red, green, blue, _] = *pixel;
        let colour = [red, green, blue];
        // Most pixels have the colour of the one before.
        if last != Some(colour) {
            (last, number) = (Some(colour), own.number(colour)?);
        }
        own.pixels[usize::from(number)] += 1;
        numbers.push(number);
    }
    let (colours, of) = (0..=NEAR).find_map(|near| own.within(near))?;
    Some(Indexed { colours, pixels: numbers.into_iter().map(|number| of[usize::from(number)]).collect() })
}

/// The colours of a picture, each with its number in order of appearance.
struct Own {
    colours: Vec<[u8; 3]>,
    /// How many pixels have each.
    pixels: Vec<u32>,
    /// One more than the number of a colour, at a place that follows from the colour, or at the next free one.
    places: Vec<u16>,
}

impl Default for Own {
    fn default() -> Self {
        Self { colours: Vec::new(), pixels: Vec::new(), places: vec![0; 2 * COUNTED] }
    }
}

impl Own {
    /// The number of a colour; None where there are too many.
    fn number(&mut self, colour: [u8; 3]) -> Option<u16> {
        let [red, green, blue] = colour.map(u32::from);
        let spread = (red << 16 | green << 8 | blue).wrapping_mul(0x9e37_79b1) >> 16;
        let mut place = spread as usize % self.places.len();
        loop {
            match self.places[place] {
                0 if self.colours.len() == COUNTED => return None,
                0 => {
                    self.colours.push(colour);
                    self.pixels.push(0);
                    self.places[place] = self.colours.len() as u16;
                    return Some(self.places[place] - 1);
                }
                number if self.colours[usize::from(number) - 1] == colour => return Some(number - 1),
                _ => place = (place + 1) % self.places.len(),
            }
        }
    }

    /// At most 256 of the colours, so that each is that near to one of them, and for each colour the number of that one.
    fn within(&self, near: u8) -> Option<(Vec<[u8; 3]>, Vec<u8>)> {
        let mut by_pixels: Vec<usize> = (0..self.colours.len()).collect();
        by_pixels.sort_by_key(|&number| (std::cmp::Reverse(self.pixels[number]), self.colours[number]));
        let (mut kept, mut of): (Vec<[u8; 3]>, _) = (Vec::new(), vec![0; self.colours.len()]);
        let all: u64 = self.pixels.iter().map(|pixels| u64::from(*pixels)).sum();
        for number in by_pixels {
            let own = self.colours[number];
            let is_near = |other: &[u8; 3]| own.iter().zip(other).all(|(a, b)| a.abs_diff(*b) <= near);
            let is_surface = u64::from(self.pixels[number]) * SURFACE >= all;
            let nearest = kept.iter().position(is_near).filter(|_| !is_surface);
            let place = nearest.unwrap_or(kept.len());
            of[number] = u8::try_from(place).ok()?;
            if place == kept.len() {
                kept.push(own);
            }
        }
        Some((kept, of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colours: impl IntoIterator<Item = [u8; 3]>) -> Vec<u8> {
        colours.into_iter().flat_map(|[red, green, blue]| [red, green, blue, 255]).collect()
    }

    #[test]
    fn a_picture_of_few_colours_keeps_each() {
        let colours: Vec<[u8; 3]> =
            (0..=255).map(|red| [red, 255 - red, 7]).chain([[3, 252, 7]; 5]).collect();
        let indexed = indexed(&picture(colours.clone())).unwrap();
        let shown: Vec<[u8; 3]> = indexed.pixels.iter().map(|&n| indexed.colours[usize::from(n)]).collect();
        assert_eq!((shown, indexed.colours.len(), indexed.colours[0]), (colours, 256, [3, 252, 7]));
    }

    #[test]
    fn rare_blends_are_put_to_a_frequent_colour() {
        let blends = (0..1000_u32).map(|n| [(n % 250) as u8, (n / 250) as u8, 0]);
        let colours: Vec<[u8; 3]> = blends.chain([[100, 1, 0]; 9]).collect();
        let indexed = indexed(&picture(colours.clone())).unwrap();
        assert_eq!(indexed.colours[0], [100, 1, 0]);
        for (own, &number) in colours.iter().zip(&indexed.pixels) {
            let shown = indexed.colours[usize::from(number)];
            assert!(own.iter().zip(shown).all(|(a, b)| a.abs_diff(b) <= 4), "{own:?} {shown:?}");
        }
    }

    /// A pale surface is nearer to its paper than many a blend is to the colour that it is put to.
    #[test]
    fn a_pale_surface_keeps_its_colour() {
        let levels = || (0..132).step_by(11);
        let blends = levels().flat_map(|r| levels().flat_map(move |g| levels().map(move |b| [r, g, b])));
        let (paper, pale) = ([255, 255, 255], [244, 246, 248]);
        let colours = blends.chain([paper; 30_000]).chain([pale; 1_000]);
        let indexed = indexed(&picture(colours)).unwrap();
        assert_eq!(indexed.colours[usize::from(*indexed.pixels.last().unwrap())], pale);
    }

    #[test]
    fn many_colours_far_from_each_other_are_no_palette() {
        let grid = |step: usize| {
            let levels = move || (0..=255).step_by(step);
            levels().flat_map(move |r| levels().flat_map(move |g| levels().map(move |b| [r, g, b])))
        };
        assert!(indexed(&picture(grid(30))).is_none());
        assert!(indexed(&picture(grid(4))).is_none());
    }
}
