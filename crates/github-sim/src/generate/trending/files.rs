//! Files of generated repositories: READMEs, packages, Dockerfiles and Blueprints.

use super::Draft;
use super::blueprints::{BLUEPRINTS, BUTTON_URL, DOCKERFILES};
use crate::random::Random;
use crate::render::text::hostile;
use crate::world::git::Branch;

/// What `package.json` asks of Next.js.
const NEXT: [&str; 8] = [
    r#""dependencies":{"next":"^16.0.1","react":"19.1.0"}"#,
    r#""dependencies":{"next":"15.1.0"}"#,
    r#""dependencies":{"react":"19.1.0"}"#,
    r#""devDependencies":{"next":"~16.2"}"#,
    r#""dependencies":{"next":"latest"}"#,
    r#""dependencies":{"next":"16.0.0-canary.3"}"#,
    r#""dependencies":{"next":">=14 <15"},"devDependencies":{"next":"16.0.0"}"#,
    r#""dependencies":{"next":16}"#,
];

/// Writes all files of a repository.
pub(super) fn write(branch: &mut Branch, draft: &Draft, full_name: &str, random: &mut Random) {
    branch.put("LICENSE", b"Do with it as you like.\n");
    branch.put("src/main.txt", format!("{full_name}\n").as_bytes());
    readme(branch, draft, full_name, random);
    if draft.language.as_deref() == Some("TypeScript") {
        package(branch, draft.place);
    }
    if draft.is_render {
        blueprint(branch, draft);
    } else if draft.place % 13 == 1 {
        branch.put("Dockerfile", DOCKERFILES[0].as_bytes());
    }
}

fn readme(branch: &mut Branch, draft: &Draft, full_name: &str, random: &mut Random) {
    let title = format!("# {}\n\nWhat it does, and how.\n", draft.name);
    let place = draft.place;
    let button =
        format!("{title}\n[![Deploy]({BUTTON_URL})](https://render.com/deploy?repo=https://github.com/{full_name})\n");
    let blueprint =
        format!("{title}\n[Deploy](https://dashboard.render.com/blueprint/new?repo=https://github.com/{full_name})\n");
    let (path, bytes): (&str, Vec<u8>) = match place % 12 {
        // No README at all.
        7 => return,
        0 if draft.is_render => ("README.md", button.into_bytes()),
        1 if draft.is_render => ("readme.md", blueprint.into_bytes()),
        2 if draft.is_render => ("README.md", format!("{title}\nRuns on Render.\n").into_bytes()),
        3 if draft.is_render => {
            ("README.md", format!("{title}\n<a href=\"https://render.com/deploy\">Deploy to Render</a>\n").into_bytes())
        }
        4 => ("Readme.rst", format!("{}\n=====\n\nText.\n", draft.name).into_bytes()),
        // Latin-1.
        5 => ("README.md", [title.as_bytes(), b"Gr\xfc\xdfe aus K\xf6ln\n"].concat()),
        6 => ("README.MD", format!("{title}\n{}\n", hostile(random)).into_bytes()),
        8 => ("README.md", [b"\xef\xbb\xbf".as_slice(), title.as_bytes()].concat()),
        9 => ("readme.md", format!("{title}{}", "Ä long README goes on. ".repeat(700)).into_bytes()),
        10 => ("ReadMe.md", Vec::new()),
        11 => ("README", title.into_bytes()),
        _ => ("README.md", title.into_bytes()),
    };
    branch.put(path, &bytes);
    if place % 24 == 8 {
        // A second one, which is not the one that is shown.
        branch.put("docs/README.md", b"# Documents\n");
    }
}

fn package(branch: &mut Branch, place: u32) {
    match place % 10 {
        8 => {}
        9 => branch.put("package.json", b"{\"name\": \"broken\", \"dependencies\": {\"next\": "),
        kind => {
            let text = format!("{{\"name\":\"package-{place}\",\"version\":\"0.1.0\",{}}}\n", NEXT[kind as usize]);
            branch.put("package.json", text.as_bytes());
        }
    }
}

/// By place: at the root, or (found by its topic) in a folder only, or none at all. What is not to be found has it in a
/// folder or under a longer name.
fn blueprint(branch: &mut Branch, draft: &Draft) {
    let place = draft.place;
    let (_, text) = BLUEPRINTS[place as usize % BLUEPRINTS.len()];
    match place % 20 {
        _ if draft.is_off && place.is_multiple_of(2) => branch.put("my-render.yaml.example", text.as_bytes()),
        9 => branch.put("deploy/render.yaml", text.as_bytes()),
        _ if draft.is_off => branch.put("deploy/render.yaml", text.as_bytes()),
        19 => {}
        _ => branch.put("render.yaml", text.as_bytes()),
    }
    if place % 20 == 4 {
        branch.put("examples/small/render.yaml", BLUEPRINTS[0].1.as_bytes());
    }
    for (index, path) in (0_usize..).zip(["Dockerfile", "worker/Dockerfile", "docker/api.Dockerfile"]) {
        if text.contains(path) || (index == 0 && place.is_multiple_of(4)) {
            branch.put(path, DOCKERFILES[(place as usize + index) % DOCKERFILES.len()].as_bytes());
        }
    }
}
