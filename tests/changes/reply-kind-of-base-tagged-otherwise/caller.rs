use super::{Client, types};

pub async fn read(client: &Client) {
    let pet = client.pets().list().await.expect("a reply").into_inner();
    let _cat = matches!(pet, types::Pet::Cat(_));
}
