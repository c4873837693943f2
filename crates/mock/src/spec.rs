//! `--spec FILE`: any OpenAPI document, read by the generator.

use std::path::Path;

use lockstep_generator::diagnostic::{Diagnostics, Severity};
use lockstep_generator::{Inputs, Layout, Source, mock_data};
use lockstep_mock::{Data, Limits};

/// Longest document that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// Makes routes and fixtures of a document. What cannot be served becomes one line each.
pub(crate) fn read(path: &Path) -> Result<(Data, Vec<String>), String> {
    let shown = path.display().to_string();
    let length = std::fs::metadata(path).map_err(|error| format!("{shown}: {error}"))?.len();
    if length > LONGEST {
        return Err(format!(
            "{shown}: a document is {LONGEST} bytes at most, and this one has {length}"
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
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
    if data.routes.limits == Limits::default()
        && let Ok(own) = Data::embedded(onlyfansapi_mock::data())
    {
        data.routes.limits = own.routes.limits;
    }
    Ok((data, told(true)))
}
