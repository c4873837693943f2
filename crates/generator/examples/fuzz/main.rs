//! Throws broken documents at the reader or the whole pipeline, and says which of them made it panic,
//! abort or hang.
//!
//! ```text
//! cargo run --release -p lockstep-generator --example fuzz -- --runs 20000 DIR
//! ```
//!
//! With `--read` only the reader runs: text, overlay, translation and repairs, without what follows.
//!
//! Every run is known by its number and the seed: `--seed S --only N` repeats one, and `--save FILE` keeps its
//! document. The runs happen in a child process, so that a stack that overflows or a loop that does not end costs one run and not
//! the campaign.

#![allow(
    clippy::print_stdout,
    reason = "a program that people start by hand talks on standard output"
)]

mod mutate;

use std::io::{BufRead as _, BufReader, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use lockstep_generator::diagnostic::Diagnostics;
use lockstep_generator::{Inputs, Layout, Source, generate, normalize, read};
use mutate::mutated;

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(30);
/// Larger documents are cut to a part of them, so that the runs are many rather than long.
const LARGEST: usize = 96 * 1024;

struct Options {
    folder: PathBuf,
    runs: u64,
    from: u64,
    seed: u64,
    read: bool,
    worker: bool,
    only: Option<u64>,
    save: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("usage: fuzz [--read] [--runs N] [--seed N] [--only N [--save FILE]] DIR");
        return ExitCode::FAILURE;
    };
    let texts = texts(&options.folder);
    if texts.is_empty() {
        eprintln!("there is no document in {}", options.folder.display());
        return ExitCode::FAILURE;
    }
    match options {
        Options { only: Some(run), ref save, .. } => one(&texts, &options, run, save.as_deref()),
        Options { worker: true, .. } => work(&texts, &options),
        _ => campaign(&options, texts.len()),
    }
}

fn options() -> Option<Options> {
    let mut options = Options {
        folder: PathBuf::new(),
        runs: 20_000,
        from: 0,
        seed: 1,
        read: false,
        worker: false,
        only: None,
        save: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next()?.parse().ok();
        match argument.as_str() {
            "--runs" => options.runs = number()?,
            "--from" => options.from = number()?,
            "--seed" => options.seed = number()?,
            "--only" => options.only = Some(number()?),
            "--save" => options.save = Some(arguments.next()?.into()),
            "--read" => options.read = true,
            "--worker" => options.worker = true,
            folder => options.folder = folder.into(),
        }
    }
    options.folder.is_dir().then_some(options)
}

/// The documents below a folder, in the order of their paths.
fn texts(folder: &Path) -> Vec<String> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in
            std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
        {
            let known = path.extension().is_some_and(|found| {
                ["yaml", "yml", "json", "md"].iter().any(|known| found == *known)
            });
            if path.is_dir() {
                folders.push(path);
            } else if known {
                files.push(path);
            }
        }
    }
    files.sort();
    files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect()
}

/// Starts workers one after the other until every run is done.
fn campaign(options: &Options, documents: usize) -> ExitCode {
    let start = Instant::now();
    println!("{} runs over {documents} documents, seed {}", options.runs, options.seed);
    let (mut next, mut failures, mut generated) = (options.from, Vec::new(), 0);
    while next < options.runs {
        let (done, failure, accepted) = worker(options, next);
        generated += accepted;
        if let Some(how) = failure {
            println!("--seed {} --only {done}: {how}", options.seed);
            failures.push((done, how));
        }
        next = done + 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} runs, of which {generated} were accepted, in {seconds:.0} s; {} failures",
        options.runs - options.from,
        failures.len()
    );
    for (run, how) in &failures {
        println!("  --seed {} --only {run}: {how}", options.seed);
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One child: the last run that it began, how it failed if it did, and how many documents were accepted.
fn worker(options: &Options, from: u64) -> (u64, Option<String>, u64) {
    let this = std::env::current_exe().expect("this program knows where it is");
    let number = |number: u64| number.to_string();
    let mut child = Command::new(this)
        .args([
            "--worker",
            "--runs",
            &number(options.runs),
            "--from",
            &number(from),
            "--seed",
            &number(options.seed),
        ])
        .args(options.read.then_some("--read"))
        .arg(&options.folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child can be started");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        lines.map_while(Result::ok).all(|line| sender.send(line).is_ok())
    });
    let (mut current, mut accepted) = (from, 0);
    let failure = loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(line) => match line.split_once(' ') {
                Some(("run", number)) => {
                    current = number.parse().unwrap_or(current);
                    if current % 1000 == 0 {
                        println!("run {current}");
                    }
                }
                Some(("ok", _)) => accepted += 1,
                Some(("panic", message)) => break Some(format!("panic: {message}")),
                _ => {}
            },
            Err(mpsc::RecvTimeoutError::Timeout) => {
                break Some(format!("no end after {} s", PATIENCE.as_secs()));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let status = child.wait().expect("its end");
                current = if status.success() { options.runs } else { current };
                break (!status.success()).then(|| format!("{status}"));
            }
        }
    };
    let _ = child.kill();
    let _ = child.wait();
    let _ = reader.join();
    (current, failure, accepted)
}

/// The child's side: says what it is about to do, so that the parent knows what it died of.
fn work(texts: &[String], options: &Options) -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.to_string().replace('\n', " ");
        println!("panic {message}");
    }));
    for run in options.from..options.runs {
        println!("run {run}");
        let text = mutated(texts, options.seed, run, LARGEST);
        let Ok(generated) = catch_unwind(AssertUnwindSafe(|| attempt(&text, options.read))) else {
            return ExitCode::FAILURE;
        };
        if generated {
            println!("ok {run}");
        }
    }
    ExitCode::SUCCESS
}

/// Repeats one run in this process.
fn one(texts: &[String], options: &Options, run: u64, save: Option<&Path>) -> ExitCode {
    let text = mutated(texts, options.seed, run, LARGEST);
    if let Some(file) = save
        && let Err(error) = std::fs::write(file, &text)
    {
        eprintln!("{}: {error}", file.display());
        return ExitCode::FAILURE;
    }
    let start = Instant::now();
    let generated = attempt(&text, options.read);
    println!("generated: {generated}, {} bytes, {} ms", text.len(), start.elapsed().as_millis());
    let _ = std::io::stdout().flush();
    ExitCode::SUCCESS
}

/// Runs what is to be tried; whether it accepted the document.
fn attempt(text: &str, read_only: bool) -> bool {
    let source = Source { path: "fuzz.yaml", text };
    if read_only {
        read::prepare(&source, None, &mut Diagnostics::new()).is_some()
    } else {
        pipeline(text)
    }
}

/// Everything from the text to the files; whether there were files.
fn pipeline(text: &str) -> bool {
    let layout = Layout::Standalone { name: "fuzz".to_owned(), runtime: "../runtime".to_owned() };
    let inputs = Inputs::new(Source { path: "fuzz.yaml", text }, layout);
    let output = generate(&inputs, &mut Diagnostics::new());
    if let Some(output) = &output {
        let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
        for file in &output.files {
            assert!(
                file.path.chars().all(plain) && !file.path.contains(".."),
                "{:?} leaves the output",
                file.path
            );
        }
        let _ = normalize::document(&inputs, &mut Diagnostics::new());
    }
    output.is_some()
}
