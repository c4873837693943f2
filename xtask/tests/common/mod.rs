//! A copy of the repository's inputs, and running commands on it in this process.

use std::fs;
use std::path::{Path, PathBuf};

use xtask::cli::MessageFormat;
use xtask::report::Report;
use xtask::{Failure, Outcome};

/// A copy of `spec/` as it was on the first day, in a folder of its own: what upstream publishes today pins nothing.
pub(crate) fn repository() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    for file in files(&root.join("tests/frozen/spec")) {
        let target = copy.path().join("spec").join(&file.0);
        fs::create_dir_all(target.parent().expect("a folder")).expect("folders");
        fs::write(target, file.1).expect("a file");
    }
    copy
}

/// Every file below a folder with its bytes, sorted; all but `target`, where nothing is anybody's work.
pub(crate) fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path.file_name().is_some_and(|name| name == "target") {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                let contents = fs::read(&path).expect("bytes");
                all.push((path.strip_prefix(folder).expect("below").to_owned(), contents));
            }
        }
    }
    all.sort();
    all
}

/// Runs something with a report; how it ended, and what it said on both outputs.
pub(crate) fn told(
    run: impl FnOnce(&mut Report<'_>) -> Result<Outcome, Failure>,
) -> (Outcome, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = {
        let mut report = Report::new(MessageFormat::Human, &mut out, &mut err);
        run(&mut report).unwrap_or_else(|failure| {
            report.failure(&failure);
            Outcome::Failed
        })
    };
    let text = [err, out].map(|bytes| String::from_utf8(bytes).expect("text")).concat();
    (outcome, text)
}

/// The committed page, as the page of another operation.
pub(crate) fn page_of(operation: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let page =
        fs::read_to_string(root.join("tests/frozen/spec/pages/get-mass-message-overview.md"))
            .expect("the page");
    if operation == "mass-messaging/overview" {
        return page;
    }
    page.replace("mass-messaging/overview", operation)
        .replace("getMassMessageOverview", &operation.replace(['/', '-'], "_"))
}
