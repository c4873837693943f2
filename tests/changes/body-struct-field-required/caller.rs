use super::{Client, types};

pub fn call(client: &Client) {
    let _request = client.pets().create(types::NewPet::new("Rex"));
}
