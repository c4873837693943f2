use super::{Client, asked};

/// The key goes where it went.
pub fn works() -> bool {
    let head = asked(|url| {
        let client = Client::builder().base_url(url).key("secret").build().expect("a client");
        let _failed = client.pets().list().send_blocking();
    });
    head.to_lowercase().contains("authorization: bearer secret")
}
