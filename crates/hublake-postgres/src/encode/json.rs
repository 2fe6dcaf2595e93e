//! What jsonb cannot hold.
//!
//! PostgreSQL's jsonb refuses the escape `\u0000` and surrogates without their other half, which JSON allows. They
//! are written as `\ufffd`; [`is_storable`] tells that the stored document is not what came.

/// Whether jsonb takes the document as it is.
pub(crate) fn is_storable(text: &str) -> bool {
    !text.contains("\\u") || first_unfit(text.as_bytes(), 0).is_none()
}

/// Adds the document, with U+FFFD for what jsonb refuses.
pub(crate) fn write(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut from = 0;
    if text.contains("\\u") {
        while let Some(place) = first_unfit(bytes, from) {
            out.extend_from_slice(&bytes[from..place]);
            out.extend_from_slice(b"\\ufffd");
            from = place + 6;
        }
    }
    out.extend_from_slice(&bytes[from..]);
}

/// Where the next escape begins that jsonb refuses.
fn first_unfit(bytes: &[u8], from: usize) -> Option<usize> {
    let mut place = from;
    while let Some(found) = bytes.get(place..)?.iter().position(|&byte| byte == b'\\') {
        let begun = place + found;
        match code_unit(bytes, begun) {
            None => place = begun + 2,
            Some(0 | 0xDC00..=0xDFFF) => return Some(begun),
            Some(0xD800..=0xDBFF) => match code_unit(bytes, begun + 6) {
                Some(0xDC00..=0xDFFF) => place = begun + 12,
                _ => return Some(begun),
            },
            Some(_) => place = begun + 6,
        }
    }
    None
}

/// The number of an escape `\uXXXX` that begins here.
fn code_unit(bytes: &[u8], begun: usize) -> Option<u16> {
    let escape = bytes.get(begun..begun + 6)?;
    if !escape.starts_with(b"\\u") {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(&escape[2..]).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write(&mut out, text);
        String::from_utf8(out).expect("it was UTF-8 before")
    }

    #[test]
    fn a_null_character_becomes_the_replacement_character() {
        let text = r#"{"a":"x\u0000y\u0000"}"#;
        assert!(!is_storable(text));
        assert_eq!(written(text), r#"{"a":"x\ufffdy\ufffd"}"#);
    }

    #[test]
    fn an_escaped_backslash_before_u0000_is_left_alone() {
        let text = r#"{"a":"C:\\u0000"}"#;
        assert!(is_storable(text));
        assert_eq!(written(text), text);
    }

    #[test]
    fn a_pair_of_surrogates_is_left_alone_and_a_single_one_is_replaced() {
        let pair = r#"["\ud83d\ude00"]"#;
        assert!(is_storable(pair));
        assert_eq!(written(pair), pair);
        assert_eq!(written(r#"["\ud83d!","\ude00"]"#), r#"["\ufffd!","\ufffd"]"#);
    }

    #[test]
    fn an_escape_at_the_end_does_not_overrun() {
        assert!(is_storable("\"\\u00"));
        assert!(is_storable("\\"));
    }
}
