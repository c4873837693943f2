use super::Client;

pub async fn read(client: &Client) {
    let pet = client.pets().list().await.expect("a reply").into_inner();
    let _name = pet.name;
}
