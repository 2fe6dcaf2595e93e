//! Other people's words, fit for a terminal.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::Serialize;

/// More marks than this on one letter are a picture, no writing.
const MARKS: usize = 2;
/// An owner is not made shorter than this, with the dots that stand for the rest of it.
const SHORTEST_OWNER: usize = 4;

/// A text on one line, without anything that a terminal obeys: control characters are `?`, white space is one space,
/// what is invisible or turns the direction of writing is left out.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let (mut marks, mut has_space) = (0, true);
    for letter in text.chars() {
        let Some(letter) = shown(letter, &mut marks) else { continue };
        if letter == ' ' && has_space {
            continue;
        }
        has_space = letter == ' ';
        cleaned.push(letter);
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

/// A text as [`clean`] makes one, whose lines and spaces stay: an answer that is set in lines, a plan of a query.
pub fn clean_lines(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut marks = 0;
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line.strip_suffix('\r').unwrap_or(line), "\n"),
            None => (line, ""),
        };
        cleaned.extend(line.chars().filter_map(|letter| shown(letter, &mut marks)));
        cleaned.push_str(end);
        marks = 0;
    }
    cleaned
}

/// A cleaned text in at most so many columns: what is cut off shows as `…`.
pub fn cut(text: &str, width: usize) -> String {
    let text = clean(text);
    if columns(&text) <= width {
        return text;
    }
    let mut kept = String::new();
    let mut room = width.saturating_sub(1);
    for letter in text.chars() {
        let Some(left) = room.checked_sub(columns_of(letter)) else { break };
        room = left;
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

/// A repository's name in at most so many columns: what tells repositories apart is more often the name than the owner.
pub fn cut_name(full_name: &str, width: usize) -> String {
    let cleaned = clean(full_name);
    let too_wide = columns(&cleaned).saturating_sub(width);
    match cleaned.split_once('/') {
        Some((owner, name)) if too_wide > 0 && columns(owner) >= too_wide + SHORTEST_OWNER => {
            format!("{}/{name}", cut(owner, columns(owner) - too_wide))
        }
        _ => cut(&cleaned, width),
    }
}

/// A cleaned text in at most `most` lines of at most `width` columns, cut between words where there are any.
pub fn lines(text: &str, width: usize, most: usize) -> Vec<String> {
    let text = clean(text);
    let mut words: VecDeque<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let mut lines = Vec::new();
    while !words.is_empty() && lines.len() + 1 < most {
        let mut line = String::new();
        while let Some(word) = words.front() {
            let space = usize::from(!line.is_empty());
            if columns(&line) + space + columns(word) > width {
                break;
            }
            line.push_str(&" "[..space]);
            line.push_str(word);
            words.pop_front();
        }
        if line.is_empty()
            && let Some(word) = words.pop_front()
        {
            let (head, tail) = split(word, width);
            line.push_str(head);
            words.push_front(tail);
        }
        lines.push(line);
    }
    let rest = words.into_iter().collect::<Vec<_>>().join(" ");
    if !rest.is_empty() {
        lines.push(cut(&rest, width));
    }
    lines
}

/// A value as JSON, the same for whoever parses it, in which nothing that a terminal obeys stands as it is.
pub fn json(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(escaped(&serde_json::to_string_pretty(value)?).into_owned())
}

/// JSON as [`json`] writes it, of what is written already.
pub fn escaped(json: &str) -> Cow<'_, str> {
    let is_obeyed = |letter: char| letter != '\n' && (letter.is_control() || is_invisible(letter));
    if !json.contains(is_obeyed) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len());
    // Such characters stand in texts only, where an escape means the same.
    for letter in json.chars() {
        if is_obeyed(letter) {
            let mut units = [0; 2];
            escaped.extend(letter.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(letter);
        }
    }
    Cow::Owned(escaped)
}

/// The columns of a cleaned text, rather too many: what some terminals draw two columns wide counts as such.
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

fn columns_of(letter: char) -> usize {
    // Hangul, and from the technical signs on: pictures, and the scripts of East Asia. What the program draws itself
    // lies between them and never comes here.
    if matches!(letter, '\u{1100}'..='\u{115f}' | '\u{2300}'..) { 2 } else { 1 }
}

/// The first letters of a word that fit, at least one, and the others.
fn split(word: &str, width: usize) -> (&str, &str) {
    let mut used = 0;
    for (index, letter) in word.char_indices() {
        used += columns_of(letter);
        if used > width && index > 0 {
            return word.split_at(index);
        }
    }
    (word, "")
}

/// A letter as it may be shown, if at all; `marks` counts those of the letter before.
fn shown(letter: char, marks: &mut usize) -> Option<char> {
    if is_invisible(letter) {
        return None;
    }
    *marks = if is_mark(letter) { *marks + 1 } else { 0 };
    match letter {
        _ if *marks > MARKS => None,
        _ if letter.is_whitespace() => Some(' '),
        _ if letter.is_control() => Some('?'),
        other => Some(other),
    }
}

/// Characters without a shape: marks of direction, joiners, fillers, tags, selectors of a variant.
fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{115f}'..='\u{1160}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Marks that are drawn over or under the letter before them.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_taken_away() {
        assert_eq!(
            clean("\u{1b}[2J\u{1b}]8;;http://evil\u{7}click\u{1b}]8;;\u{7}"),
            "?[2J?]8;;http://evil?click?]8;;?"
        );
        assert_eq!(clean("\u{9b}31mred\u{8}\u{7f}"), "?31mred??");
        assert_eq!(clean("  one\r\n\ttwo\u{2028}three\u{a0} "), "one two three");
    }

    #[test]
    fn lines_and_spaces_of_a_set_text_stay() {
        assert_eq!(clean_lines("  one\r\n\n    two \u{1b}[2J\n"), "  one\n\n    two ?[2J\n");
        assert_eq!(clean_lines("one\rtwo\u{2028}three\tfour\u{202e}"), "one two three four");
    }

    #[test]
    fn the_direction_of_writing_cannot_be_turned() {
        assert_eq!(clean("safe\u{202e}exe.fdp\u{2066}\u{200f}"), "safeexe.fdp");
        // Letters that are written from right to left stay.
        assert_eq!(clean("שלום rocket"), "שלום rocket");
    }

    #[test]
    fn json_has_escapes_for_what_a_terminal_obeys_and_means_the_same() {
        let text = "\u{1b}[2J\u{9b}1m\u{202e}\u{e0041}火箭 \"quoted\"\nnext";
        let written = json(&[text]).unwrap();
        assert!(!written.contains(['\u{9b}', '\u{202e}', '\u{e0041}', '\u{1b}']), "{written}");
        assert!(written.contains("\\u009b1m\\u202e\\udb40\\udc41火箭"), "{written}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&written).unwrap(), [text]);
    }

    #[test]
    fn invisible_letters_and_towers_of_marks_are_left_out() {
        assert_eq!(clean("a\u{200b}d\u{e0041}min\u{feff}"), "admin");
        assert_eq!(clean(&format!("a{}b", "\u{301}".repeat(50))), "a\u{301}\u{301}b");
    }

    #[test]
    fn texts_are_cut_by_columns_not_by_letters() {
        assert_eq!(cut("acme/rocket", 11), "acme/rocket");
        assert_eq!(cut("acme/rocket", 8), "acme/ro…");
        assert_eq!(cut("one two three", 9), "one two…");
        assert_eq!(cut("火箭火箭", 8), "火箭火箭");
        assert_eq!(cut("火箭火箭", 6), "火箭…");
        assert_eq!(columns(&cut(&"🚀".repeat(1_000), 30)), 29);
    }

    #[test]
    fn a_long_name_loses_of_its_owner_first() {
        assert_eq!(cut_name("organisation/rocket", 19), "organisation/rocket");
        assert_eq!(cut_name("organisation/rocket", 16), "organisa…/rocket");
        assert_eq!(cut_name("acme/rocket\u{1b}", 9), "acme/roc…");
        assert_eq!(cut_name("acme/a-repository-of-a-long-name", 16), "acme/a-reposito…");
    }

    #[test]
    fn long_texts_are_some_lines_and_an_end() {
        assert_eq!(lines("one two three four", 8, 3), ["one two", "three", "four"]);
        assert_eq!(lines("one two three four", 8, 2), ["one two", "three f…"]);
        assert_eq!(lines(&"x".repeat(20), 8, 2), ["xxxxxxxx", "xxxxxxx…"]);
        assert_eq!(lines("火箭火箭", 4, 9), ["火箭", "火箭"]);
        assert_eq!(lines("", 8, 2), [""; 0]);
    }
}
