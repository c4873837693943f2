//! Routes and fixtures of the mock.
pub(crate) static DATA: lockstep_mock::Embedded = lockstep_mock::Embedded {
    routes: include_str!("../../fixtures/routes.json"),
    fixtures: &[
        ("mass_messaging/get_mass_message_overview/200.json", include_str!("../../fixtures/mass_messaging/get_mass_message_overview/200.json")),
    ],
};
