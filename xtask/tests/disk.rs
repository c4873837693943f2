//! The disk is either as it was or as the generator wants it, and nothing else is touched.

use std::fs;
use std::path::Path;

use lockstep_generator::File;
use xtask::disk::{Change, DiskError, Guard, Plan};

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), contents: text.as_bytes().to_vec() }
}

fn plan(root: &Path, files: &[File]) -> Plan {
    Plan::compute(root, files, &["out".to_owned()]).expect("a plan")
}

fn apply(plan: &Plan, root: &Path) -> Result<(), DiskError> {
    plan.apply(&Guard::take(root)?)
}

/// Every path below a folder with its text, links shown as such.
fn listing(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_symlink() {
                all.push(format!("{} -> link", path.display()));
            } else if path.is_dir() {
                all.push(format!("{}/", path.display()));
                open.push(path);
            } else {
                all.push(format!(
                    "{}: {}",
                    path.display(),
                    fs::read_to_string(&path).expect("text")
                ));
            }
        }
    }
    all.sort();
    all
}

#[test]
fn writes_updates_and_removes_then_has_nothing_to_do() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    fs::create_dir_all(root.join("out/old/deep")).expect("folders");
    fs::write(root.join("out/old/deep/stray.txt"), "stray").expect("a file");
    fs::write(root.join("out/a.txt"), "before").expect("a file");
    fs::write(root.join("mine.txt"), "mine").expect("a file");
    let files = [file("out/a.txt", "after"), file("out/new/b.txt", "b"), file("beside.txt", "c")];

    let first = plan(root, &files);
    let kinds: Vec<_> =
        first.changes().iter().map(|(path, change)| (path.as_str(), change.clone())).collect();
    assert_eq!(
        kinds,
        [
            ("beside.txt", Change::Create { new: b"c".to_vec() }),
            ("out/a.txt", Change::Update { old: Some(b"before".to_vec()), new: b"after".to_vec() }),
            ("out/new/b.txt", Change::Create { new: b"b".to_vec() }),
            ("out/old/deep/stray.txt", Change::Delete),
        ]
    );
    apply(&first, root).expect("it applies");

    assert!(plan(root, &files).is_fresh());
    assert!(!root.join("out/old").exists(), "folders that became empty are gone");
    assert_eq!(fs::read_to_string(root.join("mine.txt")).expect("text"), "mine");
    assert_eq!(
        listing(root).iter().filter(|line| !line.ends_with('/')).count(),
        4,
        "no temporary file is left: {:#?}",
        listing(root)
    );
}

#[test]
fn a_fresh_tree_is_not_touched() {
    let root = tempfile::tempdir().expect("a folder");
    let files = [file("out/a.txt", "a")];
    apply(&plan(root.path(), &files), root.path()).expect("it applies");
    let written =
        || fs::metadata(root.path().join("out/a.txt")).expect("a file").modified().expect("a time");
    let before = written();
    std::thread::sleep(std::time::Duration::from_millis(20));
    apply(&plan(root.path(), &files), root.path()).expect("it applies");
    assert_eq!(written(), before);
}

#[test]
fn a_failed_run_changes_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    fs::create_dir_all(root.join("out/sub")).expect("folders");
    fs::write(root.join("out/a.txt"), "before").expect("a file");
    fs::write(root.join("out/stray.txt"), "stray").expect("a file");
    let made =
        plan(root, &[file("out/a.txt", "after"), file("out/n/b.txt", "b"), file("out/z.txt", "z")]);
    // Between plan and apply somebody puts a folder where the last file should go.
    fs::create_dir_all(root.join("out/z.txt/full")).expect("folders");
    let before = listing(root);

    let error = apply(&made, root).expect_err("a folder is in the way");

    assert!(matches!(error, DiskError::Io { .. }), "{error}");
    assert_eq!(listing(root), before);
}

