//! What Dockerfiles use of Render.

/// What the Dockerfiles of one repository use of Render.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dockerfiles {
    /// One of them has a variable that begins with `RENDER_`, in capitals.
    pub uses_render_env: bool,
    /// One of them names `render.com` or `onrender.com`, or a host of theirs.
    pub uses_render_domain: bool,
}

impl Dockerfiles {
    /// Adds what one Dockerfile uses.
    pub fn add(&mut self, text: &str) {
        self.uses_render_env |= has_render_variable(text);
        self.uses_render_domain |= names_render(text);
    }
}

/// What one Dockerfile uses of Render.
pub fn scan_dockerfile(text: &str) -> Dockerfiles {
    let mut dockerfiles = Dockerfiles::default();
    dockerfiles.add(text);
    dockerfiles
}

/// Whether a text names `render.com` or `onrender.com`, in any case, or a host of theirs; `surrender.com` is neither.
pub(super) fn names_render(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let is_of_host = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    text.match_indices("render.com").any(|(at, found)| {
        let before = &text.as_bytes()[..at];
        let before = before.strip_suffix(b"on").unwrap_or(before);
        let after = text.as_bytes().get(at + found.len());
        !before.last().is_some_and(is_of_host) && !after.is_some_and(is_of_host)
    })
}

fn has_render_variable(text: &str) -> bool {
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    text.match_indices("RENDER_").any(|(at, found)| {
        let before = text.as_bytes()[..at].last();
        let after = text.as_bytes().get(at + found.len());
        !before.is_some_and(is_of_word) && after.is_some_and(is_of_word)
    })
}
