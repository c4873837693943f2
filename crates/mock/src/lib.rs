//! A mock of the OnlyFans API, made of the examples in its published documents.

#[rustfmt::skip]
mod generated;

/// Routes and fixtures of the API.
pub fn data() -> &'static lockstep_mock::Embedded {
    &generated::DATA
}
