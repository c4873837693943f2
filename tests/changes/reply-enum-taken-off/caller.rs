use super::{Client, types};

pub async fn read(client: &Client) {
    let pets = client.pets().list().await.expect("a reply");
    let _awake = pets[0].status == Some(types::PetStatus::Awake);
}
