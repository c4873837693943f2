//! The page at `/`.
use crate::engine::Engine;
pub(crate) fn html(_engine: &Engine) -> String {
    String::new()
}
