use super::{Client, types};

pub async fn read(client: &Client) -> Option<types::Pet> {
    let pets = client.pets().list().await.expect("a reply");
    pets.first().cloned()
}
