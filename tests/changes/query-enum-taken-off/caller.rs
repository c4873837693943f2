use super::{Client, types};

pub fn call(client: &Client) {
    let _request = client.pets().list().sort(types::PetSort::Name);
}
