use super::Client;

pub fn call(client: &Client) {
    let _request = client.pets().add("Rex").note("good");
}