#[test]
fn paths_that_leave_the_root_or_clash_are_refused() {
    let root = tempfile::tempdir().expect("a folder");
    for bad in [
        "../x",
        "/etc/x",
        "out/../../x",
        "",
        "a//b",
        "./a",
        "a\\b",
        "c:x",
        "a\nb",
        "out/x.",
        "out/nul\0",
    ] {
        let error = Plan::compute(root.path(), &[file(bad, "")], &[]).expect_err(bad);
        assert!(matches!(error, DiskError::BadPath { .. }), "{bad:?}: {error}");
        Plan::compute(root.path(), &[], &[bad.to_owned()]).expect_err(bad);
    }
    Plan::compute(root.path(), &[file("out/A", ""), file("out/a", "")], &[])
        .expect_err("they differ only in case");
    Plan::compute(root.path(), &[file("out/a", ""), file("out/a", "")], &[])
        .expect_err("the same path twice");
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::write(elsewhere.path().join("precious.txt"), "precious").expect("a file");

    // An owned folder that is a link: refused, whether files or strays are meant.
    symlink(elsewhere.path(), root.path().join("out")).expect("a link");
    Plan::compute(root.path(), &[file("out/a.txt", "a")], &[]).expect_err("it leaves the tree");
    Plan::compute(root.path(), &[], &["out".to_owned()]).expect_err("it leaves the tree");
    fs::remove_file(root.path().join("out")).expect("the link goes");

    // Links inside it: the links go, what they point to stays.
    fs::create_dir(root.path().join("out")).expect("a folder");
    symlink(elsewhere.path(), root.path().join("out/folder")).expect("a link");
    symlink(elsewhere.path().join("precious.txt"), root.path().join("out/a.txt")).expect("a link");
    apply(&plan(root.path(), &[file("out/a.txt", "a")]), root.path()).expect("it applies");
    assert!(!root.path().join("out/folder").exists());
    assert!(!root.path().join("out/a.txt").is_symlink());
    assert_eq!(
        fs::read_to_string(elsewhere.path().join("precious.txt")).expect("text"),
        "precious"
    );
}

#[test]
fn what_people_wrote_is_not_overwritten() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    let owned = ["out".to_owned()];
    let refuse = |files: &[File]| plan(root, files).refuse_hand_written(&owned, "Cargo.toml");

    // Somebody's own `out` folder in a crate of theirs: neither replaced nor cleaned.
    fs::create_dir(root.join("out")).expect("a folder");
    fs::write(root.join("out/notes.txt"), "mine").expect("a file");
    refuse(&[]).expect_err("notes.txt would be removed");
    fs::write(root.join("Cargo.toml"), "[package]\nname = \"mine\"\n").expect("a file");
    refuse(&[file("Cargo.toml", "# @generated\n")]).expect_err("Cargo.toml would be replaced");

    // The same folder after an earlier run.
    fs::write(root.join("Cargo.toml"), "# @generated by us\n").expect("a file");
    refuse(&[file("Cargo.toml", "# @generated\n")]).expect("an output of ours");
    fs::write(root.join("lib.rs"), "//! Mine.").expect("a file");
    refuse(&[file("lib.rs", "ours")]).expect_err("lib.rs has no mark");
    fs::write(root.join("surface.txt"), "before").expect("a file");
    refuse(&[file("surface.txt", "after")]).expect("a text file beside our manifest");
}

/// A tree as an earlier run has left it, and what the next one wants.
fn before(root: &Path) -> Vec<File> {
    fs::create_dir_all(root.join("out/gone")).expect("folders");
    for (path, text) in [
        ("names.lock", "old names"),
        ("out/a.rs", "old a"),
        ("out/gone/stray.rs", "stray"),
        ("mine.txt", "mine"),
    ] {
        fs::write(root.join(path), text).expect("a file");
    }
    let wanted = [("names.lock", "new names"), ("out/a.rs", "new a"), ("out/b/c.rs", "new c")];
    wanted.map(|(path, text)| file(path, text)).to_vec()
}

/// The same below every root.
fn tree(root: &Path) -> Vec<String> {
    let shown = root.display().to_string();
    let files = listing(root).into_iter().filter(|line| !line.ends_with('/'));
    files.map(|line| line.replace(&shown, "")).collect()
}

