use super::{Client, types};

pub async fn read(client: &Client) {
    let pets = client.pets().list().await.expect("a reply");
    let _team = matches!(&pets[0].owner, Some(types::PetOwner::Team(_)));
}
