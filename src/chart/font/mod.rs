//! The font that every chart is lettered in, as bytes and as a style sheet. How the files were made stands in the
//! folder's README. It knows nothing of charts.

pub(super) mod metrics;

/// Name of the family, as the style sheets and charts call it.
pub const FAMILY: &str = "Inter";

/// Regular (400), WOFF2.
pub const REGULAR_WOFF2: &[u8] = include_bytes!("inter-regular.woff2");

/// Semi-bold (600), WOFF2.
pub const SEMIBOLD_WOFF2: &[u8] = include_bytes!("inter-semibold.woff2");

/// Regular and semi-bold as TrueType, which the PNG renderer reads.
pub(super) const TRUETYPE: [&[u8]; 2] =
    [include_bytes!("inter-regular.ttf"), include_bytes!("inter-semibold.ttf")];

/// Two `@font-face` rules with the font inside them, for a page or a file that must stand alone.
pub fn css() -> String {
    [(400, REGULAR_WOFF2), (600, SEMIBOLD_WOFF2)]
        .map(|(weight, bytes)| {
            let data = base64(bytes);
            format!(
                "@font-face{{font-family:{FAMILY};font-weight:{weight};src:url(data:font/woff2;base64,{data}) format(\"woff2\")}}\n"
            )
        })
        .concat()
}

/// RFC 4648, section 4, with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for place in 0..4 {
            let sextet = (bits >> (18 - 6 * place)) as usize & 63;
            text.push(if place <= chunk.len() { char::from(ALPHABET[sextet]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_vectors_of_its_rfc() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn the_embedded_fonts_stay_small() {
        for bytes in [REGULAR_WOFF2, SEMIBOLD_WOFF2] {
            assert_eq!(&bytes[..4], b"wOF2");
            assert!(bytes.len() < 15_000);
        }
    }
}
