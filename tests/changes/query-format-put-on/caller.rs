use super::Client;

pub fn call(client: &Client) {
    let _request = client.pets().list().born("2025-01-01");
}
