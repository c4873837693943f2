use super::{Client, types};

pub fn call(client: &Client) {
    let _request = client.pets().add(types::Owner::from(types::Person::new("Ann")));
}
