//! Titles and bodies of generated issues: pieces of prose, code and logs, some of it hostile.

use std::sync::LazyLock;

use crate::random::Random;

/// A body of about this many bytes; 0 is null.
pub(crate) struct Body {
    pub(crate) bytes: usize,
    pub(crate) is_hostile: bool,
}

impl Body {
    /// Appends the body as a JSON value.
    pub(crate) fn write(&self, mut random: Random, json: &mut Vec<u8>) {
        if self.bytes == 0 {
            json.extend_from_slice(b"null");
            return;
        }
        let start = json.len();
        json.push(b'"');
        if self.is_hostile {
            json.extend_from_slice(pick(&PIECES.hostile, &mut random).as_bytes());
        }
        while json.len() - start < self.bytes {
            json.extend_from_slice(pick(&PIECES.prose, &mut random).as_bytes());
        }
        json.push(b'"');
    }
}

/// Appends a title as the inside of a JSON string.
pub(crate) fn write_title(mut random: Random, is_hostile: bool, json: &mut Vec<u8>) {
    if is_hostile {
        json.extend_from_slice(pick(&PIECES.hostile, &mut random).as_bytes());
        return;
    }
    for words in [VERBS, THINGS, PLACES] {
        if words != VERBS {
            json.push(b' ');
        }
        json.extend_from_slice(words[random.index(words.len())].as_bytes());
    }
}

/// A text that somebody wrote to break things.
pub(crate) fn hostile(random: &mut Random) -> &'static str {
    HOSTILE.get(random.index(HOSTILE.len())).copied().unwrap_or_default()
}

const VERBS: &[&str] = &[
    "Fix",
    "Crash in",
    "Add",
    "Support",
    "Slow",
    "Document",
    "Remove",
    "Wrong result of",
    "Panic in",
    "Allow",
    "Unify",
    "Regression:",
    "Consider",
    "Typo in",
    "Flaky test of",
    "Migrate",
];
const THINGS: &[&str] = &[
    "the merge of empty batches",
    "time zone handling",
    "escaped quotes",
    "the retry loop",
    "nested lists",
    "cursor paging",
    "the build on Windows",
    "memory use",
    "the config reader",
    "null keys",
    "schema evolution",
    "the event log",
    "leap seconds",
    "file locks",
    "large bodies",
    "unicode names",
];
const PLACES: &[&str] = &[
    "when the table is empty",
    "on ARM",
    "after an upgrade",
    "with 10,000 columns",
    "in the planner",
    "since 1.4",
    "under load",
    "for private repositories",
    "in CI",
    "without network",
    "(again)",
    "in the docs",
];

struct Pieces {
    prose: Vec<String>,
    hostile: Vec<String>,
}

static PIECES: LazyLock<Pieces> = LazyLock::new(|| Pieces {
    prose: PROSE.iter().map(|text| inside_of_string(text)).collect(),
    hostile: HOSTILE.iter().map(|text| inside_of_string(text)).collect(),
});

// JSON-escaped without the surrounding quotes, so that writing a body is only copying.
fn inside_of_string(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    json.strip_prefix('"').unwrap_or_default().strip_suffix('"').unwrap_or_default().to_owned()
}

fn pick<'a>(pieces: &'a [String], random: &mut Random) -> &'a str {
    pieces.get(random.index(pieces.len())).map_or("", |piece| piece)
}

const PROSE: &[&str] = &[
    "I ran into this while upgrading our nightly job. ",
    "The same input worked in the last release, so this looks like a regression.\r\n\r\n",
    "### Steps to reproduce\r\n\r\n1. Start with an empty folder\r\n2. Run the importer twice\r\n3. Compare both tables\r\n\r\n",
    "### Expected behaviour\n\nBoth runs give the same rows.\n\n",
    "```rust\nlet table = open(\"data/\\\\server/share\")?;\nassert_eq!(table.rows(), 42);\n```\n\n",
    "```text\nerror: cannot read page 3: unexpected end of input at line 1, column 4096\n   at reader::page (src/reader/page.rs:118:9)\n   at reader::open (src/reader.rs:57:5)\n```\n\n",
    "It happens about once in a hundred runs and only on machines with more than eight cores. ",
    "Our users see it as a spinner that never ends. ",
    "| column | type | nulls |\n|---|---|---|\n| id | bigint | 0 |\n| name | varchar | 12 |\n\n",
    "A workaround is to set `MAX_PAGES=1`, but this hides the real cause. ",
    "cc @sim-user-0001 who wrote the original version of this.\n\n",
    "- [x] searched the open issues\n- [ ] tried the main branch\n- [ ] can send a patch\n\n",
    "The documentation says \"at most once\", yet the log shows it twice. ",
    "Größe und Länge stimmen nicht überein: 12 statt 13. ",
    "日本語の名前が文字化けします。",
    "See also https://example.org/thread?id=77&view=flat#msg3 for an earlier discussion.\n\n",
    "I would prefer to fail early with a clear message over guessing what the caller meant. ",
    "Memory grows by roughly 3 MB per page and is only given back at the end of the process. ",
    "> We could keep the old name as an alias.\n\nThat would be fine for me, as long as it warns.\n\n",
    "Bisecting points at the change that made the reader lazy. ",
    "This closes the gap between both code paths and removes about two hundred lines. ",
    "Benchmarks on my laptop: before 1.93 s, after 0.41 s, with the same output byte for byte.\n\n",
    "Thanks for the great work! 🎉 ",
    "Happy to answer questions. ",
];

const HOSTILE: &[&str] = &[
    "'; DROP TABLE issues; --",
    "<script>alert(\"1\")</script><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://example.org\",\"click\")",
    "line one\nline two\ttab \u{0} nul \u{1b}[31mred\u{1b}[0m",
    "\u{202e}txet tfel ot thgir\u{202c} שלום عالم",
    "👩‍👩‍👧‍👦 family, Z̷̢͉a̸l̴g̵o̷ and \u{feff}byte order mark",
    "backslashes \\ \\\\ \\n \\u0041 and \"quotes\" 'single' `tick`",
    "{{7*7}} ${jndi:ldap://x} %s%n %00 ../../etc/passwd",
    "very-long-word-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "ＦＵＬＬ　ＷＩＤＴＨ \u{a0}nbsp\u{2028}separator\u{2029}end",
    "null",
    "{\"$user\":0} and {\"title\": \"nested\"}",
];
