//! A page of the manual: Markdown lines, and fenced blocks that a test reads and may rewrite.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// One test at a time has the pages: another may be rewriting them.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static PAGES: Mutex<()> = Mutex::new(());
    PAGES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A page of the manual, by its path below `docs/manual`.
pub(crate) struct Page {
    path: PathBuf,
    text: String,
    pub(crate) parts: Vec<Part>,
}

/// A line outside of every block, or a block.
#[derive(Clone)]
pub(crate) enum Part {
    Line(String),
    Block(Block),
}

/// A fenced block: ```` ```kind words… ````, its lines, and the closing fence.
#[derive(Clone)]
pub(crate) struct Block {
    /// `page.md:12`, the line of the opening fence.
    pub(crate) place: String,
    /// The first word behind the fence.
    pub(crate) kind: String,
    /// The other words.
    pub(crate) words: Vec<String>,
    /// The lines inside, without the last line feed.
    pub(crate) body: String,
}

const FENCE: &str = "```";

impl Page {
    pub(crate) fn read(name: &str) -> Self {
        Self::at(folder().join(name))
    }

    pub(crate) fn at(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut parts = Vec::new();
        let mut lines = text.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            let place = format!("{name}:{}", index + 1);
            let Some(info) = line.strip_prefix(FENCE) else {
                parts.push(Part::Line(line.into()));
                continue;
            };
            let mut words = info.split_whitespace().map(String::from);
            let kind = words.next().unwrap_or_else(|| panic!("{place}: say what this block is"));
            let inside: Vec<_> =
                lines.by_ref().map(|(_, line)| line).take_while(|line| *line != FENCE).collect();
            let (words, body) = (words.collect(), inside.join("\n"));
            parts.push(Part::Block(Block { place, kind, words, body }));
        }
        Self { path, text, parts }
    }

    /// The text behind the first `# `.
    pub(crate) fn title(&self) -> &str {
        let title = self.text.lines().find_map(|line| line.strip_prefix("# "));
        title.unwrap_or_else(|| panic!("{}: no title", self.path.display()))
    }

    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.parts.iter().filter_map(|part| match part {
            Part::Block(block) => Some(block),
            Part::Line(_) => None,
        })
    }

    /// Fails unless the page is just these parts; with `TRAILSIFT_BLESS=1` makes it so.
    pub(crate) fn must_be(&self, parts: &[Part]) {
        let expected: String = parts.iter().map(Part::written).collect();
        if expected == self.text {
            return;
        }
        if env::var_os("TRAILSIFT_BLESS").is_some_and(|bless| bless == "1") {
            return fs::write(&self.path, expected).unwrap();
        }
        let differs = |(written, expected): &(&str, &str)| written != expected;
        let mut pairs = self.text.lines().zip(expected.lines()).enumerate();
        let (line, (written, expected)) =
            pairs.find(|(_, pair)| differs(pair)).unwrap_or((0, ("the end", "another end")));
        panic!(
            "{}:{}\n  the page has   {written}\n  it should have {expected}\n\
             Run the test with TRAILSIFT_BLESS=1 and look at what changed.",
            self.path.display(),
            line + 1
        );
    }
}

impl Part {
    /// A block that stands on its own: a line without text before it, and what is in it.
    pub(crate) fn inserted(kind: &str, body: String) -> [Self; 2] {
        let block = Block { place: String::new(), kind: kind.into(), words: Vec::new(), body };
        [Self::Line(String::new()), Self::Block(block)]
    }

    fn written(&self) -> String {
        match self {
            Self::Line(line) => format!("{line}\n"),
            Self::Block(Block { kind, words, body, .. }) => {
                let words: String = words.iter().map(|word| format!(" {word}")).collect();
                let body = if body.is_empty() { String::new() } else { format!("{body}\n") };
                format!("{FENCE}{kind}{words}\n{body}{FENCE}\n")
            }
        }
    }
}

/// `docs/manual`.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual")
}

/// The names of the pages in a folder below `docs/manual`, in order, without their ending.
pub(crate) fn names(under: &str) -> Vec<String> {
    let files = fs::read_dir(folder().join(under)).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".md").unwrap_or_else(|| panic!("{name}: not a page")).into())
        .collect();
    names.sort();
    names
}
