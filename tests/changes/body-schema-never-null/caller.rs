use super::types;

/// Requests can be kept in a file, as long as their types can be read.
pub fn kept(text: &str) -> types::NewPet {
    lockstep_runtime::serde_json::from_str(text).expect("a pet")
}
