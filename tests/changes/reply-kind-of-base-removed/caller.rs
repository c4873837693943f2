use super::{Client, types};

pub async fn read(client: &Client) {
    let pet = client.pets().list().await.expect("a reply").into_inner();
    let _bird = matches!(pet, types::Pet::Bird(_));
}
