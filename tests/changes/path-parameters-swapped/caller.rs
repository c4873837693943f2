use super::{Client, asked};

/// What is given first is the kind, and stands first.
pub fn works() -> bool {
    let head = asked(|url| {
        let client = Client::builder().base_url(url).build().expect("a client");
        let _failed = client.pets().find("cat", "rome").send_blocking();
    });
    head.starts_with("GET /pets/cat/near/rome ")
}
