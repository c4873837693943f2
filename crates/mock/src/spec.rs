//! `--spec FILE`: any OpenAPI document, read by the generator.

use std::io::Read;
use std::path::Path;

use lockstep_generator::diagnostic::{Diagnostics, Severity};
use lockstep_generator::{Inputs, Layout, Source, mock_data};
use lockstep_mock::{Data, Limits};

/// Longest document that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// Makes routes and fixtures of a document; `-` is standard input. What cannot be served becomes one line each.
pub(crate) fn read(path: &Path) -> Result<(Data, Vec<String>), String> {
    let shown = path.display().to_string();
    let text = text(path, &shown)?;
    let inputs = Inputs::new(Source { path: &shown, text: &text }, Layout::Workspace);
    let mut diagnostics = Diagnostics::new();
    let made = mock_data(&inputs, &mut diagnostics);
    let told = |warnings: bool| -> Vec<String> {
        let own = diagnostics.iter();
        let own = own.filter(|own| {
            own.severity == Severity::Error || (warnings && own.severity == Severity::Warning)
        });
        own.map(ToString::to_string).collect()
    };
    let Some(made) = made else {
        return Err(told(false).join("\n"));
    };
    let mut data = Data::new(&made.routes, made.fixtures).map_err(|error| error.to_string())?;
    // No document says where limits and credits stand. What this API does is the best guess: the
    // document is most often another one of it. Bodies are written only where they have the place.
    if let Ok(own) = Data::embedded(onlyfansapi_mock::data()) {
        if data.routes.limits == Limits::default() {
            data.routes.limits = own.routes.limits;
        }
        // Another document of the same API is answered as that API answers.
        if data.routes.title == own.routes.title {
            data.routes.refusals = own.routes.refusals;
            data.routes.timestamps = own.routes.timestamps;
        }
    }
    Ok((data, told(true)))
}

/// The text of a document, which is no longer than one may be.
fn text(path: &Path, shown: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{shown}: {error}");
    let mut text = String::new();
    let length = if path == Path::new("-") {
        std::io::stdin().lock().take(LONGEST + 1).read_to_string(&mut text)
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(LONGEST + 1).read_to_string(&mut text)
    };
    if length.map_err(failed)? as u64 > LONGEST {
        return Err(format!(
            "{shown}: a document is {LONGEST} bytes at most, and this one has more"
        ));
    }
    Ok(text)
}
