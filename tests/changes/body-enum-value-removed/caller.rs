use super::Client;
use super::types::GoodSize;

pub fn call(client: &Client) {
    let _request = client.goods().add("a").size(GoodSize::Large);
}
