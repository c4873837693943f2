use super::Client;

/// The scheme has the name that it had.
pub fn works() -> bool {
    Client::builder().credential("key", "secret").build().is_ok()
}
