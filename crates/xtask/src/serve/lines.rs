//! What `cargo xtask serve` prints: where everything is, and lines that can be pasted as they are.
//!
//! The lines are the README's own, which vendors' users know from their documents; what they use is set before
//! them, and a few follow that hold times and ids of the sample.

use std::fmt::Write;

use jiff::{Span, Timestamp};

use super::sample::{STORES, Sample};
use super::secrets::Secrets;
use super::server::Server;

/// Where everything of a running `server` is.
pub(super) fn places(server: &Server, secrets: &Secrets) -> String {
    let url = server.url();
    let (file, log) = (secrets.file().display(), server.log().display());
    format!(
        "\nTrailsift is running; Ctrl-C ends it.\n\n  \
         dashboard    {url}/\n  \
         credentials  {file}\n  \
         log          {log}\n"
    )
}

/// The lines for a running `server` with `sample` in its trails: a shell script that can be pasted in parts.
pub(super) fn commands(server: &Server, secrets: &Secrets, sample: Option<&Sample>) -> String {
    let mut text = variables(server, secrets);
    for (about, lines) in blocks(README, SECTION) {
        text.push('\n');
        for line in about.lines() {
            let _ = writeln!(text, "# {line}");
        }
        text.push_str(&lines);
    }
    text.push_str(&sample.map(of_the_sample).unwrap_or_default());
    text
}

const README: &str = include_str!("../../../../README.md");
/// The README's section of lines for the local server.
const SECTION: &str = "## Ask the local server";

/// What the lines use.
fn variables(server: &Server, secrets: &Secrets) -> String {
    let url = server.url();
    let Secrets { client_id, client_secret, key, user, password, .. } = secrets;
    let [store, other] = STORES;
    // The server's certificate is its own, which curl has to be told for every line below.
    let insecure =
        if url.starts_with("https") { "curl() { command curl -k \"$@\"; }\n" } else { "" };
    format!(
        r#"
# What the lines below use. Another store is {other}.
{insecure}export TRAILSIFT_URL={url} FGA_API_URL={url} FGA_STORE_ID={store}
export CLIENT_ID={client_id} CLIENT_SECRET={client_secret}
export KEY={key} CERBOS_USER={user}:{password}
export ACCESS_TOKEN=$(curl -s "$TRAILSIFT_URL/oauth/token" -d grant_type=client_credentials -d "client_id=$CLIENT_ID" -d "client_secret=$CLIENT_SECRET" -d "audience=$TRAILSIFT_URL/" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
"#
    )
}

/// The shell blocks of a section of a page, each with the paragraph before it.
fn blocks(page: &str, section: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut ended = false;
    let lines = page.lines().skip_while(|line| *line != section).skip(1);
    let mut lines = lines.take_while(|line| !line.starts_with("## "));
    while let Some(line) = lines.next() {
        match line {
            "```sh" => {
                let block = lines.by_ref().take_while(|line| *line != "```");
                let block = block.flat_map(|line| [line, "\n"]).collect();
                found.push((paragraph.join("\n"), block));
                paragraph.clear();
            }
            "" => ended = true,
            line => {
                if std::mem::take(&mut ended) {
                    paragraph.clear();
                }
                paragraph.push(line);
            }
        }
    }
    found
}

/// Lines with times and ids of the sample.
fn of_the_sample(Sample { until, call, .. }: &Sample) -> String {
    let (start, end) = (hours_before(*until, 2), hours_before(*until, 1));
    format!(
        r#"
# Cerbos: the decisions of an hour, and one call
curl "$TRAILSIFT_URL/admin/auditlog/list/KIND_DECISION?between.start={start}&between.end={end}" -u "$CERBOS_USER"
curl "$TRAILSIFT_URL/admin/auditlog/list/KIND_DECISION?lookup={call}" -u "$CERBOS_USER"
"#
    )
}

/// The whole second `hours` before `time`, RFC 3339.
fn hours_before(time: Timestamp, hours: i64) -> String {
    let earlier = time.checked_sub(Span::new().hours(hours)).unwrap_or(time);
    Timestamp::from_second(earlier.as_second()).unwrap_or(earlier).to_string()
}

#[cfg(test)]
mod tests {
    use super::{README, SECTION, blocks};
    use crate::Command;
    use clap::Parser;

    #[test]
    fn a_block_comes_with_the_paragraph_before_it() {
        let page = "## A\n```sh\nno\n```\n## B\n\nother words\n\nfirst,\nin two lines\n\n```sh\na\nb\n```\n\n\
                    second\n\n```sh\nc\n```\n\n```js\nd\n```\n## C\n```sh\nno\n```\n";
        let block = |about: &str, lines: &str| (about.to_owned(), lines.to_owned());
        assert_eq!(
            blocks(page, "## B"),
            [block("first,\nin two lines", "a\nb\n"), block("second", "c\n")]
        );
        assert!(blocks(page, "## D").is_empty());
    }

    #[test]
    fn every_curl_line_of_the_readme_is_among_those_printed() {
        let printed: String = blocks(README, SECTION).into_iter().map(|(_, lines)| lines).collect();
        let written: Vec<&str> = README.lines().filter(|line| line.starts_with("curl")).collect();
        assert!(written.len() >= 8, "{written:?}");
        for line in written {
            assert!(printed.lines().any(|other| other == line), "not printed: {line}");
        }
    }

    /// Each of the README's commands is one, and what it says of `serve` is the default.
    #[test]
    fn the_readmes_commands_are_those_that_exist() {
        let mut seen = Vec::new();
        for line in README.lines().filter(|line| line.starts_with("cargo xtask")) {
            let (command, about) = line.split_once(['#', '|']).unwrap_or((line, ""));
            match Command::try_parse_from(command.split_whitespace().skip(1)).unwrap() {
                Command::Serve(args) => {
                    assert!(about.contains(&format!("http://127.0.0.1:{} ", args.port)), "{line}");
                    assert!(!args.https && !args.no_sample && args.entries > 0);
                    seen.push("serve");
                }
                Command::Test(args) => {
                    assert!(args.steps.is_empty() && !args.list, "not every step: {line}");
                    seen.push("test");
                }
                _ => seen.push("other"),
            }
        }
        assert_eq!(seen, ["serve", "test", "other", "other"]);
    }
}
