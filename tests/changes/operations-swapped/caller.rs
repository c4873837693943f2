use super::{Client, asked};

/// The method asks for what it asked for.
pub fn works() -> bool {
    let head = asked(|url| {
        let client = Client::builder().base_url(url).build().expect("a client");
        let _failed = client.pets().list_young().send_blocking();
    });
    head.starts_with("GET /pets/young ")
}
