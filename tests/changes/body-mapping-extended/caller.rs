use super::{Client, types};

pub fn call(client: &Client, pet: types::Pet) {
    let _request = client.pets().add(pet);
}
