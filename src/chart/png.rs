//! A chart as a PNG file. The font is the embedded one, never a font of the machine, so that the same chart gives
//! the same bytes everywhere.

use super::font;
use super::palette::{Indexed, indexed};
use resvg::{tiny_skia, usvg};

/// Pixels of the picture for a pixel of the chart.
const SCALE: f32 = 2.0;

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The text is no SVG.
    #[error("this is no SVG that can be drawn: {0}")]
    Svg(#[from] usvg::Error),
    /// Its size is none that a picture can have.
    #[error("a picture of {width} by {height} pixels cannot be made")]
    Size {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The encoder failed.
    #[error("the picture could not be written as PNG: {0}")]
    Encode(#[from] png::EncodingError),
}

/// Draws an SVG at twice its size.
///
/// # Errors
/// Where the text is no SVG, or one of no size or an enormous one.
pub fn png(svg: &str) -> Result<Vec<u8>, PngError> {
    let tree = usvg::Tree::from_str(svg, &options())?;
    let (width, height) = ((tree.size().width() * SCALE) as u32, (tree.size().height() * SCALE) as u32);
    let mut picture = tiny_skia::Pixmap::new(width, height).ok_or(PngError::Size { width, height })?;
    picture.fill(tiny_skia::Color::WHITE);
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    let pixels = picture.data();
    Ok(match indexed(pixels) {
        Some(Indexed { colours, pixels }) => encoded(&pixels, width, height, Some(colours))?,
        None => {
            let opaque = |pixel: &[u8; 4]| [pixel[0], pixel[1], pixel[2]];
            let opaque: Vec<u8> = pixels.as_chunks().0.iter().flat_map(opaque).collect();
            encoded(&opaque, width, height, None)?
        }
    })
}

/// Pixels as a file: numbers of these colours, or red, green and blue. Large areas of a chart have one colour, so that a
/// picture without filter is a quarter smaller than with the usual one, and made sooner. A higher level takes more than
/// twice as long for a twentieth less.
fn encoded(
    pixels: &[u8],
    width: u32,
    height: u32,
    colours: Option<Vec<[u8; 3]>>,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    match colours {
        Some(colours) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(colours.concat());
        }
        None => encoder.set_color(png::ColorType::Rgb),
    }
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_deflate_compression(png::DeflateCompression::Level(3));
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(file)
}

/// What the renderer needs to know: the embedded font, and that there is no other.
pub(super) fn options() -> usvg::Options<'static> {
    let mut options = usvg::Options { font_family: font::FAMILY.to_owned(), ..usvg::Options::default() };
    for bytes in font::TRUETYPE {
        options.fontdb_mut().load_font_data(bytes.to_vec());
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_twice_the_size_of_its_chart() {
        let picture = png("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20\"/>").unwrap();
        assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(picture[16..24], [0, 0, 0, 60, 0, 0, 0, 40]);
    }

    #[test]
    fn what_is_no_svg_is_refused() {
        assert!(matches!(png("no picture"), Err(PngError::Svg(_))));
    }
}
