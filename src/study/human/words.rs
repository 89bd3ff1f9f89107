//! Names and small numbers as words of a sentence.

use super::count;

/// A client's name in a sentence, in quotation marks where it has characters or words that could be taken for the
/// sentence's own: `all that is new`, but not `webhook + poll 15m`.
pub fn name(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '+' | '/');
    let short = name.chars().count() <= NAME_CHARS;
    let words: Vec<bool> = name.split(' ').map(|word| word.chars().all(char::is_alphabetic)).collect();
    let reads_on = words.windows(2).any(|pair| pair[0] && pair[1]);
    if short && !reads_on && name.chars().all(plain) { name.to_owned() } else { quoted(name) }
}

/// A sentence as the end of another: `an answer takes 2.5 s`.
pub fn clause(sentence: &str) -> String {
    uncapitalised(sentence.trim_end_matches('.'))
}

/// With a capital letter first.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A text without the capital of its first letter, as it stands within a sentence.
pub fn uncapitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A client's name in quotation marks, cut after 28 characters.
pub fn quoted(name: &str) -> String {
    let short: String = name.chars().take(NAME_CHARS).collect();
    let rest = if name.chars().count() > NAME_CHARS { "…" } else { "" };
    format!("“{}{rest}”", short.trim_end())
}

const NAME_CHARS: usize = 28;

/// None of that many: `Neither`, `None of the three`.
pub fn none_of(number: usize) -> String {
    match number {
        0 | 1 => "None".to_owned(),
        2 => "Neither".to_owned(),
        _ => format!("None of the {}", in_words(number)),
    }
}

/// All of that many: `both`, `all three`.
pub fn all_of(number: usize) -> String {
    if number == 2 { "both".to_owned() } else { format!("all {}", in_words(number)) }
}

/// A small number in words.
fn in_words(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    WORDS.get(number).map_or_else(|| count(number as u64), |&word| word.to_owned())
}

/// A list: `a`, `a and b`, `a, b and c`.
pub fn list(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_are_told_apart_from_two() {
        assert_eq!([1, 2, 3, 13].map(none_of), ["None", "Neither", "None of the three", "None of the 13"]);
        assert_eq!([2, 3].map(all_of), ["both", "all three"]);
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!([&names[..1], &names[..2], &names].map(list), ["a", "a and b", "a, b and c"]);
    }

    #[test]
    fn a_name_that_could_be_mistaken_is_quoted() {
        assert_eq!(name("webhook + poll 15m"), "webhook + poll 15m");
        assert_eq!(name("facebook-messenger"), "facebook-messenger");
        assert_eq!(name("all that is new"), "“all that is new”");
        assert_eq!(name("each of 2"), "“each of 2”");
        assert_eq!(name("answers, then works"), "“answers, then works”");
        assert_eq!(name(&"long ".repeat(9)), "“long long long long long lon…”");
    }
}
