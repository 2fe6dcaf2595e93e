//! Paths that services name.

/// A written path as one from the root of the repository, without `.`, `..` and a slash at its ends; the error says
/// why it is none.
pub(super) fn in_repository(written: &str) -> Result<String, &'static str> {
    if written.chars().any(char::is_control) {
        return Err("has a character that no path has");
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in written.trim().split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err("is outside of the repository");
                }
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return Err("names no file");
    }
    Ok(parts.join("/"))
}
