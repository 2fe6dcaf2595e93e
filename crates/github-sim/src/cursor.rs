//! Cursors of lists: opaque text that holds the place after an item, by the item's sort key and id.

/// The orders in which GitHub lists issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By creation.
    Created,
    /// By the last change.
    Updated,
    /// By the number of comments.
    Comments,
}

/// A place in a list: just after (or before) the item with this key and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) sort: Sort,
    pub(crate) key: i64,
    pub(crate) id: u64,
}

const PREFIX: &[u8] = b"cursor:v2:";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Cursor {
    /// The cursor as the text of a query value, before percent encoding.
    pub(crate) fn encode(self) -> String {
        let mut bytes = PREFIX.to_vec();
        // Like GitHub's, these end in padding, which clients must encode or leave alone.
        bytes.push(0x92);
        bytes.push(match self.sort {
            Sort::Created => b'c',
            Sort::Updated => b'u',
            Sort::Comments => b'n',
        });
        bytes.extend_from_slice(&self.key.to_be_bytes());
        bytes.extend_from_slice(&self.id.to_be_bytes());
        encode_base64(&bytes)
    }

    /// Reads a cursor that [`Cursor::encode`] wrote; anything else is `None`.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = decode_base64(text)?;
        let rest = bytes.strip_prefix(PREFIX)?;
        let (tag, numbers) = rest.strip_prefix(&[0x92])?.split_first()?;
        let sort = match tag {
            b'c' => Sort::Created,
            b'u' => Sort::Updated,
            b'n' => Sort::Comments,
            _ => return None,
        };
        let (key, id) = numbers.split_first_chunk::<8>()?;
        let id: &[u8; 8] = id.try_into().ok()?;
        Some(Self { sort, key: i64::from_be_bytes(*key), id: u64::from_be_bytes(*id) })
    }
}

/// The cursor of the n-th item of a list whose items keep their places.
pub(crate) fn encode_position(position: u64) -> String {
    let mut bytes = PREFIX.to_vec();
    bytes.push(0x91);
    bytes.extend_from_slice(&position.to_be_bytes());
    encode_base64(&bytes)
}

/// Reads a cursor that [`encode_position`] wrote; anything else is `None`.
pub(crate) fn decode_position(text: &str) -> Option<u64> {
    let bytes = decode_base64(text)?;
    let number = bytes.strip_prefix(PREFIX)?.strip_prefix(&[0x91])?;
    Some(u64::from_be_bytes(number.try_into().ok()?))
}

pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for position in 0..4 {
            if position <= chunk.len() {
                let index = (bits >> (18 - 6 * position)) & 63;
                text.push(char::from(ALPHABET[index as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Reads base64; line feeds in it are none of its letters.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut count) = (0_u32, 0_u32);
    for character in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == character)?;
        bits = ((bits << 6) | u32::try_from(value).ok()?) & 0x00ff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_encoding() {
        let cursor = Cursor { sort: Sort::Updated, key: 1_700_000_000, id: u64::MAX - 5 };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        assert_eq!(decode_position(&encode_position(7)), Some(7));
        assert_eq!(decode_position(&cursor.encode()), None);
    }

    #[test]
    fn foreign_text_is_no_cursor() {
        for text in ["", "abc", "####", "Y3Vyc29yOnYyOg==", &"A".repeat(2000)] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }
}
