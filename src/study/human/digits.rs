//! Numbers in at most three significant digits.

/// The number in at most three significant digits, without zeros at the end of a fraction.
pub(super) fn significant(number: f64) -> String {
    let rounded = three_digits(number);
    trimmed(rounded, decimals(rounded))
}

/// The nearest number with three significant digits.
pub(super) fn three_digits(number: f64) -> f64 {
    if number == 0.0 {
        return 0.0;
    }
    let unit = libm::pow(10.0, libm::floor(libm::log10(number.abs())) - 2.0);
    libm::round(number / unit) * unit
}

/// The number of decimals that three significant digits need.
fn decimals(number: f64) -> usize {
    if number == 0.0 {
        return 0;
    }
    // Without the small addend a rounded 0.1 could count as 0.0999....
    let magnitude = libm::floor(libm::log10(number.abs()) + 1e-9);
    libm::fmax(2.0 - magnitude, 0.0) as usize
}

/// The number with that many decimals, without zeros at their end.
pub(super) fn trimmed(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
