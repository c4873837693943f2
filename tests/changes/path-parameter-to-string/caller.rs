use super::Client;

pub fn call(client: &Client) {
    let _request = client.goods().find(7);
}
