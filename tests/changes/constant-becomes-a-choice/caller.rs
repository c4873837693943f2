use super::Client;
use super::types::{JobMode, JobSort, Owner};

pub fn call(client: &Client) {
    let _request = client.jobs().add("t").mode(JobMode::Fast).sort(JobSort::Age).owner(Owner::new("o"));
}