#[test]
fn whenever_a_run_is_killed_the_next_one_ends_as_if_it_had_not_been() {
    let clean = tempfile::tempdir().expect("a folder");
    let files = before(clean.path());
    let untouched = tree(clean.path());
    apply(&plan(clean.path(), &files), clean.path()).expect("it applies");
    let finished = tree(clean.path());

    let mut deaths = 0;
    loop {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        before(root);
        let guard = Guard::take(root).expect("the right to write");
        let done = plan(root, &files).apply_and_die(&guard, deaths);
        drop(guard);
        if done.is_ok() {
            break;
        }
        assert!(matches!(done, Err(DiskError::Died)), "{done:?}");
        let names = fs::read_to_string(root.join("names.lock")).expect("names are never lost");
        assert!(["old names", "new names"].contains(&names.as_str()), "{names}");
        if tree(root) != untouched {
            assert!(!plan(root, &files).is_fresh(), "after {deaths} steps nobody would notice");
        }

        // Another run of the same kind, and one that wants nothing: it carries through what was begun, or nothing was.
        let guard = Guard::take(root).expect("the right to write");
        let recovered = tree(root);
        let recovered: Vec<_> =
            recovered.into_iter().filter(|line| !line.starts_with("/.lockstep/lock")).collect();
        assert!(
            [&untouched, &finished].contains(&&recovered),
            "after {deaths} steps: {recovered:#?}"
        );
        plan(root, &files).apply(&guard).expect("it applies");
        drop(guard);
        assert_eq!(tree(root), finished, "after {deaths} steps");
        assert!(plan(root, &files).is_fresh());
        deaths += 1;
    }
    assert!(deaths >= 15, "only {deaths} moments to die in");
}

#[test]
fn what_was_being_taken_back_is_taken_back() {
    for steps in 0.. {
        let root = tempfile::tempdir().expect("a folder");
        let root = root.path();
        let files = before(root);
        let untouched = tree(root);
        let guard = Guard::take(root).expect("the right to write");
        let done = plan(root, &files).apply_and_die(&guard, steps);
        drop(guard);
        let journal = root.join(".lockstep/journal");
        if done.is_ok() {
            break;
        }
        if journal.exists() {
            fs::rename(&journal, root.join(".lockstep/undo")).expect("a run that failed");
            drop(Guard::take(root).expect("the right to write"));
            assert_eq!(tree(root), untouched, "after {steps} steps");
        }
    }
}

#[test]
fn a_journal_from_elsewhere_leads_nowhere() {
    let root = tempfile::tempdir().expect("a folder");
    let inside = root.path().join("inside");
    fs::create_dir_all(inside.join(".lockstep")).expect("folders");
    fs::write(root.path().join("precious.txt"), "precious").expect("a file");
    for journal in [
        r#"[{"path":"../precious.txt","kind":"remove"}]"#,
        r#"[{"path":".git/hooks/x","kind":"create"}]"#,
        "{",
    ] {
        fs::write(inside.join(".lockstep/journal"), journal).expect("a journal");
        fs::write(inside.join(".lockstep/0.new"), "evil").expect("a text");
        Guard::take(&inside).expect_err(journal);
        assert!(root.path().join("precious.txt").exists());
        assert!(!inside.join(".git").exists());
    }
}

#[test]
fn runs_at_the_same_time_come_one_after_the_other() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    let wanted = |text: &str| -> Vec<File> {
        (0..20)
            .map(|index| file(&format!("out/{text}/{index}.rs"), text))
            .chain([file("names.lock", text)])
            .collect()
    };
    std::thread::scope(|scope| {
        for run in 0..12 {
            scope.spawn(move || {
                let files = wanted(["one", "two", "three"][run % 3]);
                let guard = Guard::take(root).expect("the right to write");
                plan(root, &files).apply(&guard).expect("it applies");
            });
        }
    });
    let names = fs::read_to_string(root.join("names.lock")).expect("names");
    assert!(plan(root, &wanted(&names)).is_fresh(), "{:#?}", tree(root));
    assert_eq!(tree(root).len(), 21);
}
