use super::Client;
use super::types::Door;

pub fn call(client: &Client) {
    let _request = client.doors().login("user", "password", Door::new("house", "floor"));
}
